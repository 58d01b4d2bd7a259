/* The detail of what is picked, under the tables. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, state, words } = geoplan;

  function start(pick) {
    state.on(function (change) { if ("pick" in change) show(pick); });
  }

  function show(pick) {
    const thing = state.pick;
    const maker = thing && { station, building, community, grid }[thing.kind];
    get("dock").hidden = !maker;
    document.body.classList.toggle("picked", Boolean(maker));
    if (!maker) return;
    put(get("dock"), [make("button", { type: "button", class: "close", "aria-label": words.say("close"), click: function () { pick(null); } },
      icon("M4 4l12 12M16 4L4 16"))].concat(maker(thing.i, pick)));
  }

  function head(title, side) {
    return make("h2", {}, [title, make("span", {}, side)]);
  }

  function facts(pairs) {
    const rows = [];
    pairs.filter(Boolean).forEach(function (pair) { rows.push(make("dt", {}, pair[0]), make("dd", {}, pair[1])); });
    return make("dl", {}, rows);
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
