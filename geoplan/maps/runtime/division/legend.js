/* The legend of division, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make, draw } = geoplan.element;
  const { study, division, state, words, switches } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change) show(); });
    show();
  }

  function entries() {
    const box = function (role) { return make("span", { class: "box " + role }); };
    return [
      ["moved", words.say("legend_moved"), [box("moved"), words.say("legend_moved_note")]],
      ["old", words.say("legend_old"), [line("gone", 1.7)]],
      ["borders", words.say("legend_grids"), [line("plain", 1.5), words.say("legend_plain"), line("fresh", 2.6), words.say("legend_fresh"),
        line("chain", 2.6), words.say("legend_chain")]],
      division.banded ? ["band", words.say("legend_band", division.limits()), [box("beyond"), words.say("legend_band_note")]] : null,
      ["homes", words.say("legend_homes"), [box("in")]],
      study.stations.code.length ? ["stations", words.say("legend_stations"), [switches.sign({ dot: true, head: false }), words.say("legend_count", { n: study.stations.code.length })]] : null,
    ].filter(Boolean);
  }

  function line(role, width) {
    return draw("svg", { class: "line " + role, width: 30, height: 12, "aria-hidden": "true" }, draw("path", { d: "M1 6h28", "stroke-width": width }));
  }

  function plain() {
    return ["labels", "names", study.compounds.code.length ? "compounds" : ""].filter(Boolean);
  }

  function show() {
    switches.show(entries(), plain());
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
