/* The options side by side; of least change, a chart of what each share that moves
   gains. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put, icon } = geoplan.element;
  const { division, state, words, answer } = geoplan;

  const WIDE = 340, HIGH = 140, LEFT = 40, RIGHT = 16, TOP = 22, FOOT = 24;
  const SMALL = [150, 60]; // px of a small map

  let told = [];

  function start() {
    told = division.plans.map(function (plan) { return geoplan.figures.figures(division, plan.to); });
    state.on(function (change) { if ("plan" in change) mark(); });
    show();
  }

  /* What an option is called. */
  function title(k) {
    const plan = division.plans[k];
    if (plan.share === 0) return words.say("option_none");
    if (plan.share !== null) return words.say("option_share", { share: percent(plan.share) });
    return words.say("option", { n: plan.option });
  }

  function percent(share) {
    return String(Math.round(share * 1000) / 10) + "%";
  }

  function show() {
    const box = get("options");
    box.hidden = division.plans.length < 2;
    if (!box.hidden) {
      put(box, [make("h2", {}, [words.say("options_title", { n: division.plans.length }), make("small", {}, words.say("options_note"))]),
        make("div", { class: "cards many" + Math.min(division.plans.length, 4), role: "radiogroup", "aria-label": words.say("options_title", { n: division.plans.length }) },
          division.plans.map(card))]);
    }
    chart();
    mark();
  }

  function card(plan, k) {
    const own = told[k];
    const broken = plan.rules.some(function (rule) { return rule.level === "error" && !rule.passed; });
    return make("button", { type: "button", role: "radio", class: "card", "data-plan": k, keydown: move, click: function () { division.choose(k); } }, [
      make("span", { class: "name" }, [make("b", {}, title(k)), plan.knee && own.strips.length ? make("i", {}, words.say("knee")) : null]),
      small(own),
      row(words.say("card_moved"), own.strips.length ? words.number(own.moves) : words.say("card_still")),
      plan.share === null ? row(words.say("card_range"), words.number(own.balance.least) + "–" + words.number(own.balance.most))
        : row(words.say("card_spread"), answer.even(own.balance.cv)),
      division.banded ? row(words.say("card_within"), own.balance.within + " / " + own.balance.n) : row(words.say("card_grids"), String(own.size)),
      make("span", { class: broken ? "ruled broken" : "ruled" }, [icon(broken ? "M10 3l8 14H2zM10 8v4M10 14.4v.1" : "M4 10l4 4 8-9"), words.say(broken ? "card_broken" : "card_kept")]),
    ]);
  }

  function row(name, value) {
    return make("span", { class: "row" }, [make("span", {}, name), make("b", {}, value)]);
  }

  /* A small map: the borders as they come to be, and what moves. */
  function small(own) {
    const canvas = make("canvas", { width: SMALL[0] * 2, height: SMALL[1] * 2, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    const { arcs, before } = division;
    const box = geoplan.codec.boxOf(arcs.layer);
    const k = Math.min((SMALL[0] * 2 - 8) / Math.max(1, box[2] - box[0]), (SMALL[1] * 2 - 8) / Math.max(1, box[3] - box[1]));
    const p = { context, k, x: SMALL[0] - (k * (box[0] + box[2])) / 2, y: SMALL[1] - (k * (box[1] + box[3])) / 2 };
    const gone = geoplan.topology.areas(arcs, own.to.map(function (grid, u) { return grid === before[u] ? -1 : 0; }), 1);
    geoplan.sheet.path(p, gone, [0], true);
    context.fillStyle = "#A9538C";
    context.fill("evenodd");
    context.beginPath();
    for (let i = 0; i < arcs.n; i += 1) {
      if (arcs.other[i] < 0 || own.to[arcs.one[i]] !== own.to[arcs.other[i]]) geoplan.sheet.trace(p, arcs.layer, i, false);
    }
    geoplan.sheet.stroke(p, 1.2, "#1B1F24");
    return canvas;
  }

  function move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const size = division.plans.length;
    division.choose((Math.max(0, state.plan) + step + size) % size);
    get("options").querySelector('[aria-checked="true"]').focus();
  }

  function mark() {
    document.querySelectorAll(".card").forEach(function (one) {
      const here = Number(one.getAttribute("data-plan")) === state.plan;
      one.setAttribute("aria-checked", String(here));
      one.tabIndex = here || (state.plan < 0 && one.getAttribute("data-plan") === "0") ? 0 : -1;
    });
    document.querySelectorAll("#chart .point").forEach(function (dot, k) { dot.setAttribute("class", k === state.plan ? "point here" : "point"); });
  }

  /* Of least change: households that may move, and how even the grids then are. */
  function chart() {
    const box = get("chart");
    const shares = division.plans.map(function (plan) { return plan.share; });
    box.hidden = division.task !== "least_change" || shares.length < 2;
    if (box.hidden) return;
    const worst = Math.max.apply(null, told.map(function (own) { return own.balance.cv; }).concat(1e-9));
    const last = Math.max.apply(null, shares.concat(1e-9));
    const x = function (share) { return LEFT + (share / last) * (WIDE - LEFT - RIGHT); };
    const y = function (cv) { return HIGH - FOOT - (cv / worst) * (HIGH - FOOT - TOP); };
    const first = told[0].balance.cv, end = told[told.length - 1].balance.cv;
    const label = words.say("chart_label", { from: answer.even(first), share: percent(last), to: answer.even(end) });
    put(box, [
      make("h3", {}, words.say("chart_title")),
      draw("svg", { viewBox: "0 0 " + WIDE + " " + HIGH, role: "img", "aria-label": label }, [
        line(x(0), y(0), x(last), "axis"),
        draw("path", { class: "steps", d: "M" + shares.map(function (share, k) { return x(share).toFixed(1) + " " + y(told[k].balance.cv).toFixed(1); }).join("L") }),
      ].concat(shares.map(function (share, k) {
        return draw("circle", { cx: x(share), cy: y(told[k].balance.cv), r: division.plans[k].knee ? 7 : 5, class: "point", click: function () { division.choose(k); } });
      }), shares.map(function (share, k) { return text(x(share), HIGH - 7, percent(share), "middle", division.plans[k].knee ? "strong" : ""); }),
      shares.map(function (share, k) {
        const ends = k === 0 || k === shares.length - 1;
        return ends || (division.plans[k].knee && share > last / 5) ? text(x(share) + (k ? 0 : -4), y(told[k].balance.cv) - 11, answer.even(told[k].balance.cv), k === 0 ? "start" : ends ? "end" : "middle", division.plans[k].knee ? "strong" : "") : null;
      }).filter(Boolean))),
      make("p", {}, label),
    ]);
  }

  function line(x1, y, x2, role) {
    return draw("line", { x1, y1: y, x2, y2: y, class: role });
  }

  function text(x, y, what, anchor, role) {
    return draw("text", { x, y, "text-anchor": anchor, class: role || "" }, what);
  }

  geoplan.options = { start, title };
})((window.geoplan = window.geoplan || {}));
