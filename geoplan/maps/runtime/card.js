/* The card of what is picked, under the tables: never over the map. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { state, words } = geoplan;

  /* Shows what the maker of its kind says of the thing picked; no card without one. */
  function show(makers, pick) {
    const thing = state.pick;
    const maker = thing && makers[thing.kind];
    get("dock").hidden = !maker;
    document.body.classList.toggle("picked", Boolean(maker));
    if (!maker) return;
    put(get("dock"), [
      make("button", { type: "button", class: "close", "aria-label": words.say("close"), click: function () { pick(null); } },
        icon("M4 4l12 12M16 4L4 16")),
    ].concat(maker(thing.i, pick, thing)));
  }

  function head(title, side) {
    return make("h2", {}, [title, make("span", {}, side)]);
  }

  function facts(pairs) {
    const rows = [];
    pairs.filter(Boolean).forEach(function (pair) {
      rows.push(make("dt", {}, pair[0]), make("dd", {}, pair[1]));
    });
    return make("dl", {}, rows);
  }

  geoplan.card = { show, head, facts };
})((window.geoplan = window.geoplan || {}));
