/* Puts the page of matching together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, state, words, frame, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 16.5, community: 15.5, way: 17 };
  const ROWS = 24; // communities told on paper

  function fly(map, thing) {
    const block = { grid: study.grids, community: study.communities, station: study.stations, building: study.buildings }[thing.kind];
    const features = thing.kind === "way" ? thing.features.map(function (i) { return [thing.layer, i]; }) : [[block.layer, thing.i]];
    if (thing.kind === "building" && study.buildings.door[thing.i] >= 0) features.push([study.stations.layer, study.buildings.door[thing.i]]);
    if (thing.kind === "community") study.members[thing.i].forEach(function (u) { features.push([study.buildings.layer, u]); });
    const bounds = frame.bounds(page.around(features));
    const zoom = Math.min(CLOSEST[thing.kind] || 17, map.getBoundsZoom(bounds.pad(0.25)));
    if (map.getBounds().contains(bounds) && map.getZoom() >= zoom - 0.75) return;
    map.setView(bounds.getCenter(), zoom, { animate: !page.STILL, duration: page.FLY });
  }

  function layers(map) {
    const base = ground.use(study.data);
    const sheet = new geoplan.sheet.Sheet({ painters: [ground.land, theme.shares, drawing.wash, theme.veil, ground.water,
      ground.walls, ground.ways, ground.rails, theme.borders] });
    map.createPane("marks").style.zIndex = 450;
    map.createPane("measure").style.zIndex = 460;
    map.getPane("marks").style.pointerEvents = "none";
    const marks = new geoplan.overlay.Overlay({ base, draw: drawing.draw });
    sheet.addTo(map);
    marks.addTo(map);
    return { base, sheet, marks };
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
    put(get("paper"), [
      make("h2", {}, words.say("print_legend")),
      make("div", { class: "keys" }, geoplan.legend.entries().map(function (entry) {
        return state.shown(entry[0]) ? make("p", {}, [make("span", { class: "name" }, entry[1])].concat(entry[2])) : null;
      })),
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
      make("div", { class: "sign" }, words.say("print_sign").split("|").map(function (text) { return make("span", {}, text); })),
    ]);
    put(get("imprint"), geoplan.paper.imprint());
    put(get("paper-title"), study.data.study + " · " + words.say("heading"));
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
      state.set({ pick: thing, hover: null });
      if (thing && !still) fly(map, thing);
    }
    answer();
    [geoplan.list, geoplan.dock, geoplan.legend, geoplan.notes].forEach(function (part) { part.start(pick); });
    geoplan.search.start(drawn.base, pick);
    geoplan.tools.start(map, function () { page.fit(map); });
    geoplan.tip.start(map, pick);
    geoplan.paper.start(map, [drawn.sheet, drawn.marks], function (exactly) { page.fit(map, exactly); }, paper);
    page.tabs();
    let lit = -1;
    state.on(function (change) {
      const now = drawing.meant();
      if ("hidden" in change || now !== lit) drawn.sheet.repaint();
      lit = now;
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
