/* What the page of the check knows: groups of findings, files, and the map's layers. */
(function (geoplan) {
  "use strict";

  const { ints, shapes, middle } = geoplan.codec;
  const study = { names: [] };

  function use(data) {
    Object.assign(study, { data, groups: data.groups, files: data.files, map: null });
    study.groups.forEach(function (group, g) { group.number = g + 1; });
    if (!data.map) return study;
    const map = data.map;
    study.map = map;
    study.names = map.names;
    ["grids", "communities"].forEach(function (name) {
      study[name] = { name: map[name].name, layer: shapes(map[name].shape) };
    });
    study.buildings = { layer: shapes(map.buildings) };
    study.stations = { layer: shapes(map.stations) };
    study.places = shapes(map.places);
    study.groups.forEach(function (group) {
      group.places = group.cases.map(function (one) { return one.i; }).filter(placed);
    });
    return study;
  }

  /* Whether case i is somewhere on the map. */
  function placed(i) {
    return study.places.part[i + 1] > study.places.part[i];
  }

  /* The box round features of a layer; null if they are nowhere. */
  function boxOf(layer, features) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    features.forEach(function (i) {
      const b = layer.box.subarray(4 * i, 4 * i + 4);
      if (b[2] < b[0]) return;
      box[0] = Math.min(box[0], b[0]);
      box[1] = Math.min(box[1], b[1]);
      box[2] = Math.max(box[2], b[2]);
      box[3] = Math.max(box[3], b[3]);
    });
    return box[2] < box[0] ? null : box;
  }

  function every(layer) {
    return Array.from({ length: layer.n }, function (_, i) { return i; });
  }

  Object.assign(study, { use, placed, boxOf, every, middle, ints });
  geoplan.study = study;
})((window.geoplan = window.geoplan || {}));
