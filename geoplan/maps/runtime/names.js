/* Names and numbers on the map, placed where none lies on another. */
(function (geoplan) {
  "use strict";

  const { within, middle } = geoplan.codec;
  const { study } = geoplan;

  const EAST_ASIAN = /[\u2e80-\u9fff\uf900-\ufaff]/;
  const INK = "#1B1F24", INK2 = "#444B53", INK3 = "#646B73", BLUE = "#0B4F8A";
  const WAY_FROM = [1.2, 1.4, 2.9, 5, 8, 8]; // metres a pixel, by class of way
  const WAY_SIZE = [11, 11, 11.5, 12, 13, 13];
  const APART = 420; // px between two writings of one name
  const FULL_FROM = 1.9; // metres a pixel from which names of stations are whole
  const NUMBERED = /\d\D?$/; // a house number: told only from close by
  const CELL = 64;
  const OVER = ["scale", "tools", "sources", "finder", "filter"]; // lie over the map

  function table(width, height) {
    const cells = {};
    function each(box, visit) {
      for (let r = Math.floor(box[1] / CELL); r <= Math.floor(box[3] / CELL); r += 1) {
        for (let c = Math.floor(box[0] / CELL); c <= Math.floor(box[2] / CELL); c += 1) visit(r + ":" + c);
      }
    }
    function free(box) {
      if (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height) return false;
      let clear = true;
      each(box, function (cell) {
        (cells[cell] || []).forEach(function (b) {
          if (b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1]) clear = false;
        });
      });
      return clear;
    }
    function take(box) {
      each(box, function (cell) { (cells[cell] = cells[cell] || []).push(box); });
    }
    return { free, take };
  }

  /* Takes the room that controls over the map cover, so that no name lies under them. */
  function leave(p, room) {
    const map = document.getElementById("place").getBoundingClientRect();
    OVER.forEach(function (id) {
      const node = document.getElementById(id);
      const box = node && node.getBoundingClientRect();
      if (!box || !box.width) return;
      const x = p.seen[0] - map.left, y = p.seen[1] - map.top;
      room.take([box.left + x, box.top + y, box.right + x, box.bottom + y]);
    });
  }

  function font(size, weight) {
    const faces = window.getComputedStyle(document.documentElement).getPropertyValue("--face");
    return (weight || 400) + " " + size + "px " + faces;
  }

  function write(p, text, x, y, style) {
    const context = p.context;
    context.font = font(style.size, style.weight);
    context.textAlign = style.align || "center";
    context.textBaseline = "middle";
    context.lineWidth = style.halo || 3;
    context.strokeStyle = style.ground || "rgba(255,255,255,0.92)";
    context.fillStyle = style.colour;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }

  function widthOf(p, text, size, weight) {
    p.context.font = font(size, weight);
    return p.context.measureText(text).width;
  }

  /* Writes a text at the first of some places where there is room, those first that
     lie within what is seen. A place may say how the text is aligned there;
     a text that has to be whole is written where it is seen, or not at all. */
  function set(p, room, text, places, style) {
    const width = widthOf(p, text, style.size, style.weight);
    const half = style.size * 0.62;
    const boxes = places.map(function (place) {
      const align = place[2] || style.align;
      const left = align === "left" ? place[0] : align === "right" ? place[0] - width : place[0] - width / 2;
      return { place, align, box: [left - 2, place[1] - half, left + width + 2, place[1] + half] };
    });
    const seen = function (entry) {
      return entry.box[0] >= p.seen[0] && entry.box[1] >= p.seen[1] && entry.box[2] <= p.seen[2] && entry.box[3] <= p.seen[3];
    };
    const ranked = boxes.filter(seen).concat(style.whole ? [] : boxes.filter(function (entry) { return !seen(entry); }));
    return ranked.some(function (entry) {
      const { place, align, box } = entry;
      if (!room.free(box)) return false;
      room.take(box);
      write(p, text, place[0], place[1], Object.assign({}, style, { align }));
      return true;
    });
  }

  function pixel(p, layer, i) {
    const place = middle(layer, i);
    return [p.x + place[0] * p.k, p.y + place[1] * p.k];
  }

  function inside(p, place) {
    return place[0] > -40 && place[1] > -40 && place[0] < p.width + 40 && place[1] < p.height + 40;
  }

  /* How wide a grid stands on the screen, px. */
  function spread(p, i) {
    const b = study.grids.layer.box;
    return Math.min(b[4 * i + 2] - b[4 * i], b[4 * i + 3] - b[4 * i + 1]) * p.k;
  }

  function shares(p, room, full) {
    if (!geoplan.state.shown("share")) return;
    const grids = geoplan.theme.circle().grids.filter(function (grid) {
      return grid.grade >= 0 && (grid.grade === 0) === full;
    });
    grids.sort(function (a, b) { return b.out - a.out; }).forEach(function (grid) {
      const [x, y] = pixel(p, study.grids.spots, grid.i);
      if (!inside(p, [x, y]) || spread(p, grid.i) < (full ? 44 : 24)) return;
      const style = full ? { size: 12, colour: INK3 } : { size: 14, weight: 700, colour: INK, halo: 3.4 };
      const places = [[x, y], [x, y - 13], [x, y + 13], [x - 20, y], [x + 20, y]];
      if (set(p, room, grid.percent, places, style) && p.mpp < 1.9) {
        const name = study.titled(study.grids, grid.i);
        set(p, room, name, [[x, y + 16], [x, y - 16]], { size: 11, weight: full ? 400 : 600, colour: full ? INK3 : INK2 });
      }
    });
  }

  function stations(p, room, marks) {
    marks.forEach(function (mark) {
      if (mark.tiny) return;
      const big = !mark.dot;
      if (!big && p.mpp > 1.9) return;
      const [x, y] = mark.place;
      const gap = mark.size / 2 + 4;
      const style = { size: big ? 14 : 12, weight: big ? 700 : 600, colour: mark.head ? INK : BLUE, halo: 3.4, align: "left" };
      const name = p.mpp > FULL_FROM ? study.stations.brief[mark.i] : study.titled(study.stations, mark.i);
      set(p, room, name, [[x + gap, y]], style) ||
        set(p, room, name, [[x - gap, y]], Object.assign({}, style, { align: "right" })) ||
        set(p, room, name, [[x, y + gap + 6], [x, y - gap - 6]], Object.assign({}, style, { align: "center" }));
    });
  }

  function places(p, room) {
    if (p.mpp < 2.6) {
      study.compounds.name.forEach(function (name, i) {
        const at = pixel(p, study.compounds.layer, i);
        if (name && inside(p, at)) set(p, room, name, [at, [at[0], at[1] - 14], [at[0], at[1] + 14]], { size: 12, colour: INK2 });
      });
    }
    const reach = study.walks();
    if (p.mpp > 1.7) return;
    within(study.buildings.layer, p.box).forEach(function (i) {
      const name = study.buildings.name[i];
      if (!name || (p.mpp > 0.8 && (reach.state[i] || NUMBERED.test(name)))) return;
      set(p, room, name, [pixel(p, study.buildings.layer, i)], { size: 11, colour: INK3, halo: 2.6 });
    });
  }

  function communities(p, room) {
    if (!geoplan.state.shown("names")) return;
    study.communities.name.forEach(function (name, i) {
      const at = pixel(p, study.communities.layer, i);
      if (inside(p, at)) set(p, room, name, [at, [at[0], at[1] + 18], [at[0], at[1] - 18]], { size: 12, weight: 600, colour: INK3, halo: 3 });
    });
  }

  function estates(p, room) {
    if (p.mpp > 2.2 || !geoplan.state.shown("names")) return;
    study.compounds.name.forEach(function (name, i) {
      const at = pixel(p, study.compounds.layer, i);
      if (name && inside(p, at)) set(p, room, name, [at, [at[0], at[1] - 14]], { size: 11, colour: INK2 });
    });
  }

  function ways(p, room, base) {
    if (!geoplan.state.shown("names")) return;
    const done = {};
    within(base.ways, p.box)
      .filter(function (i) { return base.ways.name[i] > 0 && p.mpp <= WAY_FROM[base.ways.class[i]]; })
      .map(function (i) { return { i, kind: base.ways.class[i], line: run(p, base.ways, i) }; })
      .sort(function (a, b) { return b.kind - a.kind || b.line.length - a.line.length || a.i - b.i; })
      .forEach(function (way) {
        const name = study.names[base.ways.name[way.i]];
        [0.5, 0.25, 0.75].forEach(function (share) {
          const spots = (done[name] = done[name] || []);
          const spot = along(way.line, way.line.length * share);
          if (!spot || spots.some(function (s) { return Math.hypot(s.x - spot.x, s.y - spot.y) < APART; })) return;
          if (follow(p, room, way.line, name, share, WAY_SIZE[way.kind], way.kind > 2)) spots.push(spot);
        });
      });
  }

  /* The longest run of a way that lies on the canvas, in pixels. */
  function run(p, layer, i) {
    let best = { points: [], length: 0 };
    let here = { points: [], length: 0 };
    const end = layer.point[layer.part[i + 1]];
    for (let k = layer.point[layer.part[i]]; k < end; k += 1) {
      const point = { x: p.x + layer.x[k] * p.k, y: p.y + layer.y[k] * p.k, s: 0 };
      if (!inside(p, [point.x, point.y])) {
        here = { points: [], length: 0 };
        continue;
      }
      const last = here.points[here.points.length - 1];
      if (last) point.s = last.s + Math.hypot(point.x - last.x, point.y - last.y);
      here.points.push(point);
      here.length = point.s;
      if (here.length > best.length) best = here;
    }
    return best;
  }

  function along(line, s) {
    for (let k = 1; k < line.points.length; k += 1) {
      const a = line.points[k - 1], b = line.points[k];
      if (b.s >= s) {
        const t = b.s > a.s ? (s - a.s) / (b.s - a.s) : 0;
        return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t, angle: Math.atan2(b.y - a.y, b.x - a.x) };
      }
    }
    return null;
  }

  /* Writes a name along a line, its signs upright as far as they can be. */
  function follow(p, room, line, name, share, size, broad) {
    const signs = Array.from(name);
    const stacked = EAST_ASIAN.test(name);
    const steps = signs.map(function (sign) {
      return stacked ? size * (broad ? 1.5 : 1.2) : widthOf(p, sign, size, 400);
    });
    const total = steps.reduce(function (a, b) { return a + b; }, 0);
    if (line.length < total * 1.15) return false;
    const first = along(line, line.length * share - total / 2);
    const last = along(line, line.length * share + total / 2);
    if (!first || !last) return false;
    const steep = stacked && Math.abs(last.y - first.y) > Math.abs(last.x - first.x) * 1.15;
    const back = steep ? last.y < first.y : last.x < first.x;
    const placed = [];
    let s = line.length * share + (back ? total / 2 : -total / 2);
    for (let k = 0; k < signs.length; k += 1) {
      const spot = along(line, s + ((back ? -1 : 1) * steps[k]) / 2);
      s += (back ? -1 : 1) * steps[k];
      if (!spot) return false;
      let turn = spot.angle + (back ? Math.PI : 0);
      if (steep) turn -= Math.PI / 2;
      turn = Math.atan2(Math.sin(turn), Math.cos(turn));
      if (Math.abs(turn) > 1.5 || (k && Math.abs(turn - placed[k - 1].turn) > 0.6)) return false;
      placed.push({ sign: signs[k], x: spot.x, y: spot.y, turn, half: Math.max(size / 2, steps[k] / 2) });
    }
    const boxes = placed.map(function (g) { return [g.x - g.half, g.y - g.half, g.x + g.half, g.y + g.half]; });
    if (!boxes.every(room.free)) return false;
    boxes.forEach(room.take);
    const style = { size, colour: broad ? INK2 : INK3, halo: 2.8, ground: "rgba(255,255,255,0.85)" };
    placed.forEach(function (g) {
      p.context.save();
      p.context.translate(g.x, g.y);
      p.context.rotate(g.turn);
      write(p, g.sign, 0, 0, style);
      p.context.restore();
    });
    return true;
  }

  geoplan.names = { table, leave, shares, stations, places, communities, estates, ways, pixel, inside, write, set, INK, BLUE };
})((window.geoplan = window.geoplan || {}));
