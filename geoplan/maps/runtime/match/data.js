/* What the page of matching knows: communities, their doors, and the units. */
(function (geoplan) {
  "use strict";

  const { ints, middle, shaped, office } = geoplan.codec;
  const { words } = geoplan;

  const NEAR = 0, MOVED = 1, LOCKED = 2, LOST = 3; // how a unit stands
  const ROLES = ["near", "moved", "locked", "lost"];
  const { titled } = geoplan.titles;
  const study = { names: [] };

  function use(data) {
    const units = data.units;
    Object.assign(study, office(data), {
      stations: Object.assign(shaped(data.doors), { community: ints(data.doors.community) }),
      buildings: Object.assign(shaped(units), { community: ints(units.community), nearest: ints(units.nearest),
        door: ints(units.door), was: ints(units.was), state: ints(units.state) }),
      compounds: { code: [], name: [] },
    });
    study.members = study.communities.code.map(function () { return []; });
    study.buildings.community.forEach(function (c, u) { if (c >= 0) study.members[c].push(u); });
    study.members.forEach(function (some) {
      some.sort(function (a, b) { return units.minutes[a] - units.minutes[b] || a - b; });
    });
    return study;
  }

  /* The units that stand in a way. */
  function those(state) {
    const found = [];
    study.buildings.state.forEach(function (one, u) { if (one === state) found.push(u); });
    return found;
  }

  /* What the units of a community walk on average; null without any. */
  function mean(c) {
    const some = study.members[c];
    return some.length ? some.reduce(function (sum, u) { return sum + study.buildings.minutes[u]; }, 0) / some.length : null;
  }

  /* How it is matched, a sentence each. */
  function method() {
    return ["notes_match", "notes_before", "notes_far"].map(function (key) { return words.say(key); });
  }

  Object.assign(study, { use, those, mean, titled, middle, method, NEAR, MOVED, LOCKED, LOST, ROLES });
  geoplan.study = study;
})((window.geoplan = window.geoplan || {}));
