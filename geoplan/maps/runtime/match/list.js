/* How many go to each community, before and after; who is moved; who is left. */
(function (geoplan) {
  "use strict";

  const { make, draw, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  const FIRST = 12;
  let unfolded = false;

  function start(pick) {
    areas(pick);
    moved(pick);
    lost(pick);
    state.on(function (change) { if ("pick" in change || "hover" in change) mark(); });
  }

  function areas(pick) {
    const block = study.communities;
    const most = Math.max.apply(null, block.before.concat(block.after, 1));
    const order = block.code.map(function (code, c) { return c; }).sort(function (a, b) { return block.before[b] - block.before[a] || a - b; });
    put(get("areas"), [
      make("h2", {}, [words.say("list_title"), make("small", {}, words.say("list_note"))]),
      make("table", {}, [
        make("caption", {}, words.say("list_title")),
        make("thead", {}, make("tr", {}, ["head_area", "", "head_before", "head_after", "head_mean"].map(function (key) {
          return make("th", { scope: "col" }, key && words.say(key));
        }))),
        make("tbody", { id: "rows" }, order.map(function (c) { return row(c, most, pick); })),
      ]),
      make("p", {}, words.say("gini", { before: study.data.gini[0].toFixed(2), after: study.data.gini[1].toFixed(2) })),
    ]);
  }

  function row(c, most, pick) {
    const block = study.communities;
    const mean = study.mean(c);
    const width = function (n) { return "width:" + ((100 * n) / most).toFixed(1) + "%"; };
    const bar = function (role, n) {
      const one = make("i", { class: role });
      one.style.cssText = width(n);
      return one;
    };
    return make("tr", lit("community", c, pick), [
      make("th", { scope: "row" }, make("button", { type: "button" }, study.titled(block, c))),
      make("td", { class: "bars" }, make("span", {}, [bar("was", block.before[c]), bar("now", block.after[c])])),
      make("td", {}, make("small", {}, words.number(block.before[c]))),
      make("td", {}, make("b", {}, words.number(block.after[c]))),
      make("td", {}, mean === null ? "–" : words.minutes(mean)),
    ]);
  }

  /* Pointing at a row lights its community, a click opens its detail. */
  function lit(kind, i, pick) {
    return { "data-kind": kind, "data-i": i, click: function () { pick({ kind, i }); },
      mouseenter: function () { state.set({ hover: { kind, i } }); }, mouseleave: function () { state.set({ hover: null }); } };
  }

  function moved(pick) {
    const block = study.buildings;
    const more = function (u) { return block.minutes[u] - block.least[u]; };
    const all = study.those(study.MOVED).sort(function (a, b) { return more(b) - more(a) || a - b; });
    const shown = unfolded ? all : all.slice(0, FIRST);
    put(get("moved"), all.length ? [
      make("h3", {}, words.say("moved_title")),
      make("table", {}, make("tbody", {}, shown.map(function (u) {
        return make("tr", lit("building", u, pick), [
          make("th", { scope: "row" }, make("span", { class: "site" }, [dot("moved"), make("span", {}, [
            make("button", { type: "button" }, study.titled(block, u)),
            make("small", {}, words.say("moved_row", { was: study.communities.name[block.nearest[u]], now: study.communities.name[block.community[u]] })),
          ])])),
          make("td", {}, words.say("more_minutes", { n: words.minutes(more(u)) })),
        ]);
      }))),
      all.length > FIRST ? make("button", { type: "button", class: "link more", click: function () { unfolded = !unfolded; moved(pick); } },
        unfolded ? words.say("fold") : words.say("unfold", { n: all.length - FIRST })) : null,
    ] : make("p", { class: "none" }, words.say("moved_none")));
  }

  function lost(pick) {
    const all = study.those(study.LOST);
    put(get("lost"), all.length ? [make("h3", {}, words.say("lost_title")), make("p", { class: "places" }, all.map(function (u) {
      return make("button", { type: "button", class: "link", click: function () { pick({ kind: "building", i: u }); } }, study.titled(study.buildings, u));
    }))] : []);
  }

  function dot(role) {
    return draw("svg", { class: "dot " + role, viewBox: "0 0 14 14", "aria-hidden": "true" }, [draw("circle", { cx: 7, cy: 7, r: 5 }),
      role === "lost" ? draw("path", { d: "M5 5l4 4M9 5l-4 4" }) : null]);
  }

  function mark() {
    document.querySelectorAll("[data-kind]").forEach(function (line) {
      const kind = line.getAttribute("data-kind"), i = Number(line.getAttribute("data-i"));
      line.setAttribute("aria-selected", String(state.picked(kind, i)));
      line.classList.toggle("hover", Boolean(state.hover) && state.hover.kind === kind && state.hover.i === i);
    });
  }

  geoplan.list = { start, dot };
})((window.geoplan = window.geoplan || {}));
