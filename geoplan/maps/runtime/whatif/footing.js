/* Where a station may stand on the ways, to the centimetre, as Python lets it stand.

   Lines come in whole micrometres, so that what is worked out here may be a little
   off what Python works out. A place is taken only where that changes no
   millisecond: any other is moved along its way by some centimetres. */
(function (geoplan) {
  "use strict";

  const { ints } = geoplan.codec;
  const { ways } = geoplan.whatif;
  const { risen } = ways;

  const CELL = 40; // m
  const MICRO = 1e6;
  const ON = 0.5; // m: a place so near to a way stands on it
  const OFF = 3e-6; // m: what rounding moves a vertex by at most, and more
  const APART = 1e-4; // m: two ways nearer to a place than this cannot be told apart
  const TRIES = 60; // places along a way, a centimetre apart
  const footing = { n: 0 };

  function use(data) {
    if (!data.lines) return footing;
    const lines = data.lines;
    const points = ints(lines.points);
    const whole = ints(lines.whole);
    const rest = ints(lines.rest);
    const xy = ints(lines.xy);
    const edge = risen(lines.edge);
    const start = new Uint32Array(points.length + 1);
    for (let i = 0; i < points.length; i += 1) start[i + 1] = start[i] + points[i];
    const x = new Float64Array(start[points.length]);
    const y = new Float64Array(x.length);
    let next = 0, left = 0, low = 0;
    for (let i = 0; i < points.length; i += 1) {
      left += whole[2 * i];
      low += whole[2 * i + 1];
      let u = left * MICRO + rest[2 * i];
      let v = low * MICRO + rest[2 * i + 1];
      x[start[i]] = u / MICRO;
      y[start[i]] = v / MICRO;
      for (let k = start[i] + 1; k < start[i + 1]; k += 1) {
        u += xy[next];
        v += xy[next + 1];
        next += 2;
        x[k] = u / MICRO;
        y[k] = v / MICRO;
      }
    }
    Object.assign(footing, { n: points.length, edge, start, x, y, corner: data.corner, page: data.to_page, crs: data.to_crs });
    footing.length = Float64Array.from(points, function (count, i) { return lengthTo(i, start[i + 1] - 1); });
    footing.free = free(lines);
    footing.cells = cells();
    return footing;
  }

  function free(lines) {
    const count = ints(lines.free);
    const from = ints(lines.from);
    const to = ints(lines.to);
    let k = 0;
    return Array.prototype.map.call(count, function (size) {
      const found = [];
      for (let i = 0; i < size; i += 1, k += 1) found.push([from[k] / 100, to[k] / 100]);
      return found;
    });
  }

  function apart(ax, ay, bx, by) {
    const dx = ax - bx;
    const dy = ay - by;
    return Math.sqrt(dx * dx + dy * dy);
  }

  /* Metres along line i to its point k. */
  function lengthTo(i, k) {
    let sum = 0;
    for (let j = footing.start[i]; j < k; j += 1) sum += apart(footing.x[j], footing.y[j], footing.x[j + 1], footing.y[j + 1]);
    return sum;
  }

  /* Segments by cells of the ground. */
  function cells() {
    const found = new Map();
    for (let i = 0; i < footing.n; i += 1) {
      for (let k = footing.start[i]; k + 1 < footing.start[i + 1]; k += 1) {
        eachCell(Math.min(footing.x[k], footing.x[k + 1]), Math.min(footing.y[k], footing.y[k + 1]),
          Math.max(footing.x[k], footing.x[k + 1]), Math.max(footing.y[k], footing.y[k + 1]), function (key) {
            if (!found.has(key)) found.set(key, []);
            found.get(key).push(i, k);
          });
      }
    }
    return found;
  }

  function eachCell(west, south, east, north, visit) {
    for (let row = Math.floor(south / CELL); row <= Math.floor(north / CELL); row += 1) {
      for (let column = Math.floor(west / CELL); column <= Math.floor(east / CELL); column += 1) {
        visit(row * 100003 + column);
      }
    }
  }

  /* The foot of a place on the segment from point k: how far, and how far along it. */
  function foot(k, px, py) {
    const ax = footing.x[k], ay = footing.y[k], bx = footing.x[k + 1], by = footing.y[k + 1];
    const dx = bx - ax, dy = by - ay;
    const square = dx * dx + dy * dy;
    const r = square > 0 ? ((px - ax) * dx + (py - ay) * dy) / square : 0;
    if (r <= 0) return [apart(px, py, ax, ay), 0];
    if (r >= 1) return [apart(px, py, bx, by), Math.sqrt(square)];
    return [Math.abs((ay - py) * dx - (ax - px) * dy) / Math.sqrt(square), r * Math.sqrt(square)];
  }

  /* The nearest foot of each line within some metres: far, line, along it; near first. */
  function near(px, py, most) {
    const best = new Map();
    eachCell(px - most, py - most, px + most, py + most, function (key) {
      const some = footing.cells.get(key) || [];
      for (let s = 0; s < some.length; s += 2) {
        const [far, along] = foot(some[s + 1], px, py);
        if (far > most) continue;
        const known = best.get(some[s]);
        if (!known || far < known.far || (far === known.far && some[s + 1] < known.k)) {
          best.set(some[s], { far, line: some[s], k: some[s + 1], along });
        }
      }
    });
    const found = Array.from(best.values());
    found.forEach(function (one) { one.at = lengthTo(one.line, one.k) + one.along; });
    return found.sort(function (a, b) { return a.far - b.far || a.line - b.line; });
  }

  function isFree(line, at) {
    const parts = footing.free[line];
    return !parts.length || parts.some(function (part) { return part[0] <= at && at <= part[1]; });
  }

  /* The place so far along a line. */
  function along(line, at) {
    let left = at;
    const last = footing.start[line + 1] - 1;
    for (let k = footing.start[line]; k < last; k += 1) {
      const size = apart(footing.x[k], footing.y[k], footing.x[k + 1], footing.y[k + 1]);
      if (left <= size || k === last - 1) {
        const r = size > 0 ? Math.max(0, Math.min(1, left / size)) : 0;
        return [footing.x[k] + r * (footing.x[k + 1] - footing.x[k]), footing.y[k] + r * (footing.y[k + 1] - footing.y[k])];
      }
      left -= size;
    }
    return [footing.x[last], footing.y[last]];
  }

  /* How a station at a place of the study's CRS stands, by the rules of Python: on the
     nearest way within half a metre, alone. Null where it would not. */
  function stand(x, y) {
    if (!footing.n) return null;
    const found = near(x - footing.corner[0], y - footing.corner[1], ON);
    if (!found.length || !isFree(found[0].line, found[0].at)) return null;
    const { line, far, at } = found[0];
    const edge = footing.edge[line];
    const share = footing.length[line] > 0 ? Math.min(1, at / footing.length[line]) : 0;
    const leg = (far / ways.speed) * 1000;
    const clear = found.length < 2 || found[1].far - far > APART;
    return { x, y, edge, line, share, far, leg: ways.rint(leg), sure: clear && sure(line, edge, share, leg) };
  }

  /* Whether no millisecond hangs on what the lines have been rounded by. */
  function sure(line, edge, share, leg) {
    const points = footing.start[line + 1] - footing.start[line];
    const off = ((points + 2) * OFF) / Math.max(footing.length[line], 1e-3);
    const forward = ways.forward[edge];
    const backward = ways.backward[edge];
    const step = ways.step;
    if (!settled(leg, (OFF / ways.speed) * 1000) || !settled(share * forward, off * forward) ||
        !settled((1 - share) * backward, off * backward)) return false;
    for (let k = step.edge.start[edge]; k < step.edge.start[edge + 1]; k += 1) {
      const other = step.share[step.edge.order[k]];
      const rate = share > other ? forward : backward;
      const slack = off + 1 / ways.PARTS;
      if (Math.abs(share - other) < slack || !settled(Math.abs(share - other) * rate, slack * rate)) return false;
    }
    return true;
  }

  /* Whether a time rounds to the same millisecond if it is a little off. */
  function settled(ms, off) {
    return ms <= 0 || Math.abs(ms - Math.floor(ms) - 0.5) > off + 1e-6;
  }

  function cents(value) {
    return Math.round(value * 100) / 100;
  }

  /* The place nearest to one of the study's CRS where a station may stand, within
     some metres; null if there is none. */
  function settle(x, y, most) {
    if (!footing.n) return null;
    const found = near(x - footing.corner[0], y - footing.corner[1], most);
    for (let i = 0; i < found.length; i += 1) {
      const place = around(found[i]);
      if (place) return place;
    }
    return null;
  }

  function around(one) {
    for (let k = 0; k < TRIES; k += 1) {
      const at = one.at + (k % 2 ? 1 : -1) * Math.ceil(k / 2) * 0.01;
      if (at < 0 || at > footing.length[one.line] || !isFree(one.line, at)) continue;
      const [x, y] = along(one.line, at);
      const place = stand(cents(x + footing.corner[0]), cents(y + footing.corner[1]));
      if (place && place.sure && place.line === one.line) return place;
    }
    return null;
  }

  function bent(fit, x, y) {
    const u = (x - fit.middle[0]) / fit.half;
    const v = (y - fit.middle[1]) / fit.half;
    const out = [0, 0];
    let term = 0;
    for (let i = 0; i <= 3; i += 1) {
      for (let j = 0; j <= 3 - i; j += 1, term += 1) {
        const value = Math.pow(u, i) * Math.pow(v, j);
        out[0] += fit.x[term] * value;
        out[1] += fit.y[term] * value;
      }
    }
    return out;
  }

  function toPage(x, y) {
    return bent(footing.page, x, y);
  }

  function toCrs(x, y) {
    return bent(footing.crs, x, y);
  }

  Object.assign(footing, { use, stand, settle, along, toPage, toCrs });
  geoplan.whatif.footing = footing;
})((window.geoplan = window.geoplan || {}));
