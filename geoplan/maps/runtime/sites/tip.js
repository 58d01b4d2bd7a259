/* What lies under the pointer, and what the tip says of it; a site lights its gain. */
(function (geoplan) {
  "use strict";

  const { nearest, beneath } = geoplan.pointer;
  const { study, state, words, frame } = geoplan;

  const TOUCH = 15; // px within which a site is meant
  const HOMES_FROM = 3; // metres a pixel from which single buildings are told

  function under(map, latlng) {
    const [x, y] = frame.fromLatLng(latlng);
    const view = frame.view(map.getZoom());
    const site = near(x, y, TOUCH / view.k);
    if (site >= 0) return { kind: "station", i: site };
    return beneath(x, y, view.mpp < HOMES_FROM ? study.now().state : null);
  }

  /* The site within reach of the pointer; one that is open before one that is not. */
  function near(x, y, most) {
    return nearest(study.stations.layer, x, y, { most, weigh: function (i) {
      const open = study.opened(i);
      const role = open && open.fresh ? "new" : study.stations.existing[i] ? "old" : "spare";
      return !state.shown(role) ? 0 : role === "spare" ? 1.6 : 1;
    } });
  }

  function lines(thing) {
    const i = thing.i;
    if (thing.kind === "grid") return [study.titled(study.grids, i), "", words.say("tip_more")];
    if (thing.kind === "building") {
      const plan = study.now();
      const text = plan.minutes[i] === null ? words.say("stands_3")
        : words.say("walk_to", { minutes: words.minutes(plan.minutes[i]), station: study.titled(study.stations, plan.station[i]) });
      return [study.called(i), study.buildings.count[i] ? study.homes(study.buildings.count[i]) : "", words.say("stands_" + plan.state[i]) + " · " + text];
    }
    const open = study.opened(i);
    const block = study.stations;
    const about = geoplan.list.about(i);
    if (open && open.fresh) {
      return [words.say("site_new", { n: open.number }) + " · " + study.titled(block, i), words.say("tip_gain", { n: words.count(open.gain) }),
        [about, open.mean === null ? "" : words.say("walks_mean", { mean: words.minutes(open.mean), worst: words.minutes(open.worst) })].filter(Boolean).join(" · ")];
    }
    if (block.existing[i]) return [study.titled(block, i), words.say(open ? "site_old" : "site_closed"), open ? words.say("serves") + " " + words.count(open.load) : ""];
    return [study.titled(block, i), block.alone[i] === null ? "" : words.say("tip_alone", { n: words.count(block.alone[i]) }), about];
  }

  function start(map, pick) {
    geoplan.pointer.follow(map, { under, lines, met,
      pick: function (thing) { pick(thing, true); } });
  }

  /* A site pointed at lights whom it serves. */
  function met(thing) {
    const place = thing && thing.kind === "station" ? thing.i : -1;
    if (state.hover !== place) state.set({ hover: place });
  }

  geoplan.tip = { start, under };
})((window.geoplan = window.geoplan || {}));
