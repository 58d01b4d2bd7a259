/* The detail of what is picked, under the tables. */
(function (geoplan) {
  "use strict";

  const { make } = geoplan.element;
  const { head, facts } = geoplan.card;
  const { study, division, state, words, figures, card } = geoplan;

  const FIRST = 8; // buildings that are named at first

  function start(pick) {
    state.on(function (change) { if ("pick" in change || "plan" in change) show(pick); });
    show(pick);
  }

  function show(pick) {
    const gone = state.picked("strip") && !division.now.strips[state.pick.i];
    card.show(gone ? {} : { grid, strip, building, station, community, compound }, pick);
  }

  function hectares(square) {
    return words.say("hectares", { n: (square / 10000).toFixed(1) });
  }

  /* Counts beside what is balanced: 42 人, 9 栋. */
  function others(row) {
    return figures.COUNTS.filter(function (name) { return name !== division.measure && (name === "buildings" || row[name] > 0); })
      .map(function (name) { return words.say("unit_" + name, { n: words.number(row[name]) }); }).join(" · ");
  }

  function strip(k, pick) {
    const row = division.now.strips[k];
    const houses = [].concat.apply([], row.units.map(function (u) { return division.houses[u]; }))
      .sort(function (a, b) { return division.homes(b) - division.homes(a) || a - b; });
    return [
      head(words.say("from_to", { from: division.name(row.from), to: division.name(row.to) }), words.say("strip_number", { n: row.number })),
      make("p", { class: "one moved" }, [make("b", {}, words.count(division.size(row))), " ", words.say("strip_moves", { rest: others(row) })]),
      facts([
        geoplan.moves.where(row) ? [words.say("where"), geoplan.moves.where(row)] : null,
        geoplan.moves.why(row) ? [words.say("why"), geoplan.moves.why(row)] : null,
        [division.name(row.from), change(row.from)], row.to >= 0 ? [division.name(row.to), change(row.to)] : null,
        [words.say("area"), hectares(row.area)],
      ]),
      houses.length ? list(houses, pick) : null,
      next(k, pick),
    ];
  }

  function next(k, pick) {
    const size = division.now.strips.length;
    return size > 1 ? make("div", { class: "actions" }, make("button", { type: "button", click: function () { pick({ kind: "strip", i: (k + 1) % size }); } }, words.say("next_strip"))) : null;
  }

  function change(g) {
    const row = division.now.grids[g];
    return words.say("before_after", { before: row.was ? words.count(division.size(row.before)) : words.say("none"), after: row.there ? words.count(division.size(row)) : words.say("none") });
  }

  function list(houses, pick) {
    const line = function (b) {
      return make("li", {}, make("button", { type: "button", class: "link", click: function () { pick({ kind: "building", i: b }); } }, [
        make("span", {}, study.called(b)), make("span", {}, division.homes(b) > 0 ? words.count(division.homes(b)) : "–")]));
    };
    const rest = houses.slice(FIRST);
    return make("div", {}, [make("h3", {}, words.say("strip_buildings", { n: houses.length })), make("ul", { class: "homes" }, houses.slice(0, FIRST).map(line)),
      rest.length ? make("details", {}, [make("summary", {}, words.say("rest_buildings", { n: rest.length })), make("ul", { class: "homes" }, rest.map(line))]) : null]);
  }

  function grid(g, pick) {
    const row = division.now.grids[g];
    const own = row.there ? division.now : division.was;
    const fact = division.fact(own, g);
    const size = division.size(row.there ? row : row.before);
    const beyond = division.banded && !division.grids.locked[g] ? figures.beyond(division, size) : 0;
    const community = study.communities.code.indexOf(division.grids.community[g]);
    const told = [community >= 0 ? study.titled(study.communities, community) : "", words.say("code", { code: division.grids.code[g] }),
      division.grids.locked[g] ? words.say("locked") : "", row.was ? "" : words.say("tag_new"), row.there ? "" : words.say("tag_gone")];
    return [
      head(division.name(g), told.filter(Boolean).join(" · ")),
      make("p", { class: beyond && row.there ? "one" : "one in" }, [make("b", {}, row.was && row.there ? words.say("before_after", { before: words.number(division.size(row.before)), after: words.count(size) }) : words.count(size)),
        " ", beyond ? words.say(beyond < 0 ? "below_band" : "above_band", division.limits()) : others(row.there ? row : row.before)]),
      facts([
        fact ? [words.say("four_sides"), sides(fact)] : null,
        fact && fact.area ? [words.say("area"), hectares(fact.area)] : null,
        fact && fact.compactness !== null && fact.compactness !== undefined ? [words.say("compactness"), words.say("compact", { n: fact.compactness.toFixed(2) })] : null,
        fact && fact.reached !== null && fact.reached !== undefined ? [words.say("reached"), words.count(fact.reached)] : null,
      ]),
      row.changed ? flows(row, pick) : null,
    ];
  }

  function sides(fact) {
    const blank = words.say("blank");
    const names = fact.sides.map(function (name) { return name.split("、").join(words.say("and")) || blank; });
    return words.say("sides", { east: names[0], south: names[1], west: names[2], north: names[3] });
  }

  /* Where a grid's homes come from, and where they go. */
  function flows(row, pick) {
    const rows = [];
    Object.keys(row.flows).map(Number).sort(function (a, b) { return (b === row.i) - (a === row.i) || division.size(row.flows[b]) - division.size(row.flows[a]) || a - b; })
      .forEach(function (from) { rows.push(flow(from === row.i ? words.say("flow_stays") : words.say("flow_from", { name: division.name(from) }), row.flows[from], from === row.i ? -1 : from, pick)); });
    division.now.grids.forEach(function (other) {
      if (other.i !== row.i && other.flows[row.i]) rows.push(flow(words.say("flow_to", { name: division.name(other.i) }), other.flows[row.i], other.i, pick));
    });
    return make("table", { class: "flows" }, [make("caption", {}, words.say("flows_title")), make("tbody", {}, rows)]);
  }

  function flow(title, counts, g, pick) {
    return make("tr", {}, [make("th", { scope: "row" }, g < 0 ? title : make("button", { type: "button", class: "link", click: function () { pick({ kind: "grid", i: g }); } }, title)),
      make("td", {}, words.count(division.size(counts))), make("td", {}, words.say("unit_buildings", { n: words.number(counts.buildings) }))]);
  }

  function building(b, pick) {
    const block = study.buildings;
    const unit = block.unit[b];
    const from = unit < 0 ? -1 : division.before[unit], to = unit < 0 ? -1 : division.now.to[unit];
    return [
      head(study.called(b), block.code[b] ? words.say("code", { code: block.code[b] }) : ""),
      division.homes(b) > 0 ? make("p", { class: "one in" }, make("b", {}, words.count(division.homes(b)))) : null,
      facts([
        unit >= 0 ? [words.say("in_grid"), from === to ? division.name(from) : words.say("from_to", { from: division.name(from), to: division.name(to) })] : null,
        unit >= 0 && division.units.name[unit] ? [words.say("in_unit"), division.units.name[unit]] : null,
      ]),
      to >= 0 ? make("div", { class: "actions" }, make("button", { type: "button", click: function () { pick({ kind: "grid", i: to }); } }, division.name(to))) : null,
    ];
  }

  function station(i) {
    const block = study.stations;
    return [head(study.titled(block, i), words.say("station_grid")),
      facts([block.grid[i] >= 0 ? [words.say("in_grid"), division.name(block.grid[i])] : null])];
  }

  function community(i) {
    const code = study.communities.code[i];
    const own = function (of) { return of.grids.filter(function (row) { return row.there && division.grids.community[row.i] === code; }); };
    const sum = function (rows) { return rows.reduce(function (all, row) { return all + division.size(row); }, 0); };
    return [head(study.titled(study.communities, i), words.say("found_community")),
      facts([[words.say("card_grids"), own(division.was).length + " → " + own(division.now).length], [words.unit(), words.number(sum(own(division.now)))]])];
  }

  function compound(i) {
    const name = study.compounds.name[i];
    const alone = study.compounds.name.filter(function (other) { return other === name; }).length === 1;
    const units = !name || !alone ? [] : division.units.name.map(function (own, u) { return own === name ? u : -1; }).filter(function (u) { return u >= 0; });
    const sum = function (counts) { return units.reduce(function (all, u) { return all + (counts ? counts[u] : 0); }, 0); };
    const grids = units.map(function (u) {
      const from = division.before[u], to = division.now.to[u];
      return from === to ? division.name(from) : words.say("from_to", { from: division.name(from), to: division.name(to) });
    });
    return [
      head(study.titled(study.compounds, i), words.say("found_compound")),
      units.length ? make("p", { class: "one in" }, [make("b", {}, words.count(sum(division.units[division.measure]))), " ", words.say("unit_buildings", { n: words.number(sum(division.units.buildings)) })]) : null,
      facts([units.length ? [words.say("in_grid"), Array.from(new Set(grids)).join(words.say("and"))] : null]),
    ];
  }

  geoplan.dock = { start };
})((window.geoplan = window.geoplan || {}));
