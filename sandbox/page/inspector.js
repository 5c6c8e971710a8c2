// The inspector: what went both ways between workspace and app, newest first, as it happens, and switches for trouble.

import { get, post } from "./api.js";
import { h, icon } from "./dom.js";
import { renderExchange } from "./exchange.js";
import { Switches } from "./switches.js";
import { toast } from "./toast.js";

const KEPT = 500;
const INTERACTIONS = ["block_actions", "block_suggestion", "view_submission", "view_closed", "shortcut", "message_action"];
const FILTERS = [
  ["All", () => true],
  ["Commands", ({ kind }) => kind === "slash_command"],
  ["Buttons and forms", ({ kind }) => INTERACTIONS.includes(kind)],
  ["Events", ({ kind }) => kind === "event_callback"],
  ["API calls", ({ kind }) => kind === "call"],
  ["Faults", ({ ok }) => !ok],
];

/** The panel in `root`, which `button` opens; `banner` says what trouble is on, whether it is open or not. */
export class Inspector {
  constructor(root, { button, banner }) {
    Object.assign(this, { root, button, passes: FILTERS[0][1], shown: new Map(), waiting: [] });
    this.list = h("ol", { class: "exchanges", "aria-labelledby": "inspector-name" });
    this.empty = h("p", { class: "inspector-empty" }, "Nothing has gone either way yet.");
    const switches = h("div", { class: "switches", role: "group", "aria-label": "Trouble" });
    this.switches = new Switches(switches, banner);
    this.tools = h("span", { class: "tools" });
    this.said = h("p", { class: "tool-said", role: "status" });
    switches.append(this.tools);
    this.filters = FILTERS.map(([label, passes], at) =>
      h("button", { class: "filter", type: "button", "aria-pressed": at === 0, onclick: () => this.#filter(passes) }, label),
    );
    root.replaceChildren(
      h(
        "header",
        { class: "inspector-head" },
        h("h2", { id: "inspector-name" }, "Inspector"),
        h("div", { class: "filters", role: "group", "aria-label": "Show" }, ...this.filters),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close the inspector", onclick: () => this.close() }, icon("close")),
      ),
      switches,
      this.said,
      h("div", { class: "inspector-rows" }, this.empty, this.list),
    );
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
    button.append(icon("pulse"));
    button.addEventListener("click", () => (this.root.hidden ? this.open() : this.close()));
  }

  /** Shows the panel and begins in it. */
  open() {
    this.root.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.filters[0].focus();
    this.#readRows();
  }

  /** Goes away. */
  close() {
    this.root.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.button.focus();
  }

  /** Reads anew what there is, after each (re)connection. */
  async read() {
    this.switches.show(await get("admin/troubles", {}));
    if (!this.root.hidden) await this.#readRows();
  }

  /** Takes in what happened. Rows that come in a burst are drawn together. */
  happened(event) {
    if (event.type === "switches") this.switches.show(event);
    if (event.type !== "exchange" || this.root.hidden) return;
    this.since?.push(event.row);
    this.waiting.push(event.row);
    if (this.waiting.length === 1) requestAnimationFrame(() => this.#draw());
  }

  async #readRows() {
    const since = (this.since = []); // what happens while the rows are read
    try {
      const { rows, tools } = await get("admin/exchanges", {});
      if (this.since !== since) return;
      this.since = null;
      this.tools.replaceChildren(...tools.map((name) => this.#tool(name)));
      this.shown.clear();
      this.list.replaceChildren();
      this.waiting = [...rows, ...since];
      this.#draw();
    } catch (error) {
      toast(error.message);
    }
  }

  /** A button that runs something of the app's own, and says what it said. */
  #tool(name) {
    const button = h("button", { class: "switch tool", type: "button" }, name);
    button.addEventListener("click", async () => {
      this.said.textContent = "Running …";
      try {
        const { ok, said, error } = await post("admin/tools", { name });
        this.said.textContent = error ?? (said || (ok ? "Done." : "It failed without a word."));
      } catch (error) {
        this.said.textContent = error.message;
      }
    });
    return button;
  }

  #draw() {
    for (const row of this.waiting) {
      const element = renderExchange(row);
      element.hidden = !this.passes(row);
      const before = this.shown.get(row.number);
      if (before) {
        element.querySelector("details").open = before.element.querySelector("details").open;
        before.element.replaceWith(element);
      } else {
        this.list.prepend(element);
      }
      this.shown.set(row.number, { row, element });
    }
    this.waiting = [];
    for (const [number, { element }] of this.shown) {
      if (this.shown.size <= KEPT) break;
      element.remove();
      this.shown.delete(number);
    }
    this.#noteEmpty();
  }

  #filter(passes) {
    this.passes = passes;
    FILTERS.forEach(([, each], at) => this.filters[at].setAttribute("aria-pressed", String(each === passes)));
    for (const { row, element } of this.shown.values()) element.hidden = !passes(row);
    this.#noteEmpty();
  }

  #noteEmpty() {
    this.empty.hidden = [...this.shown.values()].some(({ element }) => !element.hidden);
    this.empty.textContent = this.shown.size > 0 ? "Nothing of this kind." : "Nothing has gone either way yet.";
  }
}
