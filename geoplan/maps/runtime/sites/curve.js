/* How many are reached with how many new stations. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const WIDE = 340, HIGH = 150, LEFT = 12, RIGHT = 34, TOP = 24, FOOT = 22;
  const LETTER = 7, LINE = 14; // room that a character and a line of figures take

  function start() {
    state.on(function (change) { if ("plan" in change) show(); });
    show();
  }

  function points() {
    const data = study.data;
    const from = data.closing ? [] : [{ count: 0, covered: data.before, bound: null }];
    return from.concat(data.curve);
  }

  function show() {
    const all = points();
    const total = study.data.total;
    const box = get("chart");
    box.hidden = all.length < 2 || total <= 0;
    if (box.hidden) return;
    const first = all[0].count, last = all[all.length - 1].count;
    const least = all.reduce(function (low, point) { return Math.min(low, point.covered); }, total);
    const floor = least > total / 2 ? Math.max(0, least - Math.max(total - least, total / 20) * 0.6) : 0; // what is gained must be seen
    const x = function (count) { return LEFT + ((count - first) / Math.max(1, last - first)) * (WIDE - LEFT - RIGHT); };
    const y = function (n) { return HIGH - FOOT - ((n - floor) / Math.max(1, total - floor)) * (HIGH - FOOT - TOP); };
    const now = study.now();
    const aside = x(now.count) < (x(first) + x(last)) / 2; // the total stands away from the plan
    const best = study.plans[study.plans.length - 1];
    const line = "M" + all.map(function (point) { return x(point.count).toFixed(1) + " " + y(point.covered).toFixed(1); }).join("L");
    const label = words.say(study.data.closing ? "curve_all_label" : "curve_sites_label", { before: words.count(study.data.before), n: best.count, after: words.count(best.covered) });
    const open = all.filter(function (point) { return point.bound !== null && point.bound > point.covered + 0.5; });
    put(box, [
      make("h3", {}, words.say(study.data.closing ? "curve_all" : "curve_sites")),
      draw("svg", { viewBox: "0 0 " + WIDE + " " + HIGH, role: "img", "aria-label": label }, [
        rule(x(first), y(total), x(last), "total"),
        text(aside ? x(last) + 10 : x(first), y(total) - 6, words.say("curve_total", { n: words.count(total) }), aside ? "end" : "start"),
        rule(x(first), y(floor), x(last), "axis"),
        draw("path", { d: line, class: "steps" }),
      ].concat(open.map(function (point) {
        return draw("path", { d: "M" + x(point.count) + " " + y(point.covered) + "V" + y(point.bound) + "m-4 0h8", class: "bound" });
      }), all.map(function (point) { return dot(point, x(point.count), y(point.covered), now); }),
      all.map(function (point) { return text(x(point.count), HIGH - 6, String(point.count), "middle", point.count === now.count ? "strong" : ""); }),
      figures(all, x, y, now))),
      make("p", {}, label + (floor > 0 ? words.say("curve_cut", { n: words.count(floor) }) : "")),
      make("p", {}, study.plans.length > 1 ? words.say(study.data.nested ? "nested_yes" : "nested_no") : ""),
    ]);
  }

  function dot(point, x, y, now) {
    const k = study.plans.findIndex(function (plan) { return plan.count === point.count; });
    const here = point.count === now.count;
    if (!point.count) return draw("circle", { cx: x, cy: y, r: 4, class: "now" });
    const r = here ? 7 : 5;
    return draw("path", { d: "M" + x + " " + (y - r) + "l" + r + " " + r + "l" + -r + " " + r + "l" + -r + " " + -r + "z",
      class: here ? "point here" : "point", click: function () { if (k >= 0) state.set({ plan: k, hover: -1 }); } });
  }

  /* The figures of today and of the plan chosen, written beside their points; where
     the two would meet, that of the plan stands above. */
  function figures(all, x, y, now) {
    const told = all.filter(function (point) { return !point.count || point.count === now.count; }).map(function (point) {
      const last = point === all[all.length - 1] && all.length > 1;
      const first = point === all[0];
      const what = words.count(point.covered);
      const place = { what, role: point.count ? "strong" : "was", anchor: last ? "end" : first ? "start" : "middle",
        x: x(point.count) + (last ? 10 : first ? 6 : 0),
        y: y(point.covered) + (y(point.covered) > HIGH - FOOT - 30 ? -10 : 20) };
      const wide = what.length * LETTER;
      place.left = place.x - (last ? wide : first ? 0 : wide / 2);
      place.right = place.left + wide;
      return Object.assign(place, { above: y(point.covered) - 12 });
    });
    const [was, plan] = told;
    if (plan && plan.left < was.right && Math.abs(plan.y - was.y) < LINE) plan.y = Math.min(plan.above, was.y - LINE);
    return told.map(function (place) { return text(place.x, place.y, place.what, place.anchor, place.role); });
  }

  function rule(x1, y, x2, role) {
    return draw("line", { x1, y1: y, x2, y2: y, class: role });
  }

  function text(x, y, what, anchor, role) {
    return draw("text", { x, y, "text-anchor": anchor, class: role || "" }, what);
  }

  geoplan.curve = { start };
})((window.geoplan = window.geoplan || {}));
