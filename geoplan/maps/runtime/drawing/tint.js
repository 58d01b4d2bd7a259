/* The grids in colours while they are drawn: neighbours differ; the grid that is
   drawn into, locked ones, broken pieces and comments stand out. */
(function (geoplan) {
  "use strict";

  const { path, stroke, hatch } = geoplan.sheet;
  const { within } = geoplan.codec;
  const { division, sketch, names } = geoplan;

  const COLOURS = ["#CFE0EC", "#F6DFAE", "#D6E5C6", "#F0D3DC", "#DAD6EA", "#CBE5DF", "#EBD9C6"];
  const BLUE = "#0B4F8A", ALARM = "#7A2408", INK = "#1B1F24";
  const PIN = 11; // px

  let tints = [];

  /* A colour for every grid that none of its neighbours has. */
  function mixed() {
    const { one, other, n } = division.arcs;
    const { to } = sketch.judge;
    const beside = division.grids.code.map(function () { return new Set(); });
    [division.before, to].forEach(function (grid) {
      for (let i = 0; i < n; i += 1) {
        const a = grid[one[i]], b = other[i] < 0 ? -1 : grid[other[i]];
        if (a === b || a < 0 || b < 0) continue;
        beside[a].add(b);
        beside[b].add(a);
      }
    });
    beside.forEach(function (others, grid) { if (tints[grid] === undefined) tints[grid] = spare(others); });
  }

  /* The colour that fewest neighbours have; in turn where several are alike. */
  function spare(others) {
    const used = COLOURS.map(function () { return 0; });
    others.forEach(function (grid) { if (tints[grid] !== undefined) used[tints[grid]] += 1; });
    const turn = tints.length % COLOURS.length;
    const order = COLOURS.map(function (colour, k) { return (k + turn) % COLOURS.length; });
    return order.reduce(function (best, k) { return used[k] < used[best] ? k : best; }, order[0]);
  }

  function colour(grid) {
    return COLOURS[tints[grid] === undefined ? grid % COLOURS.length : tints[grid]];
  }

  function use() {
    tints = [];
    mixed();
  }

  function more() {
    if (division.grids.code.length > tints.length) mixed();
  }

  /* Under the borders of one side of the divider. */
  function ground(p, side) {
    if (!geoplan.hand.on()) return;
    const layer = side.of.layer;
    const found = within(layer, p.box);
    p.context.globalAlpha = 0.62;
    COLOURS.forEach(function (one, k) {
      path(p, layer, found.filter(function (grid) { return tints[grid] === k; }), true);
      p.context.fillStyle = one;
      p.context.fill("evenodd");
    });
    p.context.globalAlpha = 1;
    const shut = found.filter(sketch.shut);
    if (!shut.length) return;
    p.context.save();
    path(p, layer, shut, true);
    p.context.clip("evenodd");
    hatch(p, 9, 1, "rgba(27,31,36,0.22)");
    p.context.restore();
  }

  /* Over everything: the target, what is broken, the mend that is offered, comments. */
  function over(p) {
    if (!geoplan.hand.on() || !sketch.judge) return;
    if (sketch.target >= 0) outline(p, [sketch.target], 3.4, BLUE);
    const layer = division.units.layer;
    sketch.problems().forEach(function (problem) {
      p.context.save();
      path(p, layer, problem.units, true);
      p.context.clip("evenodd");
      hatch(p, 6, 1.4, ALARM);
      p.context.restore();
      path(p, layer, problem.units, true);
      stroke(p, 2.4, ALARM);
    });
    const offer = geoplan.hand.offer();
    if (offer) {
      path(p, layer, offer.units, true);
      p.context.fillStyle = "rgba(0,112,90,0.3)";
      p.context.fill("evenodd");
      stroke(p, 2.4, "#00705A", [7, 3.5]);
    }
    sketch.notes.forEach(function (note, k) { pin(p, note, k); });
  }

  function outline(p, grids, width, tone) {
    path(p, division.now.layer, grids, true);
    stroke(p, width + 4, "rgba(255,255,255,0.9)");
    stroke(p, width, tone);
  }

  function pin(p, note, k) {
    const place = geoplan.plane.toPage(note.x, note.y);
    const x = p.x + place[0] * p.k, y = p.y + place[1] * p.k - PIN * 1.6;
    const { context } = p;
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x - PIN * 0.55, y + PIN * 0.7);
    context.lineTo(x, y + PIN * 1.6);
    context.lineTo(x + PIN * 0.55, y + PIN * 0.7);
    context.arc(x, y, PIN, 0.9, Math.PI - 0.9, true);
    context.closePath();
    context.fillStyle = INK;
    context.strokeStyle = "#FFFFFF";
    context.lineWidth = 2;
    context.stroke();
    context.fill();
    names.write(p, String(k + 1), x, y + 0.5, { size: 12, weight: 700, colour: "#FFFFFF", ground: INK, halo: 0.1 });
  }

  /* The comment whose pin is at a place of the screen, -1 for none. */
  function pinned(map, place) {
    let found = -1;
    sketch.notes.forEach(function (note, k) {
      const on = geoplan.plane.toPage(note.x, note.y);
      const at = map.latLngToContainerPoint(geoplan.frame.toLatLng(on[0], on[1]));
      if (Math.hypot(at.x - place[0], at.y - PIN * 1.6 - place[1]) < PIN * 1.5) found = k;
    });
    return found;
  }

  geoplan.tint = { use, more, colour, ground, over, pinned };
})((window.geoplan = window.geoplan || {}));
