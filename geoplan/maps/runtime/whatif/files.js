/* What was tried as a file, and back: the edits that geoplan apply takes. */
(function (geoplan) {
  "use strict";

  const { study, save } = geoplan;
  const { trial, footing } = geoplan.whatif;

  const FORMAT = "geoplan-edits", VERSION = 1;
  let rest = {}; // what else was in a file: grids

  /* The study's own code of a station or room. */
  function own(code) {
    const found = trial.places.filter(function (place) { return place.code === code; })[0];
    return found ? found.own : code;
  }

  function theirs(code, old) {
    const found = trial.places.filter(function (place) { return place.own === code && place.old === old; })[0];
    return found ? found.code : null;
  }

  function edits(by) {
    const state = trial.state;
    const hours = {};
    trial.now.list.forEach(function (one) {
      if (state.hours[one.key]) hours[own(one.key)] = state.hours[one.key];
      else if (trial.asked && one.open && one.role !== "old") hours[own(one.key)] = trial.usual;
    });
    return Object.assign({
      format: FORMAT, version: VERSION, geoplan: study.data.version, study: study.data.study, data: trial.data.fingerprint,
      made: save.now(), by,
    }, rest, {
      stations: {
        circle: study.data.circle.name,
        added: state.added.concat(trial.now.list.filter(function (one) { return one.open && trial.isMade(one); }).map(made))
          .map(function (one) { return { code: one.code, name: one.name, x: one.x, y: one.y }; }),
        moved: Object.keys(state.moved).map(function (code) { return { code, x: state.moved[code][0], y: state.moved[code][1] }; }),
        closed: state.closed.slice(),
        opened: study.data.rooms ? state.opened.map(own) : [],
        hours,
        comments: [],
      },
    });
  }

  function made(one) {
    return { code: one.key, name: one.name, x: one.at[0], y: one.at[1] };
  }

  function plain(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }

  function refuse(wrong, key, facts) {
    if (wrong) throw new save.Refused(key, facts);
  }

  /* The state that a file tells of, and who made it; throws Refused. */
  function read(content) {
    refuse(content.length > save.LONGEST.size, "try_load_other");
    const file = parsed(content);
    refuse(!plain(file) || file.format !== FORMAT || file.version !== VERSION, "try_load_other");
    refuse(file.data !== trial.data.fingerprint, "try_load_data", { study: String(file.study).slice(0, 80) });
    const told = file.stations;
    refuse(!plain(told), "try_load_none");
    refuse(told.circle !== study.data.circle.name, "try_load_circle", { name: String(told.circle).slice(0, 80) });
    const state = trial.empty();
    list(told.added).forEach(function (one) {
      refuse(typeof one.code !== "string" || typeof one.name !== "string" || isTaken(one.code), "try_load_other");
      state.added.push(Object.assign({ code: one.code.slice(0, 64), name: one.name.slice(0, 200) }, placed(one)));
    });
    list(told.moved).forEach(function (one) {
      const at = placed(one);
      state.moved[known(one.code, true)] = [at.x, at.y];
    });
    state.closed = list(told.closed).map(function (code) { return known(code, true); });
    state.opened = list(told.opened).map(function (code) { return known(code, false); });
    if (trial.asked && plain(told.hours)) hours(told.hours, state);
    rest = file.grids === undefined ? {} : { grids: file.grids };
    return { state, by: typeof file.by === "string" ? file.by.slice(0, save.LONGEST.by) : "" };
  }

  /* Whether the study's files have a code already. */
  function isTaken(code) {
    return trial.places.some(function (place) { return place.own === code && (place.old || study.data.rooms); });
  }

  function parsed(content) {
    try {
      return JSON.parse(content);
    } catch (error) {
      throw new save.Refused("try_load_other");
    }
  }

  function list(value) {
    refuse(value !== undefined && !Array.isArray(value), "try_load_other");
    return value || [];
  }

  function known(code, old) {
    const found = theirs(code, old);
    refuse(found === null, "try_load_code", { code: String(code).slice(0, 64) });
    return found;
  }

  /* A place of a file, where a station may stand. */
  function placed(one) {
    refuse(!plain(one) || !Number.isFinite(one.x) || !Number.isFinite(one.y), "try_load_other");
    refuse(!footing.stand(one.x, one.y), "try_load_place", { code: String(one.code).slice(0, 64) });
    return { x: one.x, y: one.y };
  }

  function hours(told, state) {
    Object.keys(told).forEach(function (code) {
      const old = theirs(code, true);
      const key = old === null ? theirs(code, false) || code : old;
      refuse(!trial.opens.has(told[code]), "try_load_hours", { text: String(told[code]).slice(0, 80) });
      if (old !== null || told[code] !== trial.usual) state.hours[key] = told[code];
    });
  }

  function name() {
    return study.data.study.replace(/[\\/:*?"<>|\s]+/g, "_") + "_edits.json";
  }

  function key() {
    return "geoplan what-if " + trial.data.fingerprint + " " + study.data.circle.name;
  }

  /* Hands out the file. */
  function hand(by) {
    save.download(name(), save.text(edits(by)));
  }

  function remember() {
    return save.remember(key(), trial.changed() ? save.text(edits("")) : null);
  }

  /* What the browser has kept; null if that is nothing, or no longer fits. */
  function recall() {
    const content = save.recall(key());
    try {
      return content ? read(content).state : null;
    } catch (refused) {
      return null;
    }
  }

  geoplan.whatif.files = { edits, read, hand, remember, recall };
})((window.geoplan = window.geoplan || {}));
