/* Finding a grid, community, station, compound, way or named building. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, words } = geoplan;

  const MOST = 8;
  let entries = null;
  let active = -1;

  function all(base) {
    const found = [];
    [["grid", study.grids], ["community", study.communities], ["station", study.stations], ["compound", study.compounds]]
      .forEach(function (kind) {
        kind[1].code.forEach(function (code, i) {
          found.push({ kind: kind[0], i, title: study.titled(kind[1], i), code });
        });
      });
    const lines = {};
    base.ways.name.forEach(function (name, i) { if (name > 0) (lines[name] = lines[name] || []).push(i); });
    Object.keys(lines).forEach(function (name) {
      found.push({ kind: "way", i: Number(name), title: study.names[name], code: "", layer: base.ways, features: lines[name] });
    });
    study.buildings.name.forEach(function (name, i) {
      if (name) found.push({ kind: "building", i, title: name, code: study.buildings.code[i] });
    });
    found.forEach(function (entry) { entry.key = (entry.title + " " + entry.code).toLowerCase(); });
    return found;
  }

  function find(query, base) {
    entries = entries || all(base);
    const wanted = query.trim().toLowerCase();
    if (!wanted) return [];
    return entries
      .map(function (entry, order) {
        const place = entry.key.indexOf(wanted);
        return { entry, order, rank: place < 0 ? -1 : entry.key === wanted ? 0 : place === 0 ? 1 : 2 };
      })
      .filter(function (hit) { return hit.rank >= 0; })
      .sort(function (a, b) { return a.rank - b.rank || a.order - b.order; })
      .slice(0, MOST)
      .map(function (hit) { return hit.entry; });
  }

  function start(base, pick) {
    const field = get("query");
    field.addEventListener("input", function () { show(field, base, pick); });
    field.addEventListener("focus", function () { show(field, base, pick); });
    field.addEventListener("keydown", function (event) { steer(event, pick); });
    field.addEventListener("blur", function () { setTimeout(close, 150); });
    document.addEventListener("keydown", function (event) {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === "/" && !typing) {
        event.preventDefault();
        field.focus();
      }
    });
  }

  function close() {
    get("hits").hidden = true;
    get("query").setAttribute("aria-expanded", "false");
    get("query").removeAttribute("aria-activedescendant");
    active = -1;
  }

  function show(field, base, pick) {
    const hits = find(field.value, base);
    const box = get("hits");
    active = -1;
    if (!field.value.trim()) {
      close();
      return;
    }
    put(box, hits.length ? hits.map(function (hit, k) {
      return make("li", { role: "option", id: "hit" + k, mousedown: function (event) {
        event.preventDefault();
        take(hit, pick);
      } }, [make("span", {}, hit.title), make("span", {}, words.say("found_" + hit.kind))]);
    }) : make("li", { class: "none" }, words.say("search_none", { query: field.value })));
    box.hits = hits;
    box.hidden = false;
    field.setAttribute("aria-expanded", "true");
  }

  function take(hit, pick) {
    get("query").value = hit.title;
    close();
    get("query").blur();
    document.body.classList.remove("finding");
    pick(hit);
  }

  function steer(event, pick) {
    const box = get("hits");
    const hits = box.hits || [];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && !box.hidden && hits.length) {
      take(hits[Math.max(0, active)], pick);
    } else if (step && hits.length) {
      event.preventDefault();
      active = (active + step + hits.length) % hits.length;
      hits.forEach(function (hit, k) { get("hit" + k).setAttribute("aria-selected", String(k === active)); });
      get("query").setAttribute("aria-activedescendant", "hit" + active);
    }
  }

  geoplan.search = { start, find };
})((window.geoplan = window.geoplan || {}));
