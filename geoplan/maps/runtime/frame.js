/* Between the page's lattice, Leaflet's places and pixels. */
(function (geoplan) {
  "use strict";

  const RADIUS = 6378137;
  const HALF = Math.PI * RADIUS;
  let grain = { west: 0, north: 0, step: 1 };
  let shrink = 1;

  function use(data) {
    grain = data.grain;
    shrink = Math.cos((toLatLng(0, 0).lat * Math.PI) / 180);
  }

  function toLatLng(x, y) {
    return L.Projection.SphericalMercator.unproject(
      L.point(grain.west + x * grain.step, grain.north - y * grain.step));
  }

  function fromLatLng(latlng) {
    const place = L.Projection.SphericalMercator.project(latlng);
    return [(place.x - grain.west) / grain.step, (grain.north - place.y) / grain.step];
  }

  /* Pixel of a place at a zoom: x0 + x * k, y0 + y * k; mpp = metres a pixel. */
  function view(zoom) {
    const scale = (256 * Math.pow(2, zoom)) / (2 * HALF);
    return {
      k: grain.step * scale,
      x0: (grain.west + HALF) * scale,
      y0: (HALF - grain.north) * scale,
      mpp: shrink / scale,
    };
  }

  /* Metres on the ground of one step of the lattice. */
  function metres() {
    return grain.step * shrink;
  }

  function bounds(box) {
    return L.latLngBounds(toLatLng(box[0], box[3]), toLatLng(box[2], box[1]));
  }

  geoplan.frame = { use, toLatLng, fromLatLng, view, metres, bounds };
})((window.geoplan = window.geoplan || {}));
