/* What the page of siting knows: stations and candidates, homes, and one plan a count. */
(function (geoplan) {
  "use strict";

  const { ints, optional, shapes, middle, shaped, office } = geoplan.codec;
  const { words, state } = geoplan;

  const NEW = 2, OUT = 3; // how a home stands to a plan; 0 is aside, 1 reached already
  const REASONS = ["out_of_reach", "shut", "not_chosen", "capacity", "off_network", "beyond"];
  const { called, titled } = geoplan.titles;
  const study = { names: [] };

  function use(data) {
    Object.assign(study, office(data), {
      stations: shaped(data.places),
      buildings: Object.assign({}, data.buildings, {
        layer: shapes(data.buildings.shape), grid: ints(data.buildings.grid), near: ints(data.buildings.near),
        count: optional(data.buildings.count), before: optional(data.buildings.before, 10),
      }),
      compounds: Object.assign(shaped(data.compounds), { doors: shapes(data.compounds.gates) }),
      plans: data.plans.map(plan),
    });
    state.plan = study.plans.length - 1;
    return study;
  }

  function plan(block) {
    const found = Object.assign({}, block, { state: ints(block.state), site: ints(block.site), station: ints(block.station),
      minutes: optional(block.minutes, 10), reason: ints(block.reason), order: {} });
    let number = 0;
    found.sites.place.forEach(function (place, k) {
      found.order[place] = { k, number: found.sites.new[k] ? (number += 1) : 0 };
    });
    return found;
  }

  /* The plan chosen. */
  function now() {
    return study.plans[state.plan];
  }

  /* What a plan says of an open site; null if the place stays shut. */
  function opened(place) {
    const found = now().order[place];
    if (!found) return null;
    const sites = now().sites;
    return { place, number: found.number, fresh: found.number > 0, gain: sites.gain[found.k], cumulative: sites.cumulative[found.k],
      load: sites.load[found.k], capacity: sites.capacity[found.k], mean: sites.mean[found.k], worst: sites.worst[found.k],
      among: sites.groups[study.data.among] ? sites.groups[study.data.among][found.k] : undefined,
      note: sites.note[found.k] || "" };
  }

  /* The new sites of the plan, in their order. */
  function fresh() {
    return now().sites.place.map(opened).filter(function (site) { return site.fresh; });
  }

  /* A number of homes with its unit, where the page counts something else. */
  function homes(n) {
    return words.say("unit_" + study.data.homes_counted, { n: words.number(n) });
  }

  /* How it is counted, a sentence each. */
  function method() {
    const circle = study.data.circle;
    const told = { station: circle.station, limit: circle.limit, walker: study.data.walker, speed: study.data.speed };
    return [words.say("notes_method_" + circle.by, told), words.say("notes_" + study.data.model.replace("-", "_"), told),
      words.say("notes_gain"), words.say("notes_bound"), words.say(study.data.rooms ? "notes_rooms" : "notes_ways")];
  }

  Object.assign(study, { use, now, opened, fresh, called: function (b) { return called(study, b); }, titled, homes, middle, method, NEW, OUT, REASONS });
  geoplan.study = study;
})((window.geoplan = window.geoplan || {}));
