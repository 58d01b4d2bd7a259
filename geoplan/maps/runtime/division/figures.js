/* What an assignment of units to grids comes to: sizes, moves, strips, balance. */
(function (geoplan) {
  "use strict";

  const { topology } = geoplan;

  const COUNTS = ["households", "people", "buildings"];

  /* Everything that a page says of an assignment of units to grids (to), against
     today's. on: the board, as geoplan.division has it. */
  function figures(on, to) {
    const grids = sizes(on, to);
    const moves = moved(on, to);
    const counts = grids.filter(function (grid) { return grid.free; }).map(function (grid) { return grid.free[on.measure]; });
    return Object.assign({ to, grids, strips: strips(on, to), size: counts.length, balance: balance(counts, on.band) }, moves);
  }

  /* A row a grid: what it has, had, gives and takes; free: what it has that is not
     locked today, null for none. */
  function sizes(on, to) {
    const rows = on.grids.code.map(function (code, i) {
      return { i, there: false, was: false, free: null, changed: false, flows: {}, out: zero(), in: zero(), before: zero(), households: 0, people: 0, buildings: 0 };
    });
    for (let u = 0; u < on.n; u += 1) {
      const from = rows[on.before[u]], row = rows[to[u]];
      from.was = true;
      add(from.before, on, u);
      if (!row) continue; // a unit that no grid has
      row.there = true;
      if (!on.grids.locked[from.i]) add(row.free = row.free || zero(), on, u);
      add(row, on, u);
      const flow = (row.flows[from.i] = row.flows[from.i] || zero());
      add(flow, on, u);
      if (row === from) continue;
      row.changed = from.changed = true;
      add(row.in, on, u);
      add(from.out, on, u);
    }
    return rows;
  }

  function zero() {
    return { households: 0, people: 0, buildings: 0 };
  }

  function add(sum, on, u) {
    COUNTS.forEach(function (name) { sum[name] += on.units[name][u] || 0; });
  }

  function moved(on, to) {
    const sum = zero();
    const total = zero();
    for (let u = 0; u < on.n; u += 1) {
      add(total, on, u);
      if (to[u] !== on.before[u]) add(sum, on, u);
    }
    return { moved: sum, total, moves: sum[on.measure] };
  }

  /* How even grids are: most, least, the spread as a share of the mean, and how many
     lie in the band, are too small, are too large. */
  function balance(counts, band) {
    const n = counts.length;
    const mean = n ? counts.reduce(function (a, b) { return a + b; }, 0) / n : 0;
    const square = n ? counts.reduce(function (sum, one) { return sum + (one - mean) * (one - mean); }, 0) / n : 0;
    const under = counts.filter(function (one) { return one < band[0]; }).length;
    const over = counts.filter(function (one) { return one > band[1]; }).length;
    return { n, most: Math.max.apply(null, counts.concat(0)), least: n ? Math.min.apply(null, counts) : 0, mean, cv: mean > 0 ? Math.sqrt(square) / mean : 0, under, over, within: n - under - over };
  }

  /* Ground that goes from one grid to another, a piece each; most of what is counted first. */
  function strips(on, to) {
    const kind = Int32Array.from(to, function (grid, u) { return grid === on.before[u] ? -1 : grid * on.grids.code.length + on.before[u]; });
    const piece = topology.pieces(on.arcs, kind);
    const rows = new Map();
    piece.forEach(function (root, u) {
      if (root < 0) return;
      if (!rows.has(root)) rows.set(root, Object.assign({ units: [], from: on.before[u], to: to[u], area: 0 }, zero()));
      const row = rows.get(root);
      row.units.push(u);
      row.area += on.units.area[u];
      add(row, on, u);
    });
    const code = function (g) { return g < 0 ? "" : on.grids.code[g]; };
    const found = Array.from(rows.values()).sort(function (a, b) {
      return b[on.measure] - a[on.measure] || b.area - a.area || order(code(a.from), code(b.from)) || order(code(a.to), code(b.to));
    });
    found.forEach(function (row, k) { row.number = k + 1; });
    return found;
  }

  function order(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /* How a grid stands to the band: -1 too small, 1 too large, 0 within. */
  function beyond(on, count) {
    return count < on.band[0] ? -1 : count > on.band[1] ? 1 : 0;
  }

  geoplan.figures = { figures, beyond, zero, COUNTS };
})((window.geoplan = window.geoplan || {}));
