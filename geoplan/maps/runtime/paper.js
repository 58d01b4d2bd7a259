/* Printing: one page, across or upright, with map, legend, worst grids, method, sources. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const MM = 96 / 25.4;
  const SHEETS = { A4: [297, 210], A3: [420, 297] };
  const MARGIN = 12; // mm
  /* Dots of the drawn map, a pixel. Chromium prints a canvas as the strokes it is
     made of, but only a power of two keeps them to scale. */
  const DOTS = 2;
  const WORST = 10;
  let before = null;
  let sheet = "A4";

  function start(map, sheets, fit, beside) {
    ["A4", "A3"].forEach(function (size) {
      get("print-" + size).addEventListener("click", function () {
        paper(size);
        window.print();
      });
    });
    const turn = get("print-turn");
    if (turn) turn.addEventListener("change", function () { paper(sheet); });
    paper("A4");
    window.addEventListener("beforeprint", function () { prepare(map, sheets, fit, beside || fill); });
    window.addEventListener("afterprint", function () { restore(map, sheets); });
  }

  /* Says which paper it will be, the way round that is chosen on the page. */
  function paper(size) {
    const upright = Boolean(get("print-turn")) && get("print-turn").value === "upright";
    const [width, height] = upright ? SHEETS[size].slice().reverse() : SHEETS[size];
    const inner = [(width - 2 * MARGIN) * MM, (height - 2 * MARGIN) * MM];
    sheet = size;
    document.documentElement.setAttribute("data-turn", upright ? "upright" : "across");
    get("page-size").textContent = "@page{size:" + size + (upright ? " portrait" : " landscape") + ";margin:" + MARGIN + "mm}" +
      ".printing,.printing body{width:" + inner[0] + "px;height:" + (inner[1] - 2) + "px}";
    document.documentElement.setAttribute("data-paper", size);
  }

  function prepare(map, sheets, fit, beside) {
    if (before) return;
    before = { center: map.getCenter(), zoom: map.getZoom() };
    document.documentElement.classList.add("printing");
    beside();
    map.invalidateSize({ animate: false, pan: false });
    fit(true);
    sheets.forEach(function (sheet) { sheet.setDots(DOTS); });
    geoplan.tools.scale(map);
  }

  function restore(map, sheets) {
    if (!before) return;
    document.documentElement.classList.remove("printing");
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.center, before.zoom, { animate: false });
    sheets.forEach(function (sheet) { sheet.setDots(0); });
    before = null;
  }

  /* What stands beside the map on paper. */
  function fill() {
    const all = geoplan.list.ranked();
    const worst = all.filter(function (grid) { return grid.out > 0; }).slice(0, WORST);
    const circle = study.now();
    const among = function (layer) { return layer !== "share" && layer !== "homes"; };
    write(keys(among), [
      worst.length ? make("h2", {}, words.say("print_worst", { n: worst.length })) : null,
      worst.length ? table(worst, circle) : null,
      make("h2", {}, words.say("notes_title")),
      make("p", {}, geoplan.notes.method().slice(0, 2).join("")),
    ], circle.name);
  }

  /* Writes what stands beside the map: the keys, what a page tells, signatures. */
  function write(signs, told, title) {
    put(get("paper"), [make("h2", {}, words.say("print_legend")), signs].concat(told,
      make("div", { class: "sign" }, words.say("print_sign").split("|").map(function (text) { return make("span", {}, text); }))));
    put(get("imprint"), imprint());
    put(get("paper-title"), study.data.study + " · " + title);
  }

  /* Where it all comes from, in one line. */
  function imprint() {
    return [study.data.date ? words.say("meta_date", { date: study.data.date }) : null]
      .concat(study.data.credits, study.data.notes, study.data.crs || [], words.say("version", { version: study.data.version }))
      .filter(Boolean).join(" · ");
  }

  /* The legend without its switches: a name, then its signs; among says of which layers
     the name stands after the first sign instead. */
  function keys(among) {
    return make("div", { class: "keys" }, geoplan.legend.entries().map(function (entry) {
      if (!state.shown(entry[0])) return null;
      const name = make("span", { class: "name" }, entry[1]);
      const signs = entry[2].slice();
      signs.splice(among && among(entry[0]) ? 1 : 0, 0, name);
      return make("p", {}, signs);
    }));
  }

  function table(worst, circle) {
    const rows = worst.map(function (grid) {
      return make("tr", {}, [
        make("th", {}, [make("span", { class: "swatch grade" + grid.grade }), study.titled(study.grids, grid.i)]),
        make("td", {}, make("b", {}, words.number(grid.out))), make("td", {}, words.number(grid.total)), make("td", {}, grid.percent),
      ]);
    });
    rows.push(make("tr", { class: "whole" }, [
      make("th", {}, words.say("print_whole", { n: study.grids.code.length })),
      make("td", {}, words.number(circle.total - circle.reached)), make("td", {}, words.number(circle.total)),
      make("td", {}, words.decimal(words.tenths(circle.reached, circle.total))),
    ]));
    return make("table", {}, [
      make("thead", {}, make("tr", {}, ["head_grid", "head_out", "head_total", "head_share"].map(function (name) {
        return make("th", {}, words.say(name, { unit: words.unit() }).split("（")[0]);
      }))),
      make("tbody", {}, rows),
    ]);
  }

  geoplan.paper = { start, prepare, restore, paper, write, keys, imprint };
})((window.geoplan = window.geoplan || {}));
