/* The legend of division, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put } = geoplan.element;
  const { study, division, state, words } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change) show(); });
    show();
  }

  function entries() {
    const box = function (role) { return make("span", { class: "box " + role }); };
    return [
      ["moved", words.say("legend_moved"), [box("moved"), words.say("legend_moved_note")]],
      ["old", words.say("legend_old"), [line("gone", 1.7)]],
      ["borders", words.say("legend_grids"), [line("plain", 1.5), words.say("legend_plain"), line("fresh", 2.6), words.say("legend_fresh")]],
      division.banded ? ["band", words.say("legend_band", { low: division.band[0], high: division.band[1] }), [box("beyond"), words.say("legend_band_note")]] : null,
      ["homes", words.say("legend_homes"), [box("in")]],
      study.stations.code.length ? ["stations", words.say("station_grid"), [dot(), words.say("legend_count", { n: study.stations.code.length })]] : null,
    ].filter(Boolean);
  }

  function line(role, width) {
    return draw("svg", { class: "line " + role, width: 30, height: 12, "aria-hidden": "true" }, draw("path", { d: "M1 6h28", "stroke-width": width }));
  }

  function dot() {
    const canvas = make("canvas", { class: "mark", width: 48, height: 48, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    geoplan.marks.symbol(context, 12, 12, { dot: true, head: false, asked: true, size: 11 });
    return canvas;
  }

  function plain() {
    return ["labels", "names", study.compounds.code.length ? "compounds" : ""].filter(Boolean);
  }

  function toggle(layer, name) {
    return make("button", { type: "button", role: "checkbox", "aria-checked": String(state.shown(layer)), "data-layer": layer,
      click: function () { state.toggle(layer); } }, [make("i", { class: "tick" }), name]);
  }

  function show() {
    const focus = document.activeElement && document.activeElement.getAttribute("data-layer");
    const pairs = [plain().slice(0, 2), plain().slice(2)].filter(function (some) { return some.length; });
    put(get("legend"), entries().map(function (entry) {
      return make("div", { class: state.shown(entry[0]) ? "entry" : "entry hidden" }, [toggle(entry[0], entry[1]), make("div", { class: "key" }, entry[2])]);
    }).concat(pairs.map(function (some) {
      return make("div", { class: "entry plain" }, some.map(function (layer) { return toggle(layer, words.say("legend_" + layer)); }));
    })));
    const again = focus && get("legend").querySelector('[data-layer="' + focus + '"]');
    if (again) again.focus();
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
