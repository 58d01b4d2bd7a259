/* What is tried: stations added, moved, closed, rooms opened, and what comes of it.

   A state is small and never changed: places by code. What it comes to is worked out
   of one search a station, each made once. */
(function (geoplan) {
  "use strict";

  const { study } = geoplan;
  const { ways, footing } = geoplan.whatif;

  const ASIDE = 0, ALREADY = 1, NEW = 2, OUT = 3, LOST = 4; // how a home stands
  const trial = { ready: false, past: [], future: [], state: null, now: null, base: null };
  const searched = new Map();
  const best = new Map(); // what plans come to

  function use(data) {
    ways.use(data);
    footing.use(data);
    trial.data = data;
    trial.places = places(data);
    trial.asked = data.hours.length > 0;
    trial.opens = new Map(data.hours);
    trial.totals = sums(function () { return true; });
    trial.total = study.buildings.count.reduce(function (sum, n) { return sum + (n || 0); }, 0);
    trial.usual = data.hours.filter(function (one) { return one[1]; }).map(function (one) { return one[0]; })[0] || "";
    best.clear();
    trial.ready = true;
    trial.state = empty();
    trial.base = outcome(trial.state);
    trial.now = trial.base;
  }

  /* The stations and rooms of the page, then the stations that are shut at the hour. */
  function places(data) {
    const block = study.stations;
    const size = block.code.length;
    return data.codes.map(function (code, i) {
      const asleep = i >= size;
      return { i, asleep, code: asleep ? code : block.code[i], own: code, name: asleep ? data.asleep[i - size] || code : study.titled(block, i),
        old: asleep || block.existing[i], at: data.at[i] };
    });
  }

  function empty() {
    return { added: [], moved: {}, closed: [], opened: [], hours: {} };
  }

  /* The hours of a station in a state, where it was given others. */
  function isOpen(state, code) {
    return !(trial.asked && code in state.hours) || trial.opens.get(state.hours[code]) === true;
  }

  /* Whether a station that is shut at the circle's hour was given hours that are not. */
  function isAwake(state, code) {
    return trial.opens.get(state.hours[code]) === true;
  }

  /* All stations and rooms of a state, the study's first and in its order. */
  function listed(state) {
    const gone = state.added.map(function (one) { return one.code; });
    const found = trial.places.filter(function (place) { return gone.indexOf(place.code) < 0; }).map(function (place) {
      const code = place.code;
      const to = state.moved[code];
      const meant = place.old ? state.closed.indexOf(code) < 0 : state.opened.indexOf(code) >= 0;
      const open = meant && (place.asleep ? isAwake(state, code) : isOpen(state, code));
      return { key: code, i: place.i, name: place.name, role: place.old ? "old" : "room", asleep: place.asleep, meant, open, at: to || place.at, from: place.at, moved: Boolean(to) };
    });
    return found.concat(state.added.map(function (one) {
      return { key: one.code, i: -1, name: one.name, role: "added", asleep: false, meant: true, open: isOpen(state, one.code), at: [one.x, one.y], from: null, moved: false };
    }));
  }

  /* Whether it is no real room but a place along a way, which is written as one. */
  function isMade(station) {
    return station.role === "room" && !study.data.rooms;
  }

  /* Who walks to a station, searched once for every place. */
  function reach(station) {
    const fixed = !(station.role === "added" || station.moved || isMade(station));
    const key = fixed ? station.i : station.at.join(" ");
    if (!searched.has(key)) {
      const place = fixed ? null : footing.stand(station.at[0], station.at[1]);
      const from = place ? ways.onEdge(place.edge, place.share, place.leg) : ways.place(station.moved ? -1 : station.i);
      searched.set(key, ways.search(from));
    }
    return searched.get(key);
  }

  /* What a state comes to: the nearest station of each home and node, and the sums. */
  function outcome(state) {
    const list = listed(state);
    const size = study.buildings.code.length;
    const ms = new Int32Array(size).fill(ways.FAR);
    const who = new Int32Array(size).fill(-1);
    const nodes = new Int32Array(ways.nodes).fill(ways.FAR);
    list.forEach(function (station, k) {
      if (!station.open) return;
      const found = reach(station);
      for (let i = 0; i < found.home.length; i += 1) {
        if (found.homeMs[i] < ms[found.home[i]]) {
          ms[found.home[i]] = found.homeMs[i];
          who[found.home[i]] = k;
        }
      }
      for (let i = 0; i < found.node.length; i += 1) {
        if (found.nodeMs[i] < nodes[found.node[i]]) nodes[found.node[i]] = found.nodeMs[i];
      }
    });
    return counted({ list, ms, who, nodes });
  }

  /* Adds up an outcome, beside what is there today. */
  function counted(found) {
    const was = trial.base ? trial.base.ms : found.ms;
    const count = study.buildings.count;
    const stands = new Uint8Array(count.length);
    found.load = new Float64Array(found.list.length);
    found.covered = found.won = found.lost = 0;
    for (let b = 0; b < count.length; b += 1) {
      if (count[b] === null) continue;
      const before = was[b] < ways.FAR;
      const after = found.ms[b] < ways.FAR;
      stands[b] = after ? (before ? ALREADY : NEW) : before ? LOST : OUT;
      if (after) {
        found.covered += count[b];
        found.load[found.who[b]] += count[b];
      }
      if (stands[b] === NEW) found.won += count[b];
      if (stands[b] === LOST) found.lost += count[b];
    }
    found.stands = stands;
    found.grids = sums(function (b) { return found.ms[b] < ways.FAR; });
    found.open = found.list.filter(function (one) { return one.open; }).length;
    return found;
  }

  /* Homes of each grid of which something is true. */
  function sums(holds) {
    const out = new Float64Array(study.grids.code.length);
    study.buildings.grid.forEach(function (grid, b) {
      const n = study.buildings.count[b];
      if (grid >= 0 && n !== null && holds(b)) out[grid] += n;
    });
    return out;
  }

  /* Looks at a state without keeping it. */
  function look(state) {
    trial.now = changed(state) ? outcome(state) : trial.base;
    return trial.now;
  }

  /* Keeps a state as the next one. */
  function keep(state) {
    trial.past.push(trial.state);
    trial.future = [];
    trial.state = state;
    return look(state);
  }

  function undo() {
    if (!trial.past.length) return false;
    trial.future.push(trial.state);
    trial.state = trial.past.pop();
    look(trial.state);
    return true;
  }

  function redo() {
    if (!trial.future.length) return false;
    trial.past.push(trial.state);
    trial.state = trial.future.pop();
    look(trial.state);
    return true;
  }

  function changed(state) {
    const one = state || trial.state;
    return one.added.length + Object.keys(one.moved).length + one.closed.length + one.opened.length + Object.keys(one.hours).length > 0;
  }

  function without(list, code) {
    return list.filter(function (one) { return one !== code; });
  }

  function less(table, code) {
    const out = Object.assign({}, table);
    delete out[code];
    return out;
  }

  function next(change) {
    return Object.assign({}, trial.state, change);
  }

  /* The state with a station at a place. */
  function moved(key, at) {
    const state = trial.state;
    if (state.added.some(function (one) { return one.code === key; })) {
      return next({ added: state.added.map(function (one) { return one.code === key ? Object.assign({}, one, { x: at[0], y: at[1] }) : one; }) });
    }
    if (state.opened.indexOf(key) >= 0) return becomes(key, at);
    return next({ moved: Object.assign({}, state.moved, { [key]: at }) });
  }

  /* A place along a way is no room: moved, it is a new station. */
  function becomes(key, at) {
    const place = trial.places.filter(function (one) { return one.code === key; })[0];
    return next({ opened: without(trial.state.opened, key), added: trial.state.added.concat([{ code: key, name: place.name, x: at[0], y: at[1] }]) });
  }

  function home(key) {
    return next({ moved: less(trial.state.moved, key) });
  }

  /* The first code that nothing has, and the name that goes with it. */
  function fresh(stem) {
    const taken = trial.state.added.map(function (one) { return one.code; }).concat(study.stations.code, trial.data.codes);
    let n = 1;
    while (taken.indexOf(stem + n) >= 0) n += 1;
    return stem + n;
  }

  function added(code, name, at) {
    return next({ added: trial.state.added.concat([{ code, name, x: at[0], y: at[1] }]) });
  }

  function renamed(key, name) {
    return next({ added: trial.state.added.map(function (one) { return one.code === key ? Object.assign({}, one, { name }) : one; }) });
  }

  /* The state with a station closed, or a room shut; an added one is gone. */
  function shut(station) {
    const state = trial.state;
    const hours = less(state.hours, station.key);
    if (station.role === "added") return next({ added: state.added.filter(function (one) { return one.code !== station.key; }), hours });
    if (station.role === "room") return next({ opened: without(state.opened, station.key), hours });
    if (station.asleep) return next({ hours });
    return next({ closed: without(state.closed, station.key).concat([station.key]) });
  }

  function opened(station) {
    const state = trial.state;
    if (station.meant) return atHours(station.key, station.asleep ? trial.usual : ""); // hours alone keep it shut
    if (station.role === "room") return next({ opened: without(state.opened, station.key).concat([station.key]) });
    return next({ closed: without(state.closed, station.key) });
  }

  function atHours(key, text) {
    const hours = less(trial.state.hours, key);
    return next({ hours: text ? Object.assign(hours, { [key]: text }) : hours });
  }

  /* The state that opens the sites of a plan, and nothing else. */
  function planned(plan) {
    const state = empty();
    const block = study.stations;
    const open = plan.sites.place.map(function (i) { return block.code[i]; });
    block.code.forEach(function (code, i) { if (block.existing[i] && open.indexOf(code) < 0) state.closed.push(code); });
    plan.sites.place.forEach(function (i, k) {
      if (!block.existing[i]) state.opened.push(block.code[i]);
    });
    return state;
  }

  /* What the best plan of as many stations comes to by the same walks; null without one. */
  function rival() {
    const old = study.stations.existing.filter(Boolean).length;
    const count = study.data.closing ? trial.now.open : trial.now.open - old;
    const plan = study.plans.filter(function (one) { return one.count === count && one.sites.place.length; })[0];
    if (plan && !best.has(plan)) best.set(plan, outcome(planned(plan)).covered);
    return { count, plan: plan || null, covered: plan ? best.get(plan) : null };
  }

  Object.assign(trial, { use, empty, listed, outcome, look, keep, undo, redo, changed, moved, home, fresh, added, renamed, shut, opened, atHours,
    planned, rival, reach, isMade, ASIDE, ALREADY, NEW, OUT, LOST });
  geoplan.whatif.trial = trial;
})((window.geoplan = window.geoplan || {}));
