/* The map of siting: whom new sites bring in, who stays out, and the sites. */
(function (geoplan) {
  "use strict";

  const { stroke } = geoplan.sheet;
  const { within } = geoplan.codec;
  const { study, state, names, theme } = geoplan;
  const { ring, cross, diamond, outline } = geoplan.marks;
  const { COLOUR } = theme;

  const FAR = 9, HOMES_TO = 7; // metres a pixel
  const BIG = 28, SMALL = 8; // px
  const FULL_FROM = 3.2; // metres a pixel from which existing stations are named

  /* The site meant: pointed at, else picked; -1 for none. */
  function meant() {
    if (state.hover !== undefined && state.hover >= 0) return state.hover;
    return state.pick && state.pick.kind === "station" && study.opened(state.pick.i) ? state.pick.i : -1;
  }

  function groups(p) {
    const plan = study.now();
    const one = meant();
    const found = { aside: [], already: [], gain: [], faint: [], out: [], mine: [] };
    within(study.buildings.layer, p.box).forEach(function (b) {
      const stands = plan.state[b];
      if (!stands) found.aside.push(b);
      else if (stands === study.OUT) found.out.push(b);
      else if (stands === study.NEW) found[one < 0 || plan.site[b] === one ? "gain" : "faint"].push(b);
      else found[one >= 0 && plan.station[b] === one ? "mine" : "already"].push(b);
    });
    return found;
  }

  /* Colours the ground round homes, so that who is meant is seen from afar. */
  function wash(p) {
    if (!state.shown("homes")) return;
    const found = groups(p);
    theme.wash(p, found.out, COLOUR.outWash);
    theme.wash(p, found.faint, "#E8F2EF");
    theme.wash(p, found.gain, COLOUR.gainWash);
  }

  function homes(p) {
    if (p.mpp > HOMES_TO) return;
    const found = groups(p);
    const layer = study.buildings.layer;
    const seen = state.shown("homes");
    [[found.aside, COLOUR.aside], [found.already, COLOUR.served], [found.mine, "#6F8FAE"],
      [found.faint, "#9CC7BC"], [found.out, COLOUR.alarm], [found.gain, COLOUR.gain]].forEach(function (kind) {
      theme.blocks(p, layer, kind[0], seen ? kind[1] : COLOUR.aside);
    });
    if (seen && p.mpp < 4) theme.hatched(p, found.out);
  }

  function draw(p, base) {
    const room = names.table(p.width, p.height);
    names.leave(p, room);
    const marks = all(p);
    const big = marks.filter(function (mark) { return mark.role !== "spare"; });
    big.forEach(function (mark) {
      const half = mark.size / 2 + 1;
      room.take([mark.place[0] - half, mark.place[1] - half, mark.place[0] + half, mark.place[1] + half]);
    });
    walk(p);
    outline(p);
    marks.forEach(function (mark) { symbol(p, mark); });
    big.slice().reverse().forEach(function (mark) { label(p, room, mark); });
    names.communities(p, room);
    names.ways(p, room, base);
    names.estates(p, room);
  }

  /* Signs on the map, the most important last. */
  function all(p) {
    const found = [];
    const one = meant();
    const far = p.mpp < FAR ? 1 : 0.6;
    study.stations.code.forEach(function (code, i) {
      const place = names.pixel(p, study.stations.layer, i);
      if (!names.inside(p, place)) return;
      const open = study.opened(i);
      const old = study.stations.existing[i];
      const role = open && open.fresh ? "new" : old ? (open ? "old" : "closed") : "spare";
      if (!state.shown(role === "closed" ? "old" : role) && one !== i) return;
      const size = role === "new" ? BIG : role === "spare" ? SMALL : dot() ? 11 : 18;
      found.push({ i, place, role, number: open ? open.number : 0, size: size * (role === "new" ? Math.max(far, 0.75) : far),
        meant: one === i || state.picked("station", i) });
    });
    const order = { spare: 0, closed: 1, old: 2, new: 3 };
    return found.sort(function (a, b) { return order[a.role] - order[b.role] || a.meant - b.meant || b.number - a.number; });
  }

  /* Whether existing stations are small ones, drawn as dots. */
  function dot() {
    return study.data.circle.level === "grid";
  }

  function symbol(p, mark) {
    const context = p.context;
    const [x, y] = mark.place;
    if (mark.meant) ring(p, mark.place, mark.size * 0.5 + 8);
    if (mark.role === "old" || mark.role === "closed") {
      geoplan.marks.symbol(context, x, y, { size: mark.size, asked: mark.role === "old", dot: dot(), head: false });
      if (mark.role !== "closed") return;
      cross(p, x, y, mark.size * 0.5);
      stroke(p, 2.4, COLOUR.alarm);
      return;
    }
    diamond(context, x, y, mark.size / 2, mark.role === "new");
    if (!mark.number) return;
    context.font = "700 " + Math.round(mark.size * 0.46) + "px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = "#FFFFFF";
    context.fillText(String(mark.number), x, y + 0.5);
  }

  function label(p, room, mark) {
    if (mark.role !== "new" && p.mpp > FULL_FROM && !mark.meant) return;
    const [x, y] = mark.place;
    const gap = mark.size / 2 + 5;
    const style = { size: mark.role === "new" ? 14 : 12, weight: mark.role === "new" ? 700 : 600, halo: 3.6,
      colour: mark.role === "new" ? COLOUR.gain : names.BLUE };
    const text = study.titled(study.stations, mark.i);
    const places = [[x + gap, y, "left"], [x - gap, y, "right"], [x, y + gap + 7], [x, y - gap - 7]];
    const brief = text.split(/[(（]/)[0] || text;
    names.set(p, room, text, places, Object.assign({ whole: true }, style)) || names.set(p, room, brief, places, style);
  }

  /* Straight lines from the picked site to those it newly brings in. */
  function walk(p) {
    const one = meant();
    if (one < 0 || p.mpp > 6) return;
    const plan = study.now();
    const [x, y] = names.pixel(p, study.stations.layer, one);
    p.context.beginPath();
    plan.site.forEach(function (site, b) {
      if (site !== one || plan.state[b] !== study.NEW) return;
      const [u, v] = names.pixel(p, study.buildings.layer, b);
      p.context.moveTo(x, y);
      p.context.lineTo(u, v);
    });
    stroke(p, 0.8, "rgba(0,112,90,0.35)");
  }

  geoplan.drawing = { wash, homes, draw, meant };
})((window.geoplan = window.geoplan || {}));
