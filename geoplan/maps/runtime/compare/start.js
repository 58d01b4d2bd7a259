/* Puts the page of compared stations together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { make, get } = geoplan.element;
  const { study, state, words, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 16.5, community: 16, way: 17, station: 16.5 };
  const MOST = 6, LEAST = 2; // rows of a table on paper

  function fly(map, thing) {
    const features = page.features(thing);
    if (thing.kind === "station") {
      const owed = study.owed(thing.i);
      owed.gained.concat(owed.lost).forEach(function (b) { features.push([study.buildings.layer, b]); });
      if (study.role(thing.i) === "moved") features.push([study.stations.was, thing.i]);
    }
    page.approach(map, features, CLOSEST[thing.kind] || 17.5);
  }

  /* What stands beside the map on paper. */
  function paper() {
    const box = get("paper");
    let rows = MOST;
    write(rows);
    while (rows > LEAST && cut(box)) write(rows -= 1); // as many as there is room for
  }

  function cut(box) {
    const how = box.querySelector(".how");
    return box.scrollHeight > box.clientHeight || how.scrollHeight > how.clientHeight;
  }

  function write(rows) {
    const circle = study.now();
    const all = geoplan.list.stations();
    const stations = all.slice(0, rows);
    const grids = study.ranked(circle.grids).slice(0, rows);
    geoplan.paper.write(geoplan.paper.keys(), [
      make("h2", {}, words.say("stations_title")),
      stations.length ? make("table", { class: "stations" }, make("tbody", {}, stations.map(function (i) {
        const owed = study.owed(i);
        return make("tr", {}, [make("th", {}, [study.titled(study.stations, i), make("small", {}, geoplan.list.told(i))]),
          make("td", {}, geoplan.list.figures(study.sum(owed.gained), study.sum(owed.lost)))]);
      }))) : make("p", {}, words.say("stations_none")),
      stations.length < all.length ? make("p", {}, words.say("more_stations", { n: all.length - stations.length })) : null,
      make("h2", {}, words.say("grids_title")),
      grids.length ? make("table", {}, [
        make("thead", {}, make("tr", {}, ["head_name", "head_before", "head_after", "head_change"].map(function (name) {
          return make("th", {}, words.say(name, { unit: words.unit() }).split(/[(（]/)[0]);
        }))),
        make("tbody", {}, grids.map(function (row) {
          return make("tr", {}, [make("th", {}, study.titled(study.grids, row.i)), make("td", {}, row.before === null ? "–" : words.number(row.before)),
            make("td", {}, row.after === null ? "–" : words.number(row.after)), make("td", {}, study.signed(row.more))]);
        })),
      ]) : make("p", {}, words.say("grids_none")),
      make("h2", {}, words.say("notes_title")),
      make("p", { class: "how" }, words.say("notes_compare")),
    ], words.say("heading") + " · " + circle.name);
  }

  function start(map) {
    page.open(map);
    page.fit(map);
    state.hidden = { share: true, tiles: true };
    const drawn = page.layers(map, [ground.land, theme.shares, drawing.wash, theme.veil, ground.water, drawing.homes,
      ground.walls, ground.ways, ground.rails, theme.compounds, theme.borders, drawing.circles], drawing.draw);
    drawn.sheet.addTo(map);
    drawn.marks.addTo(map);
    function pick(thing, still) {
      state.set({ pick: thing });
      if (thing && !still) fly(map, thing);
    }
    [geoplan.answer, geoplan.list, geoplan.dock, geoplan.legend, geoplan.notes].forEach(function (part) { part.start(pick); });
    page.furnish(map, drawn, pick, paper);
    page.tabs();
    state.on(function (change) {
      if ("circle" in change || "hidden" in change) drawn.sheet.repaint();
      drawn.marks.repaint();
    });
    page.settle(map, drawn);
  }

  geoplan.start = start;
})((window.geoplan = window.geoplan || {}));
