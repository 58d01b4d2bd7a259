/* The map of compared stations: homes that come within or fall out, both circles, and
   the stations that change. */
(function (geoplan) {
  "use strict";

  const { path, stroke } = geoplan.sheet;
  const { within } = geoplan.codec;
  const { study, state, names, theme } = geoplan;
  const { ring, cross, diamond, outline } = geoplan.marks;
  const { COLOUR } = theme;

  const FAR = 9, HOMES_TO = 7; // metres a pixel
  const BIG = 26; // px
  const FULL_FROM = 3.2; // metres a pixel from which stations as before are named

  function groups(p) {
    const stands = study.now().stands;
    const found = [[], [], [], [], []];
    within(study.buildings.layer, p.box).forEach(function (b) { found[stands[b]].push(b); });
    return found;
  }

  /* Colours the ground round homes that change, so that they are seen from afar. */
  function wash(p) {
    const found = groups(p);
    if (state.shown("gained")) theme.wash(p, found[study.GAINED], COLOUR.gainWash);
    if (state.shown("lost")) theme.wash(p, found[study.LOST], COLOUR.outWash);
  }

  function homes(p) {
    if (p.mpp > HOMES_TO) return;
    const found = groups(p);
    const layer = study.buildings.layer;
    const seen = state.shown("homes");
    const aside = COLOUR.aside;
    theme.blocks(p, layer, found[0], aside);
    theme.blocks(p, layer, found[study.IN], seen ? COLOUR.served : aside);
    theme.blocks(p, layer, found[study.OUT], seen ? "#B9A08F" : aside);
    theme.blocks(p, layer, found[study.GAINED], state.shown("gained") ? COLOUR.gain : aside);
    theme.blocks(p, layer, found[study.LOST], state.shown("lost") ? COLOUR.alarm : aside);
    if (state.shown("lost") && p.mpp < 4) theme.hatched(p, found[study.LOST]);
  }

  function circles(p) {
    const circle = study.now();
    const near = p.mpp < FAR;
    if (state.shown("after")) rim(p, circle.is, near ? 2.4 : 1.2, COLOUR.blue, []);
    if (state.shown("before")) rim(p, circle.was, near ? 1.8 : 1, "#6B6459", [6, 4]);
  }

  function rim(p, layer, width, colour, dash) {
    p.context.save();
    path(p, study.street.layer, within(study.street.layer, p.box), true);
    p.context.clip("evenodd");
    path(p, layer, within(layer, p.box), true);
    if (p.mpp < FAR && !dash.length) stroke(p, width + 2.4, "rgba(255,255,255,0.85)");
    stroke(p, width, colour, dash);
    p.context.restore();
  }

  function draw(p, base) {
    const room = names.table(p.width, p.height);
    const marks = all(p);
    marks.forEach(function (mark) {
      const half = mark.size / 2 + 1;
      room.take([mark.place[0] - half, mark.place[1] - half, mark.place[0] + half, mark.place[1] + half]);
    });
    owed(p);
    outline(p);
    marks.forEach(function (mark) { if (mark.role === "moved") arrow(p, mark); });
    marks.forEach(function (mark) { symbol(p, mark); });
    marks.slice().reverse().forEach(function (mark) { label(p, room, mark); });
    names.communities(p, room);
    names.ways(p, room, base);
    names.estates(p, room);
  }

  /* Stations on the map, those that change last. */
  function all(p) {
    const found = [];
    const asked = study.now().tier;
    study.stations.code.forEach(function (code, i) {
      const place = names.pixel(p, study.stations.layer, i);
      const role = study.role(i);
      const meant = state.picked("station", i);
      if (!names.inside(p, place) && role !== "moved") return;
      if (role === "same" && (!state.shown("stations") || study.stations.tier[i] !== asked) && !meant) return;
      const dot = study.stations.tier[i] === "网格级";
      const far = p.mpp < FAR ? 1 : 0.7;
      found.push({ i, place, role, dot, meant, head: study.stations.tier[i] === "街道级",
        size: (role === "added" ? BIG : dot ? 12 : 18) * far });
    });
    const order = { same: 0, changed: 1, closed: 2, moved: 3, added: 4 };
    return found.sort(function (a, b) { return order[a.role] - order[b.role] || a.meant - b.meant || b.i - a.i; });
  }

  function symbol(p, mark) {
    const [x, y] = mark.place;
    if (mark.meant) ring(p, mark.place, mark.size * 0.5 + 8, { width: 2.4, colour: COLOUR.ink });
    else if (mark.role === "changed" || mark.role === "moved") ring(p, mark.place, mark.size * 0.5 + 5, { width: 2.4, colour: COLOUR.gain });
    if (mark.role === "added") {
      plus(p.context, x, y, mark.size / 2);
      return;
    }
    geoplan.marks.symbol(p.context, x, y, { size: mark.size, asked: mark.role !== "closed", dot: mark.dot, head: mark.head });
    if (mark.role !== "closed") return;
    cross(p, x, y, mark.size * 0.6);
    stroke(p, 5, "#FFFFFF");
    stroke(p, 2.6, COLOUR.alarm);
  }

  /* A station that is added: a diamond with a plus. */
  function plus(context, x, y, half) {
    diamond(context, x, y, half, true);
    context.beginPath();
    context.moveTo(x - half * 0.36, y);
    context.lineTo(x + half * 0.36, y);
    context.moveTo(x, y - half * 0.36);
    context.lineTo(x, y + half * 0.36);
    context.lineWidth = Math.max(1.5, half * 0.18);
    context.stroke();
  }

  /* From where a station stood to where it stands. */
  function arrow(p, mark) {
    const [x, y] = names.pixel(p, study.stations.was, mark.i);
    const [u, v] = mark.place;
    const far = Math.hypot(u - x, v - y);
    p.context.beginPath();
    p.context.arc(x, y, 5, 0, 2 * Math.PI);
    stroke(p, 4, "#FFFFFF");
    stroke(p, 2, COLOUR.gain);
    const end = mark.size / 2 + 9;
    if (far < end + 10) return;
    const [dx, dy] = [(u - x) / far, (v - y) / far];
    const tip = [u - dx * end, v - dy * end];
    p.context.beginPath();
    p.context.moveTo(x + dx * 5, y + dy * 5);
    p.context.lineTo(tip[0], tip[1]);
    p.context.moveTo(tip[0] - dx * 9 - dy * 5, tip[1] - dy * 9 + dx * 5);
    p.context.lineTo(tip[0], tip[1]);
    p.context.lineTo(tip[0] - dx * 9 + dy * 5, tip[1] - dy * 9 - dx * 5);
    stroke(p, 5, "#FFFFFF");
    stroke(p, 2.4, COLOUR.gain);
  }

  function label(p, room, mark) {
    const plain = mark.role === "same";
    if (plain && p.mpp > FULL_FROM && !mark.meant) return;
    const [x, y] = mark.place;
    const gap = mark.size / 2 + 7;
    const colour = plain || mark.role === "changed" ? names.BLUE : mark.role === "closed" ? COLOUR.alarm : COLOUR.gain;
    const style = { size: plain ? 12 : 14, weight: plain ? 600 : 700, halo: 3.6, colour };
    const name = study.titled(study.stations, mark.i);
    const places = [[x + gap, y, "left"], [x - gap, y, "right"], [x, y + gap + 7], [x, y - gap - 7]];
    names.set(p, room, name, places, Object.assign({ whole: true }, style)) ||
      names.set(p, room, name.split(/[(（]/)[0] || name, places, style);
  }

  /* Straight lines from the station picked to the homes that change by it. */
  function owed(p) {
    if (!state.pick || state.pick.kind !== "station" || p.mpp > 6) return;
    const found = study.owed(state.pick.i);
    lines(p, names.pixel(p, study.stations.layer, state.pick.i), found.gained, "rgba(0,112,90,0.4)");
    const was = study.role(state.pick.i) === "moved" ? study.stations.was : study.stations.layer;
    lines(p, names.pixel(p, was, state.pick.i), found.lost, "rgba(122,36,8,0.4)");
  }

  function lines(p, from, homes, colour) {
    p.context.beginPath();
    homes.forEach(function (b) {
      const [u, v] = names.pixel(p, study.buildings.layer, b);
      p.context.moveTo(from[0], from[1]);
      p.context.lineTo(u, v);
    });
    stroke(p, 0.8, colour);
  }

  geoplan.drawing = { wash, homes, circles, draw, symbol };
})((window.geoplan = window.geoplan || {}));
