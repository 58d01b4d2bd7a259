/* What stands beside the map on paper: legend, moves, grids, rules, signatures. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, division, state, words } = geoplan;

  const MOST = 14, LEAST = 2; // rows of a table
  let before = null;

  function fill() {
    const box = get("paper");
    put(get("imprint"), geoplan.paper.imprint());
    put(get("paper-title"), study.data.study + " · " + words.say("heading") + (state.plan >= 0 && division.plans.length > 1 ? " · " + geoplan.options.title(state.plan) : ""));
    const rows = [MOST, MOST];
    write(box, rows);
    while (box.scrollHeight > box.clientHeight && rows[0] > LEAST) { // as many as there is room for
      rows[rows[1] >= rows[0] ? 1 : 0] -= 1;
      write(box, rows);
    }
  }

  function write(box, [strips, grids]) {
    const now = division.now;
    put(box, [make("h2", {}, words.say("print_legend")), geoplan.paper.keys()]
      .concat(now.strips.length ? moves(now.strips, strips) : [], table(geoplan.moves.ranked().changed, grids), now.rules ? rules() : [],
        make("div", { class: "sign" }, words.say("sign").split("|").map(function (text) { return make("span", {}, text); }))));
  }

  function moves(list, room) {
    return [make("h2", {}, words.say("moves_title")), make("table", {}, make("tbody", {}, list.slice(0, room).map(function (row) {
      return make("tr", {}, [make("th", {}, [make("b", {}, String(row.number)), " " + words.say("from_to", { from: division.name(row.from), to: division.name(row.to) })]), make("td", {}, words.count(division.size(row)))]);
    }))), list.length > room ? make("p", {}, words.say("paper_strips", { n: list.length - room, file: words.say("moves_file") })) : null];
  }

  function table(rows, room) {
    if (!rows.length) return [];
    const size = division.size;
    const signed = function (sign, n) { return n ? sign + words.number(n) : "·"; };
    return [make("h2", {}, words.say("grids_title")), make("table", {}, [
      make("thead", {}, make("tr", {}, ["head_grid", "head_before", "head_out", "head_in", "head_after"].map(function (key) { return make("th", {}, words.say(key)); }))),
      make("tbody", {}, rows.slice(0, room).map(function (row) {
        return make("tr", {}, [division.name(row.i), row.was ? words.number(size(row.before)) : "–", signed("−", size(row.out)), signed("+", size(row.in)),
          row.there ? words.number(size(row)) : "–"].map(function (text, k) { return make(k ? "td" : "th", {}, text); }));
      })),
    ]), rows.length > room ? make("p", {}, words.say("paper_grids", { n: rows.length - room, file: words.say("grids_file") })) : null];
  }

  /* Rules that do not simply hold are named; the others are counted. */
  function rules() {
    const all = geoplan.rules.ordered();
    const told = all.filter(function (rule) { return geoplan.rules.how(rule) !== "kept"; });
    return [make("h2", {}, words.say("rules_title")), make("ul", { class: "ruled" }, told.map(function (rule) {
      const how = geoplan.rules.how(rule);
      return make("li", { class: how }, [icon(geoplan.rules.ICONS[how]), geoplan.rules.name(rule) + " · " + geoplan.rules.verdict(rule)]);
    }).concat(make("li", {}, [icon(geoplan.rules.ICONS.kept), words.say("rules_kept", { n: all.length - told.length })])))];
  }

  /* On paper the whole map shows what is proposed; the former borders are dashed. */
  function whole() {
    if (before !== null || !division.plans.length) return;
    before = state.swipe;
    state.set({ swipe: 0 });
  }

  function back() {
    if (before === null) return;
    state.set({ swipe: before });
    before = null;
  }

  geoplan.beside = { fill, whole, back };
})((window.geoplan = window.geoplan || {}));
