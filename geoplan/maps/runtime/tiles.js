/* An online base map under the answer: off until somebody asks for it, and its key
   is asked for here, so that no file carries one. */
(function (geoplan) {
  "use strict";

  const { study, state, words } = geoplan;
  const LARGEST = 18; // zoom beyond which tiles are stretched

  let layer = null;
  let key = "";

  function offered() {
    return Boolean(study.data.tiles);
  }

  function shown() {
    return offered() && state.shown("tiles");
  }

  function start(map) {
    if (!offered()) return;
    state.on(function (change) { if ("hidden" in change) follow(map); });
  }

  function follow(map) {
    const wanted = shown();
    if (wanted === Boolean(layer)) return;
    if (!wanted) {
      layer.remove();
      layer = null;
      return;
    }
    const template = study.data.tiles;
    if (template.indexOf("{key}") >= 0 && !key) key = (window.prompt(words.say("tiles_key", { host: host() })) || "").trim();
    if (template.indexOf("{key}") >= 0 && !key) {
      state.toggle("tiles");
      return;
    }
    layer = L.tileLayer(template, { key: encodeURIComponent(key), subdomains: "01234567", zIndex: 0, maxNativeZoom: LARGEST, maxZoom: 22 });
    layer.addTo(map);
  }

  function host() {
    return study.data.tiles.split("/")[2];
  }

  geoplan.tiles = { start, offered, shown };
})((window.geoplan = window.geoplan || {}));
