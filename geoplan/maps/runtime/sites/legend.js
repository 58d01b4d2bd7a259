/* The legend of siting, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make } = geoplan.element;
  const { study, state, words, switches } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change || "plan" in change) show(); });
    show();
  }

  function entries() {
    const block = study.stations;
    const old = block.existing.filter(Boolean).length;
    const fresh = study.fresh().length;
    const rest = block.code.length - old - fresh;
    const box = function (role) { return make("span", { class: "box " + role }); };
    return [
      ["new", words.say("legend_new"), [geoplan.list.diamond(1), words.say("legend_new_note", { n: fresh })]],
      old ? ["old", words.say("legend_old", { station: study.data.circle.station }), [switches.sign({ dot: study.data.circle.level === "grid", head: false }), words.say("legend_count", { n: old })]] : null,
      rest > 0 ? ["spare", words.say(study.data.rooms ? "legend_rooms" : "legend_places"), [geoplan.list.diamond(0), words.say("legend_count", { n: rest })]] : null,
      ["homes", words.say("legend_homes"), (words.say("stands_1") ? [box("in"), words.say("stands_1")] : []).concat([box("new"), words.say("stands_2"), box("gap"), words.say("stands_3")])],
    ].filter(Boolean);
  }

  function plain() {
    return ["borders", study.compounds.code.length ? "compounds" : "", "names"].filter(Boolean);
  }

  function show() {
    switches.show(entries(), plain());
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
