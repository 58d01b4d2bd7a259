/* What the page knows: the study's layers, and each grid's figures in a circle.
   A circle has three views: served by any station, by the own one, or within the
   compass circle. */
(function (geoplan) {
  "use strict";

  const { ints, optional, fronts, shapes, middle } = geoplan.codec;
  const { words, state } = geoplan;

  const OWN = 1, OTHER = 2, OUT = 3; // how a building stands to a circle; 0 is aside
  const VIEWS = ["any", "own", "straight"];
  const CLASSES = [100, 90, 70, 50]; // least per cent of classes 0, 1, 2, 3; the rest is 4
  const { called, titled } = geoplan.titles;
  const study = { circles: [] };

  function use(data) {
    Object.assign(study, {
      data,
      grids: areas(data.grids),
      communities: areas(data.communities),
      street: areas(data.street),
      stations: Object.assign({ layer: shapes(data.stations.shape), brief: shortened(data.stations) }, data.stations),
      compounds: Object.assign({}, data.compounds,
        { layer: shapes(data.compounds.shape), doors: shapes(data.compounds.gates) }),
      buildings: buildings(data.buildings),
      outlines: data.outlines.map(outline),
      routes: data.routes.map(function (block) { return { far: ints(block.far), line: shapes(block.line) }; }),
      checks: Object.assign({ layer: shapes(data.checks.shape) }, data.checks),
      names: data.names,
    });
    study.circles = data.circles.map(function (circle, k) {
      const views = {};
      VIEWS.forEach(function (view) {
        let known = null; // made when somebody first looks
        Object.defineProperty(views, view, { enumerable: true, get: function () {
          return (known = known || viewed(circle, k, view));
        } });
      });
      return views;
    });
    return study;
  }

  /* Circle k in one view, with what every building and area comes to. */
  function viewed(circle, k, view) {
    const stands = standing(k, view, circle.reach_m);
    const of = function (block) {
      return { total: block.total, reached: block[view][k], any: block.any[k], own: block.own[k] };
    };
    return Object.assign({}, circle, {
      stands, reached: circle[view],
      grids: grids(k, stands, of(study.grids)), communities: figures(of(study.communities)),
    });
  }

  function areas(block) {
    return Object.assign({}, block, { layer: shapes(block.shape), spots: shapes(block.label) });
  }

  function buildings(block) {
    return Object.assign({}, block, {
      layer: shapes(block.shape),
      code: fronts(block.code),
      name: fronts(block.name),
      off: ints(block.off),
      grid: ints(block.grid),
      count: optional(block.count),
      near: ints(block.near),
      circles: block.circles.map(function (circle) {
        return {
          state: ints(circle.state),
          minutes: optional(circle.minutes, 10),
          station: ints(circle.station),
          straight: optional(circle.straight),
        };
      }),
    });
  }

  function outline(block) {
    return {
      merged: shapes(block.merged), single: shapes(block.single), station: ints(block.station),
      gaps: shapes(block.gaps),
    };
  }

  function classOf(part, whole) {
    if (whole <= 0) return -1;
    for (let k = 0; k < CLASSES.length; k += 1) if (part * 100 >= CLASSES[k] * whole) return k;
    return CLASSES.length;
  }

  /* How every building stands to circle k in a view. */
  function standing(k, view, reach) {
    const circle = study.buildings.circles[k];
    if (view === "any") return circle.state;
    return circle.state.map(function (state, b) {
      if (view === "own") return state === OTHER ? OUT : state;
      return state === OUT && circle.straight[b] !== null && circle.straight[b] <= reach ? OTHER : state;
    });
  }

  /* The circle and the view chosen, as far as one looks. */
  function now() {
    return geoplan.filters.on() ? geoplan.filters.now() : study.circles[state.circle][state.view];
  }

  /* Whether station i is one of those that one looks at. */
  function open(i) {
    const offer = study.now().offer;
    return !offer || study.stations.tier[i] !== study.now().tier || offer.stations.indexOf(i) >= 0;
  }

  /* The walks from every building to the circle chosen. */
  function walks() {
    return study.buildings.circles[state.circle];
  }

  /* What areas come to, from their sums. */
  function figures(sums) {
    return sums.total.map(function (total, i) {
      const reached = sums.reached[i];
      return {
        i, total, reached, any: sums.any[i], own: sums.own[i], out: total - reached,
        percent: words.percent(reached, total), grade: classOf(reached, total),
      };
    });
  }

  /* The same of every grid, with its homes as they stand to circle k. */
  function grids(k, stands, sums) {
    const found = figures(sums);
    found.forEach(function (grid) {
      Object.assign(grid, { low: Infinity, high: 0, far: -1, off: 0, homes: [], where: {} });
    });
    const reach = study.buildings.circles[k];
    study.buildings.grid.forEach(function (grid, b) {
      if (grid >= 0 && stands[b]) add(found[grid], b, reach, stands[b]);
    });
    found.forEach(function (grid) {
      grid.homes.sort(function (a, b) { return far(reach, b) - far(reach, a); });
      const last = study.routes[k].far[grid.i];
      grid.far = last >= 0 && stands[last] ? last : -1;
    });
    return found;
  }

  function far(reach, b) {
    return reach.minutes[b] === null ? 1e6 : reach.minutes[b];
  }

  function add(grid, b, reach, stands) {
    const minutes = reach.minutes[b];
    if (minutes !== null) {
      grid.low = Math.min(grid.low, minutes);
      grid.high = Math.max(grid.high, minutes);
    }
    if (stands !== OUT) return;
    grid.homes.push(b);
    if (study.buildings.off[b]) grid.off += 1;
    const way = study.buildings.near[b];
    if (way > 0) grid.where[way] = (grid.where[way] || 0) + study.buildings.count[b];
  }

  /* Names of stations without the ending that most of their tier share:
     望澜社区党群服务中心 is 望澜 where there is little room. */
  function shortened(block) {
    return block.name.map(function (name, i) {
      const peers = block.name.filter(function (other, k) { return block.tier[k] === block.tier[i]; });
      for (let start = 2; start < name.length - 2; start += 1) {
        const ending = name.slice(start);
        const alike = peers.filter(function (other) { return other.endsWith(ending) && other.length > ending.length + 1; });
        if (peers.length > 2 && alike.length > peers.length * 0.6) return name.slice(0, start);
      }
      return name || block.code[i];
    });
  }

  Object.assign(study, { use, now, open, walks, called: function (b) { return called(study, b); }, titled, middle, figures, ofGrids: grids, OWN, OTHER, OUT, VIEWS });
  geoplan.study = study;
})((window.geoplan = window.geoplan || {}));
