/* Taking hold of a station: by mouse, by touch, by keys. */
(function (geoplan) {
  "use strict";

  const { frame } = geoplan;
  const { trial, footing, drawing } = geoplan.whatif;

  const TOUCH = 26; // px within which a station is meant by a finger
  const START = 4; // px that a hand moves before it drags
  const WIDE = 150; // m off a way that a hand may be
  const STEPS = [10, 20, 40, 80, 150]; // m that an arrow key tries
  const FAR = 5; // times as far with Shift
  const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  let grip = null;
  let dropped = 0;

  function place(map, event) {
    const [x, y] = frame.fromLatLng(map.mouseEventToLatLng(event));
    return footing.toCrs(x, y);
  }

  /* Lets a map be worked on. hands: on (whether anything is tried), adding, choose,
     preview, drop, add, blank, remove, escape, undo, redo, fixed. */
  function start(map, hands) {
    const box = map.getContainer();

    function down(event) {
      if (!hands.on() || hands.adding() || event.button > 0 || event.isPrimary === false || geoplan.tools.measuring()) return;
      const station = drawing.under(map, map.mouseEventToContainerPoint(event), event.pointerType === "touch" ? TOUCH : drawing.NEAR);
      if (!station) return;
      grip = { station, x: event.clientX, y: event.clientY, moving: false, state: null, pointer: event.pointerId };
      event.stopImmediatePropagation();
    }

    /* What Leaflet would drag the map by. */
    function held(event) {
      if (!grip) return;
      event.stopImmediatePropagation();
      if (event.type === "touchstart" && event.cancelable) event.preventDefault();
    }

    function move(event) {
      if (!grip) {
        if (hands.on() && event.pointerType !== "touch" && box.contains(event.target)) hover(event);
        return;
      }
      if (event.pointerId !== grip.pointer) return;
      if (!grip.moving && Math.hypot(event.clientX - grip.x, event.clientY - grip.y) < START) return;
      if (!grip.moving) {
        grip.moving = drawing.view.held = true;
        hands.choose(grip.station);
        if (isFixed(grip.station)) hands.fixed(grip.station);
      }
      if (isFixed(grip.station)) return;
      const [x, y] = place(map, event);
      const found = footing.settle(x, y, WIDE);
      if (!found) return;
      grip.state = trial.moved(grip.station.key, [found.x, found.y]);
      hands.preview(grip.state);
    }

    function up(event) {
      if (!grip || event.pointerId !== grip.pointer) return;
      const one = grip;
      grip = null;
      drawing.view.held = false;
      dropped = event.timeStamp;
      if (!one.moving) hands.choose(one.station);
      else if (event.type === "pointercancel") hands.preview(null);
      else if (one.state) hands.drop(one.station, one.state);
    }

    function hover(event) {
      const station = drawing.under(map, map.mouseEventToContainerPoint(event), drawing.NEAR);
      const key = station ? station.key : "";
      document.body.classList.toggle("gripping", Boolean(station));
      if (key === drawing.view.over) return;
      drawing.view.over = key;
      hands.over();
    }

    box.addEventListener("pointerdown", down, true);
    box.addEventListener("mousedown", held, true);
    box.addEventListener("touchstart", held, { capture: true, passive: false });
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);
    map.on("click", function (event) {
      if (!hands.on() || geoplan.tools.measuring() || event.originalEvent.timeStamp - dropped < 50) return;
      const [x, y] = place(map, event.originalEvent);
      if (!hands.adding()) {
        hands.blank();
        return;
      }
      hands.add(footing.settle(x, y, WIDE));
    });
    document.addEventListener("keydown", function (event) { if (hands.on()) key(event, map, hands); }, true);
  }

  function isFixed(station) {
    return station.role === "room" && !trial.isMade(station);
  }

  function key(event, map, hands) {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const done = event.ctrlKey || event.metaKey ? written(event, hands) : pressed(event, map, hands);
    if (!done) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function written(event, hands) {
    const letter = event.key.toLowerCase();
    if (letter === "z") return hands[event.shiftKey ? "redo" : "undo"](), true;
    if (letter === "y") return hands.redo(), true;
    return false;
  }

  function pressed(event, map, hands) {
    const station = hands.chosen();
    if (ARROWS[event.key] && station) return shifted(station, ARROWS[event.key], event.shiftKey ? FAR : 1, hands), true;
    if ((event.key === "Delete" || event.key === "Backspace") && station) return hands.toggle(station), true;
    if (event.key === "n" || event.key === "N") {
      const [x, y] = frame.fromLatLng(map.getCenter());
      const at = footing.toCrs(x, y);
      return hands.add(footing.settle(at[0], at[1], 4 * WIDE)), true;
    }
    return event.key === "Escape" ? hands.escape() : false;
  }

  /* Moves a station along the ways the way an arrow points. */
  function shifted(station, [east, north], times, hands) {
    if (isFixed(station)) {
      hands.fixed(station);
      return;
    }
    for (let k = 0; k < STEPS.length; k += 1) {
      const step = STEPS[k] * times;
      const found = footing.settle(station.at[0] + east * step, station.at[1] + north * step, WIDE);
      const ahead = found ? (found.x - station.at[0]) * east + (found.y - station.at[1]) * north : 0;
      if (ahead >= Math.min(step, STEPS[0]) / 2) {
        hands.drop(station, trial.moved(station.key, [found.x, found.y]));
        return;
      }
    }
    hands.stuck();
  }

  geoplan.whatif.hands = { start };
})((window.geoplan = window.geoplan || {}));
