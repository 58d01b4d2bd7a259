/* Puts the page of matching together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, state, words, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 16.5, community: 15.5, way: 17 };
  const ROWS = 24; // communities told on paper

  function fly(map, thing) {
    const features = page.features(thing);
    if (thing.kind === "building" && study.buildings.door[thing.i] >= 0) features.push([study.stations.layer, study.buildings.door[thing.i]]);
    if (thing.kind === "community") study.members[thing.i].forEach(function (u) { features.push([study.buildings.layer, u]); });
    page.approach(map, features, CLOSEST[thing.kind] || 17);
  }

  function answer() {
    put(get("sentence"), study.data.sentence.map(function (piece) {
      return piece[1] ? make("b", { class: "figure " + piece[1] }, piece[0]) : piece[0];
    }));
    put(get("lead"), [make("span", { class: "proof closed" }, [icon("M4 10l4 4 8-9"), study.data.proof])].concat(
      study.data.lead.map(function (text) { return make("span", {}, text); })));
  }

  /* What stands beside the map on paper. */
  function paper() {
    const block = study.communities;
    geoplan.paper.write(geoplan.paper.keys(), [
      make("h2", {}, words.say("list_title")),
      make("table", {}, [
        make("thead", {}, make("tr", {}, ["head_area", "head_before", "head_after", "head_mean"].map(function (key) { return make("th", {}, words.say(key)); }))),
        make("tbody", {}, block.code.slice(0, ROWS).map(function (code, c) {
          const mean = study.mean(c);
          return make("tr", {}, [make("th", {}, study.titled(block, c)), make("td", {}, words.number(block.before[c])),
            make("td", {}, words.number(block.after[c])), make("td", {}, mean === null ? "–" : words.minutes(mean))]);
        })),
      ]),
      make("h2", {}, words.say("notes_title")),
      make("p", {}, study.data.proof),
      make("p", {}, study.method()[0]),
    ], words.say("heading"));
  }

  function start(map) {
    page.open(map);
    page.fit(map);
    state.hidden = { share: true, tiles: true };
    const drawn = page.layers(map, [ground.land, theme.shares, drawing.wash, theme.veil, ground.water,
      ground.walls, ground.ways, ground.rails, theme.borders], drawing.draw);
    drawn.sheet.addTo(map);
    drawn.marks.addTo(map);
    function pick(thing, still) {
      state.set({ pick: thing, hover: null });
      if (thing && !still) fly(map, thing);
    }
    answer();
    [geoplan.list, geoplan.dock, geoplan.legend, geoplan.notes].forEach(function (part) { part.start(pick); });
    page.furnish(map, drawn, pick, paper);
    page.tabs();
    let lit = -1;
    state.on(function (change) {
      const now = drawing.meant();
      if ("hidden" in change || now !== lit) drawn.sheet.repaint();
      lit = now;
      drawn.marks.repaint();
    });
    page.settle(map, drawn);
  }

  geoplan.start = start;
})((window.geoplan = window.geoplan || {}));
