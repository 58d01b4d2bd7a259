/* Columns of whole numbers and layers of shapes, as geoplan.maps.encoding writes them. */
(function (geoplan) {
  "use strict";

  const CELLS = 48;

  function ints(text) {
    const raw = atob(text);
    let size = 0;
    for (let i = 0; i < raw.length; i += 1) if (raw.charCodeAt(i) < 128) size += 1;
    const out = new Int32Array(size);
    let value = 0;
    let weight = 1;
    for (let i = 0, k = 0; i < raw.length; i += 1) {
      const byte = raw.charCodeAt(i);
      value += (byte & 127) * weight;
      if (byte > 127) {
        weight *= 128;
      } else {
        out[k] = value % 2 ? -(value + 1) / 2 : value / 2;
        k += 1;
        value = 0;
        weight = 1;
      }
    }
    return out;
  }

  /* Numbers of which 0 says that there is none; null stands for those. */
  function optional(text, steps) {
    return Array.prototype.map.call(ints(text), function (value) {
      return value === 0 ? null : (value - 1) / (steps || 1);
    });
  }

  /* Texts of which each begins with some signs of the one before. */
  function fronts(block) {
    let before = [];
    return Array.prototype.map.call(ints(block.same), function (same, i) {
      before = before.slice(0, same).concat(Array.from(block.rest[i]));
      return before.join("");
    });
  }

  function sums(counts) {
    const out = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i += 1) out[i + 1] = out[i] + counts[i];
    return out;
  }

  /* A layer: feature i has the parts part[i] .. part[i + 1], part p the points
     point[p] .. point[p + 1]; box holds west, north, east, south of each feature. */
  function shapes(block) {
    const part = sums(block.parts === undefined ? new Uint8Array(block.n).fill(1) : ints(block.parts));
    const point = sums(ints(block.points));
    const xy = ints(block.xy);
    const size = xy.length / 2;
    const x = new Int32Array(size);
    const y = new Int32Array(size);
    for (let i = 0, px = 0, py = 0; i < size; i += 1) {
      px += xy[2 * i];
      py += xy[2 * i + 1];
      x[i] = px;
      y[i] = py;
    }
    return layered({ n: block.n, part, point, x, y });
  }

  /* A layer with the box of each feature, and an index to find them by. */
  function layered(layer) {
    layer.box = new Int32Array(4 * layer.n);
    for (let i = 0; i < layer.n; i += 1) bound(layer, i);
    layer.index = index(layer);
    return layer;
  }

  function bound(layer, i) {
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (let k = layer.point[layer.part[i]]; k < layer.point[layer.part[i + 1]]; k += 1) {
      west = Math.min(west, layer.x[k]);
      east = Math.max(east, layer.x[k]);
      north = Math.min(north, layer.y[k]);
      south = Math.max(south, layer.y[k]);
    }
    layer.box.set(west === Infinity ? [0, 0, -1, -1] : [west, north, east, south], 4 * i);
  }

  function index(layer) {
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (let i = 0; i < layer.n; i += 1) {
      if (layer.box[4 * i + 2] < layer.box[4 * i]) continue;
      west = Math.min(west, layer.box[4 * i]);
      north = Math.min(north, layer.box[4 * i + 1]);
      east = Math.max(east, layer.box[4 * i + 2]);
      south = Math.max(south, layer.box[4 * i + 3]);
    }
    const found = { west, north, size: Math.max(east - west, south - north, 1) / CELLS, cells: [] };
    for (let i = 0; i < layer.n; i += 1) {
      if (layer.box[4 * i + 2] < layer.box[4 * i]) continue;
      eachCell(found, layer.box[4 * i], layer.box[4 * i + 1], layer.box[4 * i + 2],
        layer.box[4 * i + 3], function (cell) {
          (found.cells[cell] = found.cells[cell] || []).push(i);
        });
    }
    return found;
  }

  function eachCell(found, west, north, east, south, visit) {
    function clamp(value) {
      return Math.max(0, Math.min(CELLS, Math.floor(value / found.size)));
    }
    const last = clamp(south - found.north);
    for (let row = clamp(north - found.north); row <= last; row += 1) {
      const end = clamp(east - found.west);
      for (let column = clamp(west - found.west); column <= end; column += 1) {
        visit(row * (CELLS + 1) + column);
      }
    }
  }

  /* The features whose box meets a box, in the layer's order. */
  function within(layer, box) {
    const seen = {};
    const found = [];
    eachCell(layer.index, box[0], box[1], box[2], box[3], function (cell) {
      (layer.index.cells[cell] || []).forEach(function (i) {
        const b = 4 * i;
        if (seen[i] || layer.box[b] > box[2] || layer.box[b + 2] < box[0]) return;
        if (layer.box[b + 1] > box[3] || layer.box[b + 3] < box[1]) return;
        seen[i] = true;
        found.push(i);
      });
    });
    return found.sort(function (a, b) { return a - b; });
  }

  /* Whether a place lies in feature i, by the even-odd rule. */
  function holds(layer, i, x, y) {
    let inside = false;
    for (let p = layer.part[i]; p < layer.part[i + 1]; p += 1) {
      const start = layer.point[p];
      const end = layer.point[p + 1];
      for (let k = start, j = end - 1; k < end; j = k, k += 1) {
        if ((layer.y[k] > y) !== (layer.y[j] > y) &&
            x < ((layer.x[j] - layer.x[k]) * (y - layer.y[k])) / (layer.y[j] - layer.y[k]) + layer.x[k]) {
          inside = !inside;
        }
      }
    }
    return inside;
  }

  /* The feature that holds a place, or -1. */
  function at(layer, x, y) {
    const near = within(layer, [x, y, x, y]);
    for (let k = near.length - 1; k >= 0; k -= 1) if (holds(layer, near[k], x, y)) return near[k];
    return -1;
  }

  /* The first point of feature i, or the middle of its box. */
  function middle(layer, i) {
    const b = 4 * i;
    return [(layer.box[b] + layer.box[b + 2]) / 2, (layer.box[b + 1] + layer.box[b + 3]) / 2];
  }

  /* The box round some features of a layer, round all if none are named; null if
     they are nowhere. */
  function boxOf(layer, features) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = 0; k < (features ? features.length : layer.n); k += 1) {
      const i = 4 * (features ? features[k] : k);
      const b = layer.box.subarray(i, i + 4);
      if (b[2] < b[0]) continue;
      box[0] = Math.min(box[0], b[0]);
      box[1] = Math.min(box[1], b[1]);
      box[2] = Math.max(box[2], b[2]);
      box[3] = Math.max(box[3], b[3]);
    }
    return box[2] < box[0] ? null : box;
  }

  /* A block with its shapes as a layer. */
  function shaped(block) {
    return Object.assign({}, block, { layer: shapes(block.shape) });
  }

  /* What a page knows of its street office. */
  function office(data) {
    return { data, names: data.names, grids: shaped(data.grids), communities: shaped(data.communities), street: shaped(data.street) };
  }

  geoplan.codec = { ints, optional, fronts, sums, shapes, layered, within, at, middle, boxOf, shaped, office };
})((window.geoplan = window.geoplan || {}));
