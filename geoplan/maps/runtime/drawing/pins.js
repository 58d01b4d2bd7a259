/* Comments pinned to places: written, read, changed, taken away. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { sketch, words, plane, save } = geoplan;

  /* A comment at a place of the lattice. */
  function add(place) {
    const [x, y] = plane.toCrs(place[0], place[1]);
    ask("", function (text) {
      if (text) changed(sketch.notes.concat({ x: Math.round(x * 100) / 100, y: Math.round(y * 100) / 100, text }));
    });
  }

  /* Opens a comment by its place in the list. */
  function open(k) {
    const note = sketch.notes[k];
    const place = plane.toPage(note.x, note.y);
    geoplan.hand.see([place[0] - 40, place[1] - 40, place[0] + 40, place[1] + 40]);
    ask(note.text, function (text) {
      if (text === note.text) return;
      const left = sketch.notes.slice();
      if (text) left[k] = Object.assign({}, note, { text });
      else left.splice(k, 1);
      changed(left);
    });
  }

  function changed(notes) {
    sketch.comment(notes);
    geoplan.hand.after(sketch.past.done[sketch.past.done.length - 1]);
  }

  /* Asks for a text below the tools. */
  function ask(text, use) {
    const area = make("textarea", { id: "draw-text", rows: "2", maxlength: String(save.LONGEST.text), "aria-label": words.say("draw_note_text"), placeholder: words.say("draw_note_text"), keydown: function (event) {
      if (event.key === "Escape") end(null);
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || !event.shiftKey)) {
        event.preventDefault();
        end(area.value);
      }
    } });
    area.value = text;
    function end(value) {
      box.remove();
      geoplan.map.getContainer().focus({ preventScroll: true });
      if (value !== null) use(value.trim());
    }
    const old = get("remark");
    if (old) old.remove();
    const box = make("div", { id: "remark", role: "dialog", "aria-label": words.say("draw_note") });
    put(box, [area, make("div", {}, [
      make("button", { type: "button", class: "main", id: "draw-note-keep", click: function () { end(area.value); } }, words.say("draw_note_keep")),
      make("button", { type: "button", click: function () { end(null); } }, words.say("draw_note_no")),
    ])]);
    get("place").appendChild(box);
    area.focus({ preventScroll: true });
  }

  geoplan.pins = { add, open };
})((window.geoplan = window.geoplan || {}));
