/* What should be checked in the data, by rule, each leading to its place. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, words } = geoplan;

  function start(pick) {
    const block = study.checks;
    const box = get("checks");
    const rules = block.rule.filter(function (rule, i, all) { return all.indexOf(rule) === i; });
    box.hidden = !rules.length;
    put(box, make("summary", {}, words.say("checks_title", { n: block.rule.length })));
    box.addEventListener("toggle", function () {
      if (box.children.length === 1) rules.forEach(function (rule) { box.appendChild(group(block, rule, pick)); });
    });
  }

  /* One rule: a line of its own, or a fold of all its cases. */
  function group(block, rule, pick) {
    const cases = [];
    block.rule.forEach(function (other, i) { if (other === rule) cases.push(i); });
    const level = make("b", { class: block.level[cases[0]] }, words.say("level_" + block.level[cases[0]]) + " ");
    if (cases.length === 1) return make("p", {}, [level, item(block, cases[0], pick)]);
    return make("details", {}, [
      make("summary", {}, [level, words.say("checks_rule", { n: cases.length, text: block.text[cases[0]] })]),
      make("ul", {}, cases.map(function (i) { return make("li", {}, item(block, i, pick)); })),
    ]);
  }

  function item(block, i, pick) {
    const text = (block.code[i] ? block.code[i] + " · " : "") + block.text[i];
    if (block.layer.part[i] === block.layer.part[i + 1]) return make("span", {}, text);
    return make("button", { type: "button", class: "link", click: function () { pick({ kind: "check", i }); } }, text);
  }

  geoplan.checks = { start };
})((window.geoplan = window.geoplan || {}));
