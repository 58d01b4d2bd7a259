/* The legend of matching, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { study, state, words, switches } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change) show(); });
    show();
  }

  function entries() {
    return study.ROLES.map(function (role, k) {
      const n = study.those(k).length;
      return n ? [role, words.say("legend_" + role), [geoplan.list.dot(role), words.say("legend_note", { n })]] : null;
    }).concat([["door", words.say("legend_door"), [switches.sign({ dot: false, head: false }), words.say("legend_count", { n: study.stations.code.length })]]]).filter(Boolean);
  }

  function show() {
    switches.show(entries(), ["borders", "names"]);
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
