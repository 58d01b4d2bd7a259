/* Between the page's lattice and the study's CRS, as geoplan.maps.plane fits them. */
(function (geoplan) {
  "use strict";

  let fits = null;

  function use(data) {
    fits = data;
  }

  function bent(fit, x, y) {
    const u = (x - fit.middle[0]) / fit.half;
    const v = (y - fit.middle[1]) / fit.half;
    const found = [0, 0];
    let term = 0;
    for (let i = 0; i <= fits.degree; i += 1) {
      for (let j = 0; j <= fits.degree - i; j += 1, term += 1) {
        const value = Math.pow(u, i) * Math.pow(v, j);
        found[0] += fit.x[term] * value;
        found[1] += fit.y[term] * value;
      }
    }
    return found;
  }

  /* Metres in the study's CRS of a place on the lattice. */
  function toCrs(x, y) {
    return bent(fits.to_crs, x, y);
  }

  function toPage(x, y) {
    return bent(fits.to_page, x, y);
  }

  geoplan.plane = { use, toCrs, toPage };
})((window.geoplan = window.geoplan || {}));
