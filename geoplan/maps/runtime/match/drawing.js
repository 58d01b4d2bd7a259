/* The map of matching: each unit and the community it goes to. */
(function (geoplan) {
  "use strict";

  const { path, stroke } = geoplan.sheet;
  const { study, state, names, theme } = geoplan;

  const COLOUR = { near: "#0B4F8A", moved: "#00705A", locked: "#1B1F24", lost: "#7A2408", was: "#9AA0A8", wash: "#E3F1ED" };
  const FAR = 9; // metres a pixel
  const NAMED_TO = 2.4; // metres a pixel up to which units are named

  /* The community meant: pointed at, else picked; -1 for none. */
  function meant() {
    const thing = state.hover || state.pick;
    if (!thing) return -1;
    if (thing.kind === "community") return thing.i;
    if (thing.kind === "station") return study.stations.community[thing.i];
    return thing.kind === "building" ? study.buildings.community[thing.i] : -1;
  }

  function wash(p) {
    const one = meant();
    if (one < 0) return;
    path(p, study.communities.layer, [one], true);
    p.context.fillStyle = COLOUR.wash;
    p.context.fill("evenodd");
  }

  function draw(p, base) {
    const room = names.table(p.width, p.height);
    const marks = all(p);
    lines(p, marks);
    doors(p, room);
    marks.forEach(function (mark) { unit(p, mark, room); });
    outline(p);
    areas(p, room);
    marks.forEach(function (mark) { label(p, room, mark); });
    names.ways(p, room, base);
  }

  function all(p) {
    const one = meant();
    const picked = state.pick && state.pick.kind === "building" ? state.pick.i : -1;
    const found = [];
    study.buildings.code.forEach(function (code, u) {
      const role = study.ROLES[study.buildings.state[u]];
      if (!state.shown(role)) return;
      found.push({ u, role, place: names.pixel(p, study.buildings.layer, u), faint: one >= 0 && study.buildings.community[u] !== one, meant: u === picked });
    });
    return found.sort(function (a, b) { return b.faint - a.faint || a.meant - b.meant || study.buildings.state[a.u] - study.buildings.state[b.u]; });
  }

  function lines(p, marks) {
    marks.forEach(function (mark) {
      const block = study.buildings;
      if (block.door[mark.u] < 0) return;
      if (mark.role === "moved" && !mark.faint) line(p, mark.place, block.was[mark.u], COLOUR.was, 1.2, [3, 3]);
      line(p, mark.place, block.door[mark.u], mark.faint ? "rgba(107,114,122,0.18)" : COLOUR[mark.role], mark.meant ? 3 : mark.role === "moved" ? 2.2 : 1.4);
    });
  }

  function line(p, from, door, colour, width, dash) {
    const to = names.pixel(p, study.stations.layer, door);
    p.context.beginPath();
    p.context.moveTo(from[0], from[1]);
    p.context.lineTo(to[0], to[1]);
    stroke(p, width, colour, dash);
  }

  function doors(p, room) {
    if (!state.shown("door")) return;
    study.stations.code.forEach(function (code, i) {
      const [x, y] = names.pixel(p, study.stations.layer, i);
      const size = p.mpp < FAR ? 16 : 11;
      room.take([x - size / 2, y - size / 2, x + size / 2, y + size / 2]);
      if (study.stations.name[i]) geoplan.marks.symbol(p.context, x, y, { size, asked: true, dot: false, head: false });
      else spot(p.context, x, y, 3.5, COLOUR.was, "#FFFFFF");
    });
  }

  function unit(p, mark, room) {
    const [x, y] = mark.place;
    const size = (p.mpp < FAR ? 5.5 : 4) + (mark.meant ? 3 : 0);
    p.context.globalAlpha = mark.faint ? 0.35 : 1;
    if (mark.role === "locked") spot(p.context, x, y, size, "#FFFFFF", COLOUR.locked);
    else spot(p.context, x, y, size, mark.role === "lost" ? "#FFFFFF" : COLOUR[mark.role], mark.role === "lost" ? COLOUR.lost : "#FFFFFF");
    if (mark.role === "lost") {
      geoplan.marks.cross(p, x, y, size * 0.5);
      stroke(p, 1.8, COLOUR.lost);
    }
    p.context.globalAlpha = 1;
    room.take([x - size, y - size, x + size, y + size]);
  }

  function spot(context, x, y, radius, fill, rim) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.setLineDash([]);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = rim === "#FFFFFF" ? 1.5 : 2.2;
    context.strokeStyle = rim;
    context.stroke();
  }

  /* Each community with its number of units, written where there is room. */
  function areas(p, room) {
    const block = study.communities;
    block.name.forEach(function (name, c) {
      const [x, y] = names.pixel(p, block.layer, c);
      if (!names.inside(p, [x, y])) return;
      const places = [[x, y], [x, y + 26], [x, y - 26], [x, y + 44], [x, y - 44]];
      const text = name + " " + block.after[c];
      names.set(p, room, text, places, { size: 13, weight: 700, colour: c === meant() ? COLOUR.moved : "#444B53", halo: 3.6 });
    });
  }

  function label(p, room, mark) {
    if (p.mpp > NAMED_TO && !mark.meant) return;
    const [x, y] = mark.place;
    const places = [[x + 9, y, "left"], [x - 9, y, "right"], [x, y + 14], [x, y - 14]];
    names.set(p, room, study.titled(study.buildings, mark.u), places, { size: 12, weight: 600, colour: COLOUR[mark.role], halo: 3.2 });
  }

  /* The outline of what is picked. */
  function outline(p) {
    const pick = state.pick;
    if (!pick || pick.kind === "building" || pick.kind === "station") return;
    const layer = pick.kind === "way" ? pick.layer : pick.kind === "grid" ? study.grids.layer : study.communities.layer;
    path(p, layer, pick.kind === "way" ? pick.features : [pick.i], pick.kind !== "way");
    stroke(p, 7, "#FFFFFF");
    stroke(p, 3.4, pick.kind === "way" ? names.BLUE : theme.COLOUR.ink);
  }

  geoplan.drawing = { wash, draw, meant };
})((window.geoplan = window.geoplan || {}));
