/* The tables: stations that change, areas by how much changes, homes by name. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const FIRST = { gained: 6, lost: 12, areas: 12 }; // rows that are shown at first
  const unfolded = {};

  function start(pick) {
    state.on(function (change) {
      if ("circle" in change) show(pick);
      else if ("pick" in change) mark();
    });
    show(pick);
  }

  function show(pick) {
    changed(pick);
    areas(pick);
    homes("lost", study.LOST, pick);
    homes("gained", study.GAINED, pick);
    mark();
  }

  /* What changed of station i, in words. */
  function told(i) {
    const block = study.stations;
    return block.change[i].map(function (what) {
      if (what === "moved") return words.say("moved_by", { n: words.number(Math.round(block.moved[i])) });
      if (what === "hours") {
        return words.say("hours_from_to", { before: block.hours[i][0] || words.say("hours_none"), after: block.hours[i][1] || words.say("hours_none") });
      }
      return words.say((what === "added" || what === "closed" ? "mark_" : "word_") + what);
    }).concat(block.off[i] && !study.changes(i, "closed") ? words.say("off") : []).join(" · ");
  }

  function sign(i) {
    const canvas = make("canvas", { class: "mark", width: 56, height: 56, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    const role = study.role(i);
    geoplan.drawing.symbol({ context }, { i, place: [14, 14], role, dot: study.stations.tier[i] === "网格级",
      head: study.stations.tier[i] === "街道级", meant: false, size: role === "added" ? 22 : 14 });
    return canvas;
  }

  /* Stations of the circle's tier before the others. */
  function stations() {
    const order = { added: 0, moved: 1, changed: 2, closed: 3 };
    const asked = study.now().tier;
    return study.stations.code.map(function (code, i) { return i; })
      .filter(function (i) { return study.role(i) !== "same"; })
      .sort(function (a, b) {
        return (study.stations.tier[b] === asked) - (study.stations.tier[a] === asked) ||
          order[study.role(a)] - order[study.role(b)] || a - b;
      });
  }

  function changed(pick) {
    const rows = stations();
    put(get("changed"), [
      make("h2", {}, [words.say("stations_title")]),
      rows.length ? make("table", {}, [
        make("caption", {}, words.say("stations_title")),
        make("tbody", {}, rows.map(function (i) {
          const owed = study.owed(i);
          return line("station", i, pick, [
            make("th", { scope: "row" }, make("span", { class: "station" }, [sign(i), make("span", {}, [
              make("button", { type: "button" }, study.titled(study.stations, i)), make("small", {}, told(i)),
            ])])),
            make("td", {}, figures(study.sum(owed.gained), study.sum(owed.lost))),
          ]);
        })),
      ]) : make("p", { class: "none" }, words.say("stations_none")),
    ]);
  }

  /* Who comes within and who falls out, as two numbers with signs. */
  function figures(gained, lost) {
    return [gained ? make("b", { class: "gained" }, study.signed(gained)) : null, gained && lost ? " " : null,
      lost ? make("b", { class: "lost" }, study.signed(-lost)) : null, gained || lost ? null : "0"];
  }

  function line(kind, i, pick, cells) {
    return make("tr", { "data-kind": kind, "data-i": i, click: function () { pick({ kind, i }); } }, cells);
  }

  function areas(pick) {
    const circle = study.now();
    const rows = study.ranked(circle.grids);
    const shown = unfolded.areas ? rows : rows.slice(0, FIRST.areas);
    const rest = study.grids.code.length - rows.length;
    put(get("areas"), [
      make("h2", {}, [words.say("grids_title")]),
      rows.length ? table("grid", study.grids, shown, pick) : make("p", { class: "none" }, words.say("grids_none")),
      rows.length > FIRST.areas ? fold("areas", rows.length - FIRST.areas, function () { areas(pick); }) : null,
      rows.length && rest ? make("p", { class: "none" }, words.say("grids_rest", { n: rest })) : null,
    ].concat(communities(pick)));
  }

  function communities(pick) {
    const rows = study.ranked(study.now().communities);
    if (!rows.length || study.communities.code.length < 2) return [];
    return [make("h2", {}, [words.say("communities_title")]), table("community", study.communities, rows, pick)];
  }

  function table(kind, block, rows, pick) {
    return make("table", { class: "figures" }, [
      make("caption", {}, words.say(kind === "grid" ? "grids_title" : "communities_title")),
      make("thead", {}, make("tr", {}, ["head_name", "head_before", "head_after", "head_change"].map(function (name, k) {
        return make("th", { scope: "col" }, k ? words.say(name, { unit: words.unit() }) : words.say("found_" + kind));
      }))),
      make("tbody", {}, rows.map(function (row) {
        return line(kind, row.i, pick, [
          make("th", { scope: "row" }, make("button", { type: "button" }, study.titled(block, row.i))),
          make("td", {}, number(row.before)), make("td", {}, number(row.after)),
          make("td", {}, row.more ? make("b", { class: row.more > 0 ? "gained" : "lost" }, study.signed(row.more)) : figures(row.gained, row.lost)),
        ]);
      })),
    ]);
  }

  function number(value) {
    return value === null ? "–" : words.number(value);
  }

  function homes(name, stands, pick) {
    const all = study.homes(stands);
    const shown = unfolded[name] ? all : all.slice(0, FIRST[name]);
    const walks = study.now().minutes;
    put(get(name), all.length ? [
      make("h2", { class: name }, words.say("homes_" + name, { n: words.number(all.length) })),
      make("table", { class: "figures" }, make("tbody", {}, shown.map(function (b) {
        return line("building", b, pick, [
          make("th", { scope: "row" }, make("button", { type: "button" }, study.called(b))),
          make("td", {}, words.count(study.buildings.count[b] || 0)),
          make("td", {}, [minutes(walks[0][b]), " → ", minutes(walks[1][b])]),
        ]);
      }))),
      all.length > FIRST[name] ? fold(name, all.length - FIRST[name], function () { homes(name, stands, pick); }) : null,
    ] : []);
  }

  function minutes(value) {
    return value === null ? "–" : words.say("limit_minutes", { n: words.minutes(value) });
  }

  function fold(name, rest, again) {
    return make("button", { type: "button", class: "link more", click: function () {
      unfolded[name] = !unfolded[name];
      again();
      mark();
    } }, unfolded[name] ? words.say("fold") : words.say("unfold", { n: rest }));
  }

  function mark() {
    document.querySelectorAll("[data-kind]").forEach(function (row) {
      row.setAttribute("aria-selected", String(state.picked(row.getAttribute("data-kind"), Number(row.getAttribute("data-i")))));
    });
  }

  geoplan.list = { start, told, sign, stations, figures };
})((window.geoplan = window.geoplan || {}));
