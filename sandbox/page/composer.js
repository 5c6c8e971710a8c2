// The box where a person writes: messages, commands and people with their completion. A conversation has one, a thread another.

import { post } from "./api.js";
import { attachmentList } from "./attachments.js";
import { appDomains, choosablePeople, theApp } from "./directory.js";
import { avatar, h, icon } from "./dom.js";
import { Tray } from "./upload.js";

const MOST_SUGGESTED = 8;
const MOST_FILES = 10;
const PAUSE_MS = 400;

/** A preview can't be used yet: there is no message. */
function withoutActions({ blocks, ...rest }) {
  return { ...rest, ...(blocks && { blocks: blocks.filter(({ type }) => type !== "actions").map(({ accessory, ...shown }) => shown) }) };
}

/** The composer in `root`. `name` begins the ids inside; `broadcasts`: replies may be sent to the conversation too. */
export class Composer {
  constructor(root, { name, broadcasts = false }) {
    this.name = name;
    this.commands = [];
    this.drafts = new Map();
    this.suggested = [];
    this.active = 0;
    this.text = h("textarea", {
      id: `${name}-text`,
      rows: 1,
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": false,
      "aria-controls": `${name}-list`,
      "aria-describedby": `${name}-failure`,
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#suggest([]),
    });
    this.list = h("div", { class: "suggestions", id: `${name}-list`, role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.failure = h("p", { class: "composer-failure", id: `${name}-failure`, role: "alert", hidden: true });
    this.button = h(
      "button",
      { class: "send", type: "button", "aria-label": "Send", "aria-disabled": true, onclick: () => this.#send() },
      icon("send"),
    );
    this.hint = h("p", { class: "composer-hint" });
    this.tools = h("span", { class: "composer-tools" });
    this.tray = new Tray({ most: MOST_FILES, onchange: () => this.#showReady() });
    this.attach = h(
      "button",
      { class: "icon-button", type: "button", "aria-label": "Attach files", title: "Attach files", onclick: () => this.tray.choose() },
      icon("clip"),
    );
    this.tray.opener = this.attach;
    this.broadcast = broadcasts ? h("input", { type: "checkbox" }) : null;
    this.broadcastName = h("span");
    this.box = h(
      "div",
      { class: "composer-box" },
      this.text,
      broadcasts && h("label", { class: "broadcast" }, this.broadcast, this.broadcastName),
      this.tray.node,
      h("div", { class: "composer-foot" }, h("span", { class: "composer-tools" }, this.attach), this.tools, this.hint, this.button),
    );
    this.closed = h("p", { class: "composer-closed" });
    this.preview = h("div", { class: "composer-preview", role: "region", "aria-label": "Preview of links", hidden: true });
    root.replaceChildren(this.list, this.failure, this.box, this.preview, this.closed);
  }

  /**
   * Writes into another place; what was half written in the one before is kept. `given`: `{user, channel, thread?, label, where?,
   * commands, tools, closed?}`, with `closed` in words where nobody may write, and `where` the conversation's name for replies.
   */
  begin({ user, channel, thread, label, where, commands = [], tools = [], closed }) {
    this.drafts.set(this.place, { text: this.text.value, files: this.tray.entries });
    Object.assign(this, { user, channel, thread, commands, place: [user, channel, thread].join(" ") });
    this.text.placeholder = label;
    this.text.setAttribute("aria-label", label);
    const draft = this.drafts.get(this.place) ?? { text: "", files: [] };
    this.text.value = draft.text;
    this.links = null;
    this.tray.begin(user, draft.files);
    this.tools.replaceChildren(...tools);
    this.broadcastName.textContent = `Also send to ${where}`;
    if (this.broadcast) this.broadcast.checked = false;
    this.box.hidden = Boolean(closed);
    this.closed.hidden = !closed;
    this.closed.textContent = closed ?? "";
    this.#fail("");
    this.#typed();
  }

  /** Puts the focus into the box. */
  focus() {
    this.text.focus();
  }

  /** Puts a text into the box, in the place of what is there, for its person to send. */
  write(text) {
    this.text.value = text;
    this.#typed();
    this.focus();
  }

  /** Takes what the app says of links that are being written, and shows it if they are still those in this box. */
  showPreview(told) {
    this.told = told;
    if (!this.draft || told?.draft !== this.draft) return;
    this.preview.replaceChildren(...attachmentList(told.attachments.map(withoutActions), { user: this.user, channel: this.channel }));
    this.preview.hidden = false;
  }

  /** Has the app told of its links in the box, once what is typed has stood for a while. */
  #tellLinks() {
    const words = this.text.value.match(/https?:\/\/\S+/gu) ?? [];
    const links = words.filter((word) => appDomains().some((domain) => word.toLowerCase().includes(domain))).join(" ");
    if (links === this.links) return;
    this.links = links;
    this.draft = null;
    this.preview.hidden = true;
    clearTimeout(this.timer);
    if (links) this.timer = setTimeout(() => this.#askPreview(links), PAUSE_MS);
  }

  async #askPreview(links) {
    const { user, channel } = this;
    try {
      const { draft } = await post("typed", { user, channel, text: links });
      if (links !== this.links) return;
      this.draft = draft;
      this.showPreview(this.told); // it may have come before the answer
    } catch {
      // no preview then
    }
  }

  #typed() {
    const { value } = this.text;
    this.#tellLinks();
    this.#fail("");
    this.#showReady();
    const command = /^\/\S*$/u.exec(value)?.[0].toLowerCase();
    this.#suggest(command ? this.#commandsLike(command) : this.#peopleLike(value.slice(0, this.text.selectionStart)));
    const used = this.commands.find((each) => value.toLowerCase().startsWith(`${each.command.toLowerCase()} `));
    const keys = [h("kbd", {}, "Enter"), " to send, ", h("kbd", {}, "Shift+Enter"), " for a new line"];
    this.hint.replaceChildren(...(used?.usage_hint ? [h("b", {}, used.command), ` ${used.usage_hint}`] : value ? keys : []));
  }

  /** Whether there is something to send, and all of it is there. */
  get #isReady() {
    return Boolean(this.text.value.trim() || this.tray.files.length) && !this.tray.isBusy;
  }

  #showReady() {
    this.button.setAttribute("aria-disabled", String(!this.#isReady));
  }

  #commandsLike(typed) {
    return this.commands
      .filter(({ command }) => command.toLowerCase().startsWith(typed))
      .map(({ command, description, usage_hint: usage }) => ({
        word: command,
        typed,
        look: [
          h("span", {}, h("b", {}, command), usage && h("span", { class: "usage" }, ` ${usage}`)),
          description && h("small", {}, description),
        ],
      }));
  }

  /** Whom an `@` at the end of what was typed may mean: the app first, then people by any of their names. */
  #peopleLike(before) {
    const typed = /(?:^|[\s(])(@[\w.-]*)$/u.exec(before)?.[1].toLowerCase();
    if (typed === undefined) return [];
    const wanted = typed.slice(1);
    const fits = (each) => [each.name, each.display_name, ...each.real_name.split(" ")].some((name) => name?.toLowerCase().startsWith(wanted));
    const everybody = [theApp(), ...choosablePeople()];
    return everybody
      .filter(fits)
      .slice(0, MOST_SUGGESTED)
      .map((each) => ({
        word: `@${each.name}`,
        typed,
        look: [
          avatar(each.id, each.real_name),
          h("span", {}, h("b", {}, each.real_name), each.is_bot && h("span", { class: "badge" }, "APP")),
          h("small", {}, each.title || (each.is_bot ? "" : each.name)),
        ],
      }));
  }

  #suggest(suggested) {
    this.suggested = suggested;
    this.active = 0;
    this.list.hidden = suggested.length === 0;
    this.text.setAttribute("aria-expanded", String(suggested.length > 0));
    this.list.replaceChildren(
      ...suggested.map(({ look }, at) =>
        h(
          "div",
          {
            class: "suggestion",
            role: "option",
            id: `${this.name}-option-${at}`,
            onpointerdown: (event) => event.preventDefault(),
            onclick: () => this.#complete(at),
          },
          ...look,
        ),
      ),
    );
    this.#activate(0);
  }

  #activate(at) {
    this.active = at;
    for (const [index, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(index === at));
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
    if (this.suggested.length) this.text.setAttribute("aria-activedescendant", `${this.name}-option-${at}`);
    else this.text.removeAttribute("aria-activedescendant");
  }

  #complete(at) {
    const { word, typed } = this.suggested[at];
    const end = this.text.selectionStart;
    this.text.setRangeText(`${word} `, end - typed.length, end, "end");
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
      event.stopPropagation();
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
    return this.suggested.some(({ word, typed }) => word.toLowerCase() === typed);
  }

  async #send() {
    const { user, channel, thread, place } = this;
    const text = this.text.value;
    if (!this.#isReady) return;
    const entries = this.tray.entries;
    const files = this.tray.files.map(({ id }) => id);
    const broadcast = this.broadcast?.checked ?? false;
    this.text.value = "";
    this.tray.begin(user);
    if (this.broadcast) this.broadcast.checked = false;
    this.#typed();
    let failure = "";
    try {
      const answer = await post("send", { user, channel, text, files, ...(thread && { thread_ts: thread, broadcast }) });
      if (!answer.ok) failure = answer.error ?? "The message wasn't sent.";
    } catch (error) {
      failure = error.message;
    }
    if (!failure) return;
    if (this.place !== place) {
      this.drafts.set(place, { text, files: entries });
      return;
    }
    // what was typed isn't lost, unless something else is being typed already
    if (!this.text.value) this.text.value = text;
    if (this.tray.entries.length === 0) this.tray.begin(user, entries);
    this.#typed();
    this.#fail(failure);
  }

  #fail(text) {
    this.failure.hidden = !text;
    this.failure.replaceChildren(...(text ? [icon("warning"), h("span", {}, text)] : []));
  }
}
