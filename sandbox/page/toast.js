// Short notices at the page's edge, read aloud at once, gone after a while.

import { h, icon } from "./dom.js";

const SHOWN_MS = 8000;

/** Shows a notice. */
export function toast(text) {
  const place = placeOf(topDialog() ?? document.body);
  const notice = h(
    "div",
    { class: "toast" },
    icon("warning"),
    h("span", {}, text),
    h("button", { class: "icon-button", type: "button", "aria-label": "Dismiss", onclick: () => notice.remove() }, icon("close")),
  );
  place.append(notice);
  setTimeout(() => notice.remove(), SHOWN_MS);
}

function topDialog() {
  return [...document.querySelectorAll("dialog[open]")].at(-1);
}

/** Where notices stand: inside an open dialog, since what is outside of it can't be reached meanwhile. */
function placeOf(parent) {
  const there = parent.querySelector(":scope > .toasts");
  if (there) return there;
  const place = h("div", { class: "toasts", role: "alert", popover: "manual" });
  parent.append(place);
  place.showPopover();
  return place;
}
