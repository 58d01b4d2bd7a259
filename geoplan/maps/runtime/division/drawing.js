/* The map of division: today's grids on one side of a divider, the proposed ones on
   the other, and the ground that moves. */
(function (geoplan) {
  "use strict";

  const { path, stroke, hatch } = geoplan.sheet;
  const { within } = geoplan.codec;
  const { study, division, state, names, theme, labels } = geoplan;

  const COLOUR = { moved: "#8A2B6B", beyond: "rgba(224,150,70,0.45)", grid: "#4A443B", community: "#2E2A25", ink: "#1B1F24" };
  const FAR = 9, HOMES_TO = 7, STATIONS_TO = 14; // metres a pixel
  const DOT = 10, SMALL_DOT = 6, SMALL_FROM = 5; // px, and metres a pixel
  const CHAIN = [11, 4, 2, 4]; // px of a community's border: dash, gap, dot, gap
  const TITLE = [84, 150, 10, 44]; // px that the titles of both sides take: left, right, top, foot
  /* Painters that other parts add: ground(p, side) is called under the borders of each
     side. */
  const more = { ground: [] };

  /* The two sides in pixels of a pen: left, right, the division (of) and whether it
     is the later one. */
  function sides(p) {
    const x = p.seen[0] + state.swipe * (p.seen[2] - p.seen[0]);
    return [{ of: division.was, left: 0, right: x, after: false }, { of: division.now, left: x, right: p.width, after: true }]
      .map(function (side) {
        if (side.after && state.swipe <= 0) side.left = 0;
        if (!side.after && state.swipe >= 1) side.right = p.width;
        return side;
      })
      .filter(function (side) { return side.right - side.left > 1 && (side.after ? state.swipe < 1 : state.swipe > 0); });
  }

  /* Homes and other buildings, on the map's own tiles. */
  function homes(p) {
    if (p.mpp > HOMES_TO) return;
    const layer = study.buildings.layer;
    const groups = [[], []];
    within(layer, p.box).forEach(function (b) { groups[study.buildings.households[b] > 0 || study.buildings.people[b] > 0 ? 1 : 0].push(b); });
    theme.blocks(p, layer, groups[0], theme.COLOUR.aside);
    theme.blocks(p, layer, groups[1], state.shown("homes") ? "rgba(100,107,115,0.5)" : theme.COLOUR.aside);
  }

  function draw(p, base) {
    const table = names.table(p.width, p.height);
    names.leave(p, table);
    const both = sides(p);
    both.forEach(function (side) {
      p.context.save();
      p.context.beginPath();
      p.context.rect(side.left, 0, side.right - side.left, p.height);
      p.context.clip();
      ground(p, side);
      p.context.restore();
    });
    marks(p, table);
    const numbered = function (after) {
      both.forEach(function (side) { if (state.shown("moved") && side.after === after) labels.strips(p, table, side); });
    };
    if (both.length > 1) title(p, table, both[1].left);
    numbered(true);
    both.forEach(function (side) { if (state.shown("labels")) labels.grids(p, table, side); });
    numbered(false);
    if (state.shown("names")) {
      both.forEach(function (side) { names.ways(p, labels.room(table, side), base); });
      estates(p, table);
    }
    ring(p);
  }

  /* Room for what stands beside the divider. */
  function title(p, table, x) {
    table.take([x - TITLE[0], p.seen[1] + TITLE[2], x + TITLE[1], p.seen[1] + TITLE[3]]);
  }

  function ground(p, side) {
    if (state.shown("band") && division.banded) beyond(p, side);
    more.ground.forEach(function (painter) { painter(p, side); });
    if (state.shown("moved")) strips(p, side);
    borders(p, side);
    met(p, side);
  }

  /* Grids that are smaller or larger than grids usually are. */
  function beyond(p, side) {
    const layer = side.of.layer;
    path(p, layer, within(layer, p.box).filter(function (g) {
      return !division.grids.locked[g] && geoplan.figures.beyond(division, division.size(side.of.grids[g]));
    }), true);
    p.context.fillStyle = COLOUR.beyond;
    p.context.fill("evenodd");
  }

  /* Ground that goes elsewhere is hatched: faintly as it is, fully as it comes to be. */
  function strips(p, side) {
    const layer = division.now.strips.layer;
    const features = within(layer, p.box);
    if (!features.length) return;
    p.context.save();
    path(p, layer, features, true);
    if (side.after) {
      p.context.fillStyle = "rgba(138,43,107,0.13)";
      p.context.fill("evenodd");
    }
    p.context.clip("evenodd");
    hatch(p, side.after ? 5 : 7, 1, side.after ? "rgba(138,43,107,0.85)" : "rgba(138,43,107,0.3)");
    p.context.restore();
  }

  /* Borders run where two units lie in different grids. */
  function borders(p, side) {
    if (!state.shown("borders")) return;
    const { arcs, before, grids } = division;
    const to = side.of.to;
    const groups = { plain: [], fresh: [], gone: [], community: [], edge: [] };
    within(arcs.layer, p.box).forEach(function (i) {
      const a = arcs.one[i], b = arcs.other[i];
      if (b < 0) groups.edge.push(i);
      else if (to[a] !== to[b]) groups[grids.community[to[a]] !== grids.community[to[b]] ? "community" : before[a] === before[b] ? "fresh" : "plain"].push(i);
      else if (before[a] !== before[b]) groups.gone.push(i);
    });
    const close = p.mpp < 2 ? 1 : p.mpp < FAR ? 0.85 : 0.5;
    if (side.after && state.shown("old")) line(p, groups.gone, 1.7 * close, COLOUR.moved, [5, 4]);
    line(p, groups.plain, 1.5 * close, COLOUR.grid);
    line(p, groups.fresh, 2.4 * close, COLOUR.ink);
    line(p, groups.community, 2.6 * close, COLOUR.community, CHAIN);
    line(p, groups.edge, 2.6 * close, COLOUR.community, CHAIN);
  }

  function line(p, features, width, colour, dash) {
    if (!features.length) return;
    path(p, division.arcs.layer, features, false);
    if (p.mpp < FAR) stroke(p, width + 2, "rgba(255,255,255,0.8)");
    p.context.lineCap = dash ? "butt" : "round";
    stroke(p, width, colour, dash);
    p.context.lineCap = "round";
  }

  /* What is picked, and what the pointer or a row of a table means. */
  function met(p, side) {
    outline(p, side, state.hover, 2.6, 5);
    outline(p, side, state.pick, 3.6, 7);
  }

  function outline(p, side, thing, width, halo) {
    if (!thing) return;
    const layer = { grid: side.of.layer, strip: division.now.strips.layer, community: study.communities.layer,
      building: study.buildings.layer, compound: study.compounds.layer, way: thing.layer }[thing.kind];
    if (!layer) return;
    path(p, layer, thing.kind === "way" ? thing.features : [thing.i], thing.kind !== "way");
    stroke(p, halo, "#FFFFFF");
    stroke(p, width, thing.kind === "strip" ? COLOUR.moved : thing.kind === "way" ? names.BLUE : COLOUR.ink);
  }

  /* A ring round the place of what is to be checked. */
  function ring(p) {
    if (!state.picked("check")) return;
    const [x, y] = names.pixel(p, study.checks.layer, state.pick.i);
    p.context.beginPath();
    p.context.arc(x, y, 14, 0, 2 * Math.PI);
    stroke(p, 5, "#FFFFFF");
    stroke(p, 2.6, COLOUR.ink);
  }

  /* Stations of the grids. */
  function marks(p, table) {
    if (!state.shown("stations") || p.mpp > STATIONS_TO) return;
    const size = p.mpp > SMALL_FROM ? SMALL_DOT : DOT;
    study.stations.code.forEach(function (code, i) {
      const [x, y] = names.pixel(p, study.stations.layer, i);
      if (!names.inside(p, [x, y])) return;
      const picked = state.picked("station", i);
      geoplan.marks.symbol(p.context, x, y, { dot: true, asked: true, size: picked ? 16 : size });
      if (size === DOT) table.take([x - 6, y - 6, x + 6, y + 6]); // from afar numbers come first
    });
  }

  function estates(p, table) {
    if (p.mpp > 2.2) return;
    study.compounds.name.forEach(function (name, i) {
      const at = names.pixel(p, study.compounds.layer, i);
      if (name && names.inside(p, at)) names.set(p, table, name, [at, [at[0], at[1] - 14]], { size: 11, colour: "#444B53" });
    });
  }

  geoplan.drawing = { draw, homes, more };
})((window.geoplan = window.geoplan || {}));
