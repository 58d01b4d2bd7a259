/* What the page of division knows: units, today's grids, options; and the division
   that is shown. An option is an assignment of units to grids, and so is whatever a
   hand draws: geoplan.division.show takes either. */
(function (geoplan) {
  "use strict";

  const { ints, optional, fronts, shapes, middle, shaped } = geoplan.codec;
  const { words, state, topology } = geoplan;
  const { called, titled } = geoplan.titles;

  const study = { names: [] };
  /* n; arcs; units {code, grid, kind, name, area, work, households, people, buildings,
     layer}; grids {code, name, community, kind, locked, layer (today's)}; before: today's
     grid of every unit; plans [{option, to, rules, terms, share, knee, facts}]; pairs;
     reach; stations; houses: the buildings of every unit; band, and whether it counts
     (banded); measure; now: what is shown; was: the same of today. */
  const division = {};

  function counts(block) {
    return block === null ? null : Float64Array.from(optional(block.n, block.by), function (n) { return n === null ? NaN : n; });
  }

  function use(data) {
    Object.assign(study, {
      data,
      names: data.names,
      communities: shaped(data.communities),
      street: { layer: shapes(data.street.shape) },
      stations: Object.assign({}, data.stations, { layer: shapes(data.stations.shape), grid: ints(data.stations.grid) }),
      checks: Object.assign({ layer: shapes(data.checks.shape) }, data.checks),
      compounds: Object.assign({}, data.compounds, { layer: shapes(data.compounds.shape), doors: shapes(data.compounds.gates) }),
      buildings: Object.assign({}, data.buildings, {
        code: fronts(data.buildings.code), layer: shapes(data.buildings.shape), unit: ints(data.buildings.unit), near: ints(data.buildings.near),
        households: counts(data.buildings.households), people: counts(data.buildings.people),
      }),
    });
    board(data);
    study.grids = division.grids;
    return study;
  }

  function board(data) {
    const before = ints(data.units.grid);
    Object.assign(division, {
      n: before.length, before, band: data.band, banded: data.counted === "households", measure: data.counted, task: data.task,
      arcs: topology.arcs(data.arcs),
      units: Object.assign({}, data.units, {
        code: fronts(data.units.code), kind: Array.from(ints(data.units.kind), function (k) { return data.units.kinds[k]; }),
        area: ints(data.units.area), work: counts(data.units.work), households: counts(data.units.households), people: counts(data.units.people), buildings: counts(data.units.buildings),
      }),
      grids: Object.assign({}, data.codes),
      pairs: paired(data.pairs),
      reach: { unit: ints(data.reach.unit), station: ints(data.reach.station), households: counts(data.reach.households) },
      stations: study.stations,
      fingerprint: data.fingerprint, units_hash: data.units_hash,
      plans: data.plans.map(function (plan) { return planned(plan, before); }),
      houses: housed(data, before.length),
    });
    division.units.layer = topology.areas(division.arcs, Int32Array.from(before, function (grid, u) { return u; }), before.length);
    division.was = shown({ to: before, rules: data.today.rules, terms: data.today.terms, facts: facts(data.before), option: 0 });
    division.grids.layer = division.was.layer;
    if (division.plans.length) open(opening());
    else {
      division.now = division.was;
      Object.assign(state, { plan: -1, swipe: 0 });
    }
  }

  /* Units that touch; one and other by number. */
  function paired(block) {
    const one = ints(block.one), other = ints(block.other);
    for (let k = 0; k < one.length; k += 1) {
      one[k] += k ? one[k - 1] : 0;
      other[k] += one[k];
    }
    return { one, other, walk: ints(block.walk) };
  }

  /* The buildings of every unit. */
  function housed(data, n) {
    const rows = Array.from({ length: n }, function () { return []; });
    study.buildings.unit.forEach(function (unit, b) { if (unit >= 0) rows[unit].push(b); });
    return rows;
  }

  function planned(block, before) {
    const to = ints(block.to).map(function (up, u) { return up ? up - 1 : before[u]; });
    return Object.assign({}, block, { to, facts: facts(block.facts) });
  }

  /* What is told of grids that units do not add up to, by number of the grid. */
  function facts(block) {
    const grid = ints(block.grid);
    const area = optional(block.area);
    const compactness = optional(block.compactness, 100);
    const reached = optional(block.reached.n, block.reached.by);
    const found = {};
    grid.forEach(function (g, k) { found[g] = { area: area[k], compactness: compactness[k], reached: reached[k], sides: block.sides[k] }; });
    return found;
  }

  /* The plan that the page opens with: the knee of a list, else the first that moves
     something, else the first. */
  function opening() {
    const moving = division.plans.map(function (plan) { return plan.to.some(function (grid, u) { return grid !== division.before[u]; }); });
    const knee = division.plans.findIndex(function (plan, k) { return plan.knee && moving[k]; });
    return knee >= 0 ? knee : Math.max(0, moving.indexOf(true));
  }

  /* An assignment with all that is said of it. */
  function shown(about) {
    const found = Object.assign({ rules: null, terms: null, facts: {}, option: null }, about, geoplan.figures.figures(division, about.to));
    found.layer = topology.areas(division.arcs, about.to, division.grids.code.length);
    found.strip = new Int32Array(division.n).fill(-1);
    found.strips.forEach(function (row, k) { row.units.forEach(function (u) { found.strip[u] = k; }); });
    found.strips.layer = topology.areas(division.arcs, found.strip, found.strips.length);
    return found;
  }

  /* Shows an option by its place in the list. */
  function open(k) {
    state.plan = k;
    division.now = shown(division.plans[k]);
  }

  /* Shows any assignment of units to grids: {to, rules, facts, option …}. Everything
     that is drawn and told follows. */
  function show(about) {
    division.now = shown(about);
    state.set({ plan: about.place === undefined ? -1 : about.place, drawn: true });
  }

  /* Shows an option, and tells. */
  function choose(k) {
    open(k);
    const pick = state.pick && state.pick.kind === "strip" ? null : state.pick;
    state.set({ plan: k, pick, hover: null });
  }

  /* What is known of grid g beyond its counts, in the division given; unknown (null)
     where it changed by hand. */
  function fact(of, g) {
    if (of.facts[g]) return of.facts[g];
    return of.grids[g].changed ? null : division.was.facts[g] || null;
  }

  /* The end of a grid's code that tells it from the others of its community. */
  function tail(g) {
    const code = division.grids.code[g], own = division.grids.community[g];
    return own && code.indexOf(own) === 0 && code.length > own.length ? code.slice(own.length).replace(/^[-_]/, "") : code;
  }

  function name(g) {
    if (g < 0) return words.say("nobody");
    const owner = study.communities.code.indexOf(division.grids.community[g]);
    const community = owner < 0 ? "" : titled(study.communities, owner);
    return division.grids.name[g] || words.say("grid_code", { community, code: tail(g) }).trim();
  }

  /* A number of what is balanced, in the division's measure. */
  function size(row) {
    return row[division.measure];
  }

  /* What is counted in building b; 0 where nothing is known of it. */
  function homes(b) {
    const known = study.buildings[division.measure];
    return (known && known[b]) || 0;
  }

  /* The band as it is told: from low to high. */
  function limits() {
    return { low: words.number(division.band[0]), high: words.number(division.band[1]) };
  }

  /* How it is counted, a sentence each. */
  function method() {
    return words.say("notes", limits()).split("|");
  }

  Object.assign(study, { use, called: function (b) { return called(study, b); },
    titled: function (block, i) { return block === division.grids ? name(i) : titled(block, i); }, middle, method });
  Object.assign(division, { show, choose, shown, fact, tail, name, size, homes, limits });
  geoplan.study = study;
  geoplan.division = division;
})((window.geoplan = window.geoplan || {}));
