/* The answer on top: the sentence, what is proved, and how many stations to open. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, state, words } = geoplan;

  const FIGURES = ["gain", "more", "after", "out", "share", "at", "value"];

  const MANY = 5; // counts that leave no room beside them

  function start() {
    const box = get("counts");
    box.hidden = study.plans.length < 2;
    get("asking").classList.toggle("many", study.plans.length > MANY);
    put(box, [make("span", {}, words.say(study.data.closing ? "counts_all" : "counts_more"))].concat(study.plans.map(function (plan, k) {
      return make("button", { type: "button", role: "radio", click: function () { choose(k); }, keydown: move }, String(plan.count));
    }), make("span", {}, words.say("counts_unit"))));
    beside();
    state.on(function (change) { if ("plan" in change) show(); });
    show();
  }

  /* The pages of a choice for two circles at once. */
  function beside() {
    get("beside").hidden = !study.data.beside.length;
    put(get("beside"), study.data.beside.map(function (page) {
      return page.here ? make("b", { "aria-current": "page" }, page.name) : make("a", { href: page.file }, page.name);
    }));
  }

  function choose(k) {
    state.set({ plan: k, hover: -1 });
  }

  function move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose((state.plan + step + study.plans.length) % study.plans.length);
    get("counts").querySelector('[aria-checked="true"]').focus();
  }

  function show() {
    const plan = study.now();
    Array.from(get("counts").querySelectorAll("button")).forEach(function (button, k) {
      button.setAttribute("aria-checked", String(k === state.plan));
      button.tabIndex = k === state.plan ? 0 : -1;
    });
    put(get("sentence"), plan.sentence.map(function (piece) {
      return FIGURES.indexOf(piece[1]) >= 0 ? make("b", { class: "figure " + piece[1] }, piece[0]) : piece[0];
    }));
    put(get("lead"), [
      make("span", { class: plan.closed ? "proof closed" : "proof" }, [plan.closed ? icon("M4 10l4 4 8-9") : icon("M10 4v8M10 15.4v.1"), plan.proof]),
    ].concat(study.data.lead.map(function (text) { return make("span", {}, text); }),
      make("span", {}, words.say("advice"))));
  }

  geoplan.answer = { start };
})((window.geoplan = window.geoplan || {}));
