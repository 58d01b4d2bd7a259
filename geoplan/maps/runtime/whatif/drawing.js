/* The map of what is tried: ways and homes that are reached, stations to take hold of. */
(function (geoplan) {
  "use strict";

  const { path, stroke, trace } = geoplan.sheet;
  const { within, layered } = geoplan.codec;
  const { study, names, theme, drawing, frame } = geoplan;
  const { ways, footing, trial } = geoplan.whatif;
  const { ring, cross, diamond } = geoplan.marks;

  const COLOUR = { lit: "rgba(11,79,138,0.42)", lost: "#C0392B", lostWash: "#F3C4BA" };
  const HOMES_TO = 7; // metres a pixel
  const HOMES_FROM = 4; // metres a pixel from which single buildings are told
  const NEAR = 16; // px within which a station is meant
  const LIT_TO = 14;
  const SIZE = { old: 22, dot: 15, room: 12, open: 26, added: 28 }; // px
  const view = { key: "", over: "", held: false }; // the station chosen, the one pointed at; is one dragged
  let lines = null;
  let painted = null; // what the sheet shows

  function prepare() {
    const n = footing.n;
    const size = n ? footing.x.length : 0;
    const x = new Int32Array(size);
    const y = new Int32Array(size);
    for (let k = 0; k < size; k += 1) {
      const [u, v] = footing.toPage(footing.x[k] + footing.corner[0], footing.y[k] + footing.corner[1]);
      x[k] = Math.round(u);
      y[k] = Math.round(v);
    }
    const part = new Uint32Array(n + 1).map(function (zero, i) { return i; });
    lines = n ? layered({ n, part, point: footing.start, x, y }) : null;
  }

  /* Homes by how they stand, of those in sight. */
  function groups(p) {
    const found = [[], [], [], [], []];
    within(study.buildings.layer, p.box).forEach(function (b) { found[trial.now.stands[b]].push(b); });
    return found;
  }

  function wash(p) {
    const found = groups(p);
    theme.wash(p, found[trial.OUT], theme.COLOUR.outWash);
    theme.wash(p, found[trial.LOST], COLOUR.lostWash);
    theme.wash(p, found[trial.NEW], theme.COLOUR.gainWash);
  }

  function homes(p) {
    blocks(p, groups(p));
  }

  function blocks(p, found) {
    if (p.mpp > HOMES_TO) return;
    [theme.COLOUR.aside, theme.COLOUR.served, theme.COLOUR.gain, theme.COLOUR.alarm, COLOUR.lost].forEach(function (colour, stands) {
      theme.blocks(p, study.buildings.layer, found[stands], colour);
    });
    if (p.mpp < 4) theme.hatched(p, found[trial.OUT].concat(found[trial.LOST]));
  }

  /* Ways from which a station is reached within the limit, part by part. */
  function lit(p) {
    painted = trial.now;
    if (!lines || p.mpp > LIT_TO) return;
    p.context.beginPath();
    within(lines, p.box).forEach(function (i) { reached(p, i); });
    stroke(p, breadth(p), COLOUR.lit);
  }

  function breadth(p) {
    return Math.max(1.1, Math.min(4.5, 5 / p.mpp));
  }

  function reached(p, i) {
    const edge = footing.edge[i];
    const left = share(trial.now.nodes[ways.u[edge]], ways.backward[edge]);
    const right = share(trial.now.nodes[ways.v[edge]], ways.forward[edge]);
    if (left + right >= 1) {
      trace(p, lines, i, false);
      return;
    }
    if (left > 0) portion(p, i, 0, left);
    if (right > 0) portion(p, i, 1 - right, 1);
  }

  /* What has changed since the sheet was painted, over it: a hand moves faster than
     all can be painted anew. */
  function changes(p) {
    const was = painted;
    const now = trial.now;
    if (!was || was === now) return;
    if (lines && p.mpp <= LIT_TO) {
      const other = within(lines, p.box).filter(function (i) {
        const edge = footing.edge[i];
        return was.nodes[ways.u[edge]] !== now.nodes[ways.u[edge]] || was.nodes[ways.v[edge]] !== now.nodes[ways.v[edge]];
      });
      path(p, lines, other, false);
      stroke(p, breadth(p) + 0.4, "#FFFFFF");
      p.context.beginPath();
      other.forEach(function (i) { reached(p, i); });
      stroke(p, breadth(p), COLOUR.lit);
    }
    const layer = study.buildings.layer;
    const found = [[], [], [], [], []];
    within(layer, p.box).forEach(function (b) { if (now.stands[b] !== was.stands[b]) found[now.stands[b]].push(b); });
    [null, "#FFFFFF", theme.COLOUR.gainWash, theme.COLOUR.outWash, COLOUR.lostWash].forEach(function (colour, stands) {
      if (found[stands].length) theme.wash(p, found[stands], colour);
    });
    blocks(p, found);
  }

  /* How much of an edge can be walked from after its node, within the limit. */
  function share(ms, edge) {
    if (ms > ways.limit || edge < 0) return 0;
    return edge === 0 ? 1 : Math.min(1, (ways.limit - ms) / edge);
  }

  function portion(p, i, from, to) {
    const size = footing.length[i];
    const first = footing.start[i];
    const points = [footing.along(i, from * size)];
    let sum = 0;
    for (let k = first + 1; k < footing.start[i + 1] - 1; k += 1) {
      sum += Math.hypot(footing.x[k] - footing.x[k - 1], footing.y[k] - footing.y[k - 1]);
      if (sum > from * size && sum < to * size) points.push([footing.x[k], footing.y[k]]);
    }
    points.push(footing.along(i, to * size));
    points.forEach(function (point, k) {
      const [x, y] = footing.toPage(point[0] + footing.corner[0], point[1] + footing.corner[1]);
      if (k) p.context.lineTo(p.x + x * p.k, p.y + y * p.k);
      else p.context.moveTo(p.x + x * p.k, p.y + y * p.k);
    });
  }

  function painters(usual) {
    const swap = new Map([[drawing.wash, wash], [drawing.homes, homes]]);
    const found = [];
    usual.forEach(function (painter) {
      found.push(swap.get(painter) || painter);
      if (painter === geoplan.ground.ways) found.push(lit);
    });
    return found;
  }

  function pixel(p, at) {
    const [x, y] = footing.toPage(at[0], at[1]);
    return [p.x + x * p.k, p.y + y * p.k];
  }

  function dot() {
    return study.data.circle.level === "grid";
  }

  function sizeOf(station) {
    if (station.role === "old") return dot() ? SIZE.dot : SIZE.old;
    if (station.role === "added") return SIZE.added;
    return station.open ? SIZE.open : SIZE.room;
  }

  /* Whether a station or room is drawn at all: places along ways are not rooms. */
  function seen(station) {
    return station.role !== "room" || study.data.rooms || station.open;
  }

  function draw(p, base) {
    changes(p);
    const room = names.table(p.width, p.height);
    const small = p.mpp > 9 ? 0.7 : 1;
    const marks = trial.now.list.filter(seen).map(function (station) {
      return { station, place: pixel(p, station.at), size: sizeOf(station) * small, chosen: station.key === view.key, over: station.key === view.over };
    }).filter(function (mark) { return names.inside(p, mark.place); });
    const rank = { room: 0, old: 1, added: 2 };
    marks.sort(function (a, b) { return a.chosen - b.chosen || rank[a.station.role] + (a.station.open ? 3 : 0) - rank[b.station.role] - (b.station.open ? 3 : 0); });
    marks.forEach(function (mark) {
      const half = mark.size / 2 + 1;
      room.take([mark.place[0] - half, mark.place[1] - half, mark.place[0] + half, mark.place[1] + half]);
    });
    marks.forEach(function (mark) { trail(p, mark); });
    marks.forEach(function (mark) { symbol(p, mark); });
    marks.slice().reverse().forEach(function (mark) { label(p, room, mark); });
    names.ways(p, room, base);
  }

  /* Where a moved station stood, and the line from there. */
  function trail(p, mark) {
    if (!mark.station.moved) return;
    const from = pixel(p, mark.station.from);
    p.context.beginPath();
    p.context.moveTo(from[0], from[1]);
    p.context.lineTo(mark.place[0], mark.place[1]);
    stroke(p, 4, "rgba(255,255,255,0.9)");
    stroke(p, 1.8, names.BLUE, [4, 4]);
    p.context.beginPath();
    p.context.arc(from[0], from[1], mark.size / 3, 0, 2 * Math.PI);
    p.context.fillStyle = "rgba(255,255,255,0.9)";
    p.context.fill();
    stroke(p, 1.6, names.BLUE, [3, 2.5]);
  }

  function symbol(p, mark) {
    const [x, y] = mark.place;
    const { station } = mark;
    if (mark.chosen || mark.over) ring(p, mark.place, mark.size * 0.5 + 8, { width: mark.chosen ? 3 : 1.6, colour: theme.COLOUR.ink });
    if (station.role === "old") geoplan.marks.symbol(p.context, x, y, { size: mark.size, asked: station.open, dot: dot(), head: false });
    else diamond(p.context, x, y, mark.size / 2, station.open);
    if (station.role === "added") plus(p, x, y, mark.size * 0.2);
    if (station.role !== "old" || station.open) return;
    cross(p, x, y, mark.size * 0.55);
    stroke(p, 5, "#FFFFFF");
    stroke(p, 2.8, COLOUR.lost);
  }

  function plus(p, x, y, half) {
    p.context.beginPath();
    p.context.moveTo(x - half, y);
    p.context.lineTo(x + half, y);
    p.context.moveTo(x, y - half);
    p.context.lineTo(x, y + half);
    stroke(p, 2.4, "#FFFFFF");
  }

  function label(p, room, mark) {
    const { station } = mark;
    const touched = mark.chosen || mark.over || station.moved || station.role === "added" || (station.role === "room" ? station.open : !station.open);
    if (!touched && (p.mpp > 3.2 || station.role === "room")) return;
    const [x, y] = mark.place;
    const gap = mark.size / 2 + 6;
    const colour = station.role === "old" ? (station.open ? names.BLUE : COLOUR.lost) : theme.COLOUR.gain;
    names.set(p, room, station.name, [[x + gap, y, "left"], [x - gap, y, "right"], [x, y + gap + 7], [x, y - gap - 7]],
      { size: touched ? 14 : 12, weight: touched ? 700 : 600, halo: 3.6, colour, whole: touched });
  }

  /* The station within some pixels of a place on the screen. */
  function under(map, point, most) {
    let best = null, least = most;
    trial.now.list.filter(seen).forEach(function (station) {
      const [x, y] = footing.toPage(station.at[0], station.at[1]);
      const at = map.latLngToContainerPoint(frame.toLatLng(x, y));
      const far = at.distanceTo(point) * (station.role === "room" && !station.open ? 1.4 : 1);
      if (far <= least) {
        best = station;
        least = far;
      }
    });
    return best;
  }

  /* What lies under the pointer: a station, else a building that counts, else a grid. */
  function lies(map, latlng) {
    if (!trial.ready || view.held) return null;
    const station = under(map, map.latLngToContainerPoint(latlng), NEAR);
    if (station) return { kind: "station", station };
    const [x, y] = frame.fromLatLng(latlng);
    return geoplan.pointer.beneath(x, y, frame.view(map.getZoom()).mpp < HOMES_FROM ? trial.now.stands : null);
  }

  geoplan.whatif.drawing = { prepare, painters, draw, under, lies, view, NEAR };
})((window.geoplan = window.geoplan || {}));
