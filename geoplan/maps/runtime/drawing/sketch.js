/* A division as it is drawn by hand: what may go where, and what has been done. */
(function (geoplan) {
  "use strict";

  const { study, division, words, codes, history, repair } = geoplan;
  const { NONE } = geoplan.judge;

  const FRESH = -2; // the grid that the next stroke founds

  /* judge: the division under judgement; target: the grid that is drawn into, NONE or
     FRESH; stays: whether the study keeps a grid as it is; locked: grids locked here; notes: comments; option: what it started from;
     by: whoever draws; told: what was refused last, in words. */
  const sketch = { judge: null, target: NONE, stays: [], locked: new Set(), notes: [], option: 0, by: "", rest: {}, past: history.kept(), base: null, told: "" };
  let mates = null;

  function counts(column) {
    return Float64Array.from(column, function (n) { return isFinite(n) ? n : 0; });
  }

  /* The board of the page's division, as the judge wants it. */
  function board() {
    const { units, grids, before, pairs, band, banded, measure, reach } = division;
    const names = Array.from(new Set(grids.community));
    const of = grids.community.map(function (code) { return names.indexOf(code); });
    const hand = study.data.by_hand;
    const place = function (list, code) { return list.indexOf(code); };
    const known = function (list) { return function (serves) { return serves.map(function (code) { return place(list, code); }).filter(function (i) { return i >= 0; }); }; };
    return geoplan.judge.board({
      n: division.n, home: Array.from(before), community: Array.from(before, function (g) { return of[g]; }),
      households: counts(units.households), people: counts(units.people), buildings: counts(units.buildings), counted: counts(units[measure]),
      one: pairs.one, other: pairs.other, walk: pairs.walk, codes: grids.code.slice(), of, fixed: grids.locked.slice(),
      band, banded, names,
      reach: { unit: reach.unit, station: reach.station, group: geoplan.codec.ints(hand.group), households: reach.households },
      stations: { unit: geoplan.codec.ints(hand.unit), grids: hand.serves.map(known(grids.code)), communities: hand.serves.map(known(names)) },
    });
  }

  /* Begins with today's division, or with an option by its place in the list. */
  function begin(k) {
    if (!sketch.judge) {
      const on = board();
      sketch.judge = geoplan.judge.judge(on);
      sketch.stays = division.grids.locked.slice();
      if (study.data.by_hand.begun) go(study.data.by_hand.begun);
      mates = mated();
      sketch.base = Int32Array.from(on.home);
    }
    restart(k, true);
  }

  /* Goes on from what was drawn before: its locks are still a hand's, its comments and
     edits of stations stay. */
  function go(begun) {
    begun.locked.forEach(function (code) {
      const grid = division.grids.code.indexOf(code);
      if (grid < 0) return;
      sketch.stays[grid] = false;
      sketch.locked.add(grid);
    });
    sketch.notes = begun.comments.slice();
    if (begun.stations) sketch.rest = { stations: begun.stations };
  }

  /* The number of an option by its place in the list, 0 for today's division; of a
     division that was drawn before, of what that started from. */
  function number(k) {
    const begun = study.data.by_hand.begun;
    return k < 0 ? 0 : begun ? begun.option : division.plans[k].option;
  }

  /* Units of one compound, by its name. */
  function mated() {
    const { kind, name } = division.units;
    const found = new Map();
    name.forEach(function (one, unit) {
      if (!one || kind[unit] === "share") return;
      if (!found.has(one)) found.set(one, []);
      found.get(one).push(unit);
    });
    return found;
  }

  function plan(k) {
    return k < 0 ? division.before : division.plans[k].to;
  }

  /* Goes back to where it might start; a move like any other unless nothing was drawn. */
  function restart(k, afresh) {
    const { to } = sketch.judge;
    const wanted = plan(k);
    const move = { units: [], from: [], to: [], kind: "start", option: { from: sketch.option, to: number(k) } };
    to.forEach(function (grid, unit) {
      if (grid === wanted[unit]) return;
      move.units.push(unit);
      move.from.push(grid);
      move.to.push(wanted[unit]);
    });
    carry(move);
    if (afresh) {
      sketch.past.clear();
      sketch.base = Int32Array.from(sketch.judge.to);
    } else if (move.units.length) sketch.past.add(move);
  }

  function carry(move) {
    if (move.notes) sketch.notes = move.notes.to;
    if (move.option) sketch.option = move.option.to;
    return sketch.judge.set(move.units, move.to);
  }

  /* Whether a grid stays as it is. */
  function shut(grid) {
    return grid >= 0 && (Boolean(sketch.stays[grid]) || sketch.locked.has(grid));
  }

  /* Grids locked here count as those that stay, like the study's own, as long as they
     are as they are today; so does geoplan apply have it. */
  function relock() {
    const { judge } = sketch;
    const { fixed, today } = judge.on;
    const before = division.grids.locked.slice();
    before.forEach(function (was, grid) {
      const stays = Boolean(sketch.stays[grid]) || (sketch.locked.has(grid) && untouched(grid));
      division.grids.locked[grid] = stays;
      fixed[grid] = stays;
    });
    if (before.every(function (was, grid) { return Boolean(was) === division.grids.locked[grid]; })) return;
    [judge, today].forEach(function (one) { one.forget(); });
    retell();
  }

  function untouched(grid) {
    const was = sketch.judge.on.today.members[grid];
    return Boolean(was) && was.length > 0 && was.length === sketch.judge.members[grid].length && was.every(function (unit) { return sketch.judge.to[unit] === grid; });
  }

  /* Today's division as the page tells it, with the grids and locks there are now. */
  function retell() {
    division.was = division.shown(Object.assign({}, division.was));
    division.grids.layer = division.was.layer;
  }

  /* Why a grid stays, in words. */
  function why(grid) {
    const own = (division.grids.kind[grid] || "").indexOf(study.data.by_hand.dedicated) >= 0;
    return words.say(sketch.locked.has(grid) ? "draw_no_locked" : own ? "draw_no_own" : "draw_no_fixed", { name: division.name(grid) });
  }

  /* Why a unit may not go to a grid, in words; "" if it may. */
  function refusal(unit, grid) {
    const { on, to, of } = sketch.judge;
    if (to[unit] === grid) return "";
    if (shut(to[unit])) return why(to[unit]);
    if (grid === FRESH) return "";
    if (shut(grid)) return why(grid);
    if (of[grid] === on.community[unit]) return "";
    const title = function (number) {
      const i = study.communities.code.indexOf(on.names[number]);
      return i < 0 ? on.names[number] : study.titled(study.communities, i);
    };
    return words.say("draw_no_community", { name: division.name(grid), community: title(of[grid]), other: title(on.community[unit]) });
  }

  /* The units that go along with one: those of its compound in the same grid. */
  function along(unit) {
    const { kind, name } = division.units;
    const own = name[unit] && kind[unit] !== "share" ? mates.get(name[unit]) : null;
    const grid = sketch.judge.to[unit];
    return own ? own.filter(function (other) { return sketch.judge.to[other] === grid; }) : [unit];
  }

  /* Draws a unit into the target: the step that this was, or null; told says why not. */
  function paint(unit) {
    const { judge } = sketch;
    sketch.told = "";
    if (sketch.target === NONE) {
      sketch.told = words.say("draw_first");
      return null;
    }
    if (judge.to[unit] === sketch.target) return null;
    sketch.told = refusal(unit, sketch.target);
    if (sketch.told) return null;
    if (sketch.target === FRESH && !found(judge.on.community[unit])) return null;
    const units = along(unit);
    const step = { units, from: units.map(function (one) { return judge.to[one]; }), to: units.map(function () { return sketch.target; }) };
    judge.set(step.units, step.to);
    return step;
  }

  /* Founds a grid in a community and draws into it; false if no code is left. */
  function found(community) {
    const grid = add(null, community);
    if (grid < 0) sketch.told = words.say("draw_no_code");
    else sketch.target = grid;
    return grid >= 0;
  }

  /* A new grid, its code made if none is given; -1 if no code is left. */
  function add(code, community) {
    const { judge } = sketch;
    const { grids } = division;
    const owner = judge.on.names[community];
    const own = grids.code.filter(function (one, i) { return grids.community[i] === owner; });
    // a grid drawn before and taken back has its code still to give
    const idle = code === null ? judge.codes.findIndex(function (one, g) { return g >= judge.on.codes.length && judge.of[g] === community && !judge.members[g].length; }) : -1;
    if (idle >= 0) return idle;
    const others = grids.code.filter(function (one, i) { return grids.community[i] !== owner; });
    const made = code === null ? codes.next(own, owner, others) : code;
    if (made === null) return -1;
    grids.code.push(made);
    grids.name.push("");
    grids.community.push(owner);
    grids.kind.push("");
    grids.locked.push(false);
    retell();
    return judge.add(made, community);
  }

  /* Keeps the steps of a stroke as one move; whether it was any. */
  function done(steps, kind) {
    const move = history.merged(steps);
    if (!move.units.length) return false;
    sketch.past.add(Object.assign(move, { kind: kind || "paint" }));
    return true;
  }

  function undo() {
    return moved(sketch.past.undo());
  }

  function redo() {
    return moved(sketch.past.redo());
  }

  function moved(move) {
    if (move) carry(move);
    return move;
  }

  /* Carries out changes as one move. */
  function change(changes, kind) {
    if (!changes || !changes.units.length) return false;
    sketch.judge.set(changes.units, changes.to);
    return done([changes], kind);
  }

  /* Takes all units of a grid from it. */
  function dissolve(grid) {
    if (shut(grid)) {
      sketch.told = why(grid);
      return false;
    }
    const units = sketch.judge.members[grid].slice();
    return change({ units, from: units.map(function () { return grid; }), to: units.map(function () { return NONE; }) }, "dissolve");
  }

  function lock(grid) {
    if (sketch.stays[grid]) {
      sketch.told = why(grid);
      return false;
    }
    if (!sketch.locked.delete(grid)) sketch.locked.add(grid);
    return true;
  }

  /* Other comments than before, as a move. */
  function comment(notes) {
    const move = { units: [], from: [], to: [], notes: { from: sketch.notes, to: notes }, kind: "note" };
    sketch.notes = notes;
    sketch.past.add(move);
  }

  /* What is wrong and where: units that no grid has, then grids in pieces. */
  function problems() {
    const { judge } = sketch;
    const totals = judge.totals();
    const loose = pieces(totals.loose).map(function (units) { return { kind: "loose", grid: NONE, units }; });
    return loose.concat(totals.broken.map(function (grid) {
      const parts = judge.figures(grid).pieces;
      return { kind: "broken", grid, units: [].concat.apply([], parts.slice(1)), parts: parts.length };
    }));
  }

  /* Units in groups that hang together. */
  function pieces(units) {
    const left = new Set(units);
    const found = [];
    units.forEach(function (unit) {
      if (!left.has(unit)) return;
      const part = geoplan.judge.walked(sketch.judge.on, unit, function (other) { return left.has(other); });
      part.forEach(function (one) { left.delete(one); });
      found.push(part);
    });
    return found;
  }

  /* The smallest mend of a problem: units, from, to; null if there is none. */
  function mend(problem) {
    const rules = { shut };
    return problem.kind === "loose" ? repair.housed(sketch.judge, rules) : repair.mend(sketch.judge, problem.grid, rules);
  }

  /* The rule of barriers, where it follows: nobody walks across one, so that a grid of
     one walkable piece is parted by none; one that is as it is today is as today. Of
     others only their polygons tell. */
  function across(totals, rule) {
    const apart = totals.broken.concat(totals.apart);
    if (!apart.every(untouched)) return null;
    const told = (division.was.rules || []).find(function (one) { return one.id === "G2"; });
    const codes = apart.map(function (grid) { return sketch.judge.codes[grid]; });
    return told ? rule("G2", "error", [], told.inherited.filter(function (code) { return codes.indexOf(code) >= 0; })) : null;
  }

  /* The rules that follow from units alone, as the sheet of rules wants them. */
  function rules() {
    const { judge } = sketch;
    const totals = judge.totals();
    const named = function (grids) { return grids.map(function (grid) { return judge.codes[grid]; }).sort(); };
    const rule = function (id, level, offenders, inherited) { return { id, level, passed: !offenders.length, offenders, inherited: inherited || [] }; };
    const astray = Array.from(new Set(totals.astray.map(function (unit) { return judge.to[unit]; })));
    return [
      rule("T2-gap", "error", totals.loose.map(function (unit) { return division.units.code[unit]; })),
      rule("N2", "error", named(astray)),
      rule("lock", "error", named(totals.locked)),
      rule("G1-walk", "error", named(totals.broken), named(totals.apart)),
      across(totals, rule),
      division.banded ? rule("H1", study.data.by_hand.hard ? "error" : "warning", named(totals.out), named(totals.outAlready)) : null,
    ].filter(Boolean);
  }

  geoplan.sketch = Object.assign(sketch, { NONE, FRESH, begin, restart, shut, relock, why, refusal, along, paint, add, done, undo, redo, change, dissolve, lock, comment, problems, mend, rules });
})((window.geoplan = window.geoplan || {}));
