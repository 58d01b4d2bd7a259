/* The detail of what is picked, under the tables. */
(function (geoplan) {
  "use strict";

  const { make } = geoplan.element;
  const { show, head, facts } = geoplan.card;
  const { study, state, words } = geoplan;

  function start(pick) {
    state.on(function (change) { if ("pick" in change) show({ station, building, community, grid }, pick); });
  }

  function station(i, pick) {
    return community(study.stations.community[i], pick);
  }

  function community(c, pick) {
    const block = study.communities;
    const high = block.high[c] === null ? words.say("any_most") : words.number(block.high[c]);
    const mean = study.mean(c);
    return [
      head(study.titled(block, c), words.say("code", { code: block.code[c] })),
      make("p", { class: "one gain" }, make("b", {}, words.say("of_area", { before: words.number(block.before[c]), after: words.number(block.after[c]) }))),
      facts([
        block.low[c] > 0 || block.high[c] !== null ? [words.say("limits"), words.number(block.low[c]) + " – " + high] : null,
        mean === null ? null : [words.say("head_mean"), words.say("minutes", { n: words.minutes(mean) })],
      ]),
      make("ul", {}, study.members[c].map(function (u) {
        return make("li", {}, make("button", { type: "button", class: "link", click: function () { pick({ kind: "building", i: u }); } }, study.titled(study.buildings, u)));
      })),
    ];
  }

  function building(u) {
    const block = study.buildings;
    const role = study.ROLES[block.state[u]];
    const area = function (c) { return c < 0 ? "–" : study.communities.name[c]; };
    const walk = function (n) { return n === null ? "" : " · " + words.say("minutes", { n: words.minutes(n) }); };
    return [
      head(study.titled(block, u), words.say("code", { code: block.code[u] })),
      facts([
        [words.say("goes_to"), area(block.community[u]) + walk(block.minutes[u])],
        block.nearest[u] >= 0 && block.nearest[u] !== block.community[u] ? [words.say("nearest"), area(block.nearest[u]) + walk(block.least[u])] : null,
        [words.say("role"), words.say("legend_" + role)],
      ]),
    ];
  }

  function grid(i) {
    return [head(study.titled(study.grids, i), words.say("code", { code: study.grids.code[i] }))];
  }

  geoplan.dock = { start };
})((window.geoplan = window.geoplan || {}));
