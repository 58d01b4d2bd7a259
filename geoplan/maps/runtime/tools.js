/* Zoom, whole map, measuring; scale, north and sources. */
(function (geoplan) {
  "use strict";

  const { make, get, put, icon } = geoplan.element;
  const { study, words, frame } = geoplan;

  const LENGTHS = [20, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000, 20000, 50000];
  const LONGEST = 96; // px of the scale
  let line = null;

  function measuring() {
    return line !== null;
  }

  function start(map, fit) {
    const buttons = [
      ["search", "M9 4a5 5 0 1 0 .01 0M13 13l4 4", find],
      ["zoom_in", "M10 4v12M4 10h12", function () { map.zoomIn(); }],
      ["zoom_out", "M4 10h12", function () { map.zoomOut(); }],
      ["fit", "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4", fit],
      ["measure", "M3 13L13 3l4 4L7 17zM6 10l2 2M9 7l2 2M12 4l2 2", function () { toggle(map); }],
    ];
    put(get("tools"), buttons.map(function (button) {
      const text = words.say(button[0]);
      return make("button", { type: "button", id: "tool-" + button[0], "aria-label": text, title: text, click: button[2] },
        icon(button[1]));
    }));
    map.on("zoomend moveend resize", function () { scale(map); });
    map.on("click", function (event) { if (line) add(map, event.latlng); });
    map.on("dblclick", function () { if (line) end(map); });
    document.addEventListener("keydown", function (event) { if (event.key === "Escape" && line) end(map); });
    sources();
    scale(map);
  }

  /* Phones keep the search field away until it is asked for. */
  function find() {
    document.body.classList.toggle("finding");
    if (document.body.classList.contains("finding")) get("query").focus();
  }

  function scale(map) {
    const mpp = frame.view(map.getZoom()).mpp;
    const metres = LENGTHS.filter(function (length) { return length / mpp <= LONGEST; }).pop() || LENGTHS[0];
    const bar = make("i", {});
    bar.style.width = metres / mpp + "px";
    const text = metres < 1000 ? words.say("metres", { n: metres }) : words.say("kilometres", { n: metres / 1000 });
    put(get("scale"), [
      make("span", { class: "north" }, [words.say("north"), icon("M10 2l4 15-4-4-4 4z")]),
      make("span", { class: "length" }, [text, bar]),
    ]);
  }

  function sources() {
    put(get("sources"), study.data.credits.concat(study.data.crs || []).join(" · "));
    get("sources").title = get("sources").textContent;
  }

  function toggle(map) {
    if (line) {
      end(map);
      return;
    }
    line = { points: [], drawn: L.polyline([], { pane: "measure", color: "#1B1F24", weight: 3, dashArray: "1 6" }).addTo(map) };
    map.doubleClickZoom.disable();
    get("tool-measure").setAttribute("aria-pressed", "true");
    say(words.say("measure_hint"));
  }

  function add(map, latlng) {
    const last = line.points[line.points.length - 1];
    if (last && map.latLngToContainerPoint(last).distanceTo(map.latLngToContainerPoint(latlng)) < 3) return;
    line.points.push(latlng);
    line.drawn.setLatLngs(line.points);
    const metres = line.points.slice(1).reduce(function (sum, point, k) {
      return sum + map.distance(line.points[k], point);
    }, 0);
    if (line.points.length > 1) {
      say(words.say("measure_total", { n: words.metres(metres), minutes: words.minutes(metres / study.data.speed / 60) }));
    }
  }

  function say(text) {
    get("measured").hidden = false;
    put(get("measured"), text);
  }

  function end(map) {
    line.drawn.remove();
    line = null;
    map.doubleClickZoom.enable();
    get("tool-measure").removeAttribute("aria-pressed");
    get("measured").hidden = true;
  }

  geoplan.tools = { start, measuring, scale };
})((window.geoplan = window.geoplan || {}));
