/* The tools of drawing over the map, and under them one line that says what to do
   next and what the last stroke did. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { division, sketch, words } = geoplan;

  const ICONS = {
    pick: "M5 3l10 7-5 1-2.5 5z", brush: "M16 3l-7 7M9 10c-2 0-3 1-3 3s-1 3-3 3c4 1 8 0 8-4zM16 3l1 1-7 7",
    undo: "M7 4L3 8l4 4M3 8h8a5 5 0 0 1 0 9H8", redo: "M13 4l4 4-4 4M17 8H9a5 5 0 0 0 0 9h3",
    lock: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3", mend: "M12 4a4 4 0 0 0-1 5l-7 6 2 2 6-7a4 4 0 0 0 5-1 4 4 0 0 0 0-3l-2 2-2-2 2-2z",
    note: "M3 4h14v9H9l-4 4v-4H3z", save: "M10 3v10M6 9l4 4 4-4M3 17h14", fresh: "M10 4v12M4 10h12",
  };

  /* acts: what each button does, by its name. */
  function start(acts) {
    const button = function (name, plain) {
      const key = words.say("draw_key_" + name);
      const text = words.say("draw_" + name);
      return make("button", { type: "button", id: "draw-" + name, class: plain ? null : "labelled", title: text + (key ? " · " + key : ""), "aria-label": text, "aria-keyshortcuts": key || null, click: acts[name] },
        [icon(ICONS[name]), make("span", {}, words.say("draw_short_" + name))]);
    };
    const group = function (children) { return make("div", { class: "group" }, children); };
    const bench = make("div", { id: "bench", role: "toolbar", "aria-label": words.say("draw_title"), hidden: true }, [
      group([button("pick"), button("brush")]),
      make("div", { class: "group aim" }, [make("button", { type: "button", id: "draw-aim", click: acts.fly }), button("fresh")]),
      group([button("undo", true), button("redo", true)]),
      group([button("lock"), button("mend"), button("note")]),
      group([button("save")]),
    ]);
    get("place").appendChild(bench);
    get("place").appendChild(make("p", { id: "guide", role: "status", "aria-live": "polite", hidden: true }));
    get("place").appendChild(make("div", { id: "hand-tip", role: "tooltip", hidden: true }));
  }

  function show() {
    const on = geoplan.hand.on();
    ["bench", "guide"].forEach(function (id) { get(id).hidden = !on; });
    if (!on) return;
    const tool = geoplan.hand.tool();
    ["pick", "brush", "note"].forEach(function (name) { get("draw-" + name).setAttribute("aria-pressed", String(tool === name)); });
    get("draw-undo").disabled = !sketch.past.done.length;
    get("draw-redo").disabled = !sketch.past.undone.length;
    get("draw-mend").disabled = !sketch.problems().length;
    get("draw-lock").disabled = sketch.target < 0;
    get("draw-lock").setAttribute("aria-pressed", String(sketch.target >= 0 && sketch.shut(sketch.target)));
    get("draw-fresh").setAttribute("aria-pressed", String(sketch.target === sketch.FRESH));
    aim();
  }

  /* The grid that is drawn into, in words. */
  function aim() {
    const { target, judge } = sketch;
    const box = get("draw-aim");
    box.disabled = target < 0;
    if (target < 0) put(box, [make("small", {}, words.say("draw_into")), make("b", {}, words.say(target === sketch.FRESH ? "draw_into_fresh" : "draw_into_none"))]);
    else {
      const swatch = make("i", { class: "tint" });
      swatch.style.background = geoplan.tint.colour(target);
      put(box, [make("small", {}, words.say("draw_into")), swatch, make("b", {}, division.name(target)), make("span", {}, words.count(judge.figures(target).counted))]);
    }
  }

  /* The line under the tools. parts: [text, class] or text; loud: that something was
     refused. */
  function guide(parts, loud) {
    const line = get("guide");
    line.classList.toggle("loud", Boolean(loud));
    put(line, parts.map(function (part) { return typeof part === "string" ? make("span", {}, part) : make("b", { class: part[1] || null }, part[0]); }));
  }

  geoplan.bench = { start, show, guide };
})((window.geoplan = window.geoplan || {}));
