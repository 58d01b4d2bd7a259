/* The aims of a division, each by itself: today and in every option. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { division, state, words } = geoplan;

  const SHARES = { moved: true, stations: true }; // told in per cent, rounded down

  function start() {
    state.on(function (change) { if ("plan" in change) mark(); });
    const box = get("terms");
    const names = Object.keys(division.was.terms || {});
    box.hidden = !names.length || !division.plans.length;
    if (box.hidden) return;
    const columns = [division.was].concat(division.plans);
    put(box, [
      make("summary", {}, words.say("terms_title")),
      make("p", {}, words.say("terms_note")),
      make("div", { class: "sideways", role: "region", tabindex: "0", "aria-label": words.say("terms_title") }, make("table", {}, [
        make("thead", {}, make("tr", {}, [make("th", { scope: "col" }, words.say("terms_head")), make("th", { scope: "col" }, words.say("before"))].concat(
          division.plans.map(function (plan, k) { return make("th", { scope: "col", "data-plan": k }, geoplan.options.title(k)); })))),
        make("tbody", {}, names.map(function (name) {
          return make("tr", {}, [make("th", { scope: "row" }, words.has("term_" + name) ? words.say("term_" + name) : name)].concat(columns.map(function (column, k) {
            return make("td", k ? { "data-plan": k - 1 } : {}, figure(name, column.terms[name]));
          })));
        })),
      ])),
    ]);
    mark();
  }

  function figure(name, value) {
    if (value === undefined || value === null) return "–";
    return SHARES[name] ? (Math.floor(value * 1000 + 1e-9) / 10).toFixed(1) + "%" : value.toFixed(3);
  }

  function mark() {
    get("terms").querySelectorAll("[data-plan]").forEach(function (cell) {
      cell.classList.toggle("here", Number(cell.getAttribute("data-plan")) === state.plan);
    });
  }

  geoplan.terms = { start };
})((window.geoplan = window.geoplan || {}));
