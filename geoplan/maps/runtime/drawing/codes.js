/* Codes of new grids, as geoplan.division.numbering gives them. */
(function (geoplan) {
  "use strict";

  const USUAL = { separator: "", digits: 3 };

  /* What follows the community's code in a grid's: separator, digits, number. */
  function tail(code, community) {
    if (code.indexOf(community) !== 0) return null;
    const found = /^([^]*?)([0-9]+)$/.exec(code.slice(community.length));
    return found && { separator: found[1], digits: found[2].length, number: Number(found[2]) };
  }

  /* The next code of a community, after all that it has or had; null if they are
     used up. */
  function next(codes, community) {
    const tails = codes.map(function (code) { return tail(code, community); });
    const alike = tails.length > 0 && tails.every(function (one) {
      return one && tails[0] && one.separator === tails[0].separator && one.digits === tails[0].digits;
    });
    const by = alike ? tails[0] : USUAL;
    const number = tails.reduce(function (most, one) { return one ? Math.max(most, one.number) : most; }, 0) + 1;
    const text = String(number);
    return text.length > by.digits ? null : community + by.separator + "0".repeat(by.digits - text.length) + text;
  }

  geoplan.codes = { next };
})((window.geoplan = window.geoplan || {}));
