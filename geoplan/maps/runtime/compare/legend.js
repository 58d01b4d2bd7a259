/* The legend of compared stations, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make, draw } = geoplan.element;
  const { study, state, words, switches } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change || "circle" in change) show(); });
    show();
  }

  function box(role) {
    return make("span", { class: "box " + role });
  }

  function line(role) {
    return draw("svg", { class: "line " + role, width: 40, height: 12, "aria-hidden": "true" }, draw("path", { d: "M1 9C12 0 30 2 39 8" }));
  }

  function entries() {
    const circle = study.now();
    const same = study.stations.code.filter(function (code, i) { return study.role(i) === "same" && study.stations.tier[i] === circle.tier; });
    return [
      ["gained", words.say("legend_gained"), [box("gained"), words.count(circle.gained)]],
      ["lost", words.say("legend_lost"), [box("lost"), words.count(circle.lost)]],
      ["homes", words.say("legend_homes"), [box("in"), words.say("legend_in"), box("left"), words.say("legend_out")]],
      ["before", words.say("legend_before"), [line("was"), circle.limit]],
      ["after", words.say("legend_after"), [line("circle"), circle.limit]],
      same.length ? ["stations", words.say("legend_stations"), [house(circle), words.say("mark_same")]] : null,
    ].filter(Boolean);
  }

  function house(circle) {
    const dot = circle.tier === "网格级";
    return switches.sign({ dot, head: circle.tier === "街道级", size: dot ? 11 : 16 });
  }

  function plain() {
    return ["borders", study.compounds.code.length ? "compounds" : "", "names"].filter(Boolean);
  }

  function show() {
    switches.show(entries(), plain());
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
