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

  Object.assign(study, { use, placed, middle, ints });
  geoplan.study = study;
})((window.geoplan = window.geoplan || {}));
