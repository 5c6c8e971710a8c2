// Builds elements. Text always becomes text nodes: there is no way to pass markup.

/**
 * An element with attributes, `on…` listeners and children. `null`, `undefined` and `false` are left out, except in
 * `aria-…` attributes, where `false` is a value.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-")) element.setAttribute(name, String(value));
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** The children that are there, lists flattened. */
export function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

let lastId = 0;

/** An id that is unique on the page. */
export function newId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

const ICONS = {
  close: "M5 5l10 10M15 5L5 15",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  down: "M5 8l5 5 5-5",
  arrowDown: "M10 4v12M5 11l5 5 5-5",
  send: "M3.5 3.5l13 6.5-13 6.5 2-6.5zM5.5 10h6",
  eye: "M1.8 10S5 4.8 10 4.8 18.2 10 18.2 10 15 15.2 10 15.2 1.8 10 1.8 10zM12.3 10a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0z",
  more: "M4.6 10h.01M10 10h.01M15.4 10h.01",
  bolt: "M11 2.5L4.5 11.2H10l-1 6.3 6.5-8.7H10z",
  reply: "M3.5 4h13v9.5H8.8L5.5 16.6v-3.1h-2z",
  check: "M4 10.5l4 4 8-9",
  warning: "M10 3l8 14H2zM10 8.2v4M10 14.6h.01",
  pulse: "M1.5 10h4l2.6-6.5 4 13 2.4-6.5h4",
  flag: "M5 17.5V3M5 3.8h10.5l-2.6 3.7 2.6 3.7H5",
  hash: "M8 3.5l-1.5 13M13.5 3.5l-1.5 13M3.8 7.8h13M3.2 12.2h13",
  clip: "M15.5 9.2l-5.8 5.8a3.6 3.6 0 0 1-5.1-5.1L11 3.5a2.4 2.4 0 0 1 3.4 3.4l-6.3 6.3a1.2 1.2 0 0 1-1.7-1.7l5.4-5.4",
  file: "M5 2.5h6.5L15.5 6.5V17.5H5zM11.5 2.5v4h4",
  download: "M10 3v9M6 8.5l4 4 4-4M4 16.5h12",
  trash: "M3.5 6h13M8 6V3.5h4V6M5.5 6l.8 11h7.4l.8-11",
  play: "M6.5 4l9 6-9 6z",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
};

/** A small drawing that takes its colour from the text around it; hidden from screen readers. */
export function icon(name) {
  const SVG = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A coloured tile with initials, always the same for the same id. */
export function avatar(id, name) {
  const hue = [...String(id)].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9973, 7) % 8;
  const words = String(name).split(/[\s._-]+/u).filter(Boolean);
  const initials = [...words.slice(0, 2)].map((word) => [...word][0].toUpperCase()).join("");
  return h("span", { class: `avatar avatar-${hue}`, "aria-hidden": true }, initials || "?");
}

/** Where elements above an open dialog have to live, or they would be inert: the innermost dialog around, or the body. */
export function topLayerParent(element) {
  return element.closest("dialog") ?? document.body;
}
