/* The drawn map: canvas tiles on which painters work one after another. */
(function (geoplan) {
  "use strict";

  const SIZE = 512;
  const LEAST = 0.5; // px between points that are drawn
  const MARGIN = 24; // px around a tile that may reach into it

  /* A pen draws on one canvas: its place on the lattice and in pixels. */
  function pen(context, view, left, top, width, height) {
    const k = view.k;
    return {
      context,
      k,
      mpp: view.mpp,
      x: view.x0 - left,
      y: view.y0 - top,
      left,
      top,
      width,
      height,
      box: [
        (left - MARGIN - view.x0) / k, (top - MARGIN - view.y0) / k,
        (left + width + MARGIN - view.x0) / k, (top + height + MARGIN - view.y0) / k,
      ],
    };
  }

  /* Adds feature i of a layer to the current path; points too near the one before to
     be told apart are left out, but for the last. */
  function trace(p, layer, i, closed) {
    const context = p.context;
    const least = LEAST / p.k; // steps of the lattice
    for (let part = layer.part[i]; part < layer.part[i + 1]; part += 1) {
      const start = layer.point[part];
      const end = layer.point[part + 1];
      let x = layer.x[start], y = layer.y[start];
      context.moveTo(p.x + x * p.k, p.y + y * p.k);
      for (let q = start + 1; q < end; q += 1) {
        if (q < end - 1 && Math.abs(layer.x[q] - x) + Math.abs(layer.y[q] - y) < least) continue;
        x = layer.x[q];
        y = layer.y[q];
        context.lineTo(p.x + x * p.k, p.y + y * p.k);
      }
      if (closed) context.closePath();
    }
  }

  function path(p, layer, features, closed) {
    p.context.beginPath();
    features.forEach(function (i) { trace(p, layer, i, closed); });
  }

  function stroke(p, width, colour, dash) {
    p.context.lineWidth = width;
    p.context.strokeStyle = colour;
    p.context.setLineDash(dash || []);
    p.context.stroke();
  }

  /* Slanting lines over the current clip, in step with the neighbouring tiles. */
  function hatch(p, step, width, colour) {
    const context = p.context;
    const gap = step * Math.SQRT2;
    const first = Math.floor((p.left + p.top) / gap) * gap - p.left - p.top;
    context.beginPath();
    for (let c = first; c < p.width + p.height + gap; c += gap) {
      context.moveTo(c, 0);
      context.lineTo(c - p.height, p.height);
    }
    stroke(p, width, colour);
  }

  const Sheet = L.GridLayer.extend({
    options: { tileSize: SIZE, updateWhenZooming: false, updateWhenIdle: false, keepBuffer: 1,
      minZoom: 1, maxZoom: 22, painters: [] },

    createTile: function (coords) {
      const tile = document.createElement("canvas");
      this._paint(tile, coords);
      return tile;
    },

    /* Draws every tile again where it stands. */
    repaint: function () {
      Object.keys(this._tiles).forEach(function (key) {
        this._paint(this._tiles[key].el, this._tiles[key].coords);
      }, this);
    },

    /* How many dots a pixel has: more for paper. */
    setDots: function (dots) {
      this._dots = dots;
      this.repaint();
    },

    _paint: function (tile, coords) {
      const dots = this._dots || Math.min(window.devicePixelRatio || 1, 2);
      tile.width = SIZE * dots;
      tile.height = SIZE * dots;
      const context = tile.getContext("2d");
      const view = geoplan.frame.view(coords.z);
      const p = pen(context, view, coords.x * SIZE, coords.y * SIZE, SIZE, SIZE);
      context.lineJoin = "round";
      context.lineCap = "round";
      this.options.painters.forEach(function (painter) {
        context.save();
        context.setTransform(dots, 0, 0, dots, 0, 0);
        context.beginPath();
        context.rect(0, 0, SIZE, SIZE);
        context.clip();
        painter(p);
        context.restore();
      });
    },

    /* Leaflet draws tiles at whole zooms and stretches them; these are drawn at
       the zoom itself, so that text-thin lines stay sharp. */
    _setView: function (center, zoom, noPrune, noUpdate) {
      const changed = this.options.updateWhenZooming && zoom !== this._tileZoom;
      if (!noUpdate || changed) {
        this._tileZoom = zoom;
        if (this._abortLoading) this._abortLoading();
        this._updateLevels();
        this._resetGrid();
        this._update(center);
        if (!noPrune) this._pruneTiles();
        this._noPrune = !!noPrune;
      }
      this._setZoomTransforms(center, zoom);
    },
  });

  geoplan.sheet = { Sheet, pen, trace, path, stroke, hatch };
})((window.geoplan = window.geoplan || {}));
