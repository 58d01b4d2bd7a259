/* Texts and numbers as people read them. */
(function (geoplan) {
  "use strict";

  let texts = {};
  let counted = "households";

  function use(data) {
    texts = data.words;
    counted = data.counted;
  }

  /* The text of a key, its facts filled in. */
  function say(key, facts) {
    return texts[key].replace(/\{(\w+)\}/g, function (hole, name) {
      return facts && name in facts ? String(facts[name]) : hole;
    });
  }

  function has(key) {
    return key in texts;
  }

  function number(value) {
    return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  /* A count with its unit: 14,210 户. */
  function count(value) {
    return say("unit_" + counted, { n: number(value) });
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
    use, say, has, number, count, buildings, unit, percent, tenths, decimal, minutes, metres,
  };
})((window.geoplan = window.geoplan || {}));
