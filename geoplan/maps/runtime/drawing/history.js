/* Moves as they were made: undone and done again without limit. */
(function (geoplan) {
  "use strict";

  /* What a stroke comes to: each thing once, from what it was to what it is, in the
     order first touched; what ends where it began is left out. */
  function merged(steps) {
    const from = new Map();
    const to = new Map();
    steps.forEach(function (step) {
      step.units.forEach(function (unit, k) {
        if (!from.has(unit)) from.set(unit, step.from[k]);
        to.set(unit, step.to[k]);
      });
    });
    const units = Array.from(from.keys()).filter(function (unit) { return from.get(unit) !== to.get(unit); });
    return { units, from: units.map(function (unit) { return from.get(unit); }), to: units.map(function (unit) { return to.get(unit); }) };
  }

  function inverse(move) {
    const back = function (change) { return change && { from: change.to, to: change.from }; };
    return Object.assign({}, move, { from: move.to, to: move.from, notes: back(move.notes), option: back(move.option) });
  }

  /* A history hands out moves; whoever holds it carries them out.

     A move: units, from, to (as long as units); notes {from, to}: lists of comments,
     option {from, to}: what it started from, where those change; and whatever else
     tells of it. */
  function kept() {
    const done = [];
    const undone = [];

    function add(move) {
      done.push(move);
      undone.length = 0;
    }

    /* The move that takes back the last one, or null. */
    function undo() {
      if (!done.length) return null;
      const move = done.pop();
      undone.push(move);
      return inverse(move);
    }

    /* The move that was taken back last, or null. */
    function redo() {
      if (!undone.length) return null;
      const move = undone.pop();
      done.push(move);
      return move;
    }

    function clear() {
      done.length = 0;
      undone.length = 0;
    }

    return { add, undo, redo, clear, done, undone };
  }

  geoplan.history = { kept, merged, inverse };
})((window.geoplan = window.geoplan || {}));
