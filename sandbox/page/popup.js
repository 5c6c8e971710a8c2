// What opens beside something else: a list under a field, a menu above a button.

import { h, icon, topLayerParent } from "./dom.js";

const GAP = 4;
const EDGE = 8;

/** Shows `content` above everything, beside `anchor`, where there is more room, up to `tallest` px. Gives back `place()` and `close()`. */
export function openPopup(anchor, content, { matchWidth = false, tallest = 320 } = {}) {
  content.setAttribute("popover", "manual");
  content.classList.add("popup");
  topLayerParent(anchor).append(content);
  content.showPopover();
  const place = () => {
    if (!anchor.isConnected) return;
    const at = anchor.getBoundingClientRect();
    const below = window.innerHeight - at.bottom - GAP - EDGE;
    const above = at.top - GAP - EDGE;
    if (matchWidth) content.style.width = `${at.width}px`;
    content.style.maxHeight = "none";
    const wanted = Math.min(content.scrollHeight + 2, tallest);
    const under = below >= wanted || below >= above;
    const height = Math.min(wanted, under ? below : above);
    content.style.maxHeight = `${height}px`;
    content.style.top = `${under ? at.bottom + GAP : at.top - GAP - height}px`;
    content.style.left = `${Math.max(EDGE, Math.min(at.left, window.innerWidth - content.offsetWidth - EDGE))}px`;
  };
  place();
  window.addEventListener("resize", place);
  window.addEventListener("scroll", place, true);
  return {
    place,
    close() {
      window.removeEventListener("resize", place);
      window.removeEventListener("scroll", place, true);
      content.remove();
    },
  };
}

/**
 * A menu beside a button. `items`: `{label, description?, leading?, checked?, href?, choose}`. Arrow keys move, Enter chooses, Escape and a
 * click elsewhere close, and the button has the focus again.
 */
function openMenu(button, items, label) {
  const role = items.some((item) => item.checked !== undefined) ? "menuitemradio" : "menuitem";
  const entries = items.map((item) =>
    h(
      item.href ? "a" : "button",
      {
        class: "menu-item",
        role,
        tabindex: -1,
        "aria-checked": item.checked,
        ...(item.href ? { href: item.href, target: "_blank", rel: "noopener noreferrer" } : { type: "button" }),
        onclick: () => {
          close();
          item.choose();
        },
      },
      item.leading,
      h(
        "span",
        { class: "menu-words" },
        h("span", { class: "menu-label" }, item.label),
        item.description && h("span", { class: "menu-description" }, item.description),
      ),
      item.checked && icon("check"),
    ),
  );
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label }, ...entries);
  menu.style.minWidth = `${button.offsetWidth}px`;
  const popup = openPopup(button, menu, { tallest: 480 });
  button.setAttribute("aria-expanded", "true");
  const elsewhere = (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) close(false);
  };
  document.addEventListener("pointerdown", elsewhere, true);
  function close(refocus = true) {
    document.removeEventListener("pointerdown", elsewhere, true);
    button.setAttribute("aria-expanded", "false");
    delete button.closeMenu;
    popup.close();
    if (refocus) button.focus();
  }
  button.closeMenu = close;
  menu.addEventListener("keydown", (event) => {
    const at = entries.indexOf(document.activeElement);
    const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (move !== undefined) entries.at(move % entries.length).focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  (entries.find((entry) => entry.getAttribute("aria-checked") === "true") ?? entries[0])?.focus();
}

/** Makes a button open a menu, whose items are made when it opens, and close it when pressed again. */
export function menuButton(button, items, label) {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (button.closeMenu ? button.closeMenu() : openMenu(button, items(), label)));
  return button;
}
