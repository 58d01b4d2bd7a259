/* Names and numbers of grids and strips, in the middle of what is seen of them. */
(function (geoplan) {
  "use strict";

  const { within } = geoplan.codec;
  const { division, names, words, state } = geoplan;

  const LINES = 7; // level lines on which a middle is looked for
  const FULL = 78, SHORT = 30; // px that a name and a number, or a number alone, take
  const NUMBER = 10; // px, radius of a strip's sign
  const BESIDE = [[0, 0], [0, -2], [0, 2], [-2, 0], [2, 0], [-2, -2], [2, -2], [-2, 2], [2, 2]]; // radii from the middle where a sign may stand
  const COLOUR = { moved: "#8A2B6B", alarm: "#7A2408", ink: "#1B1F24", gain: "#00705A", aside: "#646B73" };

  /* The middle of the widest stretch of feature i within a box, and how wide it is;
     null where nothing of it is in the box. */
  function middle(layer, i, box) {
    const own = layer.box.subarray(4 * i, 4 * i + 4);
    const north = Math.max(own[1], box[1]), south = Math.min(own[3], box[3]);
    if (own[2] < box[0] || own[0] > box[2] || south < north) return null;
    let best = null;
    for (let k = 1; k <= LINES; k += 1) {
      const share = k / (LINES + 1);
      const y = north + (south - north) * share + 0.01;
      crossings(layer, i, y).forEach(function (pair) {
        const west = Math.max(pair[0], box[0]), east = Math.min(pair[1], box[2]);
        const worth = (east - west) * (1 - Math.abs(share - 0.5) * 0.7);
        if (east > west && (!best || worth > best.worth)) best = { x: (west + east) / 2, y, wide: east - west, worth };
      });
    }
    return best && Object.assign(best, { high: south - north });
  }

  /* Where a level line lies within feature i: pairs from west to east. */
  function crossings(layer, i, y) {
    const xs = [];
    for (let p = layer.part[i]; p < layer.part[i + 1]; p += 1) {
      const first = layer.point[p], end = layer.point[p + 1];
      for (let k = first, j = end - 1; k < end; j = k, k += 1) {
        if ((layer.y[k] > y) === (layer.y[j] > y)) continue;
        xs.push(layer.x[k] + ((layer.x[j] - layer.x[k]) * (y - layer.y[k])) / (layer.y[j] - layer.y[k]));
      }
    }
    xs.sort(function (a, b) { return a - b; });
    const pairs = [];
    for (let k = 0; k + 1 < xs.length; k += 2) pairs.push([xs[k], xs[k + 1]]);
    return pairs;
  }

  /* Whether a box in pixels lies in feature i, as far as its top, middle and foot do. */
  function holds(p, layer, i, box) {
    const west = (box[0] - p.x) / p.k, east = (box[2] - p.x) / p.k;
    return [box[1], (box[1] + box[3]) / 2, box[3]].every(function (y) {
      return crossings(layer, i, (y - p.y) / p.k + 0.01).some(function (pair) { return pair[0] <= west && pair[1] >= east; });
    });
  }

  /* The part of the ground that a side shows, on the lattice. */
  function seen(p, side) {
    const at = function (x, y) { return [(x - p.x) / p.k, (y - p.y) / p.k]; };
    return at(Math.max(side.left, p.seen[0]) + 4, p.seen[1] + 4).concat(at(Math.min(side.right, p.seen[2]) - 4, p.seen[3] - 4));
  }

  /* Where there is room, on one side alone. */
  function room(table, side) {
    return {
      take: table.take,
      free: function (box) { return box[0] >= side.left + 2 && box[2] <= side.right - 2 && table.free(box); },
    };
  }

  function grids(p, table, side) {
    const layer = side.of.layer;
    const box = seen(p, side);
    const found = within(layer, box).map(function (g) { return { g, at: middle(layer, g, box) }; })
      .filter(function (one) { return one.at && one.at.wide * p.k > SHORT; });
    const weight = function (g) { return (side.of.grids[g].changed ? 2 : 0) + (!division.grids.locked[g] && geoplan.figures.beyond(division, division.size(side.of.grids[g])) ? 1 : 0); };
    found.sort(function (a, b) { return weight(b.g) - weight(a.g) || b.at.wide - a.at.wide || a.g - b.g; });
    found.forEach(function (one) { grid(p, room(table, side), side, one); });
  }

  function grid(p, free, side, one) {
    const row = side.of.grids[one.g];
    const size = division.size(row);
    const locked = division.grids.locked[one.g];
    const beyond = division.banded && !locked ? geoplan.figures.beyond(division, size) : 0;
    const x = p.x + one.at.x * p.k, y = p.y + one.at.y * p.k;
    const wide = one.at.wide * p.k;
    const fresh = !row.was;
    const text = locked && !size ? words.say("fixed") : words.count(size) + (beyond && wide > 110 ? words.say(beyond < 0 ? "few" : "many") : "");
    const style = { size: 12.5, weight: 700, colour: locked ? COLOUR.aside : beyond ? COLOUR.alarm : fresh ? COLOUR.gain : COLOUR.ink, halo: 3.4 };
    if (wide > FULL && one.at.high * p.k > 40) {
      const places = [0, -14, 14, -28, 28].map(function (down) { return [x, y + down - 8]; });
      const taken = function (place) { return [place[0] - 40, place[1] - 8, place[0] + 40, place[1] + 24]; };
      const open = places.filter(function (place) { return free.free(taken(place)); });
      const at = open.find(function (place) { return holds(p, side.of.layer, one.g, taken(place)); }) || open[0];
      if (at && names.set(p, free, division.name(one.g), [at], Object.assign({}, style, { colour: fresh ? COLOUR.gain : COLOUR.ink }))) {
        names.set(p, free, text, [[at[0], at[1] + 17]], style);
        return;
      }
    }
    names.set(p, free, locked && !size ? words.say("fixed") : words.number(size), [[x, y], [x, y - 13], [x, y + 13]], Object.assign({}, style, { size: 11.5 }));
  }

  /* Numbers of strips, those of most households first. */
  function strips(p, table, side) {
    const list = division.now.strips;
    const box = seen(p, side);
    within(list.layer, box).forEach(function (k) {
      const at = middle(list.layer, k, box);
      const meant = state.picked("strip", k) || (state.hover && state.hover.kind === "strip" && state.hover.i === k);
      if (!at || (!meant && at.wide * p.k < (side.after ? 5 : 20))) return;
      const small = at.wide * p.k < 3 * NUMBER || p.mpp > 9;
      const r = small ? NUMBER * 0.75 : NUMBER;
      const x = p.x + at.x * p.k, y = p.y + at.y * p.k;
      const boxes = BESIDE.map(function (off) { return [x + (off[0] - 1) * r, y + (off[1] - 1) * r, x + (off[0] + 1) * r, y + (off[1] + 1) * r]; });
      const taken = boxes.find(function (box, n) { return room(table, side).free(box) && (!n || holds(p, list.layer, k, box)); }) || (meant && boxes[0]);
      if (!taken) return;
      table.take(taken);
      sign(p.context, taken[0] + r, taken[1] + r, r, String(list[k].number), side.after, meant);
    });
  }

  function sign(context, x, y, r, text, solid, meant) {
    context.beginPath();
    context.arc(x, y, meant ? r * 1.3 : r, 0, 2 * Math.PI);
    context.setLineDash([]);
    context.lineWidth = 2;
    context.fillStyle = solid ? COLOUR.moved : "#FFFFFF";
    context.strokeStyle = solid ? "#FFFFFF" : COLOUR.moved;
    context.fill();
    context.stroke();
    context.font = "700 " + Math.round(r * (text.length > 2 ? 0.85 : 1.15)) + "px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = solid ? "#FFFFFF" : COLOUR.moved;
    context.fillText(text, x, y + 0.5);
  }

  geoplan.labels = { middle, room, grids, strips };
})((window.geoplan = window.geoplan || {}));
