// Long text shows its beginning; a person unfolds it.

import { h } from "../dom.js";

// shorter text is never looked at
const CHARACTERS = 500;
const LINES = 10;

const unfolded = new Set();
const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) target.parentElement?.classList.toggle("cut", target.scrollHeight > target.clientHeight + 1);
});

/** The node of a text, with a button where the text doesn't fit; `key` remembers what has been unfolded. */
export function foldable(node, text, key) {
  if (text.length < CHARACTERS && text.split("\n").length <= LINES) return node;
  node.classList.add("fold");
  const words = () => (unfolded.has(key) ? "Show less" : "Show more");
  const button = h(
    "button",
    {
      class: "fold-button",
      type: "button",
      "aria-expanded": unfolded.has(key),
      onclick: () => {
        if (!unfolded.delete(key)) unfolded.add(key);
        whole.classList.toggle("open", unfolded.has(key));
        button.setAttribute("aria-expanded", String(unfolded.has(key)));
        button.textContent = words();
      },
    },
    words(),
  );
  const whole = h("div", { class: `foldable${unfolded.has(key) ? " open" : ""}` }, node, button);
  watcher.observe(node);
  return whole;
}
