/* The tip beside the pointer, and the click on what lies under it. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { at, middle } = geoplan.codec;
  const { study } = geoplan;

  const WAIT = 80; // ms
  let timer = 0;

  function hide() {
    clearTimeout(timer);
    get("tip").hidden = true;
  }

  /* Shows what lies under the pointer and hands on what is clicked.

     under: the thing at a place, or null; lines: its title, text and fine print;
     pick: is handed the thing clicked; met: is told of the thing pointed at. */
  function follow(map, { under, lines, pick, met }) {
    const meet = met || function () {};
    map.on("mousemove", function (event) {
      clearTimeout(timer);
      timer = setTimeout(function () {
        const other = geoplan.state.trying; // who else says what lies there
        const look = other || { under, lines, met: meet };
        const thing = geoplan.tools.measuring() ? null : look.under(map, event.latlng);
        map.getContainer().style.cursor = thing ? "pointer" : "";
        look.met(thing);
        if (thing) show(map, event.containerPoint, look.lines(thing));
        else hide();
      }, WAIT);
    });
    map.on("mouseout movestart zoomstart", function () {
      meet(null);
      hide();
    });
    map.on("click", function (event) {
      if (geoplan.tools.measuring() || geoplan.state.trying) return;
      hide();
      pick(under(map, event.latlng));
    });
  }

  function show(map, at, [title, text, more]) {
    const box = get("tip");
    put(box, [make("b", {}, title), make("span", {}, text), make("small", {}, more)]);
    box.hidden = false;
    const size = map.getSize();
    const above = at.y + 18 + box.offsetHeight > size.y;
    box.style.left = Math.max(8, Math.min(at.x + 14, size.x - box.offsetWidth - 8)) + "px";
    box.style.top = (above ? at.y - box.offsetHeight - 14 : at.y + 18) + "px";
  }

  /* The feature nearest to a place, at most so far off, or -1. A feature counts as many
     times as far as it weighs; one that weighs nothing is not met. */
  function nearest(layer, x, y, { most, weigh }) {
    let best = -1, least = Infinity;
    for (let i = 0; i < layer.n; i += 1) {
      const weight = weigh(i);
      const place = middle(layer, i);
      const far = Math.hypot(place[0] - x, place[1] - y) * weight;
      if (weight && far <= most && far < least) {
        best = i;
        least = far;
      }
    }
    return best;
  }

  /* The building at a place, if buildings are told there and it stands somehow, else the
     grid. */
  function beneath(x, y, stands) {
    const building = stands ? at(study.buildings.layer, x, y) : -1;
    if (building >= 0 && stands[building]) return { kind: "building", i: building };
    const grid = at(study.grids.layer, x, y);
    return grid >= 0 ? { kind: "grid", i: grid } : null;
  }

  geoplan.pointer = { follow, nearest, beneath };
})((window.geoplan = window.geoplan || {}));
