/* The ground of the map: water, green, ways, rails, walls. */
(function (geoplan) {
  "use strict";

  const { path, stroke } = geoplan.sheet;
  const { within, shapes, ints } = geoplan.codec;

  const COLOUR = {
    paper: "#FBFAF7", water: "#D3E0E6", stream: "#BFD2DB", green: "#E4EADA",
    casing: "#D6D1C6", way: "#FFFFFF", foot: "#CFC9BC", fast: "#EFE7D6", rail: "#9AA0A8", wall: "#A79F90",
  };

  /* Breadths of foot, alley, lane, collector, arterial, expressway: metres on the
     ground, and the least and most pixels. */
  const BREADTH = [
    [1.6, 0.7, 1.8], [2.8, 0.5, 3], [4.2, 0.8, 6], [7.4, 1.3, 10], [13.7, 1.8, 16], [13.7, 2.2, 16],
  ];
  const FOOT = 0, ALLEY = 1, FAST = 5;
  const FOOT_FROM = 2.3, ALLEY_FROM = 5, WALL_FROM = 1.3; // metres a pixel

  let base = null;

  function use(data) {
    base = {};
    ["ways", "water", "streams", "green", "rails", "walls"].forEach(function (name) {
      base[name] = shapes(data.base[name]);
    });
    base.ways.class = ints(data.base.ways.class);
    base.ways.name = ints(data.base.ways.name);
    return base;
  }

  function fillAll(p, layer, colour) {
    path(p, layer, within(layer, p.box), true);
    p.context.fillStyle = colour;
    p.context.fill("evenodd");
  }

  /* The study's own ground is left out where an online one lies under it. */
  function own(painter) {
    return function (p) {
      if (!geoplan.tiles || !geoplan.tiles.shown()) painter(p);
    };
  }

  function land(p) {
    p.context.fillStyle = COLOUR.paper;
    p.context.fillRect(0, 0, p.width, p.height);
    fillAll(p, base.green, COLOUR.green);
  }

  function water(p) {
    path(p, base.streams, within(base.streams, p.box));
    stroke(p, Math.max(0.8, Math.min(5, 5 / p.mpp)), COLOUR.stream);
    fillAll(p, base.water, COLOUR.water);
  }

  function breadth(kind, mpp) {
    const [metres, least, most] = BREADTH[kind];
    return Math.max(least, Math.min(most, metres / mpp));
  }

  function ways(p) {
    const byClass = BREADTH.map(function () { return []; });
    within(base.ways, p.box).forEach(function (i) { byClass[base.ways.class[i]].push(i); });
    if (p.mpp < FOOT_FROM) {
      path(p, base.ways, byClass[FOOT]);
      stroke(p, breadth(FOOT, p.mpp), COLOUR.foot, [4, 3.5]);
    }
    const first = p.mpp < ALLEY_FROM ? ALLEY : ALLEY + 1;
    for (let kind = first; kind < FAST; kind += 1) {
      path(p, base.ways, byClass[kind]);
      stroke(p, breadth(kind, p.mpp) + 1.1, COLOUR.casing);
    }
    for (let kind = first; kind < FAST; kind += 1) {
      path(p, base.ways, byClass[kind]);
      stroke(p, breadth(kind, p.mpp), COLOUR.way);
    }
    path(p, base.ways, byClass[FAST]);
    stroke(p, breadth(FAST, p.mpp) + 1.6, "#C3BAA6");
    stroke(p, breadth(FAST, p.mpp), COLOUR.fast);
  }

  function rails(p) {
    path(p, base.rails, within(base.rails, p.box));
    stroke(p, 2.6, "#FFFFFF");
    stroke(p, 1.1, COLOUR.rail, [7, 4]);
  }

  function walls(p) {
    if (p.mpp > WALL_FROM) return;
    path(p, base.walls, within(base.walls, p.box));
    stroke(p, 1, COLOUR.wall);
  }

  geoplan.ground = { use, land: own(land), water: own(water), ways: own(ways), rails: own(rails), walls: own(walls) };
})((window.geoplan = window.geoplan || {}));
