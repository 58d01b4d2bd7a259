/* What lies under the pointer, and what the tip says of it; a community lights its units. */
(function (geoplan) {
  "use strict";

  const { at } = geoplan.codec;
  const { nearest } = geoplan.pointer;
  const { study, state, words, frame } = geoplan;

  const TOUCH = 11; // px within which a unit is meant

  function under(map, latlng) {
    const [x, y] = frame.fromLatLng(latlng);
    const most = TOUCH / frame.view(map.getZoom()).k;
    const unit = nearest(study.buildings.layer, x, y, { most, weigh: function (u) { return state.shown(study.ROLES[study.buildings.state[u]]) ? 1 : 0; } });
    if (unit >= 0) return { kind: "building", i: unit };
    const door = nearest(study.stations.layer, x, y, { most, weigh: function () { return state.shown("door") ? 1 : 0; } });
    if (door >= 0) return { kind: "station", i: door };
    const area = at(study.communities.layer, x, y);
    return area >= 0 ? { kind: "community", i: area } : null;
  }

  function lines(thing) {
    if (thing.kind === "building") return unit(thing.i);
    const c = thing.kind === "station" ? study.stations.community[thing.i] : thing.i;
    const title = thing.kind === "station" && study.stations.name[thing.i] ? study.stations.name[thing.i] : study.titled(study.communities, c);
    return [title, words.say("tip_units", { n: words.number(study.communities.after[c]) }), words.say("tip_more")];
  }

  function unit(u) {
    const block = study.buildings;
    const told = function (key, c, n) { return c < 0 ? words.say("legend_lost") : words.say(key, { area: study.communities.name[c], n: words.minutes(n) }); };
    return [study.titled(block, u), told("tip_goes", block.community[u], block.minutes[u]),
      block.state[u] === study.MOVED || block.state[u] === study.LOCKED ? words.say("legend_" + study.ROLES[block.state[u]]) + " · " + told("tip_was", block.nearest[u], block.least[u]) : ""];
  }

  function start(map, pick) {
    geoplan.pointer.follow(map, { under, lines,
      pick: function (thing) { pick(thing, true); },
      met: function (thing) {
        const same = thing && state.hover && thing.kind === state.hover.kind && thing.i === state.hover.i;
        if (!same && (thing || state.hover)) state.set({ hover: thing });
      } });
  }

  geoplan.tip = { start, under };
})((window.geoplan = window.geoplan || {}));
