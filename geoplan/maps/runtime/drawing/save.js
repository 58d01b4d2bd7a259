/* What was drawn, as a file and back. */
(function (geoplan) {
  "use strict";

  const FORMAT = "geoplan-edits";
  const VERSION = 1;
  const LONGEST = { code: 64, text: 2000, by: 200, size: 5e6 };

  /* The time here and now, as ISO 8601 has it, with the offset. */
  function now() {
    const date = new Date();
    const minutes = -date.getTimezoneOffset();
    const local = new Date(date.getTime() + minutes * 60000).toISOString().slice(0, 19);
    const two = function (n) { return String(Math.floor(n)).padStart(2, "0"); };
    const size = Math.abs(minutes);
    return local + (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
  }

  function cents(metres) {
    return Math.round(metres * 100) / 100;
  }

  /* The edits as the file has them. about: version, study, data, units (hash), by;
     drawn: option, units and to (codes, those that differ from today), locked,
     comments (x, y in metres, text), rest (what else was in the file). */
  function edits(about, drawn) {
    const to = {};
    drawn.units.map(function (unit, k) { return [unit, drawn.to[k]]; })
      .sort(function (a, b) { return a[0] < b[0] ? -1 : 1; })
      .forEach(function (row) { to[row[0]] = row[1]; });
    const comments = drawn.comments.map(function (one) { return { x: cents(one.x), y: cents(one.y), text: one.text }; });
    return Object.assign({
      format: FORMAT, version: VERSION, geoplan: about.version, study: about.study, data: about.data,
      made: now(), by: about.by,
      grids: { units: about.units, option: drawn.option, to, locked: drawn.locked.slice().sort(), comments },
    }, drawn.rest || {});
  }

  function text(file) {
    return JSON.stringify(file, null, 1) + "\n";
  }

  /* What is wrong with a file, by the key of its words and their facts. */
  class Refused extends Error {
    constructor(key, facts) {
      super(key);
      this.key = key;
      this.facts = facts || {};
    }
  }

  function refuse(wrong, key, facts) {
    if (wrong) throw new Refused(key, facts);
  }

  function plain(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }

  /* Reads a file back. about: as for edits; judge: the division it is of; shut:
     whether a grid stays as it is. Returns option, units, to (codes), fresh (codes
     of new grids by community), locked, comments, rest, by, made; or throws Refused. */
  function read(content, about, { judge, units, shut }) {
    refuse(content.length > LONGEST.size, "load_large");
    const file = parsed(content);
    refuse(!plain(file) || file.format !== FORMAT, "load_other");
    refuse(file.version !== VERSION, "load_version", { version: String(file.version).slice(0, 20) });
    refuse(file.data !== about.data, "load_data", { study: String(file.study).slice(0, 80) });
    const grids = file.grids;
    refuse(grids === undefined, "load_no_grids");
    refuse(!plain(grids) || !plain(grids.to), "load_broken");
    refuse(grids.units !== about.units, "load_units");
    const found = assigned(grids.to, { judge, units, shut });
    return Object.assign(found, {
      option: Number.isInteger(grids.option) && grids.option >= 0 ? grids.option : 0,
      locked: texts(grids.locked),
      comments: comments(grids.comments),
      rest: file.stations === undefined ? {} : { stations: file.stations },
      by: typeof file.by === "string" ? file.by.slice(0, LONGEST.by) : "",
      made: typeof file.made === "string" ? file.made.slice(0, 40) : "",
    });
  }

  function parsed(content) {
    try {
      return JSON.parse(content);
    } catch (error) {
      throw new Refused("load_other");
    }
  }

  /* The grid of each unit named, and the grids that are new. */
  function assigned(to, { judge, units, shut }) {
    const place = new Map(units.map(function (code, k) { return [code, k]; }));
    const known = new Map(judge.on.codes.map(function (code, k) { return [code, k]; }));
    const fresh = new Map();
    const found = { units: [], to: [], fresh };
    Object.keys(to).forEach(function (name) {
      const code = to[name];
      const unit = place.get(name);
      refuse(unit === undefined, "load_unit", { unit: name.slice(0, LONGEST.code) });
      refuse(typeof code !== "string" || code.length > LONGEST.code, "load_broken");
      const community = judge.on.community[unit];
      const grid = known.get(code);
      const home = judge.on.home[unit];
      refuse(shut(home) || (grid !== undefined && shut(grid)), "load_locked", { code: judge.on.codes[shut(home) ? home : grid] });
      if (grid === undefined && code && !fresh.has(code)) fresh.set(code, community);
      refuse(code && (grid === undefined ? fresh.get(code) : judge.on.of[grid]) !== community, "load_community", { unit: name, code });
      found.units.push(unit);
      found.to.push(code);
    });
    return found;
  }

  function texts(list) {
    return Array.isArray(list) ? list.filter(function (one) { return typeof one === "string"; }) : [];
  }

  function comments(list) {
    if (list === undefined) return [];
    refuse(!Array.isArray(list), "load_broken");
    return list.map(function (one) {
      refuse(!plain(one) || !Number.isFinite(one.x) || !Number.isFinite(one.y) || typeof one.text !== "string", "load_broken");
      return { x: one.x, y: one.y, text: one.text.slice(0, LONGEST.text) };
    });
  }

  /* Hands a file to whoever reads the page. */
  function download(name, content) {
    const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
  }

  /* The browser's own memory; one that refuses remembers nothing. */
  function remember(key, content) {
    try {
      if (content === null) window.localStorage.removeItem(key);
      else window.localStorage.setItem(key, content);
      return true;
    } catch (refused) {
      return false;
    }
  }

  function recall(key) {
    try {
      return window.localStorage.getItem(key);
    } catch (refused) {
      return null;
    }
  }

  geoplan.save = { edits, text, read, now, download, remember, recall, Refused, LONGEST };
})((window.geoplan = window.geoplan || {}));
