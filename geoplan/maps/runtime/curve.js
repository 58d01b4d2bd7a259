/* How many are reached within so many minutes: a curve from 0 to twice the limit. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const WIDE = 340, HIGH = 132, LEFT = 8, RIGHT = 8, TOP = 22, FOOT = 20;
  const TIMES = 2; // the axis ends at so many limits

  function start() {
    state.on(function (change) { if ("circle" in change || "filter" in change) show(); });
    show();
  }

  /* Steps of the curve: minutes and how many walk no longer, in order. */
  function steps() {
    const walks = study.walks();
    const stands = study.now().stands;
    const sums = {};
    walks.minutes.forEach(function (minutes, b) {
      if (minutes !== null && stands[b]) sums[minutes] = (sums[minutes] || 0) + study.buildings.count[b];
    });
    let whole = 0;
    return Object.keys(sums).map(Number).sort(function (a, b) { return a - b; })
      .map(function (minutes) { return [minutes, (whole += sums[minutes])]; });
  }

  function at(curve, minutes) {
    let reached = 0;
    curve.forEach(function (step) { if (step[0] <= minutes + 1e-9) reached = step[1]; });
    return reached;
  }

  function show() {
    const circle = study.now();
    const box = get("curve");
    const curve = steps();
    box.hidden = !curve.length || circle.total <= 0 || Boolean(circle.offer || circle.group);
    if (box.hidden) return;
    const limit = circle.reach_m / study.data.speed / 60;
    const end = TIMES * limit;
    const x = function (minutes) { return LEFT + (minutes / end) * (WIDE - LEFT - RIGHT); };
    const y = function (n) { return HIGH - FOOT - (n / circle.total) * (HIGH - FOOT - TOP); };
    const inside = curve.filter(function (step) { return step[0] <= end; });
    const path = "M" + x(0) + " " + y(0) + inside.map(function (step) { return "H" + x(step[0]).toFixed(1) + "V" + y(step[1]).toFixed(1); }).join("") + "H" + x(end);
    const double = at(curve, end);
    const label = words.say("curve_label", { any: words.count(circle.any), limit: circle.limit,
      more: words.count(double), end: words.say("limit_minutes", { n: words.number(end) }) });
    put(box, [
      make("h3", {}, words.say("curve_title")),
      draw("svg", { viewBox: "0 0 " + WIDE + " " + HIGH, role: "img", "aria-label": label }, [
        line(x(0), y(circle.total), x(end), y(circle.total), "total"),
        text(x(0), y(circle.total) - 5, words.say("curve_total", { n: words.count(circle.total) }), "start"),
        draw("path", { d: path + "V" + y(0) + "H" + x(0) + "Z", class: "area" }),
        draw("path", { d: path, class: "steps" }),
        line(x(limit), TOP - 6, x(limit), y(0), "limit"),
        draw("circle", { cx: x(limit), cy: y(circle.any), r: 3.5, class: "dot" }),
        text(x(limit) + 7, y(circle.any) + 16, words.count(circle.any), "start", "strong"),
        line(x(0), y(0), x(end), y(0), "axis"),
        text(x(0), HIGH - 6, "0", "start"),
        text(x(limit), HIGH - 6, circle.by === "minutes" ? circle.limit : words.say("limit_minutes", { n: words.minutes(limit) }), "middle"),
        text(x(end), HIGH - 6, words.say("limit_minutes", { n: words.number(end) }), "end"),
      ]),
      make("p", {}, label),
    ]);
  }

  function line(x1, y1, x2, y2, role) {
    return draw("line", { x1, y1, x2, y2, class: role });
  }

  function text(x, y, what, anchor, role) {
    return draw("text", { x, y, "text-anchor": anchor, class: role || "" }, what);
  }

  geoplan.curve = { start };
})((window.geoplan = window.geoplan || {}));
