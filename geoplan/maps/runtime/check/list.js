/* The list of findings: three levels, a group a line, its cases behind it. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, state, words } = geoplan;

  const LEVELS = ["error", "warning", "info"];
  const SIGN = {
    error: "M10 3L18 17H2zM10 8v4M10 14.6v.1", warning: "M9 4a5 5 0 1 0 .01 0M13 13l4 4", info: "M4 10l4 4 8-9",
  };

  function start(pick) {
    const box = get("findings");
    if (!study.groups.length) {
      put(box, make("p", { class: "nothing" }, words.say("nothing")));
      return;
    }
    put(box, [make("div", { class: "heads" }, ["", "head_problem", "head_where", "head_cure"].map(function (key) {
      return make("div", {}, key ? words.say(key) : "");
    }))].concat(LEVELS.map(function (level) { return section(level, pick); })));
    state.on(function (change) { if ("pick" in change) mark(); });
  }

  function section(level, pick) {
    const groups = study.groups.filter(function (group) { return group.level === level; });
    if (!groups.length) return null;
    return make("section", { class: level }, [
      make("h2", {}, [make("span", { class: "sign" }, icon(SIGN[level])), words.say("level_" + level),
        make("b", {}, String(groups.length)), make("small", {}, words.say("level_" + level + "_note"))]),
    ].concat(groups.map(function (group) { return entry(group, pick); })));
  }

  function entry(group, pick) {
    const line = make("div", { class: "finding", "data-group": group.number }, [
      make("span", { class: "number" }, String(group.number)),
      make("div", {}, [
        make("button", { type: "button", class: "title" }, group.title),
        group.basis ? make("p", { class: "basis" }, group.basis) : null,
        group.count > 1 ? unfold(group, pick) : null,
      ]),
      make("div", {}, [
        group.file ? make("p", { class: "file" }, group.file) : make("p", {}, group.layer),
        group.where ? make("p", { class: "where" }, group.where) : null,
        group.count === 1 ? degrees(group.cases[0]) : null,
      ]),
      make("div", {}, [make("p", {}, group.cure)].concat(group.lines.map(copier))),
    ]);
    line.addEventListener("click", function (event) {
      if (event.target.closest(".cases, .copy, .more")) return;
      pick({ group: group.number, i: -1 });
    });
    return line;
  }

  /* Longitude and latitude of a case, as map services take them. */
  function degrees(one) {
    if (!study.map || !study.placed(one.i)) return null;
    const place = study.middle(study.places, one.i);
    const latlng = geoplan.frame.toLatLng(place[0], place[1]);
    return make("p", { class: "where" }, latlng.lng.toFixed(5) + ", " + latlng.lat.toFixed(5));
  }

  function unfold(group, pick) {
    const button = make("button", { type: "button", class: "more", "aria-expanded": "false" }, words.say("cases", { n: group.count }));
    button.addEventListener("click", function () {
      const line = button.closest(".finding");
      const open = line.querySelector(".cases");
      if (open) line.removeChild(open);
      else line.appendChild(cases(group, pick));
      button.setAttribute("aria-expanded", String(!open));
      put(button, open ? words.say("cases", { n: group.count }) : words.say("cases_fold"));
    });
    return button;
  }

  function cases(group, pick) {
    const found = group.cases.map(function (one) {
      const parts = [
        make("i", {}, one.row === null ? "" : words.say("rows", { rows: one.row })), make("b", {}, one.code), make("u", {}, one.text),
      ];
      if (!study.map || !study.placed(one.i)) return make("span", { class: "case" }, parts);
      return make("button", { type: "button", "data-at": one.i, click: function () { pick({ group: group.number, i: one.i }); } }, parts);
    });
    if (group.count > group.cases.length) found.push(make("p", {}, words.say("cases_first", { shown: group.cases.length })));
    return make("div", { class: "cases" }, found);
  }

  /* A line of the study file or a command, copied with a click. */
  function copier(text) {
    const said = make("span", {}, words.say("copy"));
    return make("button", { type: "button", class: "copy", click: function () { copy(text, said); } }, [make("code", {}, text), said]);
  }

  function copy(text, said) {
    const field = make("textarea", {}, text);
    document.body.appendChild(field);
    field.select();
    const done = document.execCommand("copy");
    document.body.removeChild(field);
    if (done) put(said, words.say("copied"));
  }

  function mark() {
    const pick = state.pick;
    document.querySelectorAll(".finding").forEach(function (line) {
      line.classList.toggle("picked", Boolean(pick) && Number(line.getAttribute("data-group")) === pick.group);
    });
    document.querySelectorAll(".cases [data-at]").forEach(function (line) {
      line.setAttribute("aria-current", String(Boolean(pick) && Number(line.getAttribute("data-at")) === pick.i));
    });
  }

  function show(group) {
    const line = document.querySelector('.finding[data-group="' + group + '"]');
    if (line) line.scrollIntoView({ block: "nearest" });
  }

  geoplan.list = { start, show };
})((window.geoplan = window.geoplan || {}));
