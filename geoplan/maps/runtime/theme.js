/* The answer on the map: shares, gaps, circles, homes and borders. */
(function (geoplan) {
  "use strict";

  const { path, stroke, hatch, trace } = geoplan.sheet;
  const { within } = geoplan.codec;
  const { study, state } = geoplan;

  const COLOUR = {
    grade: ["#FFFFFF", "#FBEACD", "#F4CE98", "#E5A45E", "#CF7D3C"],
    blue: "#0B4F8A", alarm: "#7A2408", ink: "#1B1F24", aside: "#D9D4C9",
    served: "rgba(100,107,115,0.42)", veil: "rgba(239,237,231,0.78)", none: "#F6F4EF",
    gain: "#00705A", gainWash: "#B9DED3", outWash: "#F6DFC9",
  };
  const THROUGH = 0.5; // how far shares hide an online base map
  const ROUND = 17; // m of ground coloured round a home
  const FAR = 9; // metres a pixel from which lines are thin
  const HOMES_TO = 7; // metres a pixel at which single homes stop to be seen
  const CROWDED = 0.5; // share unserved from which hatches are drawn lighter

  function circle() {
    return study.now();
  }

  function crowded() {
    const c = circle();
    return c.total > 0 && (c.total - c.reached) / c.total > CROWDED;
  }

  function clipTo(p, layer) {
    path(p, layer, within(layer, p.box), true);
    p.context.clip("evenodd");
  }

  function shares(p) {
    if (!geoplan.state.shown("share")) {
      fill(p, study.street.layer, "#FFFFFF");
      return;
    }
    const layer = study.grids.layer;
    p.context.globalCompositeOperation = "multiply";
    p.context.globalAlpha = geoplan.tiles.shown() ? THROUGH : 1;
    within(layer, p.box).forEach(function (i) {
      const grade = circle().grids[i].grade;
      p.context.beginPath();
      trace(p, layer, i, true);
      p.context.fillStyle = grade < 0 ? COLOUR.none : COLOUR.grade[grade];
      p.context.fill("evenodd");
    });
    p.context.globalCompositeOperation = "source-over";
    p.context.globalAlpha = 1;
    if (state.view !== "any" || circle().offer) return;
    clipTo(p, study.outlines[state.circle].merged);
    p.context.fillStyle = "rgba(255,255,255," + (crowded() ? 0.7 : 0.62) + ")";
    p.context.fillRect(0, 0, p.width, p.height);
  }

  function fill(p, layer, colour, features) {
    path(p, layer, features || within(layer, p.box), true);
    p.context.fillStyle = colour;
    p.context.fill("evenodd");
  }

  /* Dims what lies outside the street office. */
  function veil(p) {
    const layer = study.street.layer;
    p.context.beginPath();
    p.context.rect(0, 0, p.width, p.height);
    within(layer, p.box).forEach(function (i) { trace(p, layer, i, true); });
    p.context.fillStyle = COLOUR.veil;
    p.context.fill("evenodd");
  }

  function homes(p) {
    const layer = study.buildings.layer;
    if (p.mpp > HOMES_TO) return;
    const stands = study.now().stands;
    const groups = [[], [], []];
    within(layer, p.box).forEach(function (i) {
      groups[stands[i] === 0 ? 0 : stands[i] === study.OUT ? 2 : 1].push(i);
    });
    const seen = geoplan.state.shown("homes");
    [COLOUR.aside, seen ? COLOUR.served : COLOUR.aside, seen ? COLOUR.alarm : COLOUR.aside].forEach(
      function (colour, k) { blocks(p, layer, groups[k], colour); });
  }

  /* Outlines filled; a building known as a point is a small square. */
  function blocks(p, layer, features, colour) {
    const half = Math.max(1.5, 4 / p.mpp);
    p.context.beginPath();
    features.forEach(function (i) {
      const first = layer.point[layer.part[i]];
      const last = layer.point[layer.part[i + 1]];
      if (last - first === 1) {
        p.context.rect(p.x + layer.x[first] * p.k - half, p.y + layer.y[first] * p.k - half, 2 * half, 2 * half);
      } else {
        trace(p, layer, i, true);
      }
    });
    p.context.fillStyle = colour;
    p.context.fill("evenodd");
  }

  /* Colours the ground round homes, so that they are seen from afar. */
  function wash(p, features, colour) {
    const layer = study.buildings.layer;
    path(p, layer, features, true);
    features.forEach(function (b) {
      const first = layer.point[layer.part[b]];
      if (layer.point[layer.part[b + 1]] - first !== 1) return;
      p.context.rect(p.x + layer.x[first] * p.k, p.y + layer.y[first] * p.k, 0.1, 0.1);
    });
    stroke(p, Math.max(3, (2 * ROUND) / p.mpp), colour);
    p.context.fillStyle = colour;
    p.context.fill();
  }

  /* Hatches homes that are out: colour does not stand alone. */
  function hatched(p, features) {
    if (!features.length) return;
    p.context.save();
    path(p, study.buildings.layer, features, true);
    p.context.clip("evenodd");
    hatch(p, 5, 1.2, "rgba(251,234,205,0.8)");
    p.context.restore();
  }

  function gaps(p) {
    if (!geoplan.state.shown("gap") || state.view !== "any" || circle().filtered) return;
    const layer = study.outlines[state.circle].gaps;
    const features = within(layer, p.box);
    if (!features.length) return;
    path(p, layer, features, true);
    p.context.clip("evenodd");
    const merged = study.outlines[state.circle].merged;
    path(p, merged, within(merged, p.box), true);
    p.context.rect(0, 0, p.width, p.height);
    p.context.clip("evenodd");
    if (crowded()) hatch(p, 8, 1.1, "rgba(122,36,8,0.38)");
    else hatch(p, 6, 1.1, "rgba(122,36,8,0.75)");
  }

  function borders(p) {
    if (!geoplan.state.shown("borders")) return;
    const close = p.mpp < 2;
    [[study.grids.layer, close ? 1.4 : 0.9, "#6B6459", 1.6], [study.communities.layer, 1.7, "#3E3A34", 2],
      [study.street.layer, 2.6, COLOUR.ink, 2.4]].forEach(function (kind) {
      path(p, kind[0], within(kind[0], p.box), true);
      if (p.mpp < FAR) stroke(p, kind[1] + kind[3], "rgba(255,255,255,0.8)");
      stroke(p, p.mpp < FAR ? kind[1] : kind[1] * 0.6, kind[2]);
    });
  }

  function compounds(p) {
    if (p.mpp > 2.3 || !geoplan.state.shown("compounds")) return;
    path(p, study.compounds.layer, within(study.compounds.layer, p.box), true);
    stroke(p, 1, "#8C8577", [2, 2.5]);
  }

  /* The circles of a pair of compasses, which know no river and no wall. */
  function compass(p) {
    const reach = circle().reach_m / p.mpp;
    Array.from(study.outlines[state.circle].station).forEach(function (i) {
      const [x, y] = study.middle(study.stations.layer, i);
      p.context.beginPath();
      p.context.arc(p.x + x * p.k, p.y + y * p.k, reach, 0, 2 * Math.PI);
      stroke(p, 1.4, COLOUR.blue, [6, 4]);
    });
  }

  /* The circles of some stations as one: drawn broad, then all that lies inside taken
     away, which leaves the rim of the whole. */
  function offered(p) {
    const outline = study.outlines[state.circle];
    const chosen = within(outline.single, p.box).filter(function (i) { return study.open(outline.station[i]); });
    const width = p.mpp < 2 ? 2.6 : p.mpp < FAR ? 2.4 : 1.2;
    const dots = p.context.canvas.width / p.width;
    const canvas = document.createElement("canvas");
    canvas.width = p.context.canvas.width;
    canvas.height = p.context.canvas.height;
    const other = Object.assign({}, p, { context: canvas.getContext("2d") });
    other.context.lineJoin = "round";
    other.context.setTransform(dots, 0, 0, dots, 0, 0);
    path(other, outline.single, chosen, true);
    stroke(other, 2 * width + 2.6, "#FFFFFF");
    path(other, outline.single, chosen, true);
    stroke(other, 2 * width, COLOUR.blue);
    other.context.globalCompositeOperation = "destination-out";
    chosen.forEach(function (i) { fill(other, outline.single, "#000000", [i]); });
    clipTo(p, study.street.layer);
    p.context.drawImage(canvas, 0, 0, p.width, p.height);
  }

  function circles(p) {
    if (!geoplan.state.shown("circle")) return;
    if (state.view === "straight") {
      compass(p);
      return;
    }
    if (circle().offer) {
      offered(p);
      return;
    }
    const layer = study.outlines[state.circle].merged;
    const features = within(layer, p.box);
    path(p, layer, features, true);
    stroke(p, 1.4, "rgba(11,79,138,0.3)");
    clipTo(p, study.street.layer);
    path(p, layer, features, true);
    if (p.mpp < FAR) stroke(p, 5, "rgba(255,255,255,0.85)");
    stroke(p, p.mpp < 2 ? 2.6 : p.mpp < FAR ? 2.4 : 1.2, COLOUR.blue);
  }

  geoplan.theme = { COLOUR, shares, veil, homes, gaps, borders, compounds, circles, blocks, wash, hatched, circle };
})((window.geoplan = window.geoplan || {}));
