/* Puts the page of the check together. */
(function (geoplan) {
  "use strict";

  const { get, make, put } = geoplan.element;
  const { boxOf } = geoplan.codec;
  const { study, state, words, frame, ground, drawing } = geoplan;

  const FLY = 0.25; // seconds
  const CLOSEST = 17.5;
  const DOTS = 2; // a pixel, on paper: Chromium keeps only powers of two to scale
  const STILL = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function texts() {
    document.querySelectorAll("[data-word]").forEach(function (node) {
      node.textContent = words.say(node.getAttribute("data-word"));
    });
    document.querySelectorAll("[data-label]").forEach(function (node) {
      node.setAttribute("aria-label", words.say(node.getAttribute("data-label")));
    });
    const data = study.data;
    get("study").textContent = data.study;
    get("meta").textContent = [data.date ? words.say("meta_date", { date: data.date }) : ""].concat(data.notes).filter(Boolean).join(" · ");
    get("meta").title = get("meta").textContent;
    get("sentence").className = data.verdict[1];
    put(get("sentence"), data.verdict[0].split(/(\d+)/).map(function (piece, k) {
      return k % 2 ? make("b", {}, piece) : piece;
    }));
    put(get("lead"), data.lead.map(function (text) { return make("span", {}, text); }));
    get("page-size").textContent = "@page{size:A4;margin:12mm}";
    get("print").addEventListener("click", function () { window.print(); });
  }

  function fit(map) {
    const box = boxOf(study.grids.layer) || boxOf(study.communities.layer);
    if (box) map.fitBounds(frame.bounds(box).pad(0.06), { animate: false });
  }

  function fly(map, pick) {
    const group = study.groups[pick.group - 1];
    const box = boxOf(study.places, pick.i >= 0 ? [pick.i] : group.places);
    if (!box) return;
    const bounds = frame.bounds(box);
    const zoom = Math.min(CLOSEST, map.getBoundsZoom(bounds.pad(0.2)));
    map.setView(bounds.getCenter(), zoom, { animate: !STILL, duration: FLY });
  }

  function layers(map) {
    const base = ground.use(study.map);
    const sheet = new geoplan.sheet.Sheet({ painters: [ground.land, drawing.veil, ground.water,
      drawing.homes, ground.walls, ground.ways, ground.rails, drawing.borders] });
    map.createPane("marks").style.zIndex = 450;
    map.createPane("measure").style.zIndex = 460;
    map.getPane("marks").style.pointerEvents = "none";
    const marks = new geoplan.overlay.Overlay({ base, draw: drawing.draw });
    sheet.addTo(map);
    marks.addTo(map);
    return { sheet, marks };
  }

  /* Lays the page out for paper, the whole study on its map, and back again. */
  function paper(map, drawn) {
    let before = null;
    window.addEventListener("beforeprint", function () {
      if (before) return;
      before = { center: map.getCenter(), zoom: map.getZoom() };
      document.documentElement.classList.add("on-paper");
      map.invalidateSize({ animate: false, pan: false });
      fit(map);
      drawn.sheet.setDots(DOTS);
      drawn.marks.repaint();
      geoplan.tools.scale(map);
      before.picture = picture(map);
      map.getContainer().appendChild(before.picture);
    });
    window.addEventListener("afterprint", function () {
      if (!before) return;
      map.getContainer().removeChild(before.picture);
      document.documentElement.classList.remove("on-paper");
      map.invalidateSize({ animate: false, pan: false });
      map.setView(before.center, before.zoom, { animate: false });
      drawn.sheet.setDots(0);
      drawn.marks.repaint();
      before = null;
    });
  }

  /* The map as one canvas: Chromium leaves tiles out where a text runs over pages. */
  function picture(map) {
    const frameBox = map.getContainer().getBoundingClientRect();
    const canvas = make("canvas", { id: "picture", width: frameBox.width * DOTS, height: frameBox.height * DOTS });
    const context = canvas.getContext("2d");
    context.scale(DOTS, DOTS);
    map.getContainer().querySelectorAll("canvas").forEach(function (part) {
      const box = part.getBoundingClientRect();
      context.drawImage(part, box.left - frameBox.left, box.top - frameBox.top, box.width, box.height);
    });
    return canvas;
  }

  function chart(map) {
    frame.use(study.map);
    map.attributionControl.setPrefix(false);
    map.attributionControl.remove();
    map.getContainer().setAttribute("aria-label", words.say("map_label"));
    map.getContainer().setAttribute("role", "application");
    fit(map);
    const drawn = layers(map);
    geoplan.tools.start(map, function () { fit(map); });
    state.on(function () { drawn.marks.repaint(); });
    map.on("click", function (event) {
      if (geoplan.tools.measuring()) return;
      const place = map.project(event.latlng);
      const group = drawing.pinAt(place.x, place.y);
      if (!group) return;
      state.set({ pick: { group: group.number, i: -1 } });
      geoplan.list.show(group.number);
    });
    paper(map, drawn);
    map.invalidateSize({ animate: false, pan: false });
    fit(map);
    if (window.ResizeObserver) {
      new ResizeObserver(function () {
        if (!document.documentElement.classList.contains("on-paper")) map.invalidateSize({ animate: false });
      }).observe(map.getContainer());
    }
  }

  function start(map) {
    const data = JSON.parse(get("data").textContent);
    words.use(data);
    study.use(data);
    texts();
    if (study.map) chart(map);
    else document.body.classList.add("mapless");
    geoplan.list.start(function (pick) {
      state.set({ pick });
      if (study.map) fly(map, pick);
    });
    geoplan.files.start();
    document.documentElement.setAttribute("data-ready", "true");
    geoplan.map = map;
  }

  geoplan.start = start;
})((window.geoplan = window.geoplan || {}));
