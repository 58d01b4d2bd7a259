/* Drawing by hand in the page of division: the mode, and what the parts do together. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, division, state, sketch, words, frame, brush } = geoplan;

  const MANY = 4000; // units beyond which the tables wait for a rest, so that strokes flow
  const REST = 120; // ms
  const PHONE = 700; // px
  /* The page leaves the pointer to the brush. */
  const ALONE = { under: function () { return null; }, lines: function () { return []; }, met: function () {} };

  /* tool: pick, brush or note; last: grids of the last move; offer: a mend that waits
     for a click. */
  const now = { on: false, tool: "pick", last: [], offer: null, at: -1, hidden: null };
  let map = null, over = null, frame_ = 0, resting = 0;

  function start(map_) {
    if (!study.data.by_hand.offered) return;
    map = map_;
    geoplan.plane.use(study.data.by_hand.plane);
    map.createPane("hand").style.zIndex = 455;
    map.getPane("hand").style.pointerEvents = "none";
    over = new geoplan.overlay.Overlay({ pane: "hand", draw: function (p) {
      geoplan.tint.over(p);
      brush.paint(p);
    } });
    geoplan.drawing.more.ground.push(geoplan.tint.ground);
    modes();
    geoplan.bench.start(Object.assign({}, acts, { pick: function () { tool("pick"); }, brush: function () { tool("brush"); }, note: function () { tool(now.tool === "note" ? "brush" : "note"); } }));
    geoplan.panel.start(acts);
    geoplan.keys.start(map, keys());
    brush.start(map, stroked);
    map.on("click", function (event) { if (now.on) clicked(event); });
    state.on(function (change) { if ("swipe" in change) document.body.classList.toggle("unparted", state.swipe <= 0); });
    geoplan.keeping.start();
  }

  function modes() {
    get("answer").appendChild(make("div", { id: "mode", role: "radiogroup", "aria-label": words.say("draw_mode") }, [
      make("button", { type: "button", role: "radio", id: "mode-view", "aria-checked": "true", click: function () { enter(false); } }, words.say("draw_view")),
      make("button", { type: "button", role: "radio", id: "mode-draw", "aria-checked": "false", click: function () { enter(true); } }, words.say("draw_title")),
    ]));
  }

  /* Into the mode of drawing, or out of it. */
  function enter(on) {
    if (on === now.on) return;
    now.on = on;
    document.body.classList.toggle("drawing", on);
    get("mode-view").setAttribute("aria-checked", String(!on));
    get("mode-draw").setAttribute("aria-checked", String(on));
    state.trying = on ? ALONE : null;
    ["doubleClickZoom", "boxZoom", "keyboard"].forEach(function (name) { if (map[name]) map[name][on ? "disable" : "enable"](); });
    if (on) opened();
    else closed();
    const center = map.getCenter();
    const whole = map.getZoom() <= map.getBoundsZoom(frame.bounds(geoplan.codec.boxOf(study.street.layer)));
    map.invalidateSize({ animate: false, pan: false });
    if (whole) geoplan.page.fit(map);
    else map.setView(center, map.getZoom(), { animate: false });
    geoplan.bench.show();
    geoplan.panel.show();
  }

  function opened() {
    const first = !sketch.judge;
    if (first) {
      sketch.begin(state.plan >= 0 && division.plans.length ? state.plan : -1);
      geoplan.tint.use();
    }
    now.hidden = state.hidden;
    now.swipe = state.swipe;
    now.sheet = document.body.getAttribute("data-sheet");
    // phones: the map needs the room, the figures stand above it
    if (window.innerWidth < PHONE) document.body.setAttribute("data-sheet", "peek");
    over.addTo(map);
    get("swipe").hidden = false;
    state.set({ hidden: Object.assign({}, state.hidden, { band: true }), swipe: 0, pick: null, hover: null });
    tool(sketch.target === sketch.NONE ? "pick" : "brush");
    refresh();
    guide();
    if (first) geoplan.keeping.recalled();
    get("list").scrollTop = 0;
  }

  function closed() {
    brush.drop();
    over.repaint();
    get("hand-tip").hidden = true;
    map.dragging.enable();
    if (window.innerWidth < PHONE) document.body.setAttribute("data-sheet", now.sheet || "half");
    get("swipe").hidden = !division.plans.length && !sketch.past.done.length;
    state.set({ hidden: now.hidden, swipe: now.swipe });
  }

  function tool(name) {
    now.tool = name;
    map.dragging[name === "brush" ? "disable" : "enable"]();
    map.getContainer().setAttribute("data-tool", name);
    guide();
    geoplan.bench.show();
    repaint();
  }

  /* Draws what lies over the map once more, at most once a frame. */
  function repaint() {
    if (frame_ || !now.on) return;
    frame_ = requestAnimationFrame(function () {
      frame_ = 0;
      over.repaint();
    });
  }

  /* Everything follows the division as it is drawn. */
  function refresh() {
    sketch.relock();
    const k = same();
    brush.waiting = [];
    division.show({ to: Int32Array.from(sketch.judge.to), rules: k < 0 ? sketch.rules() : division.plans[k].rules, terms: null, place: k < 0 ? undefined : k });
    geoplan.tint.more();
    geoplan.bench.show();
    geoplan.panel.show();
    repaint();
  }

  /* The option that is drawn unchanged, -1 for none. */
  function same() {
    const { to } = sketch.judge;
    return division.plans.findIndex(function (plan) { return plan.to.every(function (grid, unit) { return grid === to[unit]; }); });
  }

  function stroked(ended) {
    if (!ended) {
      const { steps } = brush.stroke;
      const all = function (name) { return [].concat.apply([], steps.map(function (step) { return step[name]; })); };
      effect(all("units"), all("from"));
      repaint();
      return;
    }
    const move = sketch.past.done[sketch.past.done.length - 1];
    if (move) after(move);
    else refresh();
  }

  /* After a move was made, undone or done again. */
  function after(move) {
    now.offer = null;
    now.last = Array.from(new Set(move.from.concat(move.to))).filter(function (grid) { return grid >= 0; });
    settle();
    if (move.units.length) effect(move.units, move.from);
    else guide();
    geoplan.keeping.later();
  }

  /* Lets everything follow: at once, or with many units once the hand rests. */
  function settle() {
    clearTimeout(resting);
    if (division.n <= MANY) {
      refresh();
      return;
    }
    geoplan.bench.show();
    geoplan.panel.show();
    resting = setTimeout(function () {
      if (brush.stroke) settle();
      else refresh();
    }, REST);
  }

  /* Says what a change of some units did to the grids that it touches. */
  function effect(units, from) {
    const { judge } = sketch;
    const change = new Map();
    units.forEach(function (unit, k) {
      [[judge.to[unit], 1], [from[k], -1]].forEach(function (pair) {
        if (pair[0] >= 0) change.set(pair[0], (change.get(pair[0]) || 0) + pair[1] * judge.on.counted[unit]);
      });
    });
    const parts = [];
    const grids = Array.from(change.keys()).sort(function (a, b) { return change.get(b) - change.get(a) || a - b; });
    grids.slice(0, 3).forEach(function (grid, k) {
      if (k) parts.push(words.say("draw_effect_and"));
      const after_ = judge.figures(grid).counted;
      const by = change.get(grid);
      parts.push(words.say("draw_effect", { name: division.name(grid), before: words.number(after_ - by) }), [words.count(after_), by > 0 ? "more" : by < 0 ? "less" : ""],
        words.say("draw_effect_by", { by: (by > 0 ? "+" : by < 0 ? "−" : "±") + words.number(Math.abs(by)) }));
    });
    if (grids.length > 3) parts.push(words.say("draw_effect_and"), words.say("draw_effect_more", { n: grids.length - 3 }));
    const broken = judge.totals().broken.filter(function (grid) { return change.has(grid); });
    if (broken.length) parts.push(words.say("draw_effect_and"), [words.say("draw_effect_broken", { name: division.name(broken[0]) }), "less"]);
    if (!brush.stroke) parts.push(words.say(touched("draw_effect_undo")));
    geoplan.bench.guide(parts);
  }

  /* The words for fingers, where there is no mouse. */
  function touched(key) {
    return window.matchMedia("(pointer: coarse)").matches ? key + "_touch" : key;
  }

  /* What to do next. */
  function guide() {
    const { target } = sketch;
    const key = now.tool === "note" ? "draw_guide_note" : target === sketch.FRESH ? "draw_guide_fresh" : target < 0 ? "draw_guide_pick" : now.tool === "pick" ? "draw_guide_again" : touched("draw_guide_brush");
    geoplan.bench.guide([words.say(key, { name: division.name(target) })]);
  }

  function say(text, loud) {
    geoplan.bench.guide([text], loud);
  }

  /* What is said of a unit under the pointer or the keys: title, text, what a click does. */
  function told(unit) {
    const { judge, target } = sketch;
    const units = sketch.along(unit);
    const sum = units.reduce(function (total, one) { return total + judge.on.counted[one]; }, 0);
    const title = (division.units.name[unit] || words.say("draw_block")) + " " + words.count(sum);
    if (now.tool === "note") return [division.name(judge.to[unit]), title, words.say("draw_tip_note")];
    if (now.tool === "pick" || target === sketch.NONE) return [division.name(judge.to[unit]), judge.to[unit] < 0 ? "" : words.count(judge.figures(judge.to[unit]).counted), words.say("draw_tip_pick")];
    if (judge.to[unit] === target) return [title, division.name(target), words.say("draw_tip_own")];
    const no = sketch.refusal(unit, target);
    const into = target === sketch.FRESH ? words.say("draw_into_fresh") : division.name(target);
    return [title, words.say("from_to", { from: division.name(judge.to[unit]), to: into }), no || words.say("draw_tip_brush")];
  }

  function clicked(event) {
    const place = [event.containerPoint.x, event.containerPoint.y];
    const pinned = geoplan.tint.pinned(map, place);
    if (now.tool !== "brush" && pinned >= 0) geoplan.pins.open(pinned);
    else if (now.tool === "note") geoplan.pins.add(frame.fromLatLng(event.latlng));
    else if (now.tool === "pick") {
      const unit = brush.unitAt(place[0], place[1]);
      if (unit >= 0) aim(sketch.judge.to[unit]);
    }
  }

  /* Draws into a grid from now on. */
  function aim(grid, far) {
    if (grid === sketch.NONE) return;
    if (grid >= 0 && sketch.shut(grid)) {
      say(sketch.why(grid), true);
      return;
    }
    sketch.target = grid;
    now.last = [];
    tool("brush");
    geoplan.panel.show();
    if (far) fly();
  }

  function fly() {
    if (sketch.target < 0) return;
    const box = geoplan.codec.boxOf(division.now.layer, [sketch.target]);
    if (box) see(box);
  }

  function see(box) {
    const bounds = frame.bounds(box);
    const zoom = Math.min(17.5, map.getBoundsZoom(bounds.pad(0.6)));
    if (map.getBounds().contains(bounds) && map.getZoom() >= zoom - 1.5) return;
    map.setView(bounds.getCenter(), zoom, { animate: !geoplan.page.STILL, duration: geoplan.page.FLY });
  }

  /* Shows a problem by its place in the list. */
  function trouble(k) {
    const problem = sketch.problems()[k];
    if (!problem) {
      say(words.say("draw_trouble_none"));
      return;
    }
    now.at = k;
    const box = geoplan.codec.boxOf(division.units.layer, problem.grid >= 0 ? sketch.judge.members[problem.grid] : problem.units);
    if (box) see(box);
    geoplan.keys.to(problem.units[0]);
    say(geoplan.panel.said(problem), true);
  }

  /* Offers the smallest mend of a problem. */
  function mend(k) {
    const problem = sketch.problems()[k];
    if (!problem) {
      say(words.say("draw_trouble_none"));
      return;
    }
    const found = sketch.mend(problem);
    if (!found) {
      say(words.say("draw_mend_none"), true);
      return;
    }
    trouble(k);
    now.offer = found;
    const [text, count] = geoplan.panel.told(found);
    const line = get("guide");
    line.classList.remove("loud");
    put(line, [make("span", {}, words.say("draw_offer", { text, count, n: found.units.length })),
      make("button", { type: "button", class: "main", id: "draw-yes", click: take }, words.say("draw_offer_yes")),
      make("button", { type: "button", id: "draw-no", click: function () {
        now.offer = null;
        guide();
        repaint();
      } }, words.say("draw_offer_no"))]);
    get("draw-yes").focus({ preventScroll: true });
    repaint();
  }

  function take() {
    const found = now.offer;
    now.offer = null;
    if (sketch.change(found, "mend")) after(found);
    map.getContainer().focus({ preventScroll: true });
  }

  /* Goes a move back or on; a stroke that is being drawn is none yet. */
  function taken(way) {
    brush.drop();
    const move = way();
    if (move) after(move);
  }

  const acts = {
    aim, fly, mend: function (k) { mend(typeof k === "number" ? k : Math.max(0, Math.min(now.at, sketch.problems().length - 1))); }, show: trouble, save: geoplan.keeping.store, load: geoplan.keeping.open,
    fresh: function () { aim(sketch.FRESH); },
    undo: function () { taken(sketch.undo); },
    redo: function () { taken(sketch.redo); },
    lock: function (grid) {
      const one = typeof grid === "number" ? grid : sketch.target;
      if (one < 0) return;
      if (!sketch.lock(one)) say(sketch.told, true);
      else if (sketch.shut(one) && one === sketch.target) {
        sketch.target = sketch.NONE;
        tool("pick");
      }
      refresh();
      geoplan.keeping.later();
    },
    dissolve: function () {
      const name = division.name(sketch.target);
      if (!sketch.dissolve(sketch.target)) {
        say(sketch.told, true);
        return;
      }
      sketch.target = sketch.NONE;
      tool("pick");
      after(sketch.past.done[sketch.past.done.length - 1]);
      say(words.say("draw_dissolved", { name }));
    },
    start: function (k) {
      const before = sketch.past.done.length;
      sketch.restart(k, !before && !sketch.past.undone.length);
      if (sketch.past.done.length > before) after(sketch.past.done[before]);
      else refresh();
    },
    note: function (k) { geoplan.pins.open(k); },
    drop: function (k) {
      sketch.comment(sketch.notes.filter(function (note, i) { return i !== k; }));
      after(sketch.past.done[sketch.past.done.length - 1]);
    },
    by: function (text) {
      sketch.by = text.replace(/\s+/g, " ").trim();
    },
  };

  function keys() {
    const near = function (use) { return function () { if (brush.cursor >= 0) use(brush.cursor); else geoplan.keys.to(brush.unitAt(map.getSize().x / 2, map.getSize().y / 2)); }; };
    const assign = near(function (unit) {
      if (sketch.target === sketch.NONE) {
        aim(sketch.judge.to[unit]);
        return;
      }
      const step = sketch.paint(unit);
      if (step && sketch.done([step])) stroked(true);
      else if (sketch.told) brush.refuse(unit);
    });
    const pick = near(function (unit) { aim(sketch.judge.to[unit]); });
    return {
      assign, aim: pick, i: pick, v: function () { tool("pick"); }, b: function () { tool("brush"); }, c: function () {
        if (brush.cursor >= 0) geoplan.pins.add(geoplan.keys.middle(brush.cursor));
        else tool("note");
      },
      g: acts.fresh, l: acts.lock, r: acts.mend, s: acts.save, "ctrl+s": acts.save,
      n: function () { trouble((now.at + 1) % Math.max(1, sketch.problems().length)); },
      z: acts.undo, "ctrl+z": acts.undo, y: acts.redo, "ctrl+y": acts.redo, "ctrl+shift+z": acts.redo,
      escape: function () {
        brush.drop();
        brush.cursor = -1;
        now.offer = null;
        guide();
        repaint();
      },
    };
  }

  geoplan.hand = { start, on: function () { return now.on; }, tool: function () { return now.tool; }, last: function () { return now.last; }, offer: function () { return now.offer; },
    enter, aim, guide, repaint, say, told, refresh, after, see };
})((window.geoplan = window.geoplan || {}));
