/* Trying stations elsewhere: the button that begins it, and what hands and keys do. */
(function (geoplan) {
  "use strict";

  const { get, put, make } = geoplan.element;
  const { study, state, words, frame } = geoplan;
  const { trial, footing, drawing, panel, files, hands } = geoplan.whatif;

  const CLOSE = 16.5; // zoom at which a station is looked at
  const REST = 40; // ms until all is painted anew
  let map = null, drawn = null, usual = null;
  let on = false, adding = false, later = 0;

  function start(where, layers) {
    map = where;
    drawn = layers;
    const data = study.data.what_if;
    const button = get("try");
    if (!data) return;
    button.hidden = false;
    put(button, words.say("try"));
    button.title = words.say(data.left_out ? "try_left_out" : "try_tip");
    button.disabled = Boolean(data.left_out);
    if (data.left_out) return;
    button.addEventListener("click", function () { (on ? leave : enter)(); });
    hands.start(map, {
      on: function () { return on; }, adding: function () { return adding; }, chosen, choose: grasped, preview, drop, blank, add: placed, toggle, escape,
      undo, redo, fixed: function () { panel.say(words.say("try_fixed")); }, stuck: function () { panel.say(words.say("try_stuck")); },
      over: function () { drawn.marks.repaint(); },
    });
  }

  /* Says so at once, then begins: a district takes a moment to be searched. */
  function enter() {
    on = true;
    document.body.classList.add("trying");
    get("try").setAttribute("aria-pressed", "true");
    state.set({ pick: null, trying: { under: drawing.lies, lines: panel.lines, met: function () {} } });
    get("trial").hidden = false;
    tab("try_tab");
    if (trial.ready) {
      shown();
      return;
    }
    put(get("sentence"), words.say("try_wait"));
    put(get("trial"), make("p", { class: "hint" }, words.say("try_wait")));
    setTimeout(function () {
      trial.use(study.data.what_if);
      drawing.prepare();
      panel.start({ leave, add: wait, undo, redo, reset, shut, open, home, hours, rename, take, pick: choose, go: look, grid, save, load,
        comparable: !study.data.what_if.any_only });
      const kept = files.recall();
      if (kept) trial.keep(kept);
      shown();
      if (kept) panel.say(words.say("try_recalled"));
    }, 30);
  }

  function shown() {
    usual = usual || { painters: drawn.sheet.options.painters, draw: drawn.marks.options.draw };
    drawn.sheet.options.painters = drawing.painters(usual.painters);
    drawn.marks.options.draw = drawing.draw;
    panel.legend();
    drawn.sheet.repaint();
    refresh();
    get("trial").querySelector('[data-do="add"]').focus();
  }

  function leave() {
    on = false;
    wait(false);
    document.body.classList.remove("trying", "gripping");
    get("try").removeAttribute("aria-pressed");
    get("trial").hidden = true;
    tab("tab_sites");
    drawn.sheet.options.painters = usual.painters;
    drawn.marks.options.draw = usual.draw;
    state.set({ plan: state.plan, trying: null });
    get("try").focus();
  }

  function tab(key) {
    get("tabs").querySelector('[data-tab="list"]').textContent = words.say(key);
  }

  function refresh(moving) {
    panel.show(moving);
    drawn.marks.repaint();
    clearTimeout(later);
    if (!moving) later = setTimeout(function () { if (on) drawn.sheet.repaint(); drawn.marks.repaint(); }, REST);
  }

  function chosen() {
    return trial.now.list.filter(function (one) { return one.key === drawing.view.key; })[0] || null;
  }

  function choose(station) {
    drawing.view.key = station.key;
    panel.show();
    drawn.marks.repaint();
    panel.say(words.say("try_chosen", { name: station.name }));
  }

  /* Chosen on the map: what can be done with it is shown at the top. */
  function grasped(station) {
    choose(station);
    get("trial").scrollTop = 0;
  }

  function blank() {
    drawing.view.key = "";
    panel.show();
    drawn.marks.repaint();
  }

  function preview(next) {
    trial.look(next || trial.state);
    refresh(true);
  }

  /* Keeps a state and says what it has changed. */
  function kept(next, key, name) {
    const before = trial.outcome(trial.state).covered;
    trial.keep(next);
    const more = trial.now.covered - before;
    refresh();
    panel.say(words.say(key, { name }) + words.say(more > 0 ? "try_said_more" : more < 0 ? "try_said_fewer" : "try_said_same", { n: study.homes(Math.abs(more)) }));
    files.remember();
  }

  function drop(station, next) {
    drawing.view.key = station.key;
    kept(next, "try_said_moved", station.name);
  }

  /* Waits for a place on the map, or no longer. */
  function wait(yes) {
    adding = yes === false ? false : !adding;
    document.body.classList.toggle("adding", adding);
    if (!trial.ready) return;
    const button = get("trial").querySelector('[data-do="add"]');
    if (button) button.setAttribute("aria-pressed", String(adding));
    if (adding) panel.say(words.say("try_adding"));
  }

  function placed(place) {
    if (!place) {
      panel.say(words.say("try_no_way"));
      return;
    }
    wait(false);
    const code = trial.fresh(words.say("try_code"));
    const name = words.say("try_new_name", { n: code.slice(words.say("try_code").length) });
    drawing.view.key = code;
    kept(trial.added(code, name, [place.x, place.y]), "try_said_added", name);
  }

  function shut(station) {
    kept(trial.shut(station), station.role === "added" ? "try_said_removed" : "try_said_shut", station.name);
  }

  function open(station) {
    kept(trial.opened(station), "try_said_open", station.name);
  }

  function toggle(station) {
    (station.open ? shut : open)(station);
  }

  function home(station) {
    kept(trial.home(station.key), "try_said_home", station.name);
  }

  function hours(station, text) {
    kept(trial.atHours(station.key, text), "try_said_hours", station.name);
  }

  function rename(station, name) {
    if (name !== station.name) kept(trial.renamed(station.key, name), "try_said_named", name);
  }

  function take(plan) {
    drawing.view.key = "";
    kept(trial.planned(plan), "try_said_taken", "");
  }

  function reset() {
    drawing.view.key = "";
    if (trial.changed()) kept(trial.empty(), "try_said_reset", "");
  }

  function undo() {
    stepped(trial.undo(), "try_said_undone", "try_said_nothing");
  }

  function redo() {
    stepped(trial.redo(), "try_said_redone", "try_said_nothing");
  }

  function stepped(done, said, nothing) {
    if (done) {
      refresh();
      files.remember();
    }
    panel.say(words.say(done ? said : nothing));
  }

  function escape() {
    if (adding) wait(false);
    else if (drawing.view.key) blank();
    else return false;
    return true;
  }

  function look(station) {
    const [x, y] = footing.toPage(station.at[0], station.at[1]);
    map.setView(frame.toLatLng(x, y), Math.max(map.getZoom(), CLOSE), { animate: false });
  }

  function grid(i) {
    map.fitBounds(frame.bounds(geoplan.codec.boxOf(study.grids.layer, [i])).pad(0.5), { animate: false, maxZoom: CLOSE });
  }

  function save() {
    files.hand(get("trial-by").value.trim());
    panel.say(words.say("try_said_saved"));
  }

  function load(event) {
    const [file] = event.target.files;
    if (!file) return;
    const reader = new FileReader();
    reader.onload = function () { taken(String(reader.result)); };
    reader.readAsText(file);
    event.target.value = "";
  }

  function taken(content) {
    try {
      const found = files.read(content);
      drawing.view.key = "";
      get("trial-by").value = found.by;
      kept(found.state, "try_said_loaded", "");
    } catch (refused) {
      if (!refused.key) throw refused;
      panel.say(words.say(refused.key, refused.facts));
    }
  }

  Object.assign(geoplan.whatif, { start, on: function () { return on; } });
})((window.geoplan = window.geoplan || {}));
