/* The files of the study: how each was understood, and how it came off. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, words } = geoplan;

  function start() {
    const heads = ["file_path", "file_layer", "file_rows", "file_crs", "file_state"];
    put(get("files"), [
      make("h2", {}, [words.say("files_title"), make("small", {}, words.say("files_count", { n: study.files.length }))]),
      make("table", {}, [
        make("thead", {}, make("tr", {}, heads.map(function (head) { return make("th", { scope: "col" }, words.say(head)); }))),
        make("tbody", {}, study.files.reduce(function (rows, file) { return rows.concat(lines(file)); }, [])),
      ]),
      imprint(),
      licences(),
    ]);
  }

  function lines(file) {
    const details = make("tr", { class: "details", hidden: true }, make("td", { colspan: 5 }, make("dl", {}, pairs(file))));
    const line = make("tr", { class: "file", click: function () { details.hidden = !details.hidden; } }, [
      make("td", {}, make("button", { type: "button", class: "path", title: file.path }, file.path)),
      make("td", {}, file.layer),
      make("td", {}, file.rows ? words.number(file.rows) : "–"),
      make("td", { title: file.crs }, file.crs || "–"),
      make("td", { class: "state " + file.state }, words.say("file_" + file.state)),
    ]);
    return [line, details];
  }

  function pairs(file) {
    return file.details.reduce(function (parts, pair) {
      return parts.concat([make("dt", {}, pair[0]), make("dd", {}, pair[1])]);
    }, []);
  }

  function imprint() {
    const data = study.data;
    return make("p", { class: "imprint" }, [data.date ? words.say("meta_date", { date: data.date }) : null]
      .concat(data.credits, words.say("version", { version: data.version })).filter(Boolean).join(" · "));
  }

  function licences() {
    return make("details", {}, [make("summary", {}, words.say("licences"))].concat(
      JSON.parse(get("licences").textContent).map(function (text) { return make("pre", {}, text); })));
  }

  geoplan.files = { start };
})((window.geoplan = window.geoplan || {}));
