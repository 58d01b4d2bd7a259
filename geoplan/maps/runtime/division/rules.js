/* The rule sheet: what holds, what does not and where, what today's division has already. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { division, state, words } = geoplan;

  const FEW = 3; // offenders that are named at first
  const ICONS = { kept: "M4 10l4 4 8-9", broken: "M10 3l8 14H2zM10 8v4M10 14.4v.1", known: "M10 4v8M10 15.4v.1" };

  function start(pick) {
    state.on(function (change) { if ("plan" in change) show(pick); });
    show(pick);
  }

  /* What to call what offends: a grid by its name, else as it is told. */
  function offender(code) {
    const g = division.grids.code.indexOf(code);
    return { g, text: g < 0 ? code : division.name(g) };
  }

  function how(rule) {
    return !rule.passed ? "broken" : rule.inherited.length ? "known" : "kept";
  }

  function name(rule) {
    return words.has("rule_" + rule.id) ? words.say("rule_" + rule.id) : rule.id;
  }

  /* Rules that do not hold first. */
  function ordered() {
    const weight = { broken: 0, known: 1, kept: 2 };
    return (division.now.rules || []).slice().sort(function (a, b) { return weight[how(a)] - weight[how(b)]; });
  }

  function show(pick) {
    const rules = ordered();
    const hard = rules.filter(function (rule) { return rule.level === "error"; });
    put(get("rules"), rules.length ? [
      make("h2", {}, [words.say("rules_title"), make("small", {}, words.say("rules_note", { n: hard.filter(function (rule) { return rule.passed; }).length, all: hard.length }))]),
      make("ul", {}, rules.map(function (rule) { return item(rule, pick); })),
      make("p", {}, words.say("rules_status")),
    ] : []);
  }

  /* What a rule comes to in a few words. */
  function verdict(rule) {
    const soft = rule.level !== "error" && !rule.passed;
    return words.say("rule_" + how(rule) + (soft ? "_soft" : ""), { n: (rule.passed ? rule.inherited : rule.offenders).length });
  }

  function item(rule, pick) {
    const held = how(rule);
    const soft = rule.level !== "error";
    return make("li", { class: held + (soft ? " soft" : "") }, [
      icon(ICONS[held]),
      make("span", { class: "rule" }, [name(rule), soft ? make("em", {}, words.say("rule_soft")) : null]),
      make("b", {}, verdict(rule)),
      rule.offenders.length ? named("rule_where", rule.offenders, pick) : null,
      rule.inherited.length ? named("rule_inherited", rule.inherited, pick) : null,
    ]);
  }

  function named(key, codes, pick) {
    const shown = codes.slice(0, FEW).map(offender);
    const rest = codes.length - shown.length;
    return make("p", {}, [words.say(key)].concat(shown.map(link), rest > 0 ? make("details", {}, [make("summary", {}, words.say("rule_more", { n: rest }))]
      .concat(codes.slice(FEW).map(offender).map(link))) : null));

    function link(one) {
      return one.g < 0 ? make("span", {}, one.text + " ")
        : make("button", { type: "button", class: "link", click: function () { pick({ kind: "grid", i: one.g }); } }, one.text);
    }
  }

  geoplan.rules = { start, ordered, name, how, verdict, ICONS };
})((window.geoplan = window.geoplan || {}));
