/* The legend of siting, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change || "plan" in change) show(); });
    show();
  }

  function entries() {
    const block = study.stations;
    const old = block.existing.filter(Boolean).length;
    const fresh = study.fresh().length;
    const rest = block.code.length - old - fresh;
    const box = function (role) { return make("span", { class: "box " + role }); };
    return [
      ["new", words.say("legend_new"), [geoplan.list.diamond(1), words.say("legend_new_note", { n: fresh })]],
      old ? ["old", words.say("legend_old", { station: study.data.circle.station }), [house(), words.say("legend_count", { n: old })]] : null,
      rest > 0 ? ["spare", words.say(study.data.rooms ? "legend_rooms" : "legend_places"), [geoplan.list.diamond(0), words.say("legend_count", { n: rest })]] : null,
      ["homes", words.say("legend_homes"), (words.say("stands_1") ? [box("in"), words.say("stands_1")] : []).concat([box("new"), words.say("stands_2"), box("gap"), words.say("stands_3")])],
    ].filter(Boolean);
  }

  function house() {
    const canvas = make("canvas", { class: "mark", width: 48, height: 48, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    geoplan.marks.symbol(context, 12, 12, { dot: study.data.circle.level === "grid", head: false, asked: true, size: study.data.circle.level === "grid" ? 11 : 18 });
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
    put(get("legend"), entries().map(function (entry) {
      return make("div", { class: state.shown(entry[0]) ? "entry" : "entry hidden" }, [
        toggle(entry[0], entry[1]), make("div", { class: "key" }, entry[2])]);
    }).concat([plain().slice(0, 2), plain().slice(2)].filter(function (some) { return some.length; }).map(function (some) {
      return make("div", { class: "entry plain" }, some.map(function (layer) { return toggle(layer, words.say("legend_" + layer)); }));
    })));
    const again = focus && get("legend").querySelector('[data-layer="' + focus + '"]');
    if (again) again.focus();
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
