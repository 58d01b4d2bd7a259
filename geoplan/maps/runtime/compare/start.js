/* Puts the page of compared stations together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words, frame, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 16.5, community: 16, way: 17, station: 16.5 };
  const WORST = 6; // rows of a table on paper

  function fly(map, thing) {
    const block = { grid: study.grids, community: study.communities, station: study.stations, building: study.buildings, compound: study.compounds }[thing.kind];
    const features = thing.kind === "way" ? thing.features.map(function (i) { return [thing.layer, i]; }) : [[block.layer, thing.i]];
    if (thing.kind === "station") {
      const owed = study.owed(thing.i);
      owed.gained.concat(owed.lost).forEach(function (b) { features.push([study.buildings.layer, b]); });
      if (study.role(thing.i) === "moved") features.push([study.stations.was, thing.i]);
    }
    const bounds = frame.bounds(page.around(features));
    const zoom = Math.min(CLOSEST[thing.kind] || 17.5, map.getBoundsZoom(bounds.pad(0.25)));
    if (map.getBounds().contains(bounds) && map.getZoom() >= zoom - 0.75) return;
    map.setView(bounds.getCenter(), zoom, { animate: !page.STILL, duration: page.FLY });
  }

  function layers(map) {
    const base = ground.use(study.data);
    const sheet = new geoplan.sheet.Sheet({ painters: [ground.land, theme.shares, drawing.wash, theme.veil, ground.water,
      drawing.homes, ground.walls, ground.ways, ground.rails, theme.compounds, theme.borders, drawing.circles] });
    map.createPane("marks").style.zIndex = 450;
    map.createPane("measure").style.zIndex = 460;
    map.getPane("marks").style.pointerEvents = "none";
    const marks = new geoplan.overlay.Overlay({ base, draw: drawing.draw });
    sheet.addTo(map);
    marks.addTo(map);
    return { base, sheet, marks };
  }

  /* What stands beside the map on paper. */
  function paper() {
    const circle = study.now();
    const all = geoplan.list.stations();
    const stations = all.slice(0, WORST);
    const grids = study.ranked(circle.grids).slice(0, WORST);
    put(get("paper"), [
      make("h2", {}, words.say("print_legend")),
      make("div", { class: "keys" }, geoplan.legend.entries().map(function (entry) {
        return state.shown(entry[0]) ? make("p", {}, [make("span", { class: "name" }, entry[1])].concat(entry[2])) : null;
      })),
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
            make("td", {}, row.after === null ? "–" : words.number(row.after)), make("td", {}, row.more === null ? "–" : study.signed(row.more))]);
        })),
      ]) : make("p", {}, words.say("grids_none")),
      make("h2", {}, words.say("notes_title")),
      make("p", { class: "how" }, words.say("notes_compare")),
      make("div", { class: "sign" }, words.say("print_sign").split("|").map(function (text) { return make("span", {}, text); })),
    ]);
    put(get("imprint"), geoplan.paper.imprint());
    put(get("paper-title"), study.data.study + " · " + words.say("heading") + " · " + circle.name);
  }

  function start(map) {
    const data = JSON.parse(get("data").textContent);
    words.use(data);
    frame.use(data);
    study.use(data);
    page.texts();
    map.attributionControl.setPrefix(false);
    map.attributionControl.remove();
    map.getContainer().setAttribute("aria-label", words.say("map_label"));
    map.getContainer().setAttribute("role", "application");
    page.fit(map);
    state.hidden = { share: true, tiles: true };
    const drawn = layers(map);
    function pick(thing, still) {
      state.set({ pick: thing });
      if (thing && !still) fly(map, thing);
    }
    [geoplan.answer, geoplan.list, geoplan.dock, geoplan.legend, geoplan.notes].forEach(function (part) { part.start(pick); });
    geoplan.search.start(drawn.base, pick);
    geoplan.tools.start(map, function () { page.fit(map); });
    geoplan.tip.start(map, pick);
    geoplan.paper.start(map, [drawn.sheet, drawn.marks], function (exactly) { page.fit(map, exactly); }, paper);
    page.tabs();
    state.on(function (change) {
      if ("circle" in change || "hidden" in change) drawn.sheet.repaint();
      drawn.marks.repaint();
    });
    map.invalidateSize({ animate: false, pan: false });
    page.fit(map);
    page.follow(map);
    document.documentElement.setAttribute("data-ready", "true");
    geoplan.map = map;
    geoplan.drawn = drawn;
  }

  geoplan.start = start;
})((window.geoplan = window.geoplan || {}));
