/* What things are called. */
(function (geoplan) {
  "use strict";

  const { words } = geoplan;

  /* What to call building b of a study: its name, else where it is, else its code. */
  function called(study, b) {
    const name = study.buildings.name[b];
    if (name) return name;
    const way = study.buildings.near[b];
    return way > 0
      ? words.say("no_name") + " · " + words.say("beside", { way: study.names[way] })
      : (words.say("no_name") + " " + study.buildings.code[b]).trim();
  }

  function titled(block, i) {
    return block.name[i] || block.code[i];
  }

  geoplan.titles = { called, titled };
})((window.geoplan = window.geoplan || {}));
