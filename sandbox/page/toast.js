// Short notices at the page's edge, read aloud at once, gone after a while.

import { h, icon } from "./dom.js";

const SHOWN_MS = 8000;

/** Shows a notice. */
export function toast(text) {
  const place = document.getElementById("toasts");
  const notice = h(
    "div",
    { class: "toast" },
    icon("warning"),
    h("span", {}, text),
    h("button", { class: "icon-button", type: "button", "aria-label": "Dismiss", onclick: () => notice.remove() }, icon("close")),
  );
  place.append(notice);
  // above open dialogs too
  place.setAttribute("popover", "manual");
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover();
  setTimeout(() => {
    notice.remove();
    if (!place.childElementCount && place.matches(":popover-open")) place.hidePopover();
  }, SHOWN_MS);
}
