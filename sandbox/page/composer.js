// The box where a person writes: messages, and commands with their completion.

import { post } from "./api.js";
import { h, icon } from "./dom.js";

/** The composer in `root`. */
export class Composer {
  constructor(root) {
    this.commands = [];
    this.drafts = new Map();
    this.suggested = [];
    this.active = 0;
    this.text = h("textarea", {
      id: "composer-text",
      rows: 1,
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": false,
      "aria-controls": "command-list",
      "aria-describedby": "composer-failure",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#suggest([]),
    });
    this.list = h("div", { class: "commands", id: "command-list", role: "listbox", "aria-label": "Commands", hidden: true });
    this.failure = h("p", { class: "composer-failure", id: "composer-failure", role: "alert", hidden: true });
    this.button = h(
      "button",
      { class: "send", type: "button", "aria-label": "Send", "aria-disabled": true, onclick: () => this.#send() },
      icon("send"),
    );
    this.hint = h("p", { class: "composer-hint" });
    root.replaceChildren(
      this.list,
      this.failure,
      h("div", { class: "composer-box" }, this.text, h("div", { class: "composer-foot" }, this.hint, this.button)),
    );
  }

  /** Writes into another conversation; what was half written in the one before is kept. */
  begin(user, channel, label, commands) {
    this.drafts.set(this.place, this.text.value);
    Object.assign(this, { user, channel, commands, place: `${user} ${channel}` });
    this.text.placeholder = label;
    this.text.setAttribute("aria-label", label);
    this.text.value = this.drafts.get(this.place) ?? "";
    this.#fail("");
    this.#typed();
  }

  /** Puts the focus into the box. */
  focus() {
    this.text.focus();
  }

  #typed() {
    const { value } = this.text;
    this.#fail("");
    this.button.setAttribute("aria-disabled", String(!value.trim()));
    const typed = /^\/\S*$/u.exec(value)?.[0].toLowerCase();
    this.#suggest(typed ? this.commands.filter(({ command }) => command.toLowerCase().startsWith(typed)) : []);
    const used = this.commands.find(({ command }) => value.toLowerCase().startsWith(`${command.toLowerCase()} `));
    const keys = [h("kbd", {}, "Enter"), " to send, ", h("kbd", {}, "Shift+Enter"), " for a new line"];
    this.hint.replaceChildren(...(used?.usage_hint ? [h("b", {}, used.command), ` ${used.usage_hint}`] : value ? keys : []));
  }

  #suggest(commands) {
    this.suggested = commands;
    this.active = 0;
    this.list.hidden = commands.length === 0;
    this.text.setAttribute("aria-expanded", String(commands.length > 0));
    this.list.replaceChildren(
      ...commands.map(({ command, description, usage_hint: usage }, at) =>
        h(
          "div",
          {
            class: "command",
            role: "option",
            id: `command-${at}`,
            onpointerdown: (event) => event.preventDefault(),
            onclick: () => this.#complete(at),
          },
          h("span", {}, h("b", {}, command), usage && h("span", { class: "command-usage" }, ` ${usage}`)),
          description && h("small", {}, description),
        ),
      ),
    );
    this.#activate(0);
  }

  #activate(at) {
    this.active = at;
    for (const [index, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(index === at));
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
    if (this.suggested.length) this.text.setAttribute("aria-activedescendant", `command-${at}`);
    else this.text.removeAttribute("aria-activedescendant");
  }

  #complete(at) {
    this.text.value = `${this.suggested[at].command} `;
    this.#typed();
    this.text.focus();
  }

  #key(event) {
    if (event.isComposing) return;
    const count = this.suggested.length;
    if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      this.#activate((this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    } else if (count && event.key === "Escape") {
      this.#suggest([]);
    } else if (count && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey && !this.#isWhole()) {
      this.#complete(this.active);
    } else if (event.key === "Enter" && !event.shiftKey) {
      this.#send();
    } else {
      return;
    }
    event.preventDefault();
  }

  #isWhole() {
    return this.suggested.some(({ command }) => command.toLowerCase() === this.text.value.trim().toLowerCase());
  }

  async #send() {
    const { user, channel, place } = this;
    const text = this.text.value;
    if (!text.trim()) return;
    this.text.value = "";
    this.#typed();
    let failure = "";
    try {
      const answer = await post("send", { user, channel, text });
      if (!answer.ok) failure = answer.error ?? "The message wasn't sent.";
    } catch (error) {
      failure = error.message;
    }
    if (!failure) return;
    if (this.place !== place) {
      this.drafts.set(place, text);
      return;
    }
    // what was typed isn't lost, unless something else is being typed already
    if (!this.text.value) this.text.value = text;
    this.#typed();
    this.#fail(failure);
  }

  #fail(text) {
    this.failure.hidden = !text;
    this.failure.replaceChildren(...(text ? [icon("warning"), h("span", {}, text)] : []));
  }
}
