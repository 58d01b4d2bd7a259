/* Codes of new grids, as geoplan.division.numbering gives them. */
(function (geoplan) {
  "use strict";

  const USUAL = { separator: "", digits: 3, open: false };

  /* What follows the community's code in a grid's: separator, digits, number. */
  function tail(code, community) {
    if (code.indexOf(community) !== 0) return null;
    const found = /^([^]*?)([0-9]+)$/.exec(code.slice(community.length));
    return found && { separator: found[1], digits: found[2].length, number: Number(found[2]), padded: /^0./.test(found[2]) };
  }

  /* How a community's codes follow what they begin with. */
  function seen(tails) {
    const first = tails[0];
    if (!first || !tails.every(function (one) { return one && one.separator === first.separator; })) return USUAL;
    const digits = tails.map(function (one) { return one.digits; });
    const least = Math.min.apply(null, digits);
    const open = least === 1 && !tails.some(function (one) { return one.padded; });
    if (!open && Math.max.apply(null, digits) > least) return USUAL;
    return { separator: first.separator, digits: least, open };
  }

  /* What a community's codes begin with, before their numbers. */
  function stem(codes, community, others) {
    if (codes.every(function (code) { return code.indexOf(community) === 0; })) return community;
    const heads = codes.map(function (code) {
      const found = /^([^]*?)([0-9]+)$/.exec(code);
      if (!found) return "";
      return found[2].length > 4 ? code.slice(0, -3) : found[1];
    });
    const head = heads[0];
    const alike = heads.every(function (one) { return one === head; });
    const taken = others.some(function (code) { return code.indexOf(head) === 0; });
    return head && alike && !taken ? head : community;
  }

  /* The next code of a community, after all that it has or had; null if they are
     used up. */
  function next(codes, community, others) {
    const start = stem(codes, community, others || []);
    const tails = codes.map(function (code) { return tail(code, start); });
    const by = seen(tails);
    const number = tails.reduce(function (most, one) { return one ? Math.max(most, one.number) : most; }, 0) + 1;
    const text = String(number);
    if (text.length > by.digits && !by.open) return null;
    return start + by.separator + "0".repeat(Math.max(by.digits - text.length, 0)) + text;
  }

  geoplan.codes = { next };
})((window.geoplan = window.geoplan || {}));
