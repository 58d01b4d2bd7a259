/* What was drawn, kept: in the browser where it allows, in files, and back. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, division, sketch, words, save } = geoplan;

  const LATER = 600; // ms of rest before the browser remembers

  let timer = 0, dirty = false;
  let earlier = null; // what the browser remembered when the page was opened

  function start() {
    window.addEventListener("pagehide", function () { if (dirty) keep(); });
    window.addEventListener("beforeunload", function (event) {
      if (!dirty || save.recall(key())) return;
      event.preventDefault();
      event.returnValue = ""; // what older browsers go by
    });
  }

  /* After something was drawn: the browser remembers, once the hand rests. */
  function later() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, LATER);
  }

  /* The file as it is now. */
  function file() {
    const { judge } = sketch;
    sketch.relock();
    const units = [], to = [];
    judge.to.forEach(function (grid, unit) {
      if (grid === division.before[unit]) return;
      units.push(division.units.code[unit]);
      to.push(grid < 0 ? "" : judge.codes[grid]);
    });
    return save.text(save.edits(about(), { option: sketch.option, units, to, locked: judge.codes.filter(function (code, grid) { return sketch.locked.has(grid) && division.grids.locked[grid]; }), comments: sketch.notes, rest: sketch.rest }));
  }

  function about() {
    return { version: study.data.version, study: study.data.study, data: study.data.fingerprint, units: study.data.units_hash, by: sketch.by };
  }

  function key() {
    const begun = study.data.by_hand.begun;
    return ["geoplan-edits", study.data.fingerprint, study.data.units_hash].concat(begun ? begun.mark : []).join(" ");
  }

  /* The browser remembers, where it may. */
  function keep() {
    if (!sketch.past.done.length && !sketch.past.undone.length) return;
    const kept = save.remember(key(), sketch.past.done.length ? file() : null);
    const date = new Date();
    const time = String(date.getHours()).padStart(2, "0") + ":" + String(date.getMinutes()).padStart(2, "0");
    geoplan.panel.kept(kept ? words.say("draw_kept", { time }) : words.say("draw_not_kept"));
  }

  /* What the browser remembers from before is offered. */
  function recalled() {
    earlier = save.recall(key());
    if (!earlier) return;
    geoplan.panel.earlier(again);
    const line = get("guide");
    put(line, [make("span", {}, words.say("draw_recalled")),
      make("button", { type: "button", class: "main", id: "draw-recall", click: again }, words.say("draw_recall")),
      make("button", { type: "button", id: "draw-forget", click: function () {
        save.remember(key(), null);
        earlier = null;
        geoplan.panel.earlier(null);
        geoplan.hand.guide();
      } }, words.say("draw_forget"))]);
  }

  function again() {
    load(earlier);
  }

  function store() {
    const loose = sketch.judge.totals().loose.length;
    const name = study.data.study.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").trim().slice(0, 60);
    save.download(words.say("draw_name", { study: name }) + ".json", file());
    dirty = false;
    geoplan.hand.say(loose ? words.say("draw_saved_loose", { n: loose }) : words.say("draw_saved"), loose > 0);
  }

  /* Reads a file into the division; what is wrong with it is said. */
  function load(text) {
    let found = null;
    try {
      found = save.read(text, about(), { judge: sketch.judge, units: division.units.code, shut: function (grid) { return grid >= 0 && Boolean(sketch.stays[grid]); } });
    } catch (error) {
      if (!(error instanceof save.Refused)) throw error;
      geoplan.hand.say(words.say("draw_" + error.key, error.facts), true);
      return false;
    }
    take(found);
    return true;
  }

  function take(found) {
    const { judge } = sketch;
    const wanted = Int32Array.from(judge.on.home);
    const numbers = new Map(judge.codes.map(function (code, grid) { return [code, grid]; }));
    found.fresh.forEach(function (community, code) { if (!numbers.has(code)) numbers.set(code, sketch.add(code, community)); });
    found.units.forEach(function (unit, k) { wanted[unit] = found.to[k] ? numbers.get(found.to[k]) : sketch.NONE; });
    const move = { units: [], from: [], to: [], kind: "load", notes: { from: sketch.notes, to: found.comments }, option: { from: sketch.option, to: found.option } };
    wanted.forEach(function (grid, unit) {
      if (grid === judge.to[unit]) return;
      move.units.push(unit);
      move.from.push(judge.to[unit]);
      move.to.push(grid);
    });
    judge.set(move.units, move.to);
    Object.assign(sketch, { notes: found.comments, option: found.option, rest: found.rest, by: found.by || sketch.by });
    sketch.locked = new Set(found.locked.map(function (code) { return judge.codes.indexOf(code); }).filter(function (grid) { return grid >= 0 && !sketch.stays[grid]; }));
    get("draw-by").value = sketch.by;
    sketch.past.add(move);
    geoplan.hand.after(move);
    geoplan.hand.say(words.say("draw_loaded", { n: found.units.length, made: found.made.slice(0, 16).replace("T", " ") }));
  }

  /* Reads a file that somebody chose. */
  function open(file_) {
    const reader = new FileReader();
    reader.onload = function () { load(String(reader.result)); };
    reader.onerror = function () { geoplan.hand.say(words.say("draw_load_unread"), true); };
    reader.readAsText(file_);
  }

  geoplan.keeping = { start, later, keep, recalled, store, open, load, file };
})((window.geoplan = window.geoplan || {}));
