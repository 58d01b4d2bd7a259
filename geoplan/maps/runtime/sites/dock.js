/* The detail of what is picked, under the tables. */
(function (geoplan) {
  "use strict";

  const { make } = geoplan.element;
  const { show, head, facts } = geoplan.card;
  const { study, state, words } = geoplan;

  function start(pick) {
    state.on(function (change) { if ("pick" in change || "plan" in change) show({ station, building, grid, community, compound }, pick); });
  }

  function station(i) {
    const block = study.stations;
    const open = study.opened(i);
    const old = block.existing[i];
    const role = words.say(open ? (open.fresh ? "site_new" : "site_old") : old ? "site_closed" : "site_spare", { n: open ? open.number : 0 });
    return [
      head(study.titled(block, i), role + " · " + words.say("code", { code: block.code[i] })),
      figure(i, open, old),
      facts([
        block.off[i] ? ["", words.say("place_off")] : null,
        block.kind[i] ? [words.say("kind"), block.kind[i]] : null,
        block.area[i] !== null ? [words.say("area"), words.say("square_metres", { n: words.number(block.area[i]) })] : null,
        block.cost[i] !== null ? [study.data.cost_word || words.say("cost"), String(block.cost[i])] : null,
        block.available[i] ? [words.say("available"), block.available[i]] : null,
        block.community[i] ? [words.say("found_community"), block.community[i]] : null,
        open && open.load ? [words.say("serves"), words.count(open.load) + (open.capacity === null ? "" : words.say("of_capacity", { n: words.count(open.capacity) }))] : null,
        open && open.mean !== null ? [words.say("walks"), words.say("walks_mean", { mean: words.minutes(open.mean), worst: words.minutes(open.worst) })] : null,
        open && open.fresh && typeof open.among === "number" ? [words.say(study.data.among), words.say("gain", { n: words.say("unit_" + study.data.among, { n: words.number(open.among) }) })] : null,
        open && open.note ? ["", open.note] : null,
        open && open.fresh ? benefits(i) : null,
      ]),
    ];
  }

  function figure(i, open, old) {
    if (open && open.fresh && open.gain !== null) return make("p", { class: "one gain" }, [make("b", {}, words.say("gain", { n: words.count(open.gain) })), " ", words.say(study.data.closing ? "first" : "newly")]);
    if (open || old || study.stations.alone[i] === null) return null;
    return make("p", { class: "one" }, [make("b", { class: "muted" }, "+" + words.count(study.stations.alone[i])), " ", words.say("alone")]);
  }

  /* The grids that a new site helps, most first. */
  function benefits(i) {
    const plan = study.now();
    const sums = {};
    plan.site.forEach(function (site, b) {
      const grid = study.buildings.grid[b];
      if (site === i && plan.state[b] === study.NEW && grid >= 0) sums[grid] = (sums[grid] || 0) + (study.buildings.count[b] || 0);
    });
    const grids = Object.keys(sums).map(Number).sort(function (a, b) { return sums[b] - sums[a] || a - b; });
    if (!grids.length) return null;
    return [words.say("benefits"), grids.slice(0, 4).map(function (grid) {
      return study.titled(study.grids, grid) + " " + study.homes(sums[grid]);
    }).join(words.say("where_join")) + (grids.length > 4 ? words.say("more_grids", { n: grids.length - 4 }) : "")];
  }

  function building(b) {
    const plan = study.now();
    const block = study.buildings;
    const stands = plan.state[b];
    const walked = plan.minutes[b];
    const at = plan.station[b];
    return [
      head(study.called(b), block.code[b] ? words.say("code", { code: block.code[b] }) : ""),
      block.count[b] ? make("p", { class: stands === study.OUT ? "one" : stands === study.NEW ? "one gain" : "one in" },
        [make("b", {}, study.homes(block.count[b])), " ", words.say("stands_" + stands)]) : null,
      facts([
        block.before[b] !== null ? [words.say("walk_before"), words.say("limit_minutes", { n: words.minutes(block.before[b]) })] : null,
        walked !== null && at >= 0 ? [words.say("walk_after"), words.say("walk_to", { minutes: words.minutes(walked), station: study.titled(study.stations, at) })] : null,
        plan.reason[b] >= 0 ? ["", words.say("why_" + study.REASONS[plan.reason[b]], study.data.circle)] : null,
      ]),
    ];
  }

  /* Homes of a grid or community by how they stand. */
  function sums(inside) {
    const plan = study.now();
    const found = [0, 0, 0, 0];
    study.buildings.grid.forEach(function (grid, b) {
      if (grid >= 0 && inside(grid)) found[plan.state[b]] += study.buildings.count[b] || 0;
    });
    return facts([["stands_1", 1], ["stands_2", 2], ["stands_3", 3]].map(function (kind) {
      return [words.say(kind[0]), study.homes(found[kind[1]])];
    }));
  }

  function grid(i) {
    return [head(study.titled(study.grids, i), words.say("code", { code: study.grids.code[i] })), sums(function (one) { return one === i; })];
  }

  function community(i) {
    return [head(study.titled(study.communities, i), words.say("found_community"))];
  }

  function compound(i) {
    return [head(study.titled(study.compounds, i), words.say("found_compound"))];
  }

  geoplan.dock = { start };
})((window.geoplan = window.geoplan || {}));
