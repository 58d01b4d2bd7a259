/* The switches of layers that a legend is made of, and the marks beside them. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { state, words } = geoplan;

  function toggle(layer, name) {
    return make("button", { type: "button", role: "checkbox", "aria-checked": String(state.shown(layer)), "data-layer": layer,
      click: function () { state.toggle(layer); } }, [make("i", { class: "tick" }), name]);
  }

  /* Fills the legend: entries of layer, name and signs, then layers that need no key,
     some to a cell. The switch that had the focus keeps it. */
  function show(entries, plain, across = 2) {
    const focus = document.activeElement && document.activeElement.getAttribute("data-layer");
    const cells = entries.map(function (entry) {
      return make("div", { class: state.shown(entry[0]) ? "entry" : "entry hidden" }, [
        toggle(entry[0], entry[1]), make("div", { class: "key" }, entry[2]),
      ]);
    });
    for (let k = 0; k < plain.length; k += across) {
      cells.push(make("div", { class: "entry plain" }, plain.slice(k, k + across).map(function (layer) {
        return toggle(layer, words.say("legend_" + layer));
      })));
    }
    put(get("legend"), cells);
    const again = focus && get("legend").querySelector('[data-layer="' + focus + '"]');
    if (again) again.focus();
  }

  /* The mark of stations as it stands on the map. */
  function sign(mark) {
    const canvas = make("canvas", { class: "mark", width: 48, height: 48, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    geoplan.marks.symbol(context, 12, 12, Object.assign({ asked: true, size: mark.dot ? 11 : 18 }, mark));
    return canvas;
  }

  geoplan.switches = { show, sign };
})((window.geoplan = window.geoplan || {}));
