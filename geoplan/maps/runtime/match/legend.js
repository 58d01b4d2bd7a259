/* The legend of matching, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  function start() {
    state.on(function (change) { if ("hidden" in change) show(); });
    show();
  }

  function entries() {
    return study.ROLES.map(function (role, k) {
      const n = study.those(k).length;
      return n ? [role, words.say("legend_" + role), [geoplan.list.dot(role), words.say("legend_note", { n })]] : null;
    }).concat([["door", words.say("legend_door"), [house(), words.say("legend_count", { n: study.stations.code.length })]]]).filter(Boolean);
  }

  function house() {
    const canvas = make("canvas", { class: "mark", width: 48, height: 48, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    geoplan.marks.symbol(context, 12, 12, { dot: false, head: false, asked: true, size: 18 });
    return canvas;
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
    }).concat(make("div", { class: "entry plain" }, ["borders", "names"].map(function (layer) { return toggle(layer, words.say("legend_" + layer)); }))));
    const again = focus && get("legend").querySelector('[data-layer="' + focus + '"]');
    if (again) again.focus();
  }

  geoplan.legend = { start, entries };
})((window.geoplan = window.geoplan || {}));
