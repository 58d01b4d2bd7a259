/* Who changes grid: by grid, with totals that close, and by piece of ground. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put } = geoplan.element;
  const { study, division, state, words, figures } = geoplan;

  const FIRST = 12; // rows shown at first
  const FEW = 2; // names that are told of a place
  const open = { strips: false, grids: false, same: false };

  function start(pick) {
    state.on(function (change) {
      if ("plan" in change) show(pick);
      else if ("pick" in change || "hover" in change) mark();
    });
    show(pick);
  }

  function show(pick) {
    table(pick);
    strips(pick);
    mark();
  }

  /* What a row of a thing does: pointing lights it, a click opens its detail. */
  function lit(kind, i, pick) {
    return { "data-kind": kind, "data-i": i, click: function () { pick({ kind, i }); },
      mouseenter: function () { state.set({ hover: { kind, i } }); }, mouseleave: function () { state.set({ hover: null }); } };
  }

  /* Grids that change, those that get most first; then the others. */
  function ranked() {
    const size = division.size;
    const all = division.now.grids.filter(function (row) { return row.there || row.was; });
    const weight = function (row) { return size(row.in) + size(row.out); };
    return {
      changed: all.filter(function (row) { return row.changed; }).sort(function (a, b) { return weight(b) - weight(a) || a.i - b.i; }),
      same: all.filter(function (row) { return !row.changed; }),
    };
  }

  function table(pick) {
    const { changed, same } = ranked();
    const shown = open.grids ? changed : changed.slice(0, FIRST);
    const rest = same.reduce(function (sum, row) { return sum + division.size(row); }, 0);
    const most = Math.max.apply(null, changed.concat(same).map(function (row) { return Math.max(division.size(row), division.size(row.before)); }).concat(1));
    put(get("grids"), [
      make("h2", {}, [words.say("grids_title"), make("small", {}, words.say("grids_note", { n: changed.length, unit: words.unit() }))]),
      changed.length || same.length ? make("table", {}, [
        make("caption", {}, words.say("grids_title")),
        make("thead", {}, make("tr", {}, ["head_grid", "head_before", "head_out", "head_in", "head_after", "head_band"].map(function (key) {
          return make("th", { scope: "col" }, words.say(key));
        }))),
        make("tbody", { id: "rows" }, shown.map(function (row) { return line(row, most, pick); }).concat(
          changed.length > shown.length ? fold("grids", words.say("more_rows", { n: changed.length - shown.length }), pick) : null,
          same.length ? folded(same, rest, pick) : null,
          open.same ? same.map(function (row) { return line(row, most, pick); }) : null).filter(Boolean)),
        make("tfoot", {}, total()),
      ]) : null,
    ]);
  }

  function line(row, most, pick) {
    const size = division.size;
    return make("tr", lit("grid", row.i, pick), [
      make("th", { scope: "row" }, [make("button", { type: "button" }, division.name(row.i)),
        row.was ? null : make("em", {}, words.say("tag_new")), row.there ? null : make("em", { class: "gone" }, words.say("tag_gone"))]),
      number(row.was ? size(row.before) : null, row.was, division.grids.locked[row.i]),
      make("td", { class: "delta" }, size(row.out) ? "−" + words.number(size(row.out)) : "·"),
      make("td", { class: "delta" }, size(row.in) ? "+" + words.number(size(row.in)) : "·"),
      number(row.there ? size(row) : null, row.there, division.grids.locked[row.i], "after"),
      make("td", { class: "gauge" }, row.there ? bar(row, most) : null),
    ]);
  }

  function number(n, there, locked, role) {
    const beyond = there && division.banded && !locked && figures.beyond(division, n);
    return make("td", { class: [role || "", beyond ? "out" : ""].join(" ").trim() || null }, n === null ? "–" : words.number(n));
  }

  /* How large a grid comes to be: the band shaded, today's size a tick. */
  function bar(row, most) {
    const wide = function (n) { return ((60 * n) / most).toFixed(1); };
    const size = division.size;
    const beyond = division.banded && !division.grids.locked[row.i] && figures.beyond(division, size(row));
    const [low, high] = division.band;
    return draw("svg", { viewBox: "0 0 60 14", width: 60, height: 14, "aria-hidden": "true" }, [
      division.banded ? draw("rect", { x: wide(low), y: 0, width: Math.max(0, Math.min(60, wide(high)) - wide(low)).toFixed(1), height: 14, class: "band" }) : null,
      draw("rect", { x: 0, y: 4, width: wide(size(row)), height: 6, class: beyond ? "size out" : "size" }),
      row.was ? draw("rect", { x: Math.max(0, wide(size(row.before)) - 0.75), y: 1, width: 1.5, height: 12, class: "was" }) : null,
    ]);
  }

  function fold(which, text, pick) {
    return make("tr", { class: "fold" }, make("td", { colspan: 6 }, make("button", { type: "button", class: "link", click: function () {
      open[which] = !open[which];
      show(pick);
    } }, text)));
  }

  function folded(same, rest, pick) {
    return fold("same", words.say(open.same ? "same_fold" : "same_rows", { n: same.length, rest: words.count(rest) }), pick);
  }

  /* All grids: what they had, less what goes, with what comes, is what they have. */
  function total() {
    const now = division.now;
    const whole = now.total[division.measure];
    return make("tr", { class: "whole" }, [make("th", { scope: "row" }, words.say("total")), make("td", {}, words.number(whole)),
      make("td", {}, now.moves ? "−" + words.number(now.moves) : "·"), make("td", {}, now.moves ? "+" + words.number(now.moves) : "·"),
      make("td", {}, words.number(whole)), make("td", {})]);
  }

  function strips(pick) {
    const all = division.now.strips;
    const shown = open.strips ? all : all.slice(0, FIRST);
    put(get("moves"), all.length ? [
      make("h2", {}, [words.say("moves_title"), make("small", {}, words.say("moves_note", { n: all.length, buildings: words.buildings(division.now.moved.buildings) }))]),
      make("ol", { class: "strips" }, shown.map(function (row, k) {
        return make("li", lit("strip", k, pick), [
          make("span", { class: "number" }, String(row.number)),
          make("button", { type: "button" }, [make("b", {}, words.say("from_to", { from: division.name(row.from), to: division.name(row.to) })), make("small", {}, [where(row), why(row)].filter(Boolean).join(" · "))]),
          make("b", { class: "count" }, words.count(division.size(row))),
        ]);
      })),
      all.length > shown.length || open.strips ? make("button", { type: "button", class: "link more", click: function () {
        open.strips = !open.strips;
        show(pick);
      } }, open.strips ? words.say("fold") : words.say("more_strips", { n: all.length - shown.length })) : null,
    ] : [make("h2", {}, words.say("moves_none"))]);
  }

  /* Where a strip is: the compounds it holds, else the ways beside its homes. */
  function where(row) {
    const homes = function (u) { return (division.units[division.measure] || [])[u] || 0; };
    const compounds = row.units.filter(function (u) { return division.units.name[u]; })
      .sort(function (a, b) { return homes(b) - homes(a) || a - b; }).map(function (u) { return division.units.name[u]; });
    if (compounds.length) return told(compounds, "compounds_some", "compounds_many");
    const sums = {};
    row.units.forEach(function (u) {
      division.houses[u].forEach(function (b) {
        const way = study.buildings.near[b];
        if (way > 0) sums[way] = (sums[way] || 0) + 1 + division.homes(b);
      });
    });
    const ways = Object.keys(sums).map(Number).sort(function (a, b) { return sums[b] - sums[a] || a - b; });
    return ways.length ? told(ways.slice(0, FEW).map(function (way) { return study.names[way]; }), "around") : "";
  }

  function told(names, some, many) {
    return words.say(names.length > FEW ? many : some, { names: names.slice(0, FEW).join(words.say("and")), n: names.length });
  }

  /* Why a strip moves: what it does for the grids that it leaves and joins. */
  function why(row) {
    const from = division.now.grids[row.from], to = division.now.grids[row.to];
    if (!to) return "";
    if (!from.there) return words.say(division.now.size < division.was.size ? "why_fewer" : "why_gone", { n: division.now.size });
    if (!to.was) return words.say("why_new");
    if (!division.size(row)) return words.say("why_empty");
    const beyond = function (grid) { return division.banded ? figures.beyond(division, division.size(grid.before)) : 0; };
    const reasons = [beyond(to) < 0 ? words.say("why_few") : "",
      beyond(from) > 0 ? words.say("why_many") : ""].filter(Boolean);
    if (reasons.length) return reasons.join(words.say("and"));
    return division.size(from.before) > division.size(to.before) ? words.say("why_even") : words.say("why_shape");
  }

  function mark() {
    document.querySelectorAll("#list [data-kind]").forEach(function (line) {
      const kind = line.getAttribute("data-kind"), i = Number(line.getAttribute("data-i"));
      const here = state.picked(kind, i);
      line.setAttribute(line.tagName === "TR" ? "aria-selected" : "data-selected", String(here));
      line.classList.toggle("hover", Boolean(state.hover) && state.hover.kind === kind && state.hover.i === i);
      if (here && line.scrollIntoView) line.scrollIntoView({ block: "nearest" });
    });
  }

  geoplan.moves = { start, where, why, ranked };
})((window.geoplan = window.geoplan || {}));
