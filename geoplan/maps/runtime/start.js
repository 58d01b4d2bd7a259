/* Puts the page together round a Leaflet map. */
(function (geoplan) {
  "use strict";

  const { get } = geoplan.element;
  const { study, state, words, frame, theme, ground } = geoplan;

  const FLY = 0.25; // seconds
  const EDGE = 0.02; // share of the map left free round the study
  const REST = 250; // ms of rest before the address is written
  const FOOT = 26; // px that the sources take at the lower edge
  const SCALE = 64; // px that the scale takes there
  const RIM = 12; // px of a sign round its place
  const HEAD = 40; // px that search and filters take at the upper one
  const WIDE = 1100; // px from which they do, as in page.css
  const STILL = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function texts() {
    document.querySelectorAll("[data-word]").forEach(function (node) {
      node.textContent = words.say(node.getAttribute("data-word"));
    });
    document.querySelectorAll("[data-label]").forEach(function (node) {
      const text = words.say(node.getAttribute("data-label"));
      node.setAttribute("aria-label", text);
      if (node.tagName === "BUTTON") node.title = text;
      if (node.tagName === "INPUT") node.placeholder = text;
    });
    const data = study.data;
    get("study").textContent = data.study;
    get("meta").textContent = [data.date ? words.say("meta_date", { date: data.date }) : "",
      words.say("meta_walker", { walker: data.walker, speed: data.speed })].concat(data.notes).filter(Boolean).join(" · ");
    get("meta").title = get("meta").textContent;
    if (data.beside) {
      get("beside").href = data.beside;
      get("beside").hidden = false;
    }
  }

  /* Takes in what the page carries, and dresses its map. */
  function open(map) {
    const data = JSON.parse(get("data").textContent);
    words.use(data);
    frame.use(data);
    study.use(data);
    texts();
    map.attributionControl.setPrefix(false);
    map.attributionControl.remove();
    map.getContainer().setAttribute("aria-label", words.say("map_label"));
    map.getContainer().setAttribute("role", "application");
  }

  /* The features that a thing is drawn of, each with its layer. */
  function features(thing) {
    if (thing.kind === "way") return thing.features.map(function (i) { return [thing.layer, i]; });
    const blocks = { grid: study.grids, community: study.communities, station: study.stations,
      building: study.buildings, compound: study.compounds, check: study.checks };
    return [[blocks[thing.kind].layer, thing.i]];
  }

  /* The box round features of layers; one that is empty adds nothing. */
  function around(features) {
    return features.reduce(function (box, feature) {
      const b = feature[0].box.subarray(4 * feature[1], 4 * feature[1] + 4);
      if (b[2] < b[0]) return box;
      return [Math.min(box[0], b[0]), Math.min(box[1], b[1]), Math.max(box[2], b[2]), Math.max(box[3], b[3])];
    }, [Infinity, Infinity, -Infinity, -Infinity]);
  }

  /* Flies to features, unless they are in sight and about as large. */
  function approach(map, features, most, { pad, slack } = { pad: 0.25, slack: 0.75 }) {
    const bounds = frame.bounds(around(features));
    const zoom = Math.min(most, map.getBoundsZoom(bounds.pad(pad)));
    if (map.getBounds().contains(bounds) && map.getZoom() >= zoom - slack) return;
    map.setView(bounds.getCenter(), zoom, { animate: !STILL, duration: FLY });
  }

  function fly(map, thing) {
    const walk = thing.kind === "grid" ? [[study.routes[state.circle].line, thing.i]] : [];
    const bounds = frame.bounds(around(features(thing).concat(walk)));
    const most = { grid: 16.5, community: 16, way: 17 }[thing.kind] || 17.5;
    const zoom = Math.min(most, map.getBoundsZoom(bounds.pad(0.2)));
    const still = thing.kind === "grid" && map.getBounds().contains(bounds) && map.getZoom() >= zoom - 1;
    if (!still) map.setView(bounds.getCenter(), zoom, { animate: !STILL, duration: FLY });
  }

  function fit(map, exactly) {
    const bounds = frame.bounds(geoplan.codec.boxOf(study.street.layer)).pad(exactly ? 0.01 : EDGE);
    const filters = get("filter"); // they lie over the map where there is room
    const head = filters && !filters.hidden && window.innerWidth >= WIDE ? HEAD : 0;
    const foot = function (px) {
      map.fitBounds(bounds, { animate: false, paddingTopLeft: [0, exactly ? 0 : head], paddingBottomRight: [0, px] });
    };
    foot(exactly ? 0 : FOOT);
    if (underScale(map)) foot(exactly ? SCALE / 2 : SCALE);
  }

  /* Whether a station lies under the scale. */
  function underScale(map) {
    const box = get("scale").getBoundingClientRect(), place = get("place").getBoundingClientRect();
    const stations = study.stations && study.stations.layer;
    for (let i = 0; stations && i < stations.n; i += 1) {
      const [x, y] = study.middle(stations, i);
      const at = map.latLngToContainerPoint(frame.toLatLng(x, y));
      const right = at.x > box.left - place.left - RIM && at.x < place.width;
      if (right && at.y > box.top - place.top - RIM && at.y < place.height) return true;
    }
    return false;
  }

  /* The address remembers the circle, who counts, the place and the grid picked. */
  let later = 0;

  function remember(map) {
    clearTimeout(later);
    later = setTimeout(function () { write(map); }, REST);
  }

  function write(map) {
    const center = map.getCenter();
    const pick = state.pick && state.pick.kind === "grid" ? "/" + encodeURIComponent(study.grids.code[state.pick.i]) : "";
    const view = state.view === "any" ? "" : "." + state.view;
    const filter = geoplan.filters.written();
    const hash = "#" + [state.circle + 1 + view, map.getZoom(), center.lat.toFixed(5), center.lng.toFixed(5)].join("/") +
      (filter ? (pick || "/") + "/" + filter : pick);
    try {
      window.history.replaceState(null, "", hash);
    } catch (refused) {
      return; // a browser that lets no file change its address
    }
  }

  /* A part of the address; what nobody wrote says nothing. */
  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch (broken) {
      return "";
    }
  }

  function recall(map) {
    const said = window.location.hash.slice(1).split("/");
    const [number, view] = said[0].split(".");
    const [circle, zoom, lat, lng] = [number].concat(said.slice(1)).map(Number);
    if (!(circle >= 1 && circle <= study.circles.length) || ![zoom, lat, lng].every(isFinite)) return false;
    map.setView([lat, lng], zoom, { animate: false });
    const grid = said[4] ? study.grids.code.indexOf(decoded(said[4])) : -1;
    state.view = study.VIEWS.indexOf(view) < 0 ? "any" : view;
    state.set(Object.assign({ circle: circle - 1, pick: grid < 0 ? null : { kind: "grid", i: grid } },
      geoplan.filters.kept(circle - 1, geoplan.filters.read((said[5] || "").split(",").map(decoded)))));
    return true;
  }

  function tabs() {
    const buttons = Array.from(get("tabs").querySelectorAll("[data-tab]"));
    function show(name) {
      document.body.setAttribute("data-tab", name);
      buttons.forEach(function (button) {
        button.setAttribute("aria-pressed", String(button.getAttribute("data-tab") === name));
      });
    }
    buttons.forEach(function (button) {
      button.addEventListener("click", function () { show(button.getAttribute("data-tab")); });
    });
    show("list");
    geoplan.state.on(function (change) { if (change.pick) show("list"); }); // where its details are
    const sizes = ["half", "full", "peek"];
    get("sheet").addEventListener("click", function () {
      const now = document.body.getAttribute("data-sheet") || "half";
      document.body.setAttribute("data-sheet", sizes[(sizes.indexOf(now) + 1) % sizes.length]);
    });
  }

  /* Keeps the map as large as its place, wherever the page moves it. */
  function follow(map) {
    if (!window.ResizeObserver) return;
    new ResizeObserver(function () {
      if (!document.documentElement.classList.contains("printing")) map.invalidateSize({ animate: false });
    }).observe(map.getContainer());
  }

  /* The drawn map, and what lies over it; neither is added yet. */
  function layers(map, painters, draw) {
    const base = ground.use(study.data);
    const sheet = new geoplan.sheet.Sheet({ painters });
    map.createPane("marks").style.zIndex = 450;
    map.createPane("measure").style.zIndex = 460;
    map.getPane("marks").style.pointerEvents = "none";
    const marks = new geoplan.overlay.Overlay({ base, draw });
    return { base, sheet, marks };
  }

  /* Starts what every page has beside its map. */
  function furnish(map, drawn, pick, beside) {
    geoplan.search.start(drawn.base, pick);
    geoplan.tools.start(map, function () { fit(map); });
    geoplan.tip.start(map, pick);
    geoplan.paper.start(map, [drawn.sheet, drawn.marks], function (exactly) { fit(map, exactly); }, beside);
  }

  /* The page is ready: the whole study on a map of the size it has come to. */
  function settle(map, drawn) {
    map.invalidateSize({ animate: false, pan: false });
    fit(map);
    follow(map);
    document.documentElement.setAttribute("data-ready", "true");
    geoplan.map = map;
    geoplan.drawn = drawn;
  }

  function start(map) {
    open(map);
    geoplan.filters.use(study.data.filters);
    fit(map);
    state.hidden = geoplan.legend.hiddenAtFirst();
    const drawn = layers(map, [ground.land, theme.shares, theme.gaps, theme.veil, ground.water, theme.homes,
      ground.walls, ground.ways, ground.rails, theme.compounds, theme.borders, theme.circles], geoplan.marks.draw);
    function pick(thing, still) {
      state.set({ pick: thing });
      if (thing && !still) fly(map, thing);
    }
    [geoplan.filters, geoplan.picker, geoplan.answer, geoplan.views, geoplan.list, geoplan.curve, geoplan.services, geoplan.dock, geoplan.legend, geoplan.checks, geoplan.notes].forEach(function (part) { part.start(pick); });
    geoplan.tiles.start(map);
    furnish(map, drawn, pick);
    tabs();
    map.invalidateSize({ animate: false, pan: false });
    if (!recall(map)) fit(map);
    drawn.sheet.addTo(map); // not before: what is drawn, is drawn once
    drawn.marks.addTo(map);
    state.on(function (change) {
      if (state.counts(change) || "hidden" in change) drawn.sheet.repaint();
      drawn.marks.repaint();
      remember(map);
    });
    follow(map);
    map.on("moveend", function () { remember(map); });
    document.documentElement.setAttribute("data-ready", "true");
    geoplan.map = map;
    geoplan.drawn = drawn;
  }

  geoplan.page = { open, around, features, approach, fit, layers, furnish, tabs, follow, settle, FLY, STILL };
  geoplan.start = start;
})((window.geoplan = window.geoplan || {}));
