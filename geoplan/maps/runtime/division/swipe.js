/* The divider between today and then: dragged by mouse, finger or keys. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { division, state, words } = geoplan;

  const STEP = 0.02, LEAP = 0.1; // of the map's width, a key
  const KEYS = { ArrowLeft: -STEP, ArrowRight: STEP, PageDown: -LEAP, PageUp: LEAP, Home: -1, End: 1 };

  /* again: draws what lies over the map once more. */
  function start(map, again) {
    const place = get("place");
    const handle = make("button", { type: "button", id: "swipe-handle", role: "slider", "aria-label": words.say("swipe"),
      "aria-valuemin": "0", "aria-valuemax": "100", keydown: key }, icon("M7 5L2.5 10L7 15M13 5l4.5 5L13 15"));
    place.appendChild(make("div", { id: "swipe", hidden: !division.plans.length }, [
      make("b", { id: "swipe-was" }, words.say("before")), make("b", { id: "swipe-now" }), handle]));
    handle.addEventListener("pointerdown", function (event) { grab(event, place, handle); });
    document.addEventListener("keydown", function (event) {
      if (event.target === document.body && !get("swipe").hidden) key(event);
    });
    map.on("move", function () { if (state.swipe > 0 && state.swipe < 1) again(); });
    state.on(function (change) { if ("swipe" in change || "plan" in change) show(); });
    show();
  }

  function grab(event, place, handle) {
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    function follow(at) {
      const box = place.getBoundingClientRect();
      to((at.clientX - box.left) / box.width);
    }
    function end() {
      handle.removeEventListener("pointermove", follow);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    }
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  }

  function key(event) {
    const step = KEYS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    to(state.swipe + step);
  }

  function to(share) {
    state.set({ swipe: Math.max(0, Math.min(1, share)) });
  }

  function show() {
    const percent = (state.swipe * 100).toFixed(2) + "%";
    get("swipe").style.left = percent;
    get("swipe-handle").setAttribute("aria-valuenow", String(Math.round(state.swipe * 100)));
    get("swipe-handle").setAttribute("aria-valuetext", words.say("swipe_at", { n: Math.round(state.swipe * 100) }));
    get("swipe-was").hidden = state.swipe <= 0;
    get("swipe-now").hidden = state.swipe >= 1;
    put(get("swipe-now"), state.plan >= 0 ? geoplan.options.title(state.plan) : words.say("after_hand"));
  }

  geoplan.swipe = { start, to };
})((window.geoplan = window.geoplan || {}));
