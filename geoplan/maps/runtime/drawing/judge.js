/* What a division of units into grids comes to, as geoplan.division has it.

   Only the grids that a change touches are judged anew. */
(function (geoplan) {
  "use strict";

  const NONE = -1; // the grid of a unit that no grid has
  const WHOLE = 0, INHERITED = 1, BROKEN = 2;

  /* What plans are judged on. given: n units; by unit home (today's grid, a number),
     community, households, people, buildings, counted (what is balanced); pairs one,
     other, walk; codes, of (community), fixed (stays as it is) by grid; reach: unit,
     station, group, households; stations: unit, and the grids and communities that
     each names; band, banded. */
  function board(given) {
    const links = graph(given);
    const made = Object.assign({}, given, { links, reaches: listed(given.n, given.reach.unit) });
    made.was = given.n ? pieces(made, given.home) : [];
    // a grid of today without a unit, as all its ground is of others too, stays
    const held = new Set(given.home);
    made.bare = given.codes.map(function (code, grid) { return !held.has(grid) && !given.fixed[grid]; });
    made.today = judge(made);
    return made;
  }

  /* Who can be walked to from each unit. */
  function graph(given) {
    const links = Array.from({ length: given.n }, function () { return []; });
    for (let k = 0; k < given.one.length; k += 1) {
      if (!given.walk[k]) continue;
      links[given.one[k]].push(given.other[k]);
      links[given.other[k]].push(given.one[k]);
    }
    return links;
  }

  /* The rows that name each of n things. */
  function listed(n, column) {
    const rows = Array.from({ length: n }, function () { return []; });
    for (let k = 0; k < column.length; k += 1) if (column[k] >= 0) rows[column[k]].push(k);
    return rows;
  }

  /* The number of the piece of its grid that each unit is in. */
  function pieces(on, grid) {
    const found = new Int32Array(on.n).fill(-1);
    let count = 0;
    for (let unit = 0; unit < on.n; unit += 1) {
      if (found[unit] >= 0) continue;
      walked(on, unit, function (other) { return grid[other] === grid[unit]; }).forEach(function (other) { found[other] = count; });
      count += 1;
    }
    return found;
  }

  /* The units that can be walked to from one by units that are let. */
  function walked(on, from, let_) {
    const seen = new Set([from]);
    const found = [from];
    for (let k = 0; k < found.length; k += 1) {
      on.links[found[k]].forEach(function (unit) {
        if (seen.has(unit) || !let_(unit)) return;
        seen.add(unit);
        found.push(unit);
      });
    }
    return found;
  }

  /* Whether pieces of a grid lay apart today, and one at most has grown: the same
     as geoplan.division.apart; lives: whether a grid has units. */
  function apartAlready(on, grid, { parts, lives }) {
    const known = new Set();
    const count = new Map();
    let torn = false;
    const grids = parts.map(function (part) {
      new Set(part.map(function (unit) { return on.was[unit]; })).forEach(function (piece) {
        torn = torn || known.has(piece);
        known.add(piece);
      });
      return Array.from(new Set(part.map(function (unit) { return on.home[unit]; })));
    });
    const own = grids.map(function (homes) {
      return homes.filter(function (home) { return grid >= on.codes.length || home === grid || !lives(home); });
    });
    own.forEach(function (homes) {
      homes.forEach(function (home) { count.set(home, (count.get(home) || 0) + 1); });
    });
    const grown = grids.filter(function (homes) {
      return homes.some(function (home) { return !(count.get(home) > 1); });
    });
    return !torn && grown.length <= 1 && linked(own);
  }

  /* Whether sets hang together by what they have in common. */
  function linked(sets) {
    const joined = new Set(sets[0]);
    let waiting = sets.slice(1);
    for (let before = -1; waiting.length !== before;) {
      before = waiting.length;
      waiting = waiting.filter(function (one) {
        const near = one.some(function (grid) { return joined.has(grid); });
        if (near) one.forEach(function (grid) { joined.add(grid); });
        return !near;
      });
    }
    return !waiting.length;
  }

  function sum(units, column) {
    return units.reduce(function (total, unit) { return total + column[unit]; }, 0);
  }

  /* A division under judgement; start: the grid of each unit, else today's. */
  function judge(on, start) {
    const to = Int32Array.from(start || on.home);
    const codes = on.codes.slice();
    const of = on.of.slice();
    const members = codes.map(function () { return []; });
    const told = [];
    let whole = null;
    for (let unit = 0; unit < on.n; unit += 1) if (to[unit] >= 0) members[to[unit]].push(unit);
    const lived = members.map(function (mine) { return mine.length > 0; });

    /* Adds a grid; its number. */
    function add(code, community) {
      codes.push(code);
      of.push(community);
      members.push([]);
      lived.push(false);
      whole = null;
      return codes.length - 1;
    }

    /* Gives units to grids; the grids that this touches. */
    function set(units, grids) {
      const touched = new Set();
      units.forEach(function (unit, k) {
        const was = to[unit];
        const now = grids[k];
        if (was === now) return;
        if (was >= 0) members[was].splice(members[was].indexOf(unit), 1);
        if (now >= 0) members[now].push(unit);
        to[unit] = now;
        touched.add(was).add(now);
      });
      touched.forEach(function (grid) {
        if (grid < 0) return;
        members[grid].sort(function (a, b) { return a - b; });
        told[grid] = null;
      });
      if (touched.size) whole = null;
      touched.delete(NONE);
      // a station that names a grid stands for itself once the grid is gone
      if (Array.from(touched).some(function (grid) { return lived[grid] !== members[grid].length > 0; })) told.length = 0;
      touched.forEach(function (grid) { lived[grid] = members[grid].length > 0; });
      return touched;
    }

    /* Judges all anew: what stays as it is has changed. */
    function forget() {
      told.length = 0;
      whole = null;
    }

    /* What one grid comes to. */
    function figures(grid) {
      if (!told[grid]) told[grid] = tally(grid);
      return told[grid];
    }

    function tally(grid) {
      const mine = members[grid];
      const parts = partsOf(grid);
      const lives = function (one) { return members[one].length > 0; };
      const free = mine.filter(function (unit) { return !on.fixed[on.home[unit]]; });
      return {
        units: mine.length,
        households: sum(mine, on.households),
        people: sum(mine, on.people),
        buildings: sum(mine, on.buildings),
        counted: sum(mine, on.counted),
        free: free.length,
        sized: sum(free, on.counted),
        pieces: parts,
        state: parts.length < 2 ? WHOLE : apartAlready(on, grid, { parts, lives }) ? INHERITED : BROKEN,
        reached: reached(grid),
      };
    }

    /* The pieces of a grid, those with most first. */
    function partsOf(grid) {
      const seen = new Set();
      const found = [];
      members[grid].forEach(function (unit) {
        if (seen.has(unit)) return;
        const part = walked(on, unit, function (other) { return to[other] === grid; });
        part.forEach(function (other) { seen.add(other); });
        found.push(part);
      });
      return found.sort(function (a, b) { return sum(b, on.counted) - sum(a, on.counted) || b.length - a.length || a[0] - b[0]; });
    }

    /* Whether a station is a grid's own: it names the grid or its community, or
       names nothing that there is and stands in it. */
    function own(station, grid) {
      const { unit, grids, communities } = on.stations;
      const named = grids[station].filter(function (one) { return members[one].length > 0; });
      if (named.length || communities[station].length) {
        return named.indexOf(grid) >= 0 || communities[station].indexOf(of[grid]) >= 0;
      }
      return unit[station] >= 0 && to[unit[station]] === grid;
    }

    /* What is counted within the limit of a station of the grid's own; null without
       stations. */
    function reached(grid) {
      if (!on.stations.unit.length) return null;
      let total = 0;
      members[grid].forEach(function (unit) {
        const seen = new Set();
        on.reaches[unit].forEach(function (row) {
          const group = on.reach.group[row];
          if (seen.has(group) || !own(on.reach.station[row], grid)) return;
          seen.add(group);
          total += on.reach.households[row];
        });
      });
      return total;
    }

    /* How far the households of a grid are off the band, on either side. */
    function off(households) {
      return Math.max(on.band[0] - households, households - on.band[1]);
    }

    /* What the division comes to as a whole. */
    function totals() {
      if (!whole) whole = summed();
      return whole;
    }

    function summed() {
      const found = Object.assign(moved(), spread(), { broken: [], apart: [], loose: [], out: [], outAlready: [], locked: [], astray: [] });
      for (let grid = 0; grid < codes.length; grid += 1) rules(grid, found);
      for (let unit = 0; unit < on.n; unit += 1) {
        const grid = to[unit];
        if (grid < 0) found.loose.push(unit);
        else if (of[grid] !== on.community[unit]) found.astray.push(unit);
        if (grid !== on.home[unit]) {
          [grid, on.home[unit]].forEach(function (one) {
            if (on.fixed[one] && found.locked.indexOf(one) < 0) found.locked.push(one);
          });
        }
      }
      return found;
    }

    /* Adds what offends in one grid. */
    function rules(grid, found) {
      const now = figures(grid);
      if (now.state === BROKEN) found.broken.push(grid);
      if (now.state === INHERITED) found.apart.push(grid);
      if (!on.banded || on.fixed[grid] || !now.units || off(now.households) <= 0) return;
      const was = grid < on.codes.length && on.today ? on.today.figures(grid) : grid < on.codes.length ? now : null;
      // what has no building today has no figure that might be inherited
      const before = was && was.buildings ? off(was.households) : 0;
      (off(now.households) <= before ? found.outAlready : found.out).push(grid);
    }

    function moved() {
      let counted = 0, buildings = 0, units = 0;
      for (let unit = 0; unit < on.n; unit += 1) {
        if (to[unit] === on.home[unit]) continue;
        counted += on.counted[unit];
        buildings += on.buildings[unit];
        units += 1;
      }
      return { moved: counted, movedBuildings: buildings, movedUnits: units };
    }

    /* The standard deviation of what the grids count ÷ its mean, and the most ÷ it. */
    function spread() {
      const sizes = [];
      for (let grid = 0; grid < codes.length; grid += 1) if (figures(grid).free || on.bare[grid]) sizes.push(figures(grid).sized);
      const mean = sizes.reduce(function (a, b) { return a + b; }, 0) / (sizes.length || 1);
      if (!(mean > 0)) return { cv: 0, most: null };
      const square = sizes.reduce(function (total, size) { return total + (size - mean) * (size - mean); }, 0) / sizes.length;
      return { cv: Math.sqrt(square) / mean, most: Math.max.apply(null, sizes) / mean };
    }

    /* What each grid has of each grid of today where they differ: from, to, counted,
       buildings, units; most first. */
    function flows() {
      const found = new Map();
      for (let unit = 0; unit < on.n; unit += 1) {
        if (to[unit] === on.home[unit]) continue;
        const key = on.home[unit] + ">" + to[unit];
        if (!found.has(key)) found.set(key, { from: on.home[unit], to: to[unit], counted: 0, buildings: 0, units: [] });
        const row = found.get(key);
        row.counted += on.counted[unit];
        row.buildings += on.buildings[unit];
        row.units.push(unit);
      }
      return Array.from(found.values()).sort(function (a, b) { return b.counted - a.counted || a.from - b.from || a.to - b.to; });
    }

    return { on, to, codes, of, members, add, set, forget, figures, totals, flows };
  }

  geoplan.judge = { board, judge, walked, NONE, WHOLE, INHERITED, BROKEN };
})((window.geoplan = window.geoplan || {}));
