/* Areas merged of units: every border between two units is known once (an arc), and
   a border of an assignment is an arc whose two units lie in different areas. */
(function (geoplan) {
  "use strict";

  const { ints, shapes, sums, layered } = geoplan.codec;

  const OUTSIDE = -1;
  const WIDE = 1 << 26; // steps, more than any page is wide

  /* The arcs: a layer of lines, the units one and other on both sides of each, and
     the number of the place where each begins and ends. */
  function arcs(block) {
    const layer = shapes(block);
    const one = ints(block.one);
    for (let i = 1; i < one.length; i += 1) one[i] += one[i - 1];
    const places = new Map();
    function place(k) {
      const key = layer.x[k] * WIDE + layer.y[k];
      if (!places.has(key)) places.set(key, places.size);
      return places.get(key);
    }
    const start = new Int32Array(layer.n);
    const end = new Int32Array(layer.n);
    for (let i = 0; i < layer.n; i += 1) {
      start[i] = place(layer.point[i]);
      end[i] = place(layer.point[i + 1] - 1);
    }
    return { layer, one, other: ints(block.other), start, end, n: layer.n };
  }

  /* The areas that units make up: a layer of n features. area: the number of each
     unit's area, -1 for none. */
  function areas(on, area, n) {
    const lists = Array.from({ length: n }, function () { return []; });
    for (let i = 0; i < on.n; i += 1) {
      const a = area[on.one[i]];
      const b = on.other[i] === OUTSIDE ? -1 : area[on.other[i]];
      if (a === b) continue;
      if (a >= 0) lists[a].push(i);
      if (b >= 0) lists[b].push(i);
    }
    const rings = lists.map(function (list) { return chained(on, list); });
    return written(on, rings);
  }

  /* Arcs put end to end as rings: each a list of arcs, written ~i where it is walked
     backwards. */
  function chained(on, list) {
    const open = new Map();
    function at(place) {
      if (!open.has(place)) open.set(place, []);
      return open.get(place);
    }
    list.forEach(function (i) {
      at(on.start[i]).push(i);
      if (on.end[i] !== on.start[i]) at(on.end[i]).push(i);
    });
    const used = new Set();
    const rings = [];
    list.forEach(function (first) {
      if (used.has(first)) return;
      const ring = [];
      const home = on.start[first];
      let i = first, place = home;
      while (i !== undefined) {
        used.add(i);
        const ahead = on.start[i] === place;
        ring.push(ahead ? i : ~i);
        place = ahead ? on.end[i] : on.start[i];
        if (place === home) break;
        i = open.get(place).find(function (next) { return !used.has(next); });
      }
      rings.push(ring);
    });
    return rings;
  }

  function written(on, rings) {
    const { point, x, y } = on.layer;
    const size = function (code) { const i = code < 0 ? ~code : code; return point[i + 1] - point[i] - 1; };
    const all = [];
    rings.forEach(function (own) { own.forEach(function (ring) { all.push(ring); }); });
    const part = sums(rings.map(function (own) { return own.length; }));
    const starts = sums(all.map(function (ring) { return ring.reduce(function (sum, code) { return sum + size(code); }, 0); }));
    const whole = starts[starts.length - 1];
    const xs = new Int32Array(whole);
    const ys = new Int32Array(whole);
    let at = 0;
    all.forEach(function (ring) {
      ring.forEach(function (code) {
        const i = code < 0 ? ~code : code;
        const many = point[i + 1] - point[i] - 1; // the last is the first of the next
        for (let k = 0; k < many; k += 1, at += 1) {
          const from = code < 0 ? point[i + 1] - 1 - k : point[i] + k;
          xs[at] = x[from];
          ys[at] = y[from];
        }
      });
    });
    return layered({ n: rings.length, part, point: starts, x: xs, y: ys });
  }

  /* The pieces of units that are alike and share a border: the number of each unit's
     piece by number of the first unit in it; -1 where kind says so. */
  function pieces(on, kind) {
    const root = Int32Array.from(kind, function (one, i) { return one === -1 ? -1 : i; });
    function find(i) {
      while (root[i] !== i) {
        root[i] = root[root[i]];
        i = root[i];
      }
      return i;
    }
    for (let i = 0; i < on.n; i += 1) {
      const a = on.one[i], b = on.other[i];
      if (b === OUTSIDE || kind[a] === -1 || kind[a] !== kind[b]) continue;
      const u = find(a), v = find(b);
      root[Math.max(u, v)] = Math.min(u, v);
    }
    return root.map(function (one, i) { return one === -1 ? -1 : find(i); });
  }

  geoplan.topology = { arcs, areas, pieces };
})((window.geoplan = window.geoplan || {}));
