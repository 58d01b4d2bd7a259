/* Puts the page of division together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { division, state, frame, ground, theme, drawing, page } = geoplan;

  const CLOSEST = { grid: 17, strip: 17, community: 16, way: 17 };
  const REST = 250; // ms of rest before the address is written

  function fly(map, thing) {
    page.approach(map, places(thing), CLOSEST[thing.kind] || 17.5, { pad: 0.35, slack: 1.25 });
  }

  /* The features that a thing is drawn of. */
  function places(thing) {
    if (thing.kind === "grid") return [[division.was.layer, thing.i], [division.now.layer, thing.i]];
    if (thing.kind === "strip") return [[division.now.strips.layer, thing.i]];
    return page.features(thing);
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
    Object.assign(state, { swipe: 0.5, hover: null, hidden: { compounds: true } });
    page.open(map);
    fit(map);
    const drawn = page.layers(map, [ground.land, theme.veil, ground.water, drawing.homes, ground.walls, ground.ways,
      ground.rails, theme.compounds], drawing.draw);
    drawn.sheet.addTo(map);
    drawn.marks.addTo(map);
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
    // first: no frame comes between the drawing for paper and the paper
    window.addEventListener("beforeprint", geoplan.beside.whole);
    window.addEventListener("afterprint", geoplan.beside.back);
    geoplan.paper.start(map, [drawn.sheet, drawn.marks], function (exactly) { fit(map, exactly); }, geoplan.beside.fill);
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
