/* How it is counted: the words behind the numbers, and the licences. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, state, words } = geoplan;

  /* How the circle shown is counted, a sentence each. */
  function method() {
    const circle = study.now();
    const share = function (n) { return words.decimal(words.tenths(n, circle.total)); };
    const told = { station: circle.station, limit: circle.limit, walker: study.data.walker, speed: study.data.speed };
    const found = [words.say("notes_method_" + circle.by, told)];
    if (circle.total > 0 && !circle.offer && !circle.group) {
      found.push(words.say("notes_own", { station: circle.station, own: words.count(circle.own), share: share(circle.own) }));
      found.push(words.say("notes_straight", { n: words.count(circle.straight), share: share(circle.straight) }));
    }
    return found.concat([words.say("notes_gap"), words.say("notes_round")]);
  }

  function show() {
    const licences = JSON.parse(get("licences").textContent);
    put(get("notes-text"), [
      make("h2", {}, words.say("notes_title")),
      make("ul", {}, (study.method || method)().map(function (text) { return make("li", {}, text); })),
      study.data.notes.length ? make("h3", {}, words.say("notes_data")) : null,
      make("ul", {}, study.data.notes.map(function (text) { return make("li", {}, text); })),
      make("h3", {}, words.say("notes_sources")),
      make("ul", {}, study.data.credits.concat(study.data.crs || []).map(function (text) { return make("li", {}, text); })),
      make("details", {}, [make("summary", {}, words.say("notes_licences"))].concat(licences.map(function (licence) {
        return make("pre", {}, licence);
      }))),
      make("p", { class: "version" }, words.say("version", { version: study.data.version })),
    ]);
    get("notes").showModal();
  }

  function start() {
    get("how").addEventListener("click", show);
    get("notes-close").addEventListener("click", function () { get("notes").close(); });
  }

  geoplan.notes = { start, method };
})((window.geoplan = window.geoplan || {}));
