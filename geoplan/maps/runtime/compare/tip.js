/* What lies under the pointer, and what the tip says of it. */
(function (geoplan) {
  "use strict";

  const { nearest, beneath } = geoplan.pointer;
  const { study, state, words, frame } = geoplan;

  const TOUCH = 15; // px within which a station is meant
  const HOMES_FROM = 3; // metres a pixel from which single buildings are told

  function under(map, latlng) {
    const [x, y] = frame.fromLatLng(latlng);
    const view = frame.view(map.getZoom());
    const station = near(x, y, TOUCH / view.k);
    if (station >= 0) return { kind: "station", i: station };
    return beneath(x, y, view.mpp < HOMES_FROM ? study.now().stands : null);
  }

  /* The station within reach of the pointer; one that changes before one that does not. */
  function near(x, y, most) {
    return nearest(study.stations.layer, x, y, { most, weigh: function (i) {
      if (study.role(i) !== "same") return 1;
      return state.shown("stations") && study.stations.tier[i] === study.now().tier ? 1.6 : 0;
    } });
  }

  function lines(thing) {
    const i = thing.i;
    if (thing.kind === "grid") {
      const one = study.now().grids;
      const more = one.after[i] === null || one.before[i] === null ? 0 : one.after[i] - one.before[i];
      return [study.titled(study.grids, i), words.say("head_circle_share", { before: one.before[i] === null ? "–" : words.count(one.before[i]),
        after: one.after[i] === null ? "–" : words.count(one.after[i]) }), more ? words.say("grid_more") + " " + study.signed(more) : words.say("tip_more")];
    }
    if (thing.kind === "building") {
      const stands = study.NAMES[study.now().stands[i]];
      return [study.called(i), words.count(study.buildings.count[i] || 0),
        words.say("stands_" + stands) + " · " + geoplan.dock.walk(i, 1)];
    }
    const owed = study.owed(i);
    const told = [owed.gained.length ? words.say("stands_gained") + " " + words.count(study.sum(owed.gained)) : "",
      owed.lost.length ? words.say("stands_lost") + " " + words.count(study.sum(owed.lost)) : ""].filter(Boolean).join(" · ");
    return [study.titled(study.stations, i), geoplan.list.told(i) || words.say("mark_same"), told];
  }

  function start(map, pick) {
    geoplan.pointer.follow(map, { under, lines, pick: function (thing) { pick(thing, true); } });
  }

  geoplan.tip = { start, under };
})((window.geoplan = window.geoplan || {}));
