/* The answer on top: the switch of circles, the sentence, the bar. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  function start() {
    const box = get("circles");
    if (study.circles.length < 2) box.className = "single";
    put(box, study.data.circles.map(function (circle, k) {
      return make("button", { type: "button", role: "radio", click: function () { choose(k); }, keydown: move }, [
        make("b", {}, circle.name),
        make("span", {}, words.say("circle_stations", { station: circle.station, n: circle.stations })),
      ]);
    }));
    state.on(function (change) { if (state.counts(change)) show(); });
    show();
  }

  function choose(k) {
    state.set(Object.assign({ circle: k }, geoplan.filters.kept(k, state.filter)));
  }

  function move(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const size = study.circles.length;
    choose((state.circle + step + size) % size);
    get("circles").children[state.circle].focus();
  }

  function show() {
    const circle = study.now();
    Array.from(get("circles").children).forEach(function (button, k) {
      button.setAttribute("aria-checked", String(k === state.circle));
      button.tabIndex = k === state.circle ? 0 : -1;
    });
    put(get("sentence"), circle.sentences[state.view].map(function (piece) {
      const figure = ["any", "share", "out"].indexOf(piece[1]) >= 0;
      return figure ? make("b", { class: "figure " + piece[1] }, piece[0]) : piece[0];
    }));
    get("answer").classList.toggle("narrowed", Boolean(circle.filtered));
    get("band").hidden = !circle.band;
    get("band").title = circle.band;
    put(get("band"), circle.band);
    bar(circle);
  }

  /* Parts of the bar; their shares add up to 100 %. */
  function parts(circle) {
    const level = circle.level;
    const any = words.tenths(circle.any, circle.total);
    const own = words.tenths(circle.own, circle.total);
    const other = circle.any - circle.own;
    const found = [];
    if (other > 0) {
      if (circle.own > 0) found.push({ role: "own", text: words.say("bar_own_" + level), n: circle.own, share: own });
      found.push({ role: "other", text: words.say("bar_other_" + level), n: other, share: any - own });
    } else if (circle.any > 0) {
      found.push({ role: "own", text: words.say("bar_own_street"), n: circle.any, share: any });
    }
    if (circle.total > circle.any) {
      found.push({ role: "out", text: words.say("bar_out"), n: circle.total - circle.any, share: 1000 - any });
    }
    return found;
  }

  function bar(circle) {
    const all = circle.total > 0 ? parts(circle) : [];
    const label = words.say("bar_label", { any: words.count(circle.any), out: words.count(circle.total - circle.any) });
    get("bar").setAttribute("aria-label", label);
    put(get("bar"), all.map(function (part) {
      const piece = make("span", { class: part.role });
      piece.style.flexGrow = String(part.n);
      return piece;
    }));
    put(get("captions"), all.map(function (part) {
      const piece = make("span", { class: part.role }, [
        part.text + " ", make("b", {}, words.count(part.n)), " " + words.decimal(part.share),
      ]);
      piece.style.flexGrow = String(part.n);
      return piece;
    }));
    get("answer").title = circle.total > 0 && circle.straight > circle.any
      ? words.say("straight", { n: words.count(circle.straight), share: words.decimal(words.tenths(circle.straight, circle.total)) })
      : "";
  }

  geoplan.answer = { start, parts };
})((window.geoplan = window.geoplan || {}));
