/* The choice of stations and homes to look at; native lists, so that keys, phones and
   screen readers know them. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words, filters } = geoplan;

  const KINDS = { item: "filter_items", hours: "filter_hours", kind: "filter_kinds", group: "filter_groups" };

  function start() {
    state.on(function (change) {
      if ("circle" in change) show();
      else if ("filter" in change) mark();
    });
    show();
  }

  function show() {
    const stations = filters.offers(state.circle);
    const homes = filters.homes(state.circle);
    const all = stations.length + homes.length;
    get("filter").hidden = !all;
    get("tab-filter").hidden = !all;
    put(get("filter"), [
      field("stations", words.say("filter_all_stations", { station: study.data.circles[state.circle].station }), stations),
      field("homes", words.say("filter_all_homes"), homes),
      make("button", { type: "button", id: "clear", click: clear }, words.say("filter_clear")),
    ]);
    mark();
  }

  /* One list: everything, then what there is by kind. */
  function field(name, whole, options) {
    if (!options.length) return null;
    const kinds = options.map(function (option) { return option.about; })
      .filter(function (about, i, every) { return every.indexOf(about) === i; });
    return make("label", { class: "field" }, [
      make("span", {}, words.say("filter_" + name)),
      make("select", { id: "filter-" + name, change: function (event) { choose(name, event.target.value); } },
        [make("option", { value: "" }, whole)].concat(kinds.map(function (about) {
          return make("optgroup", { label: words.say(KINDS[about]) }, options
            .filter(function (option) { return option.about === about; })
            .map(function (option) { return make("option", { value: option.key }, option.label); }));
        }))),
    ]);
  }

  /* A group and a choice of stations exclude each other: the last one chosen stays. */
  function choose(name, value) {
    const filter = Object.assign({}, state.filter);
    filter[name] = value;
    const home = filters.homes(state.circle).find(function (option) { return option.key === filter.homes; });
    if (name === "stations" && value && home && home.about === "group") filter.homes = "";
    filters.choose(filter);
  }

  function clear() {
    filters.choose(filters.NOBODY);
    const first = get("filter").querySelector("select");
    if (first) first.focus();
  }

  function mark() {
    ["stations", "homes"].forEach(function (name) {
      const list = get("filter-" + name);
      if (!list) return;
      list.value = state.filter[name];
      list.parentNode.classList.toggle("on", Boolean(state.filter[name]));
    });
    get("clear").hidden = !filters.on();
    get("tab-filter").classList.toggle("on", filters.on());
  }

  geoplan.picker = { start };
})((window.geoplan = window.geoplan || {}));
