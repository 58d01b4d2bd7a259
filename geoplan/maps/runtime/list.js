/* The table of grids or communities, worst first, and what is off the network. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const FIRST = 24; // unserved rows shown before one asks for more
  const open = { more: false, full: false, level: "grid" };

  function start(pick) {
    state.on(function (change) {
      if (state.counts(change)) {
        open.more = false;
        show(pick);
      } else if ("pick" in change) {
        mark();
      }
    });
    show(pick);
  }

  /* The areas where somebody lives: those with most out of reach first. */
  function ranked(level) {
    return study.now()[level === "community" ? "communities" : "grids"]
      .filter(function (area) { return area.total > 0; })
      .sort(function (a, b) { return b.out - a.out || a.i - b.i; });
  }

  function block() {
    return open.level === "community" ? study.communities : study.grids;
  }

  /* The switch between grids and communities, at the head of their column. */
  function levels(pick) {
    const box = get("levels");
    const focused = box.contains(document.activeElement);
    const names = study.communities.code.length > 1 ? ["grid", "community"] : ["grid"];
    put(box, names.map(function (name) {
      const on = name === open.level;
      return make("button", { type: "button", role: "radio", "aria-checked": String(on), tabindex: on ? 0 : -1,
        click: function () { turn(name, pick); }, keydown: function (event) {
          if (!/^Arrow/.test(event.key)) return;
          event.preventDefault();
          turn(names[(names.indexOf(name) + 1) % names.length], pick);
        } }, words.say("head_" + name));
    }));
    if (focused) box.querySelector('[aria-checked="true"]').focus();
  }

  function turn(level, pick) {
    open.level = level;
    open.more = open.full = false;
    show(pick);
  }

  function row(grid, pick) {
    const fill = make("i", {});
    fill.style.width = Math.floor((grid.reached * 100) / grid.total) + "%";
    const kind = open.level;
    return make("tr", { "data-kind": kind, "data-i": grid.i, click: function () { pick({ kind, i: grid.i }); } }, [
      make("th", { scope: "row" }, [
        make("span", { class: "swatch grade" + grid.grade }),
        make("button", { type: "button" }, study.titled(block(), grid.i)),
      ]),
      make("td", { class: "out" }, words.number(grid.out)),
      make("td", {}, words.number(grid.total)),
      make("td", { class: "gauge", "aria-hidden": "true" }, make("span", {}, fill)),
      make("td", {}, grid.percent),
    ]);
  }

  function show(pick) {
    const grids = ranked(open.level);
    levels(pick);
    const some = grids.filter(function (grid) { return grid.out > 0; });
    const full = grids.filter(function (grid) { return grid.out === 0; });
    const shown = open.more ? some : some.slice(0, FIRST);
    const rows = shown.concat(open.full || !some.length ? full : []);
    put(get("rows"), rows.map(function (grid) { return row(grid, pick); }));
    put(get("worst"), words.say("table_title" + (open.level === "community" ? "_community" : "")));
    put(get("all"), words.say("table_all", { n: block().code.length }));
    const compass = state.view === "straight" ? "_straight" : "";
    put(get("unit"), words.say("head_out" + compass, { unit: words.unit() }));
    put(get("share"), words.say("head_share" + compass));
    const empty = block().code.length - grids.length;
    put(get("more"), [
      some.length > shown.length ? link(words.say("more_rows_" + open.level, { n: some.length - shown.length }), "more", pick) : null,
      full.length && some.length
        ? link(open.full ? words.say("full_fold") : words.say("full_rows_" + open.level, { n: full.length }), "full", pick) : null,
      empty ? make("p", {}, words.say(study.now().filtered ? "filter_empty" : "empty_rows", { n: empty })) : null,
    ]);
    off(pick);
    mark();
  }

  function link(text, which, pick) {
    return make("button", { type: "button", class: "link", click: function () {
      open[which] = !open[which];
      show(pick);
    } }, text);
  }

  /* Buildings and stations that the walking network does not reach. */
  function off(pick) {
    const homes = indices(study.buildings.off).filter(function (b) { return study.buildings.circles[0].state[b] > 0; });
    const stations = indices(study.stations.off);
    const box = get("off");
    box.hidden = !homes.length && !stations.length;
    put(box, [
      make("summary", {}, unconnected(homes.length, stations.length)),
      make("p", {}, words.say("off_note")),
      make("ul", {}, stations.map(function (i) { return item({ kind: "station", i }, study.titled(study.stations, i), pick); })
        .concat(homes.map(function (i) { return item({ kind: "building", i }, study.called(i), pick); }))),
    ]);
  }

  function unconnected(buildings, stations) {
    if (!stations) return words.say("off_homes", { n: buildings });
    return buildings ? words.say("off_both", { buildings, stations }) : words.say("off_stations", { n: stations });
  }

  function indices(texts) {
    return Array.from(texts).map(function (text, i) { return text ? i : -1; }).filter(function (i) { return i >= 0; });
  }

  function item(thing, text, pick) {
    return make("li", {}, make("button", { type: "button", class: "link", click: function () { pick(thing); } }, text));
  }

  function mark() {
    Array.from(get("rows").children).forEach(function (line) {
      const here = state.picked(line.getAttribute("data-kind"), Number(line.getAttribute("data-i")));
      line.setAttribute("aria-selected", String(here));
      if (here && line.scrollIntoView) line.scrollIntoView({ block: "nearest" });
    });
  }

  geoplan.list = { start, ranked };
})((window.geoplan = window.geoplan || {}));
