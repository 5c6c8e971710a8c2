// The messages of one conversation or of one thread: in order, by day, grouped by who wrote, kept in place as they change.

import { samePlace } from "./blocks/render.js";
import { isMe } from "./directory.js";
import { h, icon } from "./dom.js";
import { authorOf, messageEntry, repliesOf } from "./message.js";
import { dayKey, dayName, momentOf } from "./times.js";

const GROUPED_SECONDS = 300;
const NEAR_END = 60;

/** Whether a message stands in a thread. */
function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

/** Whether a conversation shows a message, beside its thread or without one. */
export function isInConversation(message) {
  return !isReply(message) || Boolean(message.broadcast);
}

/** Whether the conversation has a message after the last one that the reader has seen, from somebody else. */
export function isNewTo(message, readTo) {
  return message.ts > (readTo ?? "") && !isMe(message.user) && isInConversation(message);
}

/** The threads: replies for everybody, by the `ts` of the first message. */
function threadsOf(ordered) {
  const threads = new Map();
  for (const message of ordered) {
    if (isReply(message) && !message.ephemeral) threads.set(message.thread_ts, [...(threads.get(message.thread_ts) ?? []), message]);
  }
  return threads;
}

function inOrder(messages) {
  return [...messages].sort((a, b) => Number.parseFloat(a.ts) - Number.parseFloat(b.ts));
}

// a message's menu is always shown where nothing hovers, and needs the line with its author then
const hovers = matchMedia("(hover: hover)");

function goesOn(message, before) {
  return (
    before &&
    (hovers.matches || !message.blocks?.length) &&
    before.user === message.user &&
    authorOf(before) === authorOf(message) &&
    !before.deleted &&
    !message.broadcast &&
    !before.ephemeral &&
    !message.ephemeral &&
    Number.parseFloat(message.ts) - Number.parseFloat(before.ts) < GROUPED_SECONDS &&
    dayKey(momentOf(before.ts)) === dayKey(momentOf(message.ts))
  );
}

/**
 * The list of messages in `root`, which scrolls. Whoever is at its end stays there; whoever has scrolled up stays where they are.
 * `menu(message)` gives what one can do with a message, `onthread(ts)` opens its thread.
 */
export class MessageList {
  constructor(root, { menu, onthread }) {
    Object.assign(this, { root, menu, onthread });
    this.list = h("ol", { class: "message-list" });
    this.welcome = h("div", { class: "welcome" });
    this.jump = h("button", { class: "jump", type: "button", hidden: true, onclick: () => this.#toEnd() });
    root.replaceChildren(this.welcome, this.list, this.jump);
    this.messages = new Map();
    this.drawn = new Map();
    this.unseen = 0;
    this.atEnd = true;
    root.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    root.addEventListener("keydown", (event) => this.#key(event));
    // Tab reaches the tools of a message that has the focus itself; those of all messages would be in the way
    root.addEventListener("focusin", (event) => this.#toolsOf(event.target, 0));
    root.addEventListener("focusout", (event) => this.#toolsOf(event.target, -1));
    // pictures that arrive, a narrower window: whoever is at the end stays there
    new ResizeObserver(() => this.atEnd && this.#toEnd()).observe(this.list);
    new ResizeObserver(() => this.atEnd && this.#toEnd()).observe(root);
  }

  /** Shows another conversation, or the thread of it that begins at `thread`; empty until its messages are read. */
  begin(user, channel, welcome, thread = null) {
    Object.assign(this, { user, channel, thread });
    this.messages.clear();
    this.firstNew = undefined;
    this.drawn.clear();
    this.list.replaceChildren();
    this.welcome.replaceChildren(...welcome);
    this.root.setAttribute("aria-busy", "true");
    this.#toEnd();
  }

  /** Takes what the workspace has as the whole truth. `readTo`: the last message that the person has seen, if any. */
  replace(messages, readTo) {
    this.messages = new Map(messages.map((message) => [message.ts, message]));
    if (readTo) this.firstNew = messages.find((message) => isNewTo(message, readTo))?.ts;
    this.#draw();
    this.root.setAttribute("aria-busy", "false");
    if (this.atEnd) this.#toEnd();
  }

  /** Adds or changes one message. */
  put(message) {
    const isNew = !this.messages.has(message.ts);
    this.#scrolled(); // where its person is now, even if the browser hasn't told yet
    this.messages.set(message.ts, message);
    this.#draw();
    if (!isNew || !this.#shows(message)) return;
    if (this.atEnd || isMe(message.user)) this.#toEnd();
    else this.#countUnseen(this.unseen + 1);
  }

  /** All messages that the list knows, those of other threads too. */
  all() {
    return [...this.messages.values()];
  }

  /** The `ts` of the newest message; undefined if there is none. */
  latest() {
    return inOrder(this.all()).at(-1)?.ts;
  }

  /** Puts the focus on a message. */
  focus(ts) {
    this.list.querySelector(`[data-ts="${ts}"]`)?.focus();
  }

  /** Takes one message away. */
  remove(ts) {
    this.messages.delete(ts);
    this.#draw();
  }

  #shows(message) {
    return this.thread ? message.ts === this.thread || message.thread_ts === this.thread : isInConversation(message);
  }

  /** The messages to show; where the first message of a thread is gone, something stands for it. */
  #shown(ordered, threads) {
    const gone = [...threads.keys()].filter((ts) => !this.messages.has(ts)).map((ts) => ({ ts, user: "", text: "", deleted: true }));
    return inOrder([...ordered, ...gone]).filter((message) => this.#shows(message));
  }

  /** Brings the list in line with the messages; entries that look the same as before stay untouched. */
  #draw() {
    const ordered = inOrder(this.messages.values());
    const threads = threadsOf(ordered);
    const drawn = new Map();
    const want = (key, look, make) => {
      const old = this.drawn.get(key);
      drawn.set(key, old?.look === look ? old : { look, node: make(), old: old?.node });
    };
    let before = null;
    for (const message of this.#shown(ordered, threads)) {
      const moment = momentOf(message.ts);
      const fresh = message.ts === this.firstNew;
      const isNewDay = before ? dayKey(momentOf(before.ts)) !== dayKey(moment) : !this.thread || dayName(moment) !== "Today";
      if (isNewDay) {
        want(`day ${dayKey(moment)}`, dayName(moment), () => dayDivider(dayName(moment)));
      }
      if (fresh) want("new", "", () => h("li", { class: "divider-new" }, h("span", {}, "New")));
      const compact = !fresh && before?.ts !== this.thread && goesOn(message, before);
      const thread = threads.get(message.ts) ?? [];
      const root = this.thread ? null : this.messages.get(message.thread_ts);
      const look = JSON.stringify([compact, message, thread, message.broadcast && root]);
      want(message.ts, look, () => messageEntry(message, { compact, thread, root, place: this }));
      if (this.thread === message.ts && thread.length) {
        const count = repliesOf(thread);
        want("replies", count, () => h("li", { class: "divider-replies" }, h("span", {}, count)));
      }
      before = message;
    }
    const nodes = [...drawn.values()].map(({ node }) => node);
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    // each in its own place: an entry that is moved loses the focus and closes what it has open
    for (const { node, old } of drawn.values()) old?.replaceWith(node);
    const stay = new Set(nodes);
    for (const child of [...this.list.children]) if (!stay.has(child)) child.remove();
    let at = this.list.firstChild;
    for (const node of nodes) {
      if (node === at) at = at.nextSibling;
      else this.list.insertBefore(node, at);
    }
    for (const { node, old } of drawn.values()) {
      if (focused && old?.contains(focused)) (samePlace(node, focused) ?? node).focus({ preventScroll: true });
    }
    for (const entry of drawn.values()) delete entry.old;
    this.drawn = drawn;
  }

  #toolsOf(element, tabIndex) {
    const tools = element.matches(".message") ? element.querySelector(".message-tools") : element.closest(".message-tools");
    for (const button of tools?.children ?? []) button.tabIndex = tabIndex;
  }

  /** Arrow keys go from message to message, Enter opens a message's thread. */
  #key(event) {
    if (event.target !== this.root && !event.target.matches(".message")) return;
    const entries = [...this.list.querySelectorAll(".message")];
    const at = entries.indexOf(event.target);
    const next = { ArrowUp: at < 0 ? entries.length - 1 : at - 1, ArrowDown: at + 1 }[event.key];
    if (next !== undefined) entries[next]?.focus();
    else if (event.key === "Enter" && at >= 0 && !this.thread) {
      const message = this.messages.get(event.target.dataset.ts);
      if (message && !message.ephemeral) this.onthread(message.thread_ts ?? message.ts);
    } else return;
    event.preventDefault();
  }

  #scrolled() {
    this.atEnd = this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR_END;
    if (this.atEnd) this.#countUnseen(0);
  }

  #toEnd() {
    this.root.scrollTop = this.root.scrollHeight;
    this.atEnd = true;
    this.#countUnseen(0);
  }

  #countUnseen(count) {
    this.unseen = count;
    this.jump.hidden = count === 0;
    this.jump.replaceChildren(`${count} new ${count === 1 ? "message" : "messages"}`, icon("arrowDown"));
  }
}

function dayDivider(name) {
  return h("li", { class: "divider-day" }, h("span", {}, name));
}
