/* The answer on top: the switch of circles, and one sentence of before and after. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const FIGURES = ["before", "after", "more", "gained", "lost"];

  function start() {
    const box = get("circles");
    if (study.circles.length < 2) box.className = "single";
    put(box, study.circles.map(function (circle, k) {
      return make("button", { type: "button", role: "radio", click: function () { choose(k); }, keydown: move }, [
        make("b", {}, circle.name), make("span", {}, study.signed(circle.after - circle.before)),
      ]);
    }));
    state.on(function (change) { if ("circle" in change) show(); });
    show();
  }

  function choose(k) {
    state.set({ circle: k });
  }

  function move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose((state.circle + step + study.circles.length) % study.circles.length);
    get("circles").children[state.circle].focus();
  }

  function show() {
    const circle = study.now();
    Array.from(get("circles").children).forEach(function (button, k) {
      button.setAttribute("aria-checked", String(k === state.circle));
      button.tabIndex = k === state.circle ? 0 : -1;
    });
    put(get("sentence"), circle.sentence.map(function (piece) {
      const role = piece[1] === "more" && circle.after < circle.before ? "lost" : piece[1];
      return FIGURES.indexOf(role) >= 0 ? make("b", { class: "figure " + role }, piece[0]) : piece[0];
    }));
    put(get("lead"), study.data.lead.concat(circle.total > 0 ? circle.own : []).map(function (text) {
      return make("span", {}, text);
    }));
    get("answer").title = words.say("notes_compare");
  }

  geoplan.answer = { start };
})((window.geoplan = window.geoplan || {}));
