/* The map of the check: homes, borders, and a numbered pin for each group. */
(function (geoplan) {
  "use strict";

  const { path, stroke, trace } = geoplan.sheet;
  const { within } = geoplan.codec;
  const { study, state, names } = geoplan;

  const COLOUR = {
    error: "#7A2408", warning: "#7A5A00", info: "#4D5B69", ink: "#1B1F24", blue: "#0B4F8A",
    home: "#D9D4C9", veil: "rgba(239,237,231,0.78)",
  };
  const FAR = 9, HOMES_TO = 7; // metres a pixel
  const PIN = 11, APART = 24; // px

  function veil(p) {
    const layer = study.grids.layer;
    p.context.beginPath();
    p.context.rect(0, 0, p.width, p.height);
    p.context.fillStyle = COLOUR.veil;
    p.context.fill();
    p.context.globalCompositeOperation = "source-over";
    path(p, layer, within(layer, p.box), true);
    p.context.fillStyle = "#FFFFFF";
    p.context.fill("nonzero");
  }

  function homes(p) {
    if (p.mpp > HOMES_TO) return;
    const layer = study.buildings.layer;
    const half = Math.max(1.2, 3 / p.mpp);
    p.context.beginPath();
    within(layer, p.box).forEach(function (i) {
      const first = layer.point[layer.part[i]];
      if (layer.point[layer.part[i + 1]] - first === 1) {
        p.context.rect(p.x + layer.x[first] * p.k - half, p.y + layer.y[first] * p.k - half, 2 * half, 2 * half);
      } else {
        trace(p, layer, i, true);
      }
    });
    p.context.fillStyle = COLOUR.home;
    p.context.fill("evenodd");
  }

  function borders(p) {
    [[study.grids.layer, 0.9, "#6B6459"], [study.communities.layer, 1.8, "#3E3A34"]].forEach(function (kind) {
      path(p, kind[0], within(kind[0], p.box), true);
      if (p.mpp < FAR) stroke(p, kind[1] + 1.6, "rgba(255,255,255,0.8)");
      stroke(p, p.mpp < FAR ? kind[1] : kind[1] * 0.6, kind[2]);
    });
  }

  function draw(p, base) {
    const room = names.table(p.width, p.height);
    stations(p);
    const seen = study.groups.filter(function (group) { return group.level !== "info" || picked(group); });
    seen.slice().reverse().forEach(function (group) { if (!picked(group)) cases(p, group, false); });
    seen.forEach(function (group) { if (picked(group)) cases(p, group, true); });
    pins(p, seen, room);
    named(p, room);
    names.ways(p, room, base);
  }

  function picked(group) {
    return Boolean(state.pick) && state.pick.group === group.number;
  }

  function stations(p) {
    const layer = study.stations.layer;
    within(layer, p.box).forEach(function (i) {
      const [x, y] = names.pixel(p, layer, i);
      p.context.beginPath();
      p.context.rect(x - 3.5, y - 3.5, 7, 7);
      p.context.fillStyle = COLOUR.blue;
      p.context.fill();
      stroke(p, 1.4, "#FFFFFF");
    });
  }

  /* The cases of a group: areas and lines as they are, points as dots. */
  function cases(p, group, strong) {
    const layer = study.places;
    const colour = COLOUR[group.level];
    group.places.forEach(function (i) {
      const one = state.pick && state.pick.i === i;
      if (layer.point[layer.part[i] + 1] - layer.point[layer.part[i]] > 1) {
        path(p, layer, [i], false);
        if (strong) stroke(p, one ? 8 : 6, "rgba(255,255,255,0.9)");
        stroke(p, one ? 4 : strong ? 2.6 : 1.4, colour);
      }
      dots(p, layer, i, one ? 7 : strong ? 4.5 : 2.6, colour, strong);
    });
  }

  function dots(p, layer, i, size, colour, strong) {
    for (let part = layer.part[i]; part < layer.part[i + 1]; part += 1) {
      const first = layer.point[part];
      if (layer.point[part + 1] - first > 1) continue;
      p.context.beginPath();
      p.context.arc(p.x + layer.x[first] * p.k, p.y + layer.y[first] * p.k, size, 0, 2 * Math.PI);
      p.context.fillStyle = colour;
      p.context.fill();
      if (strong) stroke(p, 1.6, "#FFFFFF");
    }
  }

  /* A numbered pin at the first place of each group; pins keep clear of one another. */
  function pins(p, groups, room) {
    const taken = [];
    groups.forEach(function (group) {
      group.pin = null;
      if (!group.places.length) return;
      const at = state.pick && state.pick.group === group.number && state.pick.i >= 0 ? state.pick.i : group.places[0];
      const [x, y] = beside(names.pixel(p, study.places, at), taken);
      taken.push([x, y]);
      group.pin = [x + p.left, y + p.top];
      room.take([x - PIN, y - PIN, x + PIN, y + PIN]);
      const size = picked(group) ? PIN + 3 : PIN;
      p.context.beginPath();
      p.context.arc(x, y, size, 0, 2 * Math.PI);
      p.context.fillStyle = COLOUR[group.level];
      p.context.fill();
      stroke(p, 2, "#FFFFFF");
      p.context.fillStyle = "#FFFFFF";
      p.context.font = "700 " + (picked(group) ? 14 : 12) + "px sans-serif";
      p.context.textAlign = "center";
      p.context.textBaseline = "middle";
      p.context.fillText(String(group.number), x, y + 0.5);
    });
  }

  /* The place nearest to a pin's own that no other pin takes. */
  function beside(place, taken) {
    for (let ring = 0; ring < 6; ring += 1) {
      for (let k = 0; k < Math.max(1, 6 * ring); k += 1) {
        const angle = (2 * Math.PI * k) / Math.max(1, 6 * ring);
        const spot = [place[0] + ring * APART * Math.cos(angle), place[1] + ring * APART * Math.sin(angle)];
        if (!taken.some(function (t) { return Math.hypot(t[0] - spot[0], t[1] - spot[1]) < APART - 1; })) return spot;
      }
    }
    return place;
  }

  function named(p, room) {
    if (p.mpp > 6) return;
    study.grids.name.forEach(function (name, i) {
      const b = study.grids.layer.box;
      if ((b[4 * i + 2] - b[4 * i]) * p.k < 60) return;
      names.set(p, room, name, [names.pixel(p, study.grids.layer, i)], { size: 11, colour: "#646B73", halo: 3 });
    });
  }

  /* The group whose pin lies at a place of the map, in pixels of the world. */
  function pinAt(x, y) {
    return study.groups.find(function (group) {
      return group.pin && Math.hypot(group.pin[0] - x, group.pin[1] - y) <= PIN + 3;
    });
  }

  geoplan.drawing = { veil, homes, borders, draw, pinAt };
})((window.geoplan = window.geoplan || {}));
