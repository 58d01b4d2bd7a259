/* Elements of the page; every text goes in as text, never as markup. */
(function (geoplan) {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  function filled(node, attributes, children) {
    Object.keys(attributes || {}).forEach(function (name) {
      const value = attributes[name];
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
    });
    [].concat(children === undefined ? [] : children).forEach(function (child) {
      if (child === null) return;
      node.appendChild(typeof child === "object" ? child : document.createTextNode(String(child)));
    });
    return node;
  }

  /* make("button", {class: "link", click: fly}, "text") */
  function make(tag, attributes, children) {
    return filled(document.createElement(tag), attributes, children);
  }

  function draw(tag, attributes, children) {
    return filled(document.createElementNS(SVG, tag), attributes, children);
  }

  function icon(path) {
    return draw("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true", focusable: "false" },
      draw("path", { d: path }));
  }

  function get(id) {
    return document.getElementById(id);
  }

  function empty(node) {
    while (node.firstChild) node.removeChild(node.firstChild);
    return node;
  }

  function put(node, children) {
    return filled(empty(node), {}, children);
  }

  geoplan.element = { make, draw, icon, get, empty, put };
})((window.geoplan = window.geoplan || {}));
