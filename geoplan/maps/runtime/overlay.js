/* A canvas over the drawn map, drawn anew whenever the map rests. */
(function (geoplan) {
  "use strict";

  const { pen } = geoplan.sheet;
  const PADDING = 0.15; // of the map on each side, so that a drag shows no edge

  const Overlay = L.Renderer.extend({
    options: { pane: "marks", padding: PADDING, base: null, draw: null },

    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      const again = this.repaint.bind(this);
      if (document.fonts) document.fonts.addEventListener("loadingdone", again);
    },

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const dots = this._dots || Math.min(window.devicePixelRatio || 1, 2);
      const canvas = this._container;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = size.x * dots;
      canvas.height = size.y * dots;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      const origin = this._map.getPixelOrigin().add(this._bounds.min);
      const view = geoplan.frame.view(this._map.getZoom());
      const context = canvas.getContext("2d");
      context.setTransform(dots, 0, 0, dots, 0, 0);
      context.lineJoin = "round";
      context.lineCap = "round";
      const p = pen(context, view, origin.x, origin.y, size.x, size.y);
      const rim = size.subtract(this._map.getSize()).divideBy(2);
      p.seen = [rim.x, rim.y, size.x - rim.x, size.y - rim.y]; // the part that is not padding
      this.options.draw(p, this.options.base);
    },

    repaint: function () {
      if (this._map) this._update();
    },

    setDots: function (dots) {
      this._dots = dots;
      this.options.padding = dots ? 0 : PADDING;
      this.repaint();
    },
  });

  geoplan.overlay = { Overlay };
})((window.geoplan = window.geoplan || {}));
