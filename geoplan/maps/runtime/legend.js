/* The legend, which is also the switch of layers. */
(function (geoplan) {
  "use strict";

  const { make, draw } = geoplan.element;
  const { study, state, words, switches } = geoplan;

  const RANGES = ["<50%", "50–70", "70–90", "90–99", "100%"];

  function start() {
    state.hidden.tiles = true;
    state.on(function (change) {
      if ("circle" in change) state.hidden = hiddenAtFirst();
      if (state.counts(change) || "hidden" in change) show();
    });
    state.hidden = hiddenAtFirst();
    show();
  }

  /* Stations of tiers that no circle asks for are hidden at first, and so are
     those of the other circle. */
  function hiddenAtFirst() {
    const hidden = Object.assign({}, state.hidden);
    tiers().forEach(function (tier) {
      hidden["station " + tier] = tier === "网格级" && tier !== study.now().tier;
    });
    return hidden;
  }

  function tiers() {
    const order = ["街道级", "社区级", "网格级"];
    return study.stations.tier.filter(function (tier, i, all) { return all.indexOf(tier) === i; })
      .sort(function (a, b) { return order.indexOf(a) - order.indexOf(b); });
  }

  /* The everyday word for the stations of a tier, or the legend's. */
  function word(tier, of) {
    const known = { "街道级": "street", "社区级": "community", "网格级": "grid" }[tier];
    return known ? words.say((of || "") + "station_" + known) : tier;
  }

  function entries() {
    const circle = study.now();
    const found = [
      ["share", words.say("legend_share_" + (circle.unit || study.data.counted)), classes()],
      ["circle", words.say(state.view === "straight" ? "view_straight" : "legend_circle"), [line("M1 9C12 0 30 2 39 8", "circle"), circle.limit]],
      ["homes", words.say("legend_homes"), [box("in"), words.say("legend_homes_in"), box("out"), words.say("legend_homes_out")]],
    ];
    if (state.view === "any" && !circle.filtered) found.splice(2, 0, ["gap", words.say("legend_gap"), [box("gap"), words.say("legend_gap_note")]]);
    tiers().forEach(function (tier) {
      const n = study.stations.tier.filter(function (t, i) { return t === tier && study.open(i); }).length;
      found.push(["station " + tier, word(tier, "legend_"), [switches.sign({ dot: tier === "网格级", head: tier === "街道级" }), words.say("legend_count", { n })]]);
    });
    found.push(["borders", words.say("legend_borders"), [borders(), ""]]);
    return found;
  }

  function classes() {
    return RANGES.map(function (range, k) {
      return make("span", { class: "class grade" + (RANGES.length - 1 - k) }, range);
    });
  }

  function box(role) {
    return make("span", { class: "box " + role });
  }

  function line(path, role) {
    return draw("svg", { class: "line " + role, width: 40, height: 12, "aria-hidden": "true" },
      draw("path", { d: path }));
  }

  /* Grid, community and street lines side by side. */
  function borders() {
    return draw("svg", { class: "line borders", width: 40, height: 12, "aria-hidden": "true" },
      [0.9, 1.7, 2.6].map(function (width, k) {
        return draw("path", { d: "M" + 14 * k + " 6h11", "stroke-width": width });
      }));
  }

  /* Layers that need no key: switches in one cell. */
  function plain() {
    return [study.compounds.code.length ? "compounds" : "", study.names.length > 1 ? "names" : "",
      geoplan.tiles.offered() ? "tiles" : ""].filter(Boolean);
  }

  function show() {
    switches.show(entries(), plain(), 3);
  }

  geoplan.legend = { start, hiddenAtFirst, entries, word };
})((window.geoplan = window.geoplan || {}));
