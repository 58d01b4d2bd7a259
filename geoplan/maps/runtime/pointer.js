/* The tip beside the pointer, and the click on what lies under it. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;

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

  geoplan.pointer = { follow };
})((window.geoplan = window.geoplan || {}));
