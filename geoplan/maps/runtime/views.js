/* Whose stations count: any, one's own, or those that a pair of compasses reaches. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  function start() {
    state.on(function (change) { if (state.counts(change)) show(); });
    show();
  }

  /* Views that say something of their own in the circle chosen. */
  function offered() {
    const circle = study.now();
    return study.VIEWS.filter(function (view) {
      if (circle.offer || circle.group) return view === "any";
      return view === "any" || (circle.level === "street" ? view !== "own" : true);
    });
  }

  function show() {
    const box = get("views");
    const focused = box.contains(document.activeElement);
    const names = offered();
    box.hidden = names.length < 2;
    put(box, names.map(function (view) {
      const on = view === state.view;
      return make("button", { type: "button", role: "radio", "aria-checked": String(on), tabindex: on ? 0 : -1,
        title: words.say("view_" + view + "_note", { station: study.now().station }),
        click: function () { state.set({ view }); }, keydown: function (event) { move(event, names); } },
      words.say("view_" + view, { level: words.say("level_" + study.now().level) }));
    }));
    if (focused) box.querySelector('[aria-checked="true"]').focus();
  }

  function move(event, names) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    state.set({ view: names[(names.indexOf(state.view) + step + names.length) % names.length] });
  }

  geoplan.views = { start, offered };
})((window.geoplan = window.geoplan || {}));
