/* What the page of compared stations knows: both sets of stations, and how every home
   stands to each circle before and after. */
(function (geoplan) {
  "use strict";

  const { ints, optional, shapes, middle, shaped, office } = geoplan.codec;
  const { words, state } = geoplan;
  const { called, titled } = geoplan.titles;

  const IN = 1, GAINED = 2, LOST = 3, OUT = 4; // how a home stands; 0 is aside
  const NAMES = ["", "in", "gained", "lost", "out"];
  const study = { names: [] };

  function use(data) {
    Object.assign(study, office(data), {
      stations: Object.assign(shaped(data.stations), { was: shapes(data.stations.was) }),
      buildings: Object.assign({}, data.buildings, {
        layer: shapes(data.buildings.shape), grid: ints(data.buildings.grid), near: ints(data.buildings.near),
        count: optional(data.buildings.count),
      }),
      compounds: Object.assign(shaped(data.compounds), { doors: shapes(data.compounds.gates) }),
      circles: data.circles.map(circle),
    });
    return study;
  }

  function circle(block) {
    const homes = block.homes;
    return Object.assign({}, block, {
      station_word: block.station, was: shapes(block.before_shape), is: shapes(block.after_shape), stands: ints(homes.state),
      minutes: [optional(homes.minutes_before, 10), optional(homes.minutes_after, 10)],
      station: [ints(homes.station_before), ints(homes.station_after)],
    });
  }

  /* The circle chosen. */
  function now() {
    return study.circles[state.circle];
  }

  function changes(i, what) {
    return study.stations.change[i].indexOf(what) >= 0;
  }

  /* How a station's mark is drawn: added, closed, moved, changed or same. */
  function role(i) {
    const change = study.stations.change[i];
    const known = ["added", "closed", "moved"].filter(function (one) { return change.indexOf(one) >= 0; })[0];
    return known || (change.length ? "changed" : "same");
  }

  /* Homes that stand so, those with most people first. */
  function homes(stands) {
    const found = [];
    now().stands.forEach(function (one, b) { if (one === stands) found.push(b); });
    const count = study.buildings.count;
    return found.sort(function (a, b) { return (count[b] || 0) - (count[a] || 0) || a - b; });
  }

  /* Homes that come within by a station, and those that fall out without it. */
  function owed(i) {
    const circle = now();
    const found = { gained: [], lost: [] };
    circle.stands.forEach(function (stands, b) {
      if (stands === GAINED && circle.station[1][b] === i) found.gained.push(b);
      if (stands === LOST && circle.station[0][b] === i) found.lost.push(b);
    });
    return found;
  }

  function sum(homes) {
    return homes.reduce(function (total, b) { return total + (study.buildings.count[b] || 0); }, 0);
  }

  /* Areas with what changes in them, largest change first: who comes within less who
     falls out, which is after less before where an area's ground is the same. */
  function ranked(figures) {
    return figures.after.map(function (after, i) {
      const gained = figures.gained[i] || 0, lost = figures.lost[i] || 0;
      return { i, before: figures.before[i], after, total: figures.total[i], gained, lost, more: gained - lost };
    }).filter(function (one) { return one.gained || one.lost; })
      .sort(function (a, b) { return Math.abs(b.more) - Math.abs(a.more) || b.gained + b.lost - a.gained - a.lost || a.i - b.i; });
  }

  /* A difference with its sign. */
  function signed(value) {
    const text = words.number(Math.abs(value));
    return value > 0 ? "+" + text : value < 0 ? words.say("minus") + text : "0";
  }

  /* How it is counted, a sentence each. */
  function method() {
    const circle = now();
    const told = { station: circle.station_word, limit: circle.limit, walker: study.data.walker, speed: study.data.speed };
    return [words.say("notes_method_" + circle.by, told), words.say("notes_compare"), words.say("notes_gained"), words.say("notes_grid")];
  }

  Object.assign(study, { use, now, changes, role, homes, owed, sum, ranked, signed, method, titled, middle,
    called: function (b) { return called(study, b); }, IN, GAINED, LOST, OUT, NAMES });
  geoplan.study = study;
})((window.geoplan = window.geoplan || {}));
