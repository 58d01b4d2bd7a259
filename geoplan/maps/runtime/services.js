/* What stations offer, to whom and whether it is enough: the tables of the circle shown. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const NONE = /^0(\.0)?%$/; // nobody at all

  function start() {
    state.on(function (change) { if ("circle" in change) show(); });
    show();
  }

  function show() {
    const box = get("services");
    const tables = study.data.services[state.circle];
    box.hidden = !tables.length;
    put(box, [make("summary", {}, words.say("services_title"))].concat(tables.map(section)));
  }

  function section(table) {
    return make("section", {}, [
      make("h3", {}, table.title),
    ].concat(table.notes.map(function (text) { return make("p", {}, text); }), [
      make("div", { class: "sideways", role: "region", tabindex: "0", "aria-label": table.title }, make("table", {}, [
        make("thead", {}, make("tr", {}, table.head.map(function (text) { return make("th", { scope: "col" }, text); }))),
        make("tbody", {}, table.rows.map(row)),
      ])),
    ]));
  }

  function row(cells) {
    return make("tr", {}, cells.map(function (text, i) {
      return i ? make("td", { class: NONE.test(text) ? "none" : null }, text) : make("th", { scope: "row" }, text);
    }));
  }

  geoplan.services = { start };
})((window.geoplan = window.geoplan || {}));
