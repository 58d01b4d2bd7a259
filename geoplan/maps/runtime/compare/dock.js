/* The detail of what is picked, under the tables. */
(function (geoplan) {
  "use strict";

  const { make } = geoplan.element;
  const { show, head, facts } = geoplan.card;
  const { study, state, words } = geoplan;

  function start(pick) {
    state.on(function (change) { if ("pick" in change || "circle" in change) show({ station, building, grid, community, compound }, pick); });
  }

  function station(i) {
    const block = study.stations;
    const owed = study.owed(i);
    const role = study.role(i);
    return [
      head(study.titled(block, i), words.say("code", { code: block.code[i] })),
      make("p", {}, geoplan.list.told(i) || words.say("mark_same")),
      owed.gained.length ? figure("gained", study.sum(owed.gained), words.say("serves_gained")) : null,
      owed.lost.length ? figure("lost", study.sum(owed.lost), words.say("serves_lost")) : null,
      role !== "closed" && block.hours[i][1] && !study.changes(i, "hours") ? facts([[words.say("station_hours"), block.hours[i][1]]]) : null,
    ];
  }

  function figure(role, n, text) {
    return make("p", { class: "one " + role }, [make("b", {}, words.count(n)), " ", text]);
  }

  function building(b) {
    const circle = study.now();
    const block = study.buildings;
    const stands = study.NAMES[circle.stands[b]];
    return [
      head(study.called(b), block.code[b] ? words.say("code", { code: block.code[b] }) : ""),
      block.count[b] && stands ? figure(stands, block.count[b], words.say("stands_" + stands)) : null,
      facts([[words.say("walk_before"), walk(b, 0)], [words.say("walk_after"), walk(b, 1)]]),
    ];
  }

  /* The walk of a home to its nearest station, before (0) or after (1). */
  function walk(b, side) {
    const circle = study.now();
    const minutes = circle.minutes[side][b];
    const at = circle.station[side][b];
    if (minutes === null || at < 0) return words.say("walk_none");
    return words.say("walk_to", { minutes: words.minutes(minutes), station: study.titled(study.stations, at) });
  }

  function figures(block, i, kind) {
    const one = study.now()[kind];
    const more = one.after[i] === null || one.before[i] === null ? null : one.after[i] - one.before[i];
    const count = function (n) { return n === null ? "–" : words.count(n); };
    return [
      head(study.titled(block, i), words.say("code", { code: block.code[i] })),
      facts([
        [words.say("head_before"), count(one.before[i])],
        [words.say("head_after"), count(one.after[i]) + (one.total[i] ? " / " + words.count(one.total[i]) : "")],
        more === null ? null : [words.say("grid_more"), study.signed(more)],
        one.gained[i] ? [words.say("stands_gained"), words.count(one.gained[i])] : null,
        one.lost[i] ? [words.say("stands_lost"), words.count(one.lost[i])] : null,
      ]),
    ];
  }

  function grid(i) {
    return figures(study.grids, i, "grids");
  }

  function community(i) {
    return figures(study.communities, i, "communities");
  }

  function compound(i) {
    return [head(study.titled(study.compounds, i), words.say("found_compound"))];
  }

  geoplan.dock = { start, walk };
})((window.geoplan = window.geoplan || {}));
