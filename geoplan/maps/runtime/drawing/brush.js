/* Drawing on the map with mouse, pen or finger: the stroke, the unit under the
   pointer, and what is drawn of both. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { path, stroke } = geoplan.sheet;
  const { at } = geoplan.codec;
  const { division, sketch, frame } = geoplan;

  const APART = 3; // px between places of a stroke that are looked at
  const BLUE = "#0B4F8A", ALARM = "#7A2408";
  const FLASH = 1600; // ms that a refusal is seen

  /* stroke: {steps, last, id} while one is drawn; over: the unit pointed at; cursor:
     the unit that keys have come to; refused: a unit that may not be drawn; waiting:
     units of strokes that the map does not show yet. */
  const brush = { stroke: null, over: -1, cursor: -1, refused: -1, waiting: [] };
  const fingers = new Map();
  let map = null, told = null, pan = null, space = false, timer = 0;

  /* changed: is told of every step of a stroke, and of its end (true). */
  function start(map_, changed) {
    map = map_;
    told = changed;
    const box = map.getContainer();
    box.addEventListener("pointerdown", down);
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", up);
    box.addEventListener("pointercancel", cancel);
    box.addEventListener("pointerleave", function () { point(-1); });
    box.addEventListener("contextmenu", function (event) { if (geoplan.hand.on()) event.preventDefault(); });
    document.addEventListener("keydown", function (event) { if (event.code === "Space") hold(event, true); });
    document.addEventListener("keyup", function (event) { if (event.code === "Space") hold(event, false); });
  }

  function hold(event, down_) {
    if (!geoplan.hand.on() || /INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY/.test(event.target.tagName)) return;
    event.preventDefault();
    space = down_;
  }

  /* The unit at a place of the screen, -1 for none. */
  function unitAt(x, y) {
    const place = frame.fromLatLng(map.containerPointToLatLng([x, y]));
    return at(division.units.layer, place[0], place[1]);
  }

  function placeOf(event) {
    const box = map.getContainer().getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function down(event) {
    if (!geoplan.hand.on()) return;
    fingers.set(event.pointerId, placeOf(event));
    if (fingers.size > 1) {
      drop();
      return;
    }
    const tool = geoplan.hand.tool();
    if (event.button > 0 || (space && event.button === 0)) {
      pan = placeOf(event);
      map.getContainer().setPointerCapture(event.pointerId);
      event.preventDefault();
      return;
    }
    const unit = unitAt.apply(null, placeOf(event));
    if (tool === "brush" && event.altKey) {
      if (unit >= 0) geoplan.hand.aim(sketch.judge.to[unit]);
      return;
    }
    if (tool !== "brush") return;
    map.getContainer().focus({ preventScroll: true });
    map.getContainer().setPointerCapture(event.pointerId);
    brush.stroke = { steps: [], last: placeOf(event), id: event.pointerId, tried: new Set() };
    draw(unit);
  }

  function move(event) {
    if (!geoplan.hand.on()) return;
    const place = placeOf(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, place);
    if (pan) {
      map.panBy([pan[0] - place[0], pan[1] - place[1]], { animate: false });
      pan = place;
    } else if (brush.stroke && event.pointerId === brush.stroke.id) {
      const places = event.getCoalescedEvents ? event.getCoalescedEvents().map(placeOf) : [];
      places.concat([place]).forEach(along);
    } else if (event.pointerType !== "touch") point(unitAt(place[0], place[1]), place);
  }

  /* Draws every unit between the last place of the stroke and another. */
  function along(place) {
    const { last } = brush.stroke;
    const far = Math.hypot(place[0] - last[0], place[1] - last[1]);
    const steps = Math.max(1, Math.ceil(far / APART));
    let unit = -1;
    for (let k = 1; k <= steps; k += 1) {
      unit = unitAt(last[0] + ((place[0] - last[0]) * k) / steps, last[1] + ((place[1] - last[1]) * k) / steps);
      draw(unit);
    }
    brush.stroke.last = place;
    brush.over = unit;
  }

  function draw(unit) {
    const { tried, steps } = brush.stroke;
    if (unit < 0 || tried.has(unit)) return;
    tried.add(unit);
    const step = sketch.paint(unit);
    if (step) {
      steps.push(step);
      brush.refused = -1;
      told(false);
    } else if (sketch.told) refuse(unit);
  }

  /* Says why a unit may not be drawn, and shows which. */
  function refuse(unit) {
    brush.refused = unit;
    geoplan.hand.say(sketch.told, true);
    clearTimeout(timer);
    timer = setTimeout(function () {
      brush.refused = -1;
      geoplan.hand.repaint();
    }, FLASH);
    geoplan.hand.repaint();
  }

  function up(event) {
    fingers.delete(event.pointerId);
    if (pan) pan = null;
    if (!brush.stroke || event.pointerId !== brush.stroke.id) return;
    const { steps } = brush.stroke;
    brush.stroke = null;
    brush.waiting = brush.waiting.concat(unitsOf(steps));
    if (sketch.done(steps)) told(true);
    point(-1);
    geoplan.hand.repaint();
  }

  function cancel(event) {
    fingers.delete(event.pointerId);
    pan = null;
    drop();
  }

  function unitsOf(steps) {
    return [].concat.apply([], steps.map(function (step) { return step.units; }));
  }

  /* Takes back a stroke that turns out to be none: a second finger, Escape. */
  function drop() {
    if (!brush.stroke) return;
    brush.stroke.steps.reverse().forEach(function (step) { sketch.judge.set(step.units, step.from); });
    brush.stroke = null;
    geoplan.hand.refresh();
  }

  function point(unit, place) {
    if (unit !== brush.over) {
      brush.over = unit;
      geoplan.hand.repaint();
    }
    if (geoplan.hand.on()) tip(unit, place);
  }

  /* What a click here would do. */
  function tip(unit, place) {
    const box = get("hand-tip");
    const told_ = unit >= 0 && place ? geoplan.hand.told(unit) : null;
    box.hidden = !told_;
    if (!told_) return;
    put(box, [make("b", {}, told_[0]), make("span", {}, told_[1]), make("small", {}, told_[2])]);
    const size = map.getSize();
    const top = map.getContainer().offsetTop; // the map begins below the bench
    const above = place[1] + 24 + box.offsetHeight > size.y;
    box.style.left = Math.max(8, Math.min(place[0] + 16, size.x - box.offsetWidth - 8)) + "px";
    box.style.top = top + (above ? place[1] - box.offsetHeight - 16 : place[1] + 22) + "px";
  }

  /* What is drawn over everything: the stroke, the unit pointed at, the keys' unit. */
  function paint(p) {
    if (!geoplan.hand.on() || !sketch.judge) return;
    const layer = division.units.layer;
    const fresh = brush.waiting.concat(brush.stroke ? unitsOf(brush.stroke.steps) : []);
    if (fresh.length) {
      path(p, layer, fresh, true);
      p.context.fillStyle = "rgba(11,79,138,0.34)";
      p.context.fill("evenodd");
      stroke(p, 1.2, BLUE);
    }
    if (brush.over >= 0 && !brush.stroke && geoplan.hand.tool() === "brush") outlined(p, sketch.along(brush.over), BLUE, [5, 3]);
    if (brush.refused >= 0) outlined(p, [brush.refused], ALARM, []);
    if (brush.cursor >= 0) {
      path(p, layer, [brush.cursor], true);
      stroke(p, 6, "#FFFFFF");
      stroke(p, 3, BLUE);
    }
  }

  function outlined(p, units, colour, dash) {
    path(p, division.units.layer, units, true);
    p.context.fillStyle = colour === ALARM ? "rgba(122,36,8,0.18)" : "rgba(11,79,138,0.12)";
    p.context.fill("evenodd");
    stroke(p, 4, "rgba(255,255,255,0.9)");
    stroke(p, 2, colour, dash);
  }

  geoplan.brush = Object.assign(brush, { start, paint, drop, unitAt, refuse });
})((window.geoplan = window.geoplan || {}));
