/* The tables: sites to open in their order, who stays out and why, rooms not chosen. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const FIRST = 5; // rooms not chosen that are shown at first
  let unfolded = false;

  function start(pick) {
    state.on(function (change) {
      if ("plan" in change) show(pick);
      else if ("pick" in change || "hover" in change) mark();
    });
    show(pick);
  }

  function show(pick) {
    chosen(pick);
    left(pick);
    spare(pick);
    mark();
  }

  function diamond(number) {
    return draw("svg", { class: number ? "diamond" : "diamond hollow", viewBox: "0 0 24 24", "aria-hidden": "true" }, [
      draw("path", { d: "M12 1l11 11-11 11L1 12z" }),
      number ? draw("text", { x: 12, y: 16.2, "text-anchor": "middle" }, String(number)) : null,
    ]);
  }

  /* Columns that say something of at least one site. */
  function columns(sites) {
    const any = function (values) { return sites.some(function (site) { return values(site) !== null && values(site) !== undefined; }); };
    const found = [[study.data.closing ? "head_reach" : "head_gain", function (site) { return make("b", { class: "gain" }, site.gain === null ? "–" : words.say("gain", { n: words.number(site.gain) })); }]];
    if (any(function (site) { return site.among; })) {
      found.push(["head_" + study.data.among, function (site) { return site.among === null ? "–" : words.say("gain", { n: words.number(site.among) }); }]);
    }
    found.push(["head_cumulative", function (site) { return words.decimal(words.tenths(site.cumulative, study.data.total)); }]);
    return found;
  }

  /* A room in a few words: its kind, area, cost and when it is to be had. */
  function about(place) {
    const block = study.stations;
    return [block.kind[place], block.area[place] === null ? "" : words.say("square_metres", { n: words.number(block.area[place]) }),
      block.cost[place] === null ? "" : cost(block.cost[place]), block.available[place]].filter(Boolean).join(" · ");
  }

  function cost(value) {
    return (study.data.cost_word || words.say("head_cost")) + " " + value;
  }

  function head(key) {
    return words.has(key) ? words.say(key, { unit: words.unit() }) : key;
  }

  function chosen(pick) {
    const sites = study.fresh();
    const wanted = columns(sites);
    put(get("chosen"), [
      make("h2", {}, [words.say("list_title"), make("small", {}, words.say("list_note"))]),
      sites.length ? make("table", {}, [
        make("caption", {}, words.say("list_title")),
        make("thead", {}, make("tr", {}, [make("th", { scope: "col" }, words.say(study.data.rooms ? "head_room" : "head_place"))].concat(
          wanted.map(function (column) { return make("th", { scope: "col" }, head(column[0])); })))),
        make("tbody", { id: "rows" }, sites.map(function (site) { return row(site, wanted, pick); })),
      ]) : make("p", { class: "none" }, words.say("list_none")),
      closed(pick),
    ]);
  }

  function row(site, wanted, pick) {
    const block = study.stations;
    const often = block.often.length ? block.often[site.place] : null;
    const more = [site.note || about(site.place), often === null ? "" : words.say("often", { n: Math.round(often * 100) })].filter(Boolean).join(" · ");
    return make("tr", lit(site.place, pick), [
      make("th", { scope: "row" }, make("span", { class: "site" }, [diamond(site.number), make("span", {}, [
        make("button", { type: "button" }, study.titled(block, site.place)), make("small", {}, more),
      ])])),
    ].concat(wanted.map(function (column) { return make("td", {}, column[1](site)); })));
  }

  /* What a row of a place does: pointing lights its gain, a click opens its detail. */
  function lit(place, pick) {
    return { "data-place": place, click: function () { pick({ kind: "station", i: place }); },
      mouseenter: function () { state.set({ hover: place }); }, mouseleave: function () { state.set({ hover: -1 }); } };
  }

  /* Stations that the plan closes. */
  function closed(pick) {
    const block = study.stations;
    const shut = block.existing.map(function (old, i) { return old && !study.opened(i) ? i : -1; }).filter(function (i) { return i >= 0; });
    if (!shut.length) return null;
    return make("div", { class: "shut" }, [make("h3", {}, words.say("closed_title", { n: shut.length }))].concat(shut.map(function (i) {
      return make("button", { type: "button", class: "link", click: function () { pick({ kind: "station", i }); } }, study.titled(block, i));
    })));
  }

  /* Who stays out, by reason, with the grids that have most of them. */
  function left(pick) {
    const plan = study.now();
    const reasons = study.REASONS.filter(function (name) { return plan.out[name] > 0; });
    put(get("left"), reasons.length ? [make("h3", {}, words.say("left_title"))].concat(reasons.map(function (name) {
      return make("div", { class: "reason" }, [make("p", {}, [make("b", {}, words.count(plan.out[name])), " ", words.say("why_" + name, study.data.circle)]), where(name, pick)]);
    })) : [make("h3", {}, words.say("left_none"))]);
  }

  function where(name, pick) {
    const plan = study.now();
    const sums = {};
    const reason = study.REASONS.indexOf(name);
    plan.reason.forEach(function (one, b) {
      const grid = study.buildings.grid[b];
      if (one === reason && grid >= 0) sums[grid] = (sums[grid] || 0) + (study.buildings.count[b] || 0);
    });
    const grids = Object.keys(sums).map(Number).sort(function (a, b) { return sums[b] - sums[a] || a - b; });
    return make("p", { class: "grids" }, grids.slice(0, 4).map(function (grid) {
      return make("button", { type: "button", class: "link", click: function () { pick({ kind: "grid", i: grid }); } },
        study.titled(study.grids, grid) + " " + study.homes(sums[grid]));
    }).concat(grids.length > 4 ? words.say("more_grids", { n: grids.length - 4 }) : null));
  }

  /* Candidates that stay shut: what each alone would add. */
  function spare(pick) {
    const block = study.stations;
    const rest = block.code.map(function (code, i) { return i; })
      .filter(function (i) { return !block.existing[i] && !study.opened(i) && block.alone[i] > 0; })
      .sort(function (a, b) { return block.alone[b] - block.alone[a] || a - b; });
    const shown = unfolded ? rest : rest.slice(0, FIRST);
    put(get("spare"), rest.length ? [
      make("h3", {}, [words.say(study.data.rooms ? "spare_rooms" : "spare_places"), make("small", {}, words.say("spare_note"))]),
      make("table", {}, make("tbody", {}, shown.map(function (i) {
        return make("tr", lit(i, pick), [
          make("th", { scope: "row" }, make("span", { class: "site" }, [diamond(0), make("span", {}, [
            make("button", { type: "button" }, study.titled(block, i)), make("small", {}, about(i)),
          ])])),
          make("td", { class: "gain" }, "+" + words.number(block.alone[i])),
        ]);
      }))),
      rest.length > FIRST ? make("button", { type: "button", class: "link more", click: function () { unfolded = !unfolded; spare(pick); } },
        unfolded ? words.say("fold") : words.say("unfold", { n: rest.length - FIRST })) : null,
    ] : []);
  }

  function mark() {
    document.querySelectorAll("[data-place]").forEach(function (line) {
      const place = Number(line.getAttribute("data-place"));
      line.setAttribute("aria-selected", String(state.picked("station", place)));
      line.classList.toggle("hover", state.hover === place);
    });
  }

  geoplan.list = { start, diamond, columns, head, about };
})((window.geoplan = window.geoplan || {}));
