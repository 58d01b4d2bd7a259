/* Beside the map while it is drawn on: how even the grids are, what is to be mended,
   what was done, comments, and the file. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put, icon } = geoplan.element;
  const { division, sketch, words, figures } = geoplan;

  const GRIDS = 10, MOVES = 6; // rows shown at first
  const WIDE = 96; // px of a bar

  let acts = null;
  let all = false;

  /* acts: aim, lock, fly, mend, start, load, save, note, drop, by. */
  function start(acts_) {
    acts = acts_;
    get("list").insertBefore(make("div", { id: "hand", hidden: true }, ["balance", "trouble", "done", "remarks", "file"].map(function (name) {
      return make("section", { id: "hand-" + name });
    })), get("list").firstChild);
    files();
  }

  function show() {
    get("hand").hidden = !geoplan.hand.on();
    if (get("hand").hidden) return;
    balance();
    trouble();
    done();
    remarks();
  }

  /* Grids that matter now: the target, those beside it, those that changed. */
  function near() {
    const { judge, target } = sketch;
    const found = [];
    const add = function (grid) { if (grid >= 0 && found.indexOf(grid) < 0) found.push(grid); };
    add(target);
    geoplan.hand.last().forEach(add);
    const changed = judge.codes.map(function (code, grid) { return grid; }).filter(function (grid) {
      const was = grid < judge.on.codes.length ? judge.on.today.figures(grid) : null;
      const now = judge.figures(grid);
      return was ? was.counted !== now.counted || was.units !== now.units : now.units > 0;
    });
    const beside = new Set();
    if (target >= 0) {
      judge.members[target].forEach(function (unit) {
        geoplan.keys.neighbours()[unit].forEach(function (other) { if (judge.of[judge.to[other]] === judge.of[target]) beside.add(judge.to[other]); });
      });
    }
    Array.from(beside).sort(function (a, b) { return a - b; }).forEach(add);
    changed.forEach(add);
    return found.filter(function (grid) { return grid === target || judge.members[grid].length || changed.indexOf(grid) >= 0; });
  }

  function balance() {
    const { judge } = sketch;
    const rows = near();
    const few = all ? rows : rows.slice(0, GRIDS);
    const was = function (grid) { return grid < judge.on.codes.length ? judge.on.today.figures(grid).counted : 0; };
    const most = Math.max.apply(null, rows.map(function (grid) { return Math.max(judge.figures(grid).counted, was(grid)); }).concat(division.banded ? division.band[1] * 1.15 : 1));
    const totals = judge.totals();
    put(get("hand-balance"), [
      make("h2", {}, [words.say("draw_balance"), make("small", {}, division.banded ? words.say("draw_band", division.limits()) : words.unit())]),
      rows.length ? make("table", {}, [make("caption", {}, words.say("draw_balance")), make("tbody", {}, few.map(function (grid) { return row(grid, was(grid), most); }))])
        : make("p", { class: "none" }, words.say("draw_balance_none")),
      rows.length > GRIDS ? make("button", { type: "button", class: "link more", click: function () {
        all = !all;
        balance();
      } }, all ? words.say("fold") : words.say("more_rows", { n: rows.length - GRIDS })) : null,
      make("p", { class: "fine" }, words.say("draw_spread", { was: percent(judge.on.today.totals().cv), now: percent(totals.cv), moved: words.count(totals.moved), share: geoplan.answer.share(totals.moved, division.now.total[division.measure]) })),
    ]);
  }

  function percent(cv) {
    return String(Math.round(cv * 1000) / 10) + "%";
  }

  function row(grid, was, most) {
    const { judge, target } = sketch;
    const now = judge.figures(grid);
    const change = now.counted - was;
    const shut = sketch.shut(grid);
    const swatch = make("i", { class: "tint" });
    swatch.style.background = geoplan.tint.colour(grid);
    const reach = !now.reached ? null : words.say("draw_reached", { n: words.count(now.reached) });
    return make("tr", { "data-grid": grid, "aria-selected": String(grid === target), class: shut ? "shut" : null }, [
      make("th", { scope: "row" }, [swatch, make("button", { type: "button", title: words.say("draw_aim", { name: division.name(grid) }), click: function () { acts.aim(grid, true); } }, division.name(grid)), reach ? make("small", {}, reach) : null]),
      make("td", { class: "gauge" }, bar(now.counted, was, most)),
      make("td", { class: division.banded && now.units && figures.beyond(division, now.counted) ? "after out" : "after" }, words.number(now.counted)),
      make("td", { class: "delta" }, change ? (change > 0 ? "+" : "−") + words.number(Math.abs(change)) : ""),
      make("td", {}, make("button", { type: "button", class: "lock", "aria-pressed": String(shut), "aria-label": words.say(shut ? "draw_unlock_one" : "draw_lock_one", { name: division.name(grid) }), title: words.say(shut ? "draw_unlock_one" : "draw_lock_one", { name: division.name(grid) }), click: function () { acts.lock(grid); } },
        icon(shut ? "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3" : "M5 9h10v8H5zM7 9V5a3 3 0 0 1 6-1"))),
    ]);
  }

  /* How large a grid is now: the band shaded, today's size a tick. */
  function bar(now, was, most) {
    const wide = function (n) { return ((WIDE * Math.min(n, most)) / most).toFixed(1); };
    const [low, high] = division.band;
    return draw("svg", { viewBox: "0 0 " + WIDE + " 16", width: WIDE, height: 16, "aria-hidden": "true" }, [
      division.banded ? draw("rect", { x: wide(low), y: 0, width: Math.max(0, wide(high) - wide(low)).toFixed(1), height: 16, class: "band" }) : null,
      draw("rect", { x: 0, y: 4, width: wide(now), height: 8, class: division.banded && figures.beyond(division, now) ? "size out" : "size" }),
      draw("rect", { x: Math.max(0, wide(was) - 0.75), y: 1, width: 1.5, height: 14, class: "was" }),
    ]);
  }

  function trouble() {
    const problems = sketch.problems();
    put(get("hand-trouble"), [
      make("h2", {}, [words.say("draw_trouble"), make("small", {}, problems.length ? words.say("draw_trouble_n", { n: problems.length }) : "")]),
      problems.length ? make("ul", { class: "problems" }, problems.map(function (problem, k) {
        return make("li", {}, [
          make("button", { type: "button", class: "link", click: function () { acts.show(k); } }, said(problem)),
          make("button", { type: "button", class: "mend", click: function () { acts.mend(k); } }, words.say("draw_mend")),
        ]);
      })) : make("p", { class: "fine good" }, [icon("M4 10l4 4 8-9"), words.say("draw_trouble_none")]),
    ]);
  }

  function said(problem) {
    const sum = problem.units.reduce(function (total, unit) { return total + sketch.judge.on.counted[unit]; }, 0);
    const facts = { name: division.name(problem.grid), parts: problem.parts, n: problem.units.length, count: words.count(sum) };
    return words.say(problem.kind === "loose" ? "draw_loose" : "draw_broken", facts);
  }

  /* What a move did, in a few words: from, to, how many. */
  function told(move) {
    if (move.kind === "note") return [words.say("draw_move_note"), ""];
    const sums = new Map();
    move.units.forEach(function (unit, k) {
      const key = move.from[k] + ">" + move.to[k];
      sums.set(key, (sums.get(key) || 0) + sketch.judge.on.counted[unit]);
    });
    const total = Array.from(sums.values()).reduce(function (a, b) { return a + b; }, 0);
    const most = !sums.size ? [-1, -1] : Array.from(sums.keys()).sort(function (a, b) { return sums.get(b) - sums.get(a); })[0].split(">").map(Number);
    const pair = words.say("from_to", { from: division.name(most[0]), to: division.name(most[1]) });
    const name = { start: "draw_move_start", load: "draw_move_load", mend: "draw_move_mend", dissolve: "draw_move_dissolve" }[move.kind];
    return [name ? words.say(name, { pair, name: division.name(most[0]) }) : sums.size > 1 ? words.say("draw_move_more", { pair, n: sums.size - 1 }) : pair, move.kind === "start" || move.kind === "load" ? "" : words.count(total)];
  }

  function done() {
    const { past } = sketch;
    const moves = past.done.slice(-MOVES).reverse();
    const restart = make("select", { id: "draw-start", "aria-label": words.say("draw_start"), change: function (event) {
      if (event.target.value !== "") acts.start(Number(event.target.value));
    } }, [make("option", { value: "" }, words.say("draw_start")), make("option", { value: "-1" }, words.say("draw_start_today"))].concat(division.plans.map(function (plan, k) {
      return make("option", { value: String(k) }, geoplan.options.title(k));
    })));
    put(get("hand-done"), [
      make("h2", {}, [words.say("draw_done"), make("small", {}, words.say("draw_steps", { n: past.done.length }))]),
      moves.length ? make("ol", { class: "moves" }, moves.map(function (move, k) {
        const [text, count] = told(move);
        return make("li", {}, [make("span", { class: "number" }, String(past.done.length - k)), make("span", {}, text), make("b", {}, count)]);
      })) : make("p", { class: "fine" }, words.say("draw_done_none")),
      make("p", { class: "from" }, [restart, sketch.target >= 0 ? make("button", { type: "button", class: "link", id: "draw-dissolve", title: words.say("draw_dissolve_note"), click: acts.dissolve }, words.say("draw_dissolve", { name: division.name(sketch.target) })) : null]),
    ]);
  }

  function remarks() {
    put(get("hand-remarks"), sketch.notes.length ? [
      make("h2", {}, [words.say("draw_remarks"), make("small", {}, String(sketch.notes.length))]),
      make("ol", { class: "remarks" }, sketch.notes.map(function (note, k) {
        return make("li", {}, [make("span", { class: "number ink" }, String(k + 1)),
          make("button", { type: "button", class: "link", click: function () { acts.note(k); } }, note.text),
          make("button", { type: "button", class: "drop", "aria-label": words.say("draw_drop", { n: k + 1 }), title: words.say("draw_drop", { n: k + 1 }), click: function () { acts.drop(k); } }, icon("M5 5l10 10M15 5L5 15"))]);
      })),
    ] : []);
  }

  function files() {
    const input = make("input", { type: "file", id: "draw-open", accept: ".json,application/json", hidden: true, change: function (event) {
      const file = event.target.files[0];
      if (file) acts.load(file);
      event.target.value = "";
    } });
    put(get("hand-file"), [
      make("h2", {}, words.say("draw_file")),
      make("p", { class: "fine" }, words.say("draw_file_note")),
      make("label", {}, [make("span", {}, words.say("draw_by")), make("input", { type: "text", id: "draw-by", maxlength: "100", autocomplete: "off", input: function (event) { acts.by(event.target.value); } })]),
      make("div", { class: "buttons" }, [
        make("button", { type: "button", class: "main", id: "draw-keep", click: acts.save }, words.say("draw_save")),
        make("button", { type: "button", id: "draw-load", click: function () { input.click(); } }, words.say("draw_open")), input]),
      make("p", { id: "draw-earlier", class: "fine", hidden: true }),
      make("p", { id: "draw-kept", class: "fine", role: "status" }),
    ]);
  }

  /* Offers what the browser remembers from before; again: opens it, or null. */
  function earlier(again) {
    const line = get("draw-earlier");
    line.hidden = !again;
    put(line, again ? make("button", { type: "button", class: "link", click: again }, words.say("draw_earlier")) : []);
  }

  function kept(text) {
    get("draw-kept").textContent = text;
  }

  geoplan.panel = { start, show, told, said, kept, earlier };
})((window.geoplan = window.geoplan || {}));
