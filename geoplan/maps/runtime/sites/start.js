/* Puts the page of siting together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { make } = geoplan.element;
  const { study, state, words, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 16.5, community: 16, way: 17, station: 16.5 };

  function fly(map, thing) {
    const features = page.features(thing);
    if (thing.kind === "station") {
      const plan = study.now();
      plan.site.forEach(function (site, b) { if (site === thing.i && plan.state[b] === study.NEW) features.push([study.buildings.layer, b]); });
    }
    page.approach(map, features, CLOSEST[thing.kind] || 17.5);
  }

  /* What stands beside the map on paper. */
  function paper() {
    if (geoplan.whatif.on()) {
      geoplan.whatif.panel.paper();
      return;
    }
    const sites = study.fresh();
    const wanted = geoplan.list.columns(sites);
    geoplan.paper.write(geoplan.paper.keys(), [
      make("h2", {}, words.say("list_title")),
      make("table", {}, [
        make("thead", {}, make("tr", {}, [make("th", {}, "")].concat(wanted.map(function (column) { return make("th", {}, geoplan.list.head(column[0])); })))),
        make("tbody", {}, sites.map(function (site) {
          return make("tr", {}, [make("th", {}, site.number + " " + study.titled(study.stations, site.place))].concat(
            wanted.map(function (column) { return make("td", {}, column[1](site)); })));
        })),
      ]),
      make("h2", {}, words.say("notes_title")),
      make("p", {}, study.now().proof),
      make("p", {}, study.method().slice(0, 2).join("")),
    ], words.say("heading") + " · " + study.data.circle.name);
  }

  function start(map) {
    page.open(map);
    page.fit(map);
    state.hidden = { share: true, tiles: true, spare: !study.data.rooms };
    const drawn = page.layers(map, [ground.land, theme.shares, drawing.wash, theme.veil, ground.water, drawing.homes,
      ground.walls, ground.ways, ground.rails, theme.compounds, theme.borders], drawing.draw);
    drawn.sheet.addTo(map);
    drawn.marks.addTo(map);
    function pick(thing, still) {
      state.set({ pick: thing, hover: -1 });
      if (thing && !still) fly(map, thing);
    }
    [geoplan.answer, geoplan.curve, geoplan.list, geoplan.dock, geoplan.legend, geoplan.notes].forEach(function (part) { part.start(pick); });
    page.furnish(map, drawn, pick, paper);
    geoplan.whatif.start(map, drawn);
    page.tabs();
    let lit = -1;
    state.on(function (change) {
      const now = drawing.meant();
      if ("plan" in change || "hidden" in change || now !== lit) drawn.sheet.repaint();
      lit = now;
      drawn.marks.repaint();
    });
    page.settle(map, drawn);
  }

  geoplan.start = start;
})((window.geoplan = window.geoplan || {}));
