/* The detail of what is picked, under the table: never over the map. */
(function (geoplan) {
  "use strict";

  const { make } = geoplan.element;
  const { head, facts } = geoplan.card;
  const { study, state, words, card } = geoplan;

  const DETOUR = 1.6; // times as far as the straight line is called a detour
  const STREETS = 3;

  function start(pick) {
    state.on(function (change) {
      if ("pick" in change || state.counts(change)) show(pick);
    });
    show(pick);
  }

  function show(pick) {
    card.show({ grid, building, station, compound, community }, pick);
  }

  function figure(grid) {
    if (!grid.total) return make("p", { class: "one" }, words.say("no_homes"));
    if (!grid.out) return make("p", { class: "one" }, words.say("all_reached", { total: words.count(grid.total) }));
    return make("p", { class: "one" }, [
      make("b", {}, words.count(grid.out)), " ", words.say("out_of_total", { total: words.count(grid.total) }),
    ]);
  }

  function grid(i, pick, thing) {
    const circle = study.now();
    const here = circle.grids[i];
    if (thing.list) return homes(here, pick);
    const owner = study.grids.community[i];
    const community = owner >= 0 ? study.titled(study.communities, owner) + " · " : "";
    return [
      head(study.titled(study.grids, i), community + words.say("code", { code: study.grids.code[i] })),
      figure(here),
      facts([
        here.far >= 0 ? nearest(here.far) : null,
        here.far >= 0 ? [words.say("farthest"), walk(here.far)] : null,
        here.out && Object.keys(here.where).length ? [words.say("where"), streets(here)] : null,
        here.own < here.any ? [words.say("bar_own_" + circle.level), words.say("own_of",
          { own: words.count(here.own), share: words.percent(here.own, here.total) })] : null,
        here.off ? ["", words.say("off_some", { n: here.off })] : null,
      ]),
      actions(here, pick),
    ];
  }

  function actions(here, pick) {
    const list = geoplan.list.ranked();
    const place = list.findIndex(function (grid) { return grid.i === here.i; });
    const next = list[(place + 1) % list.length];
    return make("div", { class: "actions" }, [
      here.homes.length
        ? make("button", { type: "button", click: function () { pick({ kind: "grid", i: here.i, list: true }); } },
          words.say("out_buildings", { n: here.homes.length })) : null,
      next && next.i !== here.i
        ? make("button", { type: "button", click: function () { pick({ kind: "grid", i: next.i }); } }, words.say("next_grid")) : null,
    ]);
  }

  function homes(here, pick) {
    const reach = study.walks();
    const circle = study.now();
    return [
      head(study.titled(study.grids, here.i), words.say("out_buildings", { n: here.homes.length })),
      make("ul", { class: "homes" }, here.homes.map(function (b) {
        return make("li", {}, make("button", { type: "button", class: "link", click: function () { pick({ kind: "building", i: b }); } }, [
          make("span", {}, study.called(b)),
          make("span", {}, circle.group ? "" : words.count(study.buildings.count[b] || 0)),
          make("span", {}, reach.minutes[b] === null || circle.offer ? "–" : words.say("limit_minutes", { n: words.minutes(reach.minutes[b]) })),
        ]));
      })),
      make("div", { class: "actions" },
        make("button", { type: "button", click: function () { pick({ kind: "grid", i: here.i }); } }, words.say("back"))),
    ];
  }

  function nearest(b) {
    const station = study.walks().station[b];
    return station >= 0 ? [words.say("nearest"), study.titled(study.stations, station)] : null;
  }

  /* How far building b walks, and how far it is. */
  function walk(b) {
    const reach = study.walks();
    const minutes = reach.minutes[b];
    if (minutes === null) return words.say(study.buildings.off[b] ? "tip_off" : "tip_unreachable");
    const straight = reach.straight[b];
    const text = words.say("farthest_walk", { minutes: words.minutes(minutes) });
    if (straight === null || straight === 0) return make("b", {}, text);
    const detour = minutes * 60 * study.data.speed > straight * DETOUR;
    return make("span", {}, [make("b", {}, text),
      words.say(detour ? "farthest_detour" : "farthest_straight", { metres: words.metres(straight) })]);
  }

  function streets(here) {
    return Object.keys(here.where)
      .sort(function (a, b) { return here.where[b] - here.where[a]; })
      .slice(0, STREETS)
      .map(function (way) {
        return words.say("where_item", { way: study.names[way], n: words.count(here.where[way]) });
      })
      .join(words.say("where_join"));
  }

  function building(b, pick) {
    const block = study.buildings;
    const owner = block.grid[b];
    const circle = study.now();
    const out = circle.stands[b] === study.OUT;
    const said = words.say(out ? "bar_out" : "bar_own_street");
    return [
      head(study.called(b), block.code[b] ? words.say("code", { code: block.code[b] }) : ""),
      block.count[b] ? make("p", { class: out ? "one" : "one in" },
        circle.group ? make("b", {}, said) : [make("b", {}, words.count(block.count[b])), " ", said]) : null,
      facts(circle.offer ? [[circle.offer.label, said]] : [nearest(b), block.count[b] ? ["", walk(b)] : null]),
      make("div", { class: "actions" }, owner >= 0
        ? make("button", { type: "button", click: function () { pick({ kind: "grid", i: owner }); } },
          study.titled(study.grids, owner)) : null),
    ];
  }

  function station(i) {
    const block = study.stations;
    const reach = study.walks();
    let served = 0;
    reach.station.forEach(function (s, b) {
      if (s === i && reach.state[b] && reach.state[b] !== study.OUT) served += study.buildings.count[b];
    });
    const asked = block.tier[i] === study.now().tier && !study.now().filtered;
    return [
      head(study.titled(block, i), block.tier[i] + " · " + words.say("code", { code: block.code[i] })),
      block.off[i] ? make("p", { class: "one" }, words.say("station_off")) : null,
      facts([
        asked ? [words.say("station_serves"), make("b", {}, words.count(served))] : null,
        block.hours[i] ? [words.say("station_hours"), block.hours[i]] : null,
        block.items[i] ? [words.say("station_items"), block.items[i]] : null,
      ]),
    ];
  }

  function compound(i) {
    return [head(study.titled(study.compounds, i), words.say("found_compound"))];
  }

  function community(i) {
    const block = study.communities;
    const here = study.now().communities[i];
    return [
      head(study.titled(block, i), words.say("found_community") + " · " + words.say("code", { code: block.code[i] })),
      make("p", { class: "one" }, [make("b", {}, words.count(here.out)), " ",
        words.say("bar_out") + " · " + here.percent + " " + words.say("head_share")]),
    ];
  }

  geoplan.dock = { start };
})((window.geoplan = window.geoplan || {}));
