/* What lies under the pointer, and what the tip says of it. */
(function (geoplan) {
  "use strict";

  const { study, state, words, frame } = geoplan;

  const TOUCH = 14; // px within which a station is meant
  const HOMES_FROM = 1.9; // metres a pixel from which single buildings are told
  const GATES_TO = 1.7; // metres a pixel at which gates stop to be seen
  const NEAR_GATE = 7; // px within which a gate is meant

  /* The thing at a place: station, building where one sees them, else grid. */
  function under(map, latlng) {
    const [x, y] = frame.fromLatLng(latlng);
    const view = frame.view(map.getZoom());
    const station = near(x, y, TOUCH / view.k);
    if (station >= 0) return { kind: "station", i: station };
    const gate = view.mpp < GATES_TO && state.shown("compounds") ? door(x, y, NEAR_GATE / view.k) : -1;
    if (gate >= 0) return { kind: "gate", i: gate };
    return geoplan.pointer.beneath(x, y, view.mpp < HOMES_FROM && state.shown("homes") ? study.now().stands : null);
  }

  function near(x, y, most) {
    let best = -1;
    study.stations.tier.forEach(function (tier, i) {
      if (!state.shown("station " + tier)) return;
      const place = study.middle(study.stations.layer, i);
      const far = Math.hypot(place[0] - x, place[1] - y);
      if (far <= most) {
        best = i;
        most = far;
      }
    });
    return best;
  }

  /* The gate within reach of a place. */
  function door(x, y, most) {
    const doors = study.compounds.doors;
    let best = -1;
    for (let i = 0; i < doors.n; i += 1) {
      const place = study.middle(doors, i);
      const far = Math.hypot(place[0] - x, place[1] - y);
      if (far <= most) {
        best = i;
        most = far;
      }
    }
    return best;
  }

  function lines(thing) {
    return { grid, building, station, gate }[thing.kind](thing.i);
  }

  function grid(i) {
    const here = study.now().grids[i];
    const total = words.count(here.total);
    const text = !here.total ? words.say("no_homes")
      : here.out ? words.say("tip_out", { out: words.count(here.out), total }) : words.say("tip_all", { total });
    const low = words.minutes(here.low), high = words.minutes(here.high);
    const range = here.low === Infinity ? ""
      : words.say(low === high ? "minutes_one" : "minutes_range", { low, high }) + " · ";
    return [study.titled(study.grids, i), text, range + words.say("tip_more")];
  }

  function building(b) {
    const reach = study.walks();
    const station = reach.station[b];
    const minutes = reach.minutes[b];
    const circle = study.now();
    const out = circle.stands[b] === study.OUT;
    const text = circle.offer ? words.say(out ? "tip_cannot" : "tip_can", { station: circle.station }) : study.buildings.off[b] ? words.say("tip_off")
      : minutes === null ? words.say("tip_unreachable")
        : words.say(out ? "tip_beyond" : "tip_reached",
          { minutes: words.minutes(minutes), station: station >= 0 ? study.titled(study.stations, station) : "" });
    return [study.called(b), study.buildings.count[b] && !circle.group ? words.count(study.buildings.count[b]) : "", text];
  }

  function gate(i) {
    const [code, compound, kind, hours] = study.compounds.gate[i];
    return [words.say("gate", { code }), compound, [kind, hours].filter(Boolean).join(" · ")];
  }

  function station(i) {
    const tier = study.stations.tier[i];
    return [study.titled(study.stations, i), geoplan.legend.word(tier),
      study.stations.off[i] ? words.say("tip_off") : study.stations.hours[i] || words.say("tip_more")];
  }

  function start(map, pick) {
    geoplan.pointer.follow(map, { under, lines, pick: function (thing) {
      if (!thing || thing.kind !== "gate") pick(thing, true);
    } });
  }

  geoplan.tip = { start, under };
})((window.geoplan = window.geoplan || {}));
