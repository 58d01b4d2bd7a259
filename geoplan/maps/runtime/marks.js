/* What lies over the drawn map: the thing picked, stations, gates, names. */
(function (geoplan) {
  "use strict";

  const { path, stroke } = geoplan.sheet;
  const { within } = geoplan.codec;
  const { study, names, theme } = geoplan;

  const FAR = 9; // metres a pixel from which signs are small
  const MANY = 60; // stations from which such signs are dots without a name
  const HOUSE = [[-5.2, 0.4], [0, -4.6], [5.2, 0.4]];

  function draw(p, base) {
    const room = names.table(p.width, p.height);
    names.leave(p, room);
    const walked = picked(p);
    gates(p);
    const marks = stations(p, room);
    if (walked) told(p, room, walked);
    names.shares(p, room, false);
    names.stations(p, room, marks);
    names.shares(p, room, true);
    names.ways(p, room, base);
    names.places(p, room);
  }

  /* Draws the thing picked; returns the grid whose walk is shown, to be told later. */
  function picked(p) {
    const pick = geoplan.state.pick;
    outline(p);
    if (!pick || pick.kind === "way") return null;
    if (pick.kind === "station") reach(p, pick.i);
    if (pick.kind === "check") ring(p, names.pixel(p, study.checks.layer, pick.i), 14);
    const far = study.routes[geoplan.state.circle].far;
    const i = pick.kind === "grid" ? pick.i : pick.kind === "building" ? far.indexOf(pick.i) : -1;
    return i >= 0 && study.now().grids[i].far >= 0 && walk(p, i) ? { i } : null;
  }

  /* The outline of the area, building or way that is picked. */
  function outline(p) {
    const pick = geoplan.state.pick;
    if (!pick) return;
    if (pick.kind === "way") {
      path(p, pick.layer, pick.features, false);
      stroke(p, 8, "#FFFFFF");
      stroke(p, 4, theme.COLOUR.blue);
      return;
    }
    const block = { grid: study.grids, community: study.communities, building: study.buildings, compound: study.compounds }[pick.kind];
    if (!block) return;
    path(p, block.layer, [pick.i], true);
    stroke(p, 7, "#FFFFFF");
    stroke(p, 3.6, theme.COLOUR.ink);
  }

  /* The circle of one station. */
  function reach(p, i) {
    const outline = study.outlines[geoplan.state.circle];
    const own = Array.prototype.indexOf.call(outline.station, i);
    if (own < 0) return;
    path(p, outline.single, [own], true);
    p.context.fillStyle = "rgba(11,79,138,0.12)";
    p.context.fill("evenodd");
    stroke(p, 6, "#FFFFFF");
    stroke(p, 3, theme.COLOUR.blue);
  }

  /* The walk of grid i's farthest home; returns whether there is one to draw. */
  function walk(p, i) {
    const routes = study.routes[geoplan.state.circle];
    const home = routes.far[i];
    const line = routes.line;
    if (home < 0 || line.part[i] === line.part[i + 1]) return false;
    path(p, line, [i], false);
    stroke(p, 6, "rgba(255,255,255,0.92)");
    stroke(p, 2.8, theme.COLOUR.ink, [0.1, 5.2]);
    const [x, y] = names.pixel(p, study.buildings.layer, home);
    p.context.beginPath();
    p.context.arc(x, y, 5, 0, 2 * Math.PI);
    p.context.fillStyle = theme.COLOUR.alarm;
    p.context.fill();
    stroke(p, 2.2, "#FFFFFF");
    return true;
  }

  /* The minutes of that walk, beside it. */
  function told(p, room, { i }) {
    const routes = study.routes[geoplan.state.circle];
    const home = routes.far[i], line = routes.line, reached = study.walks();
    const text = geoplan.words.say("farthest_walk", { minutes: geoplan.words.minutes(reached.minutes[home]) });
    names.set(p, room, text, beside(p, line, i), { size: 13, weight: 700, colour: names.INK, halo: 4 });
  }

  /* Places for a text beside feature i, from its middle outwards. */
  function beside(p, layer, i) {
    const first = layer.point[layer.part[i]];
    const size = layer.point[layer.part[i] + 1] - first;
    const places = [];
    [0.5, 0.35, 0.65, 0.2, 0.8].forEach(function (share) {
      const k = first + Math.floor((size - 1) * share);
      const x = p.x + layer.x[k] * p.k;
      const y = p.y + layer.y[k] * p.k;
      places.push([x + 56, y], [x - 56, y], [x, y - 14], [x, y + 14]);
    });
    return places;
  }

  function gates(p) {
    if (p.mpp > 1.7 || !geoplan.state.shown("compounds")) return;
    const layer = study.compounds.doors;
    within(layer, p.box).forEach(function (i) {
      const [x, y] = names.pixel(p, layer, i);
      p.context.beginPath();
      p.context.rect(x - 2.5, y - 2.5, 5, 5);
      p.context.fillStyle = "#FFFFFF";
      p.context.fill();
      stroke(p, 1.4, "#6B6459");
    });
  }

  /* Draws the stations of the tiers shown, the asked tier last; returns the marks. */
  function stations(p, room) {
    const asked = theme.circle().tier;
    const crowded = p.mpp >= FAR && study.stations.code.length > MANY;
    const marks = [];
    study.stations.tier.forEach(function (tier, i) {
      const place = names.pixel(p, study.stations.layer, i);
      if (!geoplan.state.shown("station " + tier) || !names.inside(p, place)) return;
      const dot = tier === "网格级";
      const scale = (p.mpp < 2 ? 1.2 : p.mpp < FAR ? 1 : 0.6) * (tier === asked ? 1 : 0.8);
      if (!study.open(i)) {
        if (!crowded) shut(p, place);
        return;
      }
      const head = tier === "街道级";
      if (crowded && !head) {
        marks.push({ i, place, asked: tier === asked, dot: true, head: false, tiny: true, size: 5 });
        return;
      }
      marks.push({ i, place, asked: tier === asked, dot, head, size: (dot ? 10 : 20) * scale });
    });
    marks.sort(function (a, b) { return a.asked - b.asked || a.i - b.i; });
    marks.forEach(function (mark) {
      symbol(p.context, mark.place[0], mark.place[1], mark);
      const half = mark.size / 2;
      room.take([mark.place[0] - half, mark.place[1] - half, mark.place[0] + half, mark.place[1] + half]);
      if (geoplan.state.picked("station", mark.i)) ring(p, mark.place, mark.size * 0.5 + 7);
    });
    return marks;
  }

  /* A station that has not what one looks for: there, but no more than that. */
  function shut(p, place) {
    p.context.beginPath();
    p.context.rect(place[0] - 4, place[1] - 4, 8, 8);
    p.context.fillStyle = "#FFFFFF";
    p.context.fill();
    stroke(p, 1.6, "#8C8577");
  }

  function ring(p, place, radius, { width, colour } = { width: 2.6, colour: theme.COLOUR.ink }) {
    p.context.beginPath();
    p.context.arc(place[0], place[1], radius, 0, 2 * Math.PI);
    stroke(p, 5, "#FFFFFF");
    stroke(p, width, colour);
  }

  /* Makes a cross the current path. */
  function cross(p, x, y, half) {
    p.context.beginPath();
    p.context.moveTo(x - half, y - half);
    p.context.lineTo(x + half, y + half);
    p.context.moveTo(x + half, y - half);
    p.context.lineTo(x - half, y + half);
  }

  /* A place for a station: solid where one opens, hollow where one could. */
  function diamond(context, x, y, half, solid) {
    context.beginPath();
    context.moveTo(x, y - half);
    context.lineTo(x + half, y);
    context.lineTo(x, y + half);
    context.lineTo(x - half, y);
    context.closePath();
    context.setLineDash([]);
    context.lineWidth = solid ? 4 : 3;
    context.strokeStyle = "#FFFFFF";
    context.stroke();
    context.fillStyle = solid ? theme.COLOUR.gain : "#FFFFFF";
    context.fill();
    if (solid) return;
    context.lineWidth = 1.3;
    context.strokeStyle = "#6B6459";
    context.stroke();
  }

  function symbol(context, x, y, mark) {
    const half = mark.size / 2;
    context.save();
    context.translate(x, y);
    context.beginPath();
    if (mark.dot) context.arc(0, 0, half, 0, 2 * Math.PI);
    else context.rect(-half, -half, mark.size, mark.size);
    context.lineWidth = mark.tiny ? 2 : mark.dot ? 3 : 4;
    context.strokeStyle = "#FFFFFF";
    context.setLineDash([]);
    context.stroke();
    context.fillStyle = mark.head ? theme.COLOUR.ink : mark.asked || !mark.dot ? theme.COLOUR.blue : "#646B73";
    context.fill();
    if (mark.head) flag(context, mark.size / 20);
    else if (!mark.dot) house(context, mark.size / 20);
    context.restore();
  }

  function flag(context, scale) {
    context.scale(scale, scale);
    context.beginPath();
    context.moveTo(-3.6, 6);
    context.lineTo(-3.6, -5.6);
    context.lineTo(4.8, -2.6);
    context.lineTo(-3.6, 0.6);
    context.lineWidth = 1.7;
    context.strokeStyle = "#FFFFFF";
    context.stroke();
    context.fillStyle = "#FFFFFF";
    context.fill();
  }

  function house(context, scale) {
    context.scale(scale, scale);
    context.beginPath();
    HOUSE.forEach(function (point, k) {
      if (k) context.lineTo(point[0], point[1]);
      else context.moveTo(point[0], point[1]);
    });
    context.moveTo(-3.6, -0.6);
    context.lineTo(-3.6, 4.8);
    context.lineTo(3.6, 4.8);
    context.lineTo(3.6, -0.6);
    context.moveTo(0, 4.8);
    context.lineTo(0, 1.8);
    context.lineWidth = 1.7;
    context.strokeStyle = "#FFFFFF";
    context.stroke();
  }

  geoplan.marks = { draw, symbol, ring, cross, diamond, outline };
})((window.geoplan = window.geoplan || {}));
