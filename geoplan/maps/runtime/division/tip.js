/* What lies under the pointer, and what the tip says of it. */
(function (geoplan) {
  "use strict";

  const { at } = geoplan.codec;
  const { study, division, state, words, frame } = geoplan;

  const TOUCH = 13; // px within which a station is meant
  const HOMES_FROM = 1.6; // metres a pixel from which single buildings are told

  /* The side of the divider on which a place is: today's division, or the one shown. */
  function sideOf(map, latlng) {
    const x = map.latLngToContainerPoint(latlng).x;
    return x < state.swipe * map.getSize().x ? division.was : division.now;
  }

  function under(map, latlng) {
    const [x, y] = frame.fromLatLng(latlng);
    const view = frame.view(map.getZoom());
    const own = sideOf(map, latlng);
    const stop = view.mpp < 5 && state.shown("stations") ? near(x, y, TOUCH / view.k) : -1;
    if (stop >= 0) return { kind: "station", i: stop };
    const house = view.mpp < HOMES_FROM ? at(study.buildings.layer, x, y) : -1;
    if (house >= 0) return { kind: "building", i: house };
    const unit = at(division.units.layer, x, y);
    if (unit < 0) return null;
    const k = state.shown("moved") ? division.now.strip[unit] : -1;
    if (k >= 0) return { kind: "strip", i: k };
    return own.to[unit] >= 0 ? { kind: "grid", i: own.to[unit] } : null;
  }

  function near(x, y, most) {
    let best = -1;
    study.stations.code.forEach(function (code, i) {
      const place = study.middle(study.stations.layer, i);
      const far = Math.hypot(place[0] - x, place[1] - y);
      if (far <= most) {
        best = i;
        most = far;
      }
    });
    return best;
  }

  function lines(thing) {
    const i = thing.i;
    if (thing.kind === "station") return [study.titled(study.stations, i), words.say("station_grid"), ""];
    if (thing.kind === "building") {
      const n = division.homes(i), unit = study.buildings.unit[i];
      const from = unit < 0 ? -1 : division.before[unit], to = unit < 0 ? -1 : division.now.to[unit];
      return [study.called(i), n > 0 ? words.count(n) : "",
        unit < 0 ? "" : from === to ? division.name(from) : words.say("from_to", { from: division.name(from), to: division.name(to) })];
    }
    if (thing.kind === "strip") {
      const row = division.now.strips[i];
      return [words.say("from_to", { from: division.name(row.from), to: division.name(row.to) }), words.count(division.size(row)), words.say("tip_more")];
    }
    const row = division.now.grids[i];
    const before = row.was ? words.count(division.size(row.before)) : words.say("none");
    const after = row.there ? words.count(division.size(row)) : words.say("none");
    return [division.name(i), before === after ? after : words.say("before_after", { before, after }), words.say("tip_more")];
  }

  function start(map, pick) {
    geoplan.pointer.follow(map, { under, lines, met, pick: function (thing) { pick(thing, true); } });
  }

  /* What is pointed at is lit on the map and in the tables. */
  function met(thing) {
    const now = thing && (thing.kind === "grid" || thing.kind === "strip") ? thing : null;
    const was = state.hover;
    if ((now && was && now.kind === was.kind && now.i === was.i) || (!now && !was)) return;
    state.set({ hover: now });
  }

  geoplan.tip = { start };
})((window.geoplan = window.geoplan || {}));
