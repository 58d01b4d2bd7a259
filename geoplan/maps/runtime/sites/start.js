/* Puts the page of siting together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words, frame, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 16.5, community: 16, way: 17, station: 16.5 };

  function fly(map, thing) {
    const block = { grid: study.grids, community: study.communities, station: study.stations, building: study.buildings, compound: study.compounds }[thing.kind];
    const features = thing.kind === "way" ? thing.features.map(function (i) { return [thing.layer, i]; }) : [[block.layer, thing.i]];
    if (thing.kind === "station") {
      const plan = study.now();
      plan.site.forEach(function (site, b) { if (site === thing.i && plan.state[b] === study.NEW) features.push([study.buildings.layer, b]); });
    }
    const bounds = frame.bounds(page.around(features));
    const zoom = Math.min(CLOSEST[thing.kind] || 17.5, map.getBoundsZoom(bounds.pad(0.25)));
    if (map.getBounds().contains(bounds) && map.getZoom() >= zoom - 0.75) return;
    map.setView(bounds.getCenter(), zoom, { animate: !page.STILL, duration: page.FLY });
  }

  function layers(map) {
    const base = ground.use(study.data);
    const sheet = new geoplan.sheet.Sheet({ painters: [ground.land, theme.shares, drawing.wash, theme.veil, ground.water,
      drawing.homes, ground.walls, ground.ways, ground.rails, theme.compounds, theme.borders] });
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
    if (geoplan.whatif.on()) {
      geoplan.whatif.panel.paper();
      return;
    }
    const sites = study.fresh();
    const wanted = geoplan.list.columns(sites);
    put(get("paper"), [
      make("h2", {}, words.say("print_legend")),
      make("div", { class: "keys" }, geoplan.legend.entries().map(function (entry) {
        return state.shown(entry[0]) ? make("p", {}, [make("span", { class: "name" }, entry[1])].concat(entry[2])) : null;
      })),
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
      make("div", { class: "sign" }, words.say("print_sign").split("|").map(function (text) { return make("span", {}, text); })),
    ]);
    put(get("imprint"), geoplan.paper.imprint());
    put(get("paper-title"), study.data.study + " · " + words.say("heading") + " · " + study.data.circle.name);
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
    state.hidden = { share: true, tiles: true, spare: !study.data.rooms };
    const drawn = layers(map);
    function pick(thing, still) {
      state.set({ pick: thing, hover: -1 });
      if (thing && !still) fly(map, thing);
    }
    [geoplan.answer, geoplan.curve, geoplan.list, geoplan.dock, geoplan.legend, geoplan.notes].forEach(function (part) { part.start(pick); });
    geoplan.search.start(drawn.base, pick);
    geoplan.tools.start(map, function () { page.fit(map); });
    geoplan.tip.start(map, pick);
    geoplan.paper.start(map, [drawn.sheet, drawn.marks], function (exactly) { page.fit(map, exactly); }, paper);
    geoplan.whatif.start(map, drawn);
    page.tabs();
    let lit = -1;
    state.on(function (change) {
      const now = drawing.meant();
      if ("plan" in change || "hidden" in change || now !== lit) drawn.sheet.repaint();
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
