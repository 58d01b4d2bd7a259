/* Puts the page of division together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { get } = geoplan.element;
  const { study, division, state, words, frame, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 17, strip: 17, community: 16, way: 17 };
  const REST = 250; // ms of rest before the address is written

  function fly(map, thing) {
    const bounds = frame.bounds(page.around(places(thing)));
    const zoom = Math.min(CLOSEST[thing.kind] || 17.5, map.getBoundsZoom(bounds.pad(0.35)));
    if (map.getBounds().contains(bounds) && map.getZoom() >= zoom - 1.25) return;
    map.setView(bounds.getCenter(), zoom, { animate: !page.STILL, duration: page.FLY });
  }

  /* The features that a thing is drawn of. */
  function places(thing) {
    if (thing.kind === "way") return thing.features.map(function (i) { return [thing.layer, i]; });
    if (thing.kind === "grid") return [[division.was.layer, thing.i], [division.now.layer, thing.i]];
    if (thing.kind === "strip") return [[division.now.strips.layer, thing.i]];
    const block = { community: study.communities, building: study.buildings, compound: study.compounds, station: study.stations, check: study.checks }[thing.kind];
    return [[block.layer, thing.i]];
  }

  /* The whole map: what changes, with its surroundings, or everything. */
  function fit(map, exactly) {
    const strips = division.now.strips.layer;
    const few = division.now.grids.filter(function (row) { return row.changed; });
    const part = few.length && few.length * 3 < division.now.size && strips.n;
    if (!part || fit.whole) {
      page.fit(map, exactly);
      return;
    }
    const bounds = frame.bounds(page.around([].concat.apply([], few.map(function (row) { return places({ kind: "grid", i: row.i }); }))));
    map.fitBounds(bounds.pad(exactly ? 0.05 : 0.15), { animate: false });
  }

  function layers(map) {
    const base = ground.use(study.data);
    const sheet = new geoplan.sheet.Sheet({ painters: [ground.land, theme.veil, ground.water, drawing.homes, ground.walls, ground.ways, ground.rails, theme.compounds] });
    map.createPane("marks").style.zIndex = 450;
    map.createPane("measure").style.zIndex = 460;
    map.getPane("marks").style.pointerEvents = "none";
    const marks = new geoplan.overlay.Overlay({ base, draw: drawing.draw });
    sheet.addTo(map);
    marks.addTo(map);
    return { base, sheet, marks };
  }

  /* Draws what lies over the map once more, at most once a frame. */
  function again(marks) {
    let waiting = false;
    return function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () {
        waiting = false;
        marks.repaint();
      });
    };
  }

  /* The address remembers the option, the divider, the place and what is picked. */
  let later = 0;

  function remember(map) {
    clearTimeout(later);
    later = setTimeout(function () {
      const center = map.getCenter();
      const pick = state.pick && state.pick.kind === "grid" ? "/" + encodeURIComponent(division.grids.code[state.pick.i]) : "";
      const hash = "#" + [state.plan + 1, Math.round(state.swipe * 100), map.getZoom(), center.lat.toFixed(5), center.lng.toFixed(5)].join("/") + pick;
      try {
        window.history.replaceState(null, "", hash);
      } catch (error) {
        // a page opened from a file may not be allowed to
      }
    }, REST);
  }

  function recall(map) {
    const parts = window.location.hash.slice(1).split("/");
    const [plan, swipe, zoom, lat, lng] = parts.map(Number);
    if (parts.length < 5 || ![plan, swipe, zoom, lat, lng].every(isFinite)) return false;
    if (division.plans[plan - 1]) division.choose(plan - 1);
    state.set({ swipe: Math.max(0, Math.min(1, swipe / 100)) });
    map.setView([lat, lng], zoom, { animate: false });
    const g = parts[5] ? division.grids.code.indexOf(decodeURIComponent(parts[5])) : -1;
    if (g >= 0) state.set({ pick: { kind: "grid", i: g } });
    return true;
  }

  function start(map) {
    const data = JSON.parse(get("data").textContent);
    words.use(data);
    frame.use(data);
    Object.assign(state, { swipe: 0.5, hover: null, hidden: { compounds: true } });
    study.use(data);
    page.texts();
    map.attributionControl.setPrefix(false);
    map.attributionControl.remove();
    map.getContainer().setAttribute("aria-label", words.say("map_label"));
    map.getContainer().setAttribute("role", "application");
    fit(map);
    const drawn = layers(map);
    const repaint = again(drawn.marks);
    function pick(thing, still) {
      state.set({ pick: thing, hover: null });
      if (thing && !still) fly(map, thing);
    }
    geoplan.pick = pick;
    [geoplan.answer, geoplan.options, geoplan.moves, geoplan.rules, geoplan.terms, geoplan.checks, geoplan.dock, geoplan.legend, geoplan.notes].forEach(function (part) { part.start(pick); });
    geoplan.swipe.start(map, repaint);
    geoplan.search.start(drawn.base, pick);
    geoplan.tools.start(map, function () {
      fit.whole = !fit.whole;
      fit(map);
    });
    geoplan.tip.start(map, pick);
    geoplan.paper.start(map, [drawn.sheet, drawn.marks], function (exactly) { fit(map, exactly); }, geoplan.beside.fill);
    window.addEventListener("beforeprint", geoplan.beside.whole);
    window.addEventListener("afterprint", geoplan.beside.back);
    page.tabs();
    state.on(function (change) {
      if ("hidden" in change) drawn.sheet.repaint();
      repaint();
      if ("plan" in change || "swipe" in change || "pick" in change) remember(map);
    });
    map.invalidateSize({ animate: false, pan: false });
    if (!recall(map)) fit(map);
    page.follow(map);
    map.on("moveend", function () { remember(map); });
    geoplan.map = map;
    geoplan.drawn = drawn;
    geoplan.hand.start(map);
    document.documentElement.setAttribute("data-ready", "true");
  }

  geoplan.start = start;
})((window.geoplan = window.geoplan || {}));
