/* Texts and numbers as people read them. */
(function (geoplan) {
  "use strict";

  let texts = {};
  let counted = "households";
  let whole = counted; // what the study counts

  function use(data) {
    texts = data.words;
    whole = counted = data.counted;
  }

  /* What is counted from now on; nothing said: what the study counts. */
  function countIn(unit) {
    counted = unit || whole;
  }

  /* The text of a key with words that follow a number: of "{n} [home|homes]" the
     first where the fact before them is one. */
  function form(key, facts) {
    const text = texts[key];
    let last = "";
    return text.indexOf("[") < 0 ? text : text.replace(/\{(\w+)\}|\[([^[\]|]*)\|([^[\]|]*)\]/g, function (hole, name, one, many) {
      if (!name) return /^1(?![\d.,])/.test(last) ? one : many;
      last = facts && name in facts ? String(facts[name]) : "";
      return hole;
    });
  }

  /* The text of a key, its facts filled in. */
  function say(key, facts) {
    return form(key, facts).replace(/\{(\w+)\}/g, function (hole, name) {
      return facts && name in facts ? String(facts[name]) : hole;
    });
  }

  function has(key) {
    return key in texts;
  }

  function number(value) {
    return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  /* A count with its unit, that of what is counted if none is named: 14,210 户. */
  function count(value, unit) {
    return say("unit_" + (unit || counted), { n: number(value) });
  }

  function buildings(value) {
    return say("unit_buildings", { n: number(value) });
  }

  function unit() {
    return texts["column_" + counted];
  }

  /* Whole per cent, rounded down: 99.7 % never prints 100 %. */
  function percent(part, whole) {
    if (whole <= 0) return "–";
    return Math.floor((part * 100) / whole + 1e-9) + "%";
  }

  /* Per cent with one decimal, rounded down, in tenths. */
  function tenths(part, whole) {
    return whole <= 0 ? 0 : Math.floor((part * 1000) / whole + 1e-9);
  }

  function decimal(value) {
    return value === 1000 ? "100%" : Math.floor(value / 10) + "." + (value % 10) + "%";
  }

  function minutes(value) {
    return value.toFixed(1);
  }

  /* Metres as they are said: to 10 m. */
  function metres(value) {
    return number(Math.round(value / 10) * 10);
  }

  geoplan.words = {
    use, countIn, say, form, has, number, count, buildings, unit, percent, tenths, decimal, minutes, metres,
  };
})((window.geoplan = window.geoplan || {}));
