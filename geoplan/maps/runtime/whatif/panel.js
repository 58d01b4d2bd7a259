/* What is said of what is tried: the sentence on top, and the panel beside the map. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, words } = geoplan;
  const { trial, drawing } = geoplan.whatif;

  const GRIDS = 8; // grids shown
  const NAME = 40; // letters of a name
  let acts = null;

  function start(actions) {
    acts = actions;
    put(get("trial"), [
      make("header", {}, [
        make("h2", {}, [make("span", {}, words.say("try_title")), button("leave", "try_leave", acts.leave, "link")]),
        make("div", { class: "bar" }, [
          button("add", "try_add", acts.add, "main", "M10 4v12M4 10h12"),
          button("undo", "try_undo", acts.undo, "", "M8 5L4 9l4 4M4 9h8a4 4 0 0 1 0 8h-2"),
          button("redo", "try_redo", acts.redo, "", "M12 5l4 4-4 4M16 9H8a4 4 0 0 0 0 8h2"),
          button("reset", "try_reset", acts.reset, ""),
        ]),
        make("p", { id: "trial-said", role: "status", "aria-live": "polite" }, words.say("try_hint")),
      ]),
      make("section", { id: "trial-card" }),
      make("section", { id: "trial-versus" }),
      make("section", { id: "trial-grids" }),
      make("section", { id: "trial-file" }),
      make("section", { id: "trial-list" }),
    ]);
    file();
  }

  function button(name, key, click, role, path) {
    return make("button", { type: "button", "data-do": name, class: role || null, click }, [path ? icon(path) : null, words.say(key)]);
  }

  /* A text whose facts stand out. */
  function pieces(key, facts, strong) {
    return words.say(key).split(/(\{\w+\})/).map(function (piece) {
      const name = piece.slice(1, -1);
      if (piece[0] !== "{") return piece;
      return strong.indexOf(name) >= 0 ? make("b", { class: "figure " + name }, facts[name]) : String(facts[name]);
    });
  }

  function percent(n) {
    return words.decimal(words.tenths(n, trial.total));
  }

  function signed(n) {
    return n === 0 ? words.say("try_equal") : (n > 0 ? "+" : "−") + words.number(Math.abs(n));
  }

  /* The sentence on top, and the line under it. */
  function answer() {
    const now = trial.now;
    const gain = now.covered - trial.base.covered;
    const facts = { limit: study.data.circle.limit, station: study.data.circle.station, after: study.homes(now.covered),
      share: percent(now.covered), gain: study.homes(gain), less: study.homes(-gain) };
    const key = now === trial.base ? "start" : gain > 0 ? "more" : gain < 0 ? "fewer" : "same";
    put(get("sentence"), pieces("try_sentence_" + key, facts, ["after", "share", "gain", "less"]));
    put(get("lead"), now.won && now.lost ? [
      make("span", { class: "won" }, words.say("try_won", { n: study.homes(now.won) })),
      make("span", { class: "lost" }, words.say("try_lost", { n: study.homes(now.lost) })),
    ] : [make("span", {}, words.say("try_local"))]);
  }

  /* Says what has happened, for all to hear. */
  function say(text) {
    put(get("trial-said"), text);
  }

  function show(moving) {
    answer();
    versus();
    grids();
    if (moving) return;
    const focus = document.activeElement && document.activeElement.getAttribute("data-do");
    card();
    list();
    get("trial").querySelector('[data-do="undo"]').disabled = !trial.past.length;
    get("trial").querySelector('[data-do="redo"]').disabled = !trial.future.length;
    get("trial").querySelector('[data-do="reset"]').disabled = !trial.changed();
    const again = focus && Array.from(get("trial").querySelectorAll("[data-do]")).filter(function (one) { return one.getAttribute("data-do") === focus; })[0];
    if (again && again !== document.activeElement) again.focus();
  }

  function chosen() {
    return trial.now.list.filter(function (one) { return one.key === drawing.view.key; })[0] || null;
  }

  function load(station) {
    return trial.now.load[trial.now.list.indexOf(station)];
  }

  /* The station that is chosen: what it does, and what can be done with it. */
  function card() {
    const one = chosen();
    if (!one) {
      put(get("trial-card"), []);
      return;
    }
    put(get("trial-card"), [
      make("h3", {}, [one.role === "added" ? field(one) : make("b", {}, one.name), make("small", {}, words.say(role(one)))]),
      make("p", {}, one.open ? words.say("try_load", { n: study.homes(load(one)) }) : words.say("try_no_load")),
      one.role === "room" && !trial.isMade(one) ? null : make("p", { class: "fine" }, words.say("try_arrows")),
      make("div", { class: "bar" }, [
        one.open ? button("shut", one.role === "added" ? "try_remove" : one.role === "room" ? "try_unroom" : "try_shut", function () { acts.shut(one); })
          : button("open", one.meant ? "try_wake" : one.role === "room" ? "try_room" : "try_open", function () { acts.open(one); }, "main"),
        one.moved ? button("home", "try_home", function () { acts.home(one); }) : null,
        button("go", "try_go", function () { acts.go(one); }),
      ]),
      hours(one),
    ]);
  }

  function field(one) {
    return make("input", { type: "text", value: one.name, maxlength: NAME, "data-do": "name", "aria-label": words.say("try_name"),
      change: function (event) { acts.rename(one, event.target.value.trim() || one.code); } });
  }

  function hours(one) {
    if (!trial.asked) return make("p", { class: "fine" }, words.say("try_hours_no"));
    const now = trial.state.hours[one.key] || "";
    return make("label", { class: "hours" }, [words.say("try_hours"), make("select", { "data-do": "hours", change: function (event) { acts.hours(one, event.target.value); } },
      [make("option", { value: "", selected: now === "" }, words.say("try_hours_as_is"))].concat(trial.data.hours.map(function (row) {
        return make("option", { value: row[0], selected: row[0] === now }, row[0] + " · " + words.say(row[1] ? "try_hours_open" : "try_hours_shut"));
      })))]);
  }

  /* Today, what is tried, and the best choice of as many stations. */
  function versus() {
    const rows = [[words.say("try_today"), trial.base.covered, "today"], [words.say("try_mine"), trial.now.covered, "mine"]];
    const rival = acts.comparable ? trial.rival() : { plan: null, count: 0 };
    if (rival.plan) rows.push([words.say("try_best" + whole(), { n: rival.count }), rival.covered, "best"]);
    put(get("trial-versus"), [
      make("h3", {}, words.say("try_versus")),
      make("table", {}, make("tbody", {}, rows.map(function (row) {
        const more = row[1] - trial.base.covered;
        return make("tr", { class: row[2] }, [make("th", { scope: "row" }, [make("i", {}), row[0]]), make("td", {}, study.homes(row[1])), make("td", {}, percent(row[1])),
          make("td", { class: more > 0 ? "won" : more < 0 ? "lost" : "" }, row[2] === "today" ? "" : signed(more))]);
      }))),
      make("p", { class: "fine" }, judged(rival) + (rival.plan && study.data.what_if.other_aims ? words.say("try_other_aims") : "")),
      rival.plan ? button("take", "try_take", function () { acts.take(rival.plan); }, "link") : null,
    ]);
  }

  /* Where existing stations compete too, all are counted, not those more. */
  function whole() {
    return study.data.closing ? "_all" : "";
  }

  function judged(rival) {
    if (!acts.comparable) return words.say("try_any_only");
    if (!rival.plan) {
      const most = study.plans[study.plans.length - 1].count;
      return words.say(rival.count > most ? "try_beyond" : "try_no_rival", { n: most });
    }
    const more = trial.now.covered - rival.covered;
    return words.say((more > 0 ? "try_better" : more < 0 ? "try_worse" : "try_level") + whole(), { n: study.homes(Math.abs(more)), count: rival.count });
  }

  /* Grids whose share changes, the most first. */
  function grids() {
    const now = trial.now.grids;
    const found = Array.from(now, function (n, i) { return { i, n, more: n - trial.base.grids[i] }; })
      .filter(function (one) { return one.more !== 0; })
      .sort(function (a, b) { return Math.abs(b.more) - Math.abs(a.more) || a.i - b.i; });
    put(get("trial-grids"), [
      make("h3", {}, [words.say("try_grids"), make("small", {}, words.say("try_grids_count", { n: found.length }))]),
      found.length ? make("table", {}, [
        make("thead", {}, make("tr", {}, ["try_head_grid", "try_head_before", "try_head_after", "try_head_more"].map(function (key) { return make("th", { scope: "col" }, words.say(key, { unit: unit() })); }))),
        make("tbody", {}, found.slice(0, GRIDS).map(function (one) {
          const total = trial.totals[one.i];
          return make("tr", { click: function () { acts.grid(one.i); } }, [
            make("th", { scope: "row" }, make("button", { type: "button", "data-do": "grid" + one.i }, study.titled(study.grids, one.i))),
            make("td", {}, words.percent(trial.base.grids[one.i], total)), make("td", {}, words.percent(one.n, total)),
            make("td", { class: one.more > 0 ? "won" : "lost" }, signed(one.more)),
          ]);
        })),
      ]) : make("p", { class: "fine" }, words.say("try_grids_none")),
      found.length > GRIDS ? make("p", { class: "fine" }, words.say("try_grids_rest", { n: found.length - GRIDS })) : null,
    ]);
  }

  function unit() {
    return words.say("column_" + study.data.homes_counted);
  }

  /* Every station and room: to choose by keyboard, to open and to close. */
  function list() {
    const all = trial.now.list.filter(function (one) { return one.role !== "room" || study.data.rooms || one.open; });
    put(get("trial-list"), [["try_stations", all.filter(function (one) { return one.role !== "room"; })], ["try_rooms", all.filter(function (one) { return one.role === "room"; })]]
      .filter(function (part) { return part[1].length; }).map(function (part) {
        return make("div", {}, [make("h3", {}, words.say(part[0])), make("ul", {}, part[1].map(row))]);
      }));
  }

  function row(one) {
    const told = [one.moved ? words.say("try_moved") : "", one.open ? study.homes(load(one)) : words.say("try_is_shut")].filter(Boolean).join(" · ");
    return make("li", { class: one.key === drawing.view.key ? "chosen" : null }, [
      make("button", { type: "button", role: "switch", "aria-checked": String(one.open), class: "tick", "data-do": "switch " + one.key,
        "aria-label": words.say("try_switch", { name: one.name }), click: function () { (one.open ? acts.shut : acts.open)(one); } }, make("i", {})),
      make("button", { type: "button", class: "name", "data-do": "pick " + one.key, "aria-pressed": String(one.key === drawing.view.key), click: function () { acts.pick(one); } },
        [make("span", {}, one.name), make("small", {}, told)]),
    ]);
  }

  /* What the tip says: of a station, of a building, of a grid. */
  function lines(thing) {
    if (thing.kind === "grid") return [study.titled(study.grids, thing.i), words.say("try_tip_grid", { n: study.homes(trial.now.grids[thing.i]), total: study.homes(trial.totals[thing.i]) }), ""];
    if (thing.kind === "building") return building(thing.i);
    const one = thing.station;
    return [one.name, one.open ? words.say("try_load", { n: study.homes(load(one)) }) : words.say("try_is_shut"), words.say(one.role === "room" ? "try_tip_room" : "try_tip_drag")];
  }

  function building(b) {
    const now = trial.now.ms[b];
    const was = trial.base.ms[b];
    const walk = function (ms) { return ms > study.data.what_if.limit ? words.say("try_beyond_limit", { limit: study.data.circle.limit }) : words.say("limit_minutes", { n: words.minutes(ms / 60000) }); };
    return [study.called(b), study.homes(study.buildings.count[b]) + " · " + words.say("try_stands_" + trial.now.stands[b]),
      words.say(now === was ? "try_walk" : "try_walk_was", { now: walk(now), was: walk(was), station: trial.now.who[b] < 0 ? "" : trial.now.list[trial.now.who[b]].name }).trim()];
  }

  function file() {
    put(get("trial-file"), [
      make("h3", {}, words.say("try_file")),
      make("p", { class: "fine" }, words.say("try_file_note")),
      make("label", {}, [words.say("try_by"), make("input", { type: "text", id: "trial-by", maxlength: NAME })]),
      make("div", { class: "bar" }, [button("save", "try_save", acts.save, "main"), button("load", "try_load_file", function () { get("trial-open").click(); })]),
      make("input", { type: "file", id: "trial-open", accept: ".json,application/json", hidden: true, "aria-label": words.say("try_load_file"), change: acts.load }),
      make("p", { class: "fine" }, words.say("try_keys")),
    ]);
  }

  /* The signs: what they are of, and what each means. */
  function entries() {
    const box = function (role, key) { return [make("span", { class: "box " + role }), words.say(key)]; };
    return [
      ["try_legend_homes", box("in", "try_stands_1").concat(box("new", "try_stands_2"), box("lost", "try_stands_4"), box("gap", "try_stands_3"))],
      ["try_legend_ways", box("lit", "try_legend_lit")],
      ["try_legend_signs", [geoplan.list.diamond(0), words.say(study.data.rooms ? "try_legend_room" : "try_legend_new"), make("span", { class: "ring" }), words.say("try_legend_was")]],
    ];
  }

  /* The signs, where the legend of the plan stands otherwise. */
  function legend() {
    put(get("legend"), entries().map(function (entry) {
      return make("div", { class: "entry" }, [make("b", {}, words.say(entry[0])), make("div", { class: "key" }, entry[1])]);
    }));
  }

  /* What stands beside the map on paper: signs, figures, what was changed. */
  function paper() {
    const told = function (id) { return Array.from(get(id).querySelectorAll("table")).map(function (table) { return table.cloneNode(true); }); };
    const moved = trial.now.list.filter(function (one) { return one.moved || one.role === "added" || one.open !== (one.role === "old" && !one.asleep); });
    const keys = make("div", { class: "keys" }, entries().map(function (entry) { return make("p", {}, entry[1]); }));
    geoplan.paper.write(keys, [
      make("h2", {}, words.say("try_versus")),
    ].concat(told("trial-versus"), [
      make("h2", {}, words.say("try_changes")),
      make("ul", {}, moved.map(function (one) { return make("li", {}, one.name + " · " + words.say(one.moved && one.open ? "try_moved" : role(one))); })),
      make("h2", {}, words.say("try_grids")),
    ], told("trial-grids"), [
      make("p", {}, words.say("try_local")),
    ]), words.say("try_title") + " · " + study.data.circle.name);
  }

  function role(one) {
    return "try_role_" + one.role + (one.open ? "" : one.meant ? "_asleep" : "_shut");
  }

  geoplan.whatif.panel = { start, show, say, legend, lines, paper };
})((window.geoplan = window.geoplan || {}));
