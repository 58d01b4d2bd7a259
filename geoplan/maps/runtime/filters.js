/* The figures of some of the homes, or of some of the stations: of those that offer an
   item or are open at an hour, of one kind of compound, of one group of people. Items,
   hours and compounds are summed over buildings; a group is told by areas alone. */
(function (geoplan) {
  "use strict";

  const { ints } = geoplan.codec;
  const { study, state, words } = geoplan;

  const BITS = 28; // of a mask, as geoplan.maps.filters writes it
  const NAMED = 5; // communities that are named
  const NOBODY = { stations: "", homes: "" };
  let block = { offers: [], kinds: [], groups: [] };
  let last = { key: "", found: null };

  function use(data) {
    block = Object.assign({}, data, {
      met: data.met.map(function (masks) { return masks.map(ints); }),
      kind: data.kind.map(ints),
    });
  }

  function on() {
    return Boolean(state.filter.stations || state.filter.homes);
  }

  function offers(k) {
    return (block.offers[k] || []).map(function (offer, bit) {
      const label = offer.about === "hours" ? words.say("hours_" + offer.name) : offer.name;
      return Object.assign({ key: offer.about + " " + offer.name, bit, label }, offer);
    });
  }

  function homes(k) {
    const groups = block.groups[k] || {};
    return block.kinds.map(function (kind, bit) {
      return { key: kind, about: "kind", bit, label: words.say("filter_" + kind) };
    }).concat(Object.keys(groups).map(function (group) {
      return Object.assign({ key: group, about: "group" }, groups[group]);
    }));
  }

  function pick(options, key) {
    return options.find(function (option) { return option.key === key; }) || null;
  }

  /* As much of a filter as circle k has. A group is not known building by building,
     so it goes with no choice of stations; and these know no own station. */
  function kept(k, filter) {
    const offer = pick(offers(k), filter.stations);
    const home = pick(homes(k), filter.homes);
    const group = Boolean(home && home.about === "group");
    return {
      filter: { stations: offer && !group ? offer.key : "", homes: home ? home.key : "" },
      view: offer || group ? "any" : state.view,
    };
  }

  function choose(filter) {
    state.set(kept(state.circle, filter));
  }

  function now() {
    const filter = state.filter;
    const key = [state.circle, state.view, filter.stations, filter.homes].join("\n");
    if (last.key !== key) {
      const offer = pick(offers(state.circle), filter.stations);
      const home = pick(homes(state.circle), filter.homes);
      last = { key, found: home && home.about === "group" ? ofGroup(home) : ofBuildings(offer, home) };
    }
    return last.found;
  }

  function has(masks, bit, b) {
    return (masks[Math.floor(bit / BITS)][b] >> bit % BITS) & 1;
  }

  /* How every building stands in a view; aside are those that one does not look at. */
  function standing(view, offer, home) {
    const met = block.met[state.circle];
    return study.circles[state.circle][view].stands.map(function (stands, b) {
      if (!stands || (home && !has(block.kind, home.bit, b))) return 0;
      if (!offer) return stands;
      return has(met, offer.bit, b) ? study.OTHER : study.OUT;
    });
  }

  /* Sums by grid and community, and the whole. */
  function sums(stands) {
    const blank = function (areas) {
      return ["total", "reached", "own"].reduce(function (found, name) {
        found[name] = areas.code.map(function () { return 0; });
        return found;
      }, {});
    };
    const found = { grids: blank(study.grids), communities: blank(study.communities), street: blank({ code: [""] }) };
    stands.forEach(function (how, b) {
      const grid = study.buildings.grid[b];
      if (!how || grid < 0) return;
      const community = study.grids.community[grid];
      [[found.grids, grid], [found.communities, community], [found.street, 0]].forEach(function (place) {
        const [of, i] = place, n = study.buildings.count[b] || 0;
        if (i < 0) return;
        of.total[i] += n;
        if (how !== study.OUT) of.reached[i] += n;
        if (how === study.OWN) of.own[i] += n;
      });
    });
    return found;
  }

  function ofBuildings(offer, home) {
    const k = state.circle, base = study.circles[k][state.view];
    const views = offer ? ["any"] : study.VIEWS;
    const seen = {};
    views.forEach(function (view) { seen[view] = sums(standing(view, offer, home)); });
    const stands = standing(state.view, offer, home);
    const of = function (level) {
      const shown = seen[state.view][level], any = seen.any[level];
      return { total: shown.total, reached: shown.reached, any: any.reached, own: offer ? any.reached : any.own };
    };
    const whole = of("street");
    const straight = offer ? 0 : seen.straight.street.reached[0];
    const grids = study.ofGrids(k, stands, of("grids"));
    if (offer) grids.forEach(function (grid) { Object.assign(grid, { far: -1, low: Infinity }); });
    return told(base, { stands, grids, communities: study.figures(of("communities")), offer, home, straight,
      total: whole.total[0], any: whole.any[0], own: whole.own[0], reached: whole.reached[0] });
  }

  /* A group: figures of areas as they may be told; where not, nobody is counted. */
  function ofGroup(home) {
    const k = state.circle, base = study.circles[k].any;
    const of = function (areas) {
      const known = areas.total.map(function (n, i) { return n !== null && areas.any[i] !== null; });
      const total = areas.total.map(function (n, i) { return known[i] ? n : 0; });
      const any = areas.any.map(function (n, i) { return known[i] ? n : 0; });
      return { total, reached: any, any, own: any };
    };
    const whole = of(home.street);
    const grids = study.ofGrids(k, base.stands, of(home.grid));
    grids.forEach(function (grid) { Object.assign(grid, { where: {} }); });
    return told(base, { stands: base.stands, grids, communities: study.figures(of(home.community)), offer: null, home,
      straight: 0, total: whole.total[0], any: whole.any[0], own: whole.any[0], reached: whole.any[0], group: home.key, unit: home.unit });
  }

  function told(base, found) {
    const circle = Object.assign({}, base, { filtered: true, group: "", unit: "" }, found);
    if (found.offer) circle.station = words.say("offer_" + found.offer.about, { name: found.offer.label, station: base.station });
    circle.band = note(circle);
    circle.sentences = {};
    circle.sentences[state.view] = sentence(circle);
    return circle;
  }

  /* What has to be said besides: of a group how it is known, else the communities
     where nobody is reached. */
  function note(circle) {
    if (circle.group) return words.say("filter_group_note");
    const none = circle.communities.filter(function (area) { return area.total > 0 && area.reached === 0; });
    if (!none.length || !circle.any || state.view !== "any") return "";
    const names = none.slice(0, NAMED).map(function (area) { return study.titled(study.communities, area.i); });
    return words.say(none.length > NAMED ? "filter_none_more" : "filter_none",
      { n: none.length, names: names.join(words.say("filter_join")) });
  }

  /* The sentence in pieces, as geoplan.maps.answer makes those of whole circles. */
  function sentence(circle) {
    const reached = circle.reached;
    let form = circle.total <= 0 ? "empty" : circle.offer && !circle.offer.stations.length ? "without"
      : reached >= circle.total ? "all" : reached > 0 ? "some" : "none";
    if (state.view === "straight" && form !== "empty") form = "straight";
    const template = words.say("answer_" + form);
    const who = circle.home ? words.say("only_" + circle.home.about,
      { name: circle.home.label, n: words.count(circle.total, circle.unit) }) : words.count(circle.total);
    const count = function (n) { return words.count(n, circle.unit); };
    const facts = {
      total: who, any: count(reached), out: template.indexOf("{total}") < 0 ? who : count(circle.total - reached),
      walked: count(circle.any), any_n: words.number(reached), out_n: words.number(circle.total - reached),
      walked_n: words.number(circle.any), share: words.decimal(words.tenths(reached, circle.total)), limit: circle.limit,
      station: state.view === "own" ? words.say("own_" + circle.level) : circle.station,
    };
    return template.split(/\{(\w+)\}/).map(function (piece, i) {
      return i % 2 ? [facts[piece], piece.replace(/_n$/, "")] : [piece, ""];
    });
  }

  /* The filter as the address has it, and back. */
  function written() {
    return on() ? [state.filter.stations, state.filter.homes].map(encodeURIComponent).join(",") : "";
  }

  function read(parts) {
    return { stations: parts[0] || "", homes: parts[1] || "" };
  }

  function start() {
    state.on(function (change) {
      if (state.counts(change)) words.countIn(on() ? now().unit : "");
    });
  }

  geoplan.filters = { start, use, on, now, offers, homes, kept, choose, written, read, NOBODY };
})((window.geoplan = window.geoplan || {}));
