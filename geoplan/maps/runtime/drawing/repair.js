/* The smallest mend of a grid that is not one walkable piece, and homes for units
   that no grid has. */
(function (geoplan) {
  "use strict";

  const { NONE, BROKEN } = geoplan.judge;

  const TRIES = 1500; // divisions that are tried for one mend
  const EACH = 1e-3; // what a unit costs beside its households

  /* What may change: whether a unit may leave its grid, and a grid may have it. */
  function rights(judge, { shut }) {
    const { on, to, of } = judge;
    function leaves(unit) { return to[unit] === NONE || !shut(to[unit]); }
    function takes(grid, unit) { return grid >= 0 && !shut(grid) && of[grid] === on.community[unit]; }
    return { leaves, takes };
  }

  function cost(judge, units) {
    return units.reduce(function (total, unit) { return total + judge.on.counted[unit] + EACH; }, 0);
  }

  /* The changes after which a grid is whole and no other is newly broken, those
     that move fewest households first: units, from, to, cost; null if none is found.

     Whole pieces and bridges are tried before single units: where many units hold
     nobody the ways of moving them are too many to try. */
  function mend(judge, grid, rules) {
    const quick = search(judge, grid, { rules, most: Infinity, ways: [pieces] });
    const slow = search(judge, grid, { rules, most: quick ? quick.cost : Infinity, ways: [pieces, single] });
    return slow || quick;
  }

  /* The cheapest mend that costs less than most, by the ways given. */
  function search(judge, grid, { rules, most, ways }) {
    const may = rights(judge, rules);
    const bad = new Set(judge.totals().broken);
    const start = Int32Array.from(judge.to);
    const queue = [{ changes: new Map(), cost: 0 }];
    const tried = new Set();
    for (let k = 0; k < TRIES && queue.length; k += 1) {
      const node = cheapest(queue);
      const touched = carry(judge, node.changes);
      const broken = judge.figures(grid).state === BROKEN ? grid
        : Array.from(touched).find(function (one) { return !bad.has(one) && judge.figures(one).state === BROKEN; });
      const found = broken === undefined ? null : [].concat.apply([], ways.map(function (way) { return way(judge, broken, may); }));
      back(judge, node.changes, start);
      if (!found) return told(node, start);
      found.forEach(function (way) { grow(judge, queue, tried, { node, way, start, most }); });
    }
    return null;
  }

  function cheapest(queue) {
    let best = 0;
    queue.forEach(function (node, k) { if (node.cost < queue[best].cost) best = k; });
    return queue.splice(best, 1)[0];
  }

  function carry(judge, changes) {
    return judge.set(Array.from(changes.keys()), Array.from(changes.values()));
  }

  function back(judge, changes, start) {
    const units = Array.from(changes.keys());
    judge.set(units, units.map(function (unit) { return start[unit]; }));
  }

  function told(node, start) {
    const units = Array.from(node.changes.keys());
    return { units, from: units.map(function (unit) { return start[unit]; }), to: units.map(function (unit) { return node.changes.get(unit); }), cost: node.cost };
  }

  /* Puts a further division into the queue, unless it was there. */
  function grow(judge, queue, tried, { node, way, start, most }) {
    const changes = new Map(node.changes);
    way.units.forEach(function (unit) {
      if (start[unit] === way.grid) changes.delete(unit);
      else changes.set(unit, way.grid);
    });
    const units = Array.from(changes.keys()).sort(function (a, b) { return a - b; });
    const key = units.map(function (unit) { return unit + ">" + changes.get(unit); }).join(" ");
    if (!units.length || tried.has(key)) return;
    tried.add(key);
    const price = cost(judge, units);
    if (price < most) queue.push({ changes, cost: price });
  }

  /* A piece of a grid goes to a neighbour, or what lies between two comes to it. */
  function pieces(judge, grid, may) {
    const found = [];
    judge.figures(grid).pieces.forEach(function (part) {
      leaving(judge, part, may).forEach(function (to) { found.push({ units: part, grid: to }); });
      const between = bridge(judge, grid, { part, may });
      if (between) found.push({ units: between, grid });
    });
    return found;
  }

  /* One unit changes sides: at the border of a grid, or home. */
  function single(judge, grid, may) {
    const { on, to, members } = judge;
    const found = [];
    members[grid].forEach(function (unit) {
      on.links[unit].forEach(function (other) {
        if (to[other] === grid) return;
        if (may.leaves(unit) && may.takes(to[other], unit)) found.push({ units: [unit], grid: to[other] });
        if (may.leaves(other) && may.takes(grid, other)) found.push({ units: [other], grid });
      });
      if (on.home[unit] !== grid && may.leaves(unit) && may.takes(on.home[unit], unit)) found.push({ units: [unit], grid: on.home[unit] });
    });
    if (grid >= on.codes.length) return found;
    on.today.members[grid].forEach(function (unit) {
      if (to[unit] !== grid && may.leaves(unit) && may.takes(grid, unit)) found.push({ units: [unit], grid });
    });
    return found;
  }

  /* The grids that a piece may go to as a whole. */
  function leaving(judge, part, may) {
    const { on, to } = judge;
    const beside = new Set();
    if (!part.every(may.leaves)) return [];
    part.forEach(function (unit) {
      on.links[unit].forEach(function (other) {
        if (to[other] !== to[unit] && may.takes(to[other], unit)) beside.add(to[other]);
      });
    });
    return Array.from(beside).filter(function (grid) { return part.every(function (unit) { return may.takes(grid, unit); }); })
      .sort(function (a, b) { return a - b; });
  }

  /* The units with fewest households that lead from one piece of a grid to another. */
  function bridge(judge, grid, { part, may }) {
    const { on, to } = judge;
    const least = new Map();
    const before = new Map();
    const edge = part.map(function (unit) { return [0, unit]; });
    const own = new Set(part);
    part.forEach(function (unit) { least.set(unit, 0); });
    while (edge.length) {
      let k = 0;
      edge.forEach(function (one, i) { if (one[0] < edge[k][0]) k = i; });
      const [far, unit] = edge.splice(k, 1)[0];
      if (far > least.get(unit)) continue;
      if (to[unit] === grid && !own.has(unit)) return path(before, unit, function (one) { return to[one] !== grid; });
      on.links[unit].forEach(function (other) {
        const inside = to[other] === grid;
        if (!inside && !(may.leaves(other) && may.takes(grid, other))) return;
        const next = far + (inside ? 0 : on.counted[other] + EACH);
        if (least.has(other) && least.get(other) <= next) return;
        least.set(other, next);
        before.set(other, unit);
        edge.push([next, other]);
      });
    }
    return null;
  }

  function path(before, unit, keep) {
    const found = [];
    for (let at = unit; at !== undefined; at = before.get(at)) if (keep(at)) found.push(at);
    return found;
  }

  /* Grids for units that none has, one after another: each to the neighbour that
     counts least. What no grid can be walked to from is left. */
  function housed(judge, rules) {
    const may = rights(judge, rules);
    const start = Int32Array.from(judge.to);
    const waiting = new Set(judge.totals().loose);
    const changes = new Map();
    for (let step = next(judge, waiting, may); step; step = next(judge, waiting, may)) {
      judge.set([step.unit], [step.grid]);
      changes.set(step.unit, step.grid);
      waiting.delete(step.unit);
    }
    back(judge, changes, start);
    const units = Array.from(changes.keys());
    return units.length ? told({ changes, cost: cost(judge, units) }, start) : null;
  }

  function next(judge, waiting, may) {
    let best = null;
    waiting.forEach(function (unit) {
      judge.on.links[unit].forEach(function (other) {
        const grid = judge.to[other];
        if (!may.takes(grid, unit)) return;
        const counted = judge.figures(grid).counted;
        if (best && (counted > best.counted || (counted === best.counted && grid >= best.grid))) return;
        best = { unit, grid, counted };
      });
    });
    return best;
  }

  geoplan.repair = { mend, housed };
})((window.geoplan = window.geoplan || {}));
