// One field to choose from a list: fixed, or asked for as one types; one choice or several. The pattern is the ARIA combobox.

import { h, icon, newId } from "./dom.js";
import { textObject, wordsOf } from "./mrkdwn.js";
import { openPopup } from "./popup.js";

const DEBOUNCE_MS = 200;

/** A source of options that are all known: filtered by the words typed. */
export function fixedSource(groups) {
  return {
    minimum: 0,
    delay: null,
    find(term) {
      const wanted = term.trim().toLowerCase();
      return groups
        .map(({ label, options }) => ({
          label,
          options: options.filter((option) => wordsOf(option.text).toLowerCase().includes(wanted)),
        }))
        .filter((group) => group.options.length > 0);
    },
  };
}

/** A source that is asked for each term of at least `minimum` characters: `ask(term, signal)` gives `{options}` or `{option_groups}`. */
export function askedSource(ask, minimum) {
  return {
    minimum,
    delay: DEBOUNCE_MS,
    async find(term, signal) {
      return groupsOf(await ask(term, signal));
    },
  };
}

/** Options with or without groups, as groups. */
export function groupsOf({ options, option_groups: groups }) {
  return groups?.length ? groups : options?.length ? [{ options }] : [];
}

/**
 * The field. `chosen` is a list of Slack option objects; `onchange(chosen)` is called when a person changes it.
 * `node` is the whole, `input` what has the focus.
 */
export class Select {
  constructor({ source, placeholder, label, chosen = [], multiple = false, maximum = Infinity, clearable = false, onchange }) {
    Object.assign(this, { source, placeholder, chosen, multiple, maximum, clearable, onchange });
    this.popup = null;
    this.entries = [];
    this.active = -1;
    this.asked = new AbortController();
    this.list = h("div", { class: "select-list", role: "listbox", id: newId("list"), "aria-label": label ?? placeholder });
    this.note = h("p", { class: "select-note", role: "status" });
    this.input = h("input", {
      class: "select-input",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": false,
      "aria-controls": this.list.id,
      "aria-label": label,
      oninput: () => this.#ask(this.input.value, this.source.delay),
      onkeydown: (event) => this.#key(event),
      onfocus: () => this.input.select(),
      onblur: () => this.#close(),
    });
    this.clear = h(
      "button",
      { class: "select-clear", type: "button", tabindex: -1, "aria-label": "Clear the choice", onclick: () => this.#choose([]) },
      icon("close"),
    );
    this.chips = h("span", { class: "select-chips" });
    this.node = h("div", { class: "select", onclick: (event) => this.#press(event) }, this.chips, this.input, this.clear, icon("down"));
    this.show();
  }

  /** Takes over a choice without telling anybody. */
  set(chosen) {
    this.chosen = chosen;
    this.show();
  }

  /** Writes what is chosen into the field. */
  show() {
    const [first] = this.chosen;
    this.input.value = !this.multiple && first ? wordsOf(first.text) : "";
    this.input.placeholder = this.multiple && first ? "" : (this.placeholder ?? "Choose an option");
    this.clear.hidden = this.multiple || !this.clearable || !first;
    this.chips.replaceChildren(...(this.multiple ? this.chosen.map((option) => this.#chip(option)) : []));
  }

  #chip(option) {
    const words = wordsOf(option.text);
    const remove = () => this.#choose(this.chosen.filter((each) => each.value !== option.value));
    // the input keeps the focus: at its loss the chips are drawn anew, and the press would miss
    const stay = (event) => event.preventDefault();
    const cross = h("button", { type: "button", "aria-label": `Remove ${words}`, onpointerdown: stay, onclick: remove }, icon("close"));
    return h("span", { class: "chip" }, words, cross);
  }

  #press(event) {
    if (event.target.closest("button")) return;
    this.input.focus();
    this.#open();
  }

  #open() {
    if (this.popup === null) this.#ask("", 0);
  }

  /** Shows what the source has for a term. Only the last question's answer counts; `delay` in ms before a question leaves the page. */
  async #ask(term, delay) {
    this.asked.abort();
    const { signal } = (this.asked = new AbortController());
    const missing = this.source.minimum - term.trim().length;
    if (missing > 0) {
      this.#fill([], `Type ${missing}${term.trim() ? " more" : ""} ${missing === 1 ? "character" : "characters"} to search.`);
      return;
    }
    try {
      if (this.source.delay !== null) {
        this.#fill([], "Searching…");
        await new Promise((resolve) => setTimeout(resolve, delay));
        if (signal.aborted) return;
      }
      const groups = await this.source.find(term, signal);
      if (!signal.aborted) this.#fill(groups, "No results.");
    } catch (error) {
      if (!signal.aborted) this.#fill([], error.message);
    }
  }

  #fill(groups, otherwise) {
    this.entries = [];
    this.list.replaceChildren(
      ...groups.map((group) => {
        const entries = group.options.map((option) => this.#entry(option));
        if (!group.label) return h("div", { role: "presentation" }, ...entries);
        const heading = h("div", { class: "select-group", id: newId("group") }, wordsOf(group.label));
        return h("div", { role: "group", "aria-labelledby": heading.id }, heading, ...entries);
      }),
    );
    this.note.textContent = this.entries.length ? "" : otherwise;
    if (this.popup === null) {
      this.popup = openPopup(this.node, h("div", { class: "select-popup" }, this.list, this.note), { matchWidth: true });
    }
    this.input.setAttribute("aria-expanded", "true");
    this.popup.place();
    const chosenAt = this.entries.findIndex(({ option }) => this.#isChosen(option));
    this.#activate(Math.max(chosenAt, 0));
  }

  #isChosen(option) {
    return this.chosen.some((each) => each.value === option.value);
  }

  #entry(option) {
    const node = h(
      "div",
      {
        class: "select-option",
        role: "option",
        id: newId("option"),
        "aria-selected": this.#isChosen(option),
        onpointerdown: (event) => event.preventDefault(),
        onpointermove: () => this.#activate(this.entries.findIndex((each) => each.node === node), false),
        onclick: () => this.#pick(option),
      },
      h(
        "span",
        { class: "select-words" },
        h("span", {}, ...textObject(option.text)),
        option.description && h("small", {}, ...textObject(option.description)),
      ),
      this.#isChosen(option) && icon("check"),
    );
    this.entries.push({ option, node });
    return node;
  }

  #activate(index, scroll = true) {
    this.entries[this.active]?.node.classList.remove("active");
    this.active = this.entries.length ? index : -1;
    const entry = this.entries[this.active];
    if (entry) {
      entry.node.classList.add("active");
      this.input.setAttribute("aria-activedescendant", entry.node.id);
      if (scroll) entry.node.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  #pick(option) {
    if (!this.multiple) this.#choose([option]);
    else if (this.#isChosen(option)) this.#choose(this.chosen.filter((each) => each.value !== option.value));
    else if (this.chosen.length < this.maximum) this.#choose([...this.chosen, option]);
  }

  #choose(chosen) {
    this.#close();
    this.set(chosen);
    this.input.focus();
    this.onchange?.(chosen);
  }

  #close() {
    this.asked.abort();
    this.popup?.close();
    this.popup = null;
    this.entries = [];
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.show();
  }

  #key(event) {
    const count = this.entries.length;
    const open = this.popup !== null;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) this.#open();
      else if (count) this.#activate((this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    } else if (event.key === "Enter") {
      if (!open) this.#open();
      else if (this.active >= 0) this.#pick(this.entries[this.active].option);
    } else if (event.key === "Escape" && open) {
      this.#close();
      event.stopPropagation();
    } else if (event.key === "Backspace" && this.multiple && !this.input.value && this.chosen.length) {
      this.#choose(this.chosen.slice(0, -1));
    } else {
      return;
    }
    event.preventDefault();
  }
}
