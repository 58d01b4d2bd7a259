/* The legend of compared stations, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change || "circle" in change) show(); });
    show();
  }

  function box(role) {
    return make("span", { class: "box " + role });
  }

  function line(role) {
    return draw("svg", { class: "line " + role, width: 40, height: 12, "aria-hidden": "true" }, draw("path", { d: "M1 9C12 0 30 2 39 8" }));
  }

  function entries() {
    const circle = study.now();
    const same = study.stations.code.filter(function (code, i) { return study.role(i) === "same" && study.stations.tier[i] === circle.tier; });
    return [
      ["gained", words.say("legend_gained"), [box("gained"), words.count(circle.gained)]],
      ["lost", words.say("legend_lost"), [box("lost"), words.count(circle.lost)]],
      ["homes", words.say("legend_homes"), [box("in"), words.say("legend_in"), box("left"), words.say("legend_out")]],
      ["before", words.say("legend_before"), [line("was"), circle.limit]],
      ["after", words.say("legend_after"), [line("circle"), circle.limit]],
      same.length ? ["stations", words.say("legend_stations"), [house(circle), words.say("mark_same")]] : null,
    ].filter(Boolean);
  }

  function house(circle) {
    const canvas = make("canvas", { class: "mark", width: 48, height: 48, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    geoplan.marks.symbol(context, 12, 12, { dot: circle.tier === "网格级", head: circle.tier === "街道级", asked: true, size: circle.tier === "网格级" ? 11 : 16 });
    return canvas;
  }

  function plain() {
    return ["borders", study.compounds.code.length ? "compounds" : "", "names"].filter(Boolean);
  }

  function toggle(layer, name) {
    return make("button", { type: "button", role: "checkbox", "aria-checked": String(state.shown(layer)), "data-layer": layer,
      click: function () { state.toggle(layer); } }, [make("i", { class: "tick" }), name]);
  }

  function show() {
    const focus = document.activeElement && document.activeElement.getAttribute("data-layer");
    const extra = plain();
    put(get("legend"), entries().map(function (entry) {
      return make("div", { class: state.shown(entry[0]) ? "entry" : "entry hidden" }, [
        toggle(entry[0], entry[1]), make("div", { class: "key" }, entry[2])]);
    }).concat([extra.slice(0, 2), extra.slice(2)].filter(function (some) { return some.length; }).map(function (some) {
      return make("div", { class: "entry plain" }, some.map(function (layer) { return toggle(layer, words.say("legend_" + layer)); }));
    })));
    const again = focus && get("legend").querySelector('[data-layer="' + focus + '"]');
    if (again) again.focus();
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
