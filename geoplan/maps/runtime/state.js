/* What is chosen: the circle, whose stations count, which stations and homes are looked
   at, the thing picked, the layers hidden. */
(function (geoplan) {
  "use strict";

  const state = { circle: 0, view: "any", filter: { stations: "", homes: "" }, pick: null, hidden: {} };
  const listeners = [];

  function on(listener) {
    listeners.push(listener);
  }

  /* Changes some of the state; listeners are told which. */
  function set(change) {
    Object.assign(state, change);
    listeners.forEach(function (listener) { listener(change); });
  }

  /* Whether a change gives other figures. */
  function counts(change) {
    return "circle" in change || "view" in change || "filter" in change;
  }

  function shown(layer) {
    return !state.hidden[layer];
  }

  function toggle(layer) {
    const hidden = Object.assign({}, state.hidden);
    hidden[layer] = !hidden[layer];
    set({ hidden });
  }

  /* Whether this very thing is picked. */
  function picked(kind, i) {
    return Boolean(state.pick) && state.pick.kind === kind && (i === undefined || state.pick.i === i);
  }

  geoplan.state = Object.assign(state, { on, set, counts, shown, toggle, picked });
})((window.geoplan = window.geoplan || {}));
