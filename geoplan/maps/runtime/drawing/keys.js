/* Drawing with the keyboard alone: a cursor goes from unit to unit. */
(function (geoplan) {
  "use strict";

  const { division, sketch, brush, frame, words } = geoplan;

  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const NEAR = 0.35; // cosine of the widest turn from the way that is meant

  let map = null, acts = {};
  let beside = null;

  /* acts: what a key does, by its name; a modified one as "ctrl+z". */
  function start(map_, acts_) {
    map = map_;
    acts = acts_;
    document.addEventListener("keydown", pressed, true);
  }

  function pressed(event) {
    if (!geoplan.hand.on() || document.documentElement.classList.contains("printing")) return;
    const { target } = event;
    if (/INPUT|TEXTAREA|SELECT/.test(target.tagName) || target.getAttribute("role") === "slider" || target.closest("dialog")) return;
    const way = WAYS[event.key];
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (way && plain) {
      if (target.getAttribute("role") === "radio") return;
      taken(event);
      step(way);
      return;
    }
    if (event.key === "Enter" && plain) {
      if (target !== document.body && target !== map.getContainer()) return;
      taken(event);
      acts[event.shiftKey ? "aim" : "assign"]();
      return;
    }
    const name = (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.shiftKey ? "shift+" : "") + event.key.toLowerCase();
    if (event.altKey || !acts[name]) return;
    taken(event);
    acts[name]();
  }

  function taken(event) {
    event.preventDefault();
    event.stopPropagation();
  }

  /* The middle of a unit on the lattice. */
  function middle(unit) {
    const place = geoplan.labels.middle(division.units.layer, unit, division.units.layer.box.subarray(4 * unit, 4 * unit + 4));
    return place ? [place.x, place.y] : geoplan.codec.middle(division.units.layer, unit);
  }

  /* Units that border on each unit. */
  function neighbours() {
    if (beside) return beside;
    beside = Array.from({ length: division.n }, function () { return []; });
    const { one, other, n } = division.arcs;
    for (let i = 0; i < n; i += 1) {
      if (other[i] < 0) continue;
      beside[one[i]].push(other[i]);
      beside[other[i]].push(one[i]);
    }
    return beside;
  }

  function step(way) {
    map.getContainer().focus({ preventScroll: true });
    const next = brush.cursor < 0 ? first() : turned(way);
    if (next >= 0) to(next);
  }

  /* The unit in the middle of what is seen, else any. */
  function first() {
    const size = map.getSize();
    const found = brush.unitAt(size.x / 2, size.y / 2);
    if (found >= 0) return found;
    const place = frame.fromLatLng(map.getCenter());
    let best = -1, far = Infinity;
    for (let unit = 0; unit < division.n; unit += 1) {
      const [x, y] = geoplan.codec.middle(division.units.layer, unit);
      const away = Math.hypot(x - place[0], y - place[1]);
      if (away < far) {
        best = unit;
        far = away;
      }
    }
    return best;
  }

  /* The neighbour that lies most in a way; else the nearest unit that does. */
  function turned(way) {
    const from = middle(brush.cursor);
    const own = best(neighbours()[brush.cursor], from, way);
    if (own >= 0) return own;
    return best(Array.from({ length: division.n }, function (one, unit) { return unit; }), from, way);
  }

  function best(units, from, way) {
    let found = -1, worth = Infinity;
    units.forEach(function (unit) {
      if (unit === brush.cursor) return;
      const [x, y] = middle(unit);
      const far = Math.hypot(x - from[0], y - from[1]) || 1e-9;
      const turn = ((x - from[0]) * way[0] + (y - from[1]) * way[1]) / far;
      if (turn < NEAR || far / (turn * turn) >= worth) return;
      found = unit;
      worth = far / (turn * turn);
    });
    return found;
  }

  function to(unit) {
    brush.cursor = unit;
    const [x, y] = middle(unit);
    const place = frame.toLatLng(x, y);
    if (!map.getBounds().pad(-0.1).contains(place)) map.panTo(place, { animate: false });
    geoplan.hand.say(geoplan.hand.told(unit).join(" · ") || words.say("draw_first"));
    geoplan.hand.repaint();
  }

  geoplan.keys = { start, to, middle, neighbours };
})((window.geoplan = window.geoplan || {}));
