// The messages of one conversation: in order, by day, grouped by who wrote, kept in place as they change.

import { renderBlocks, samePlace } from "./blocks/render.js";
import { Surface } from "./blocks/surface.js";
import { isMe, nameOf } from "./directory.js";
import { avatar, h, icon } from "./dom.js";
import { mrkdwn, plainWords } from "./mrkdwn.js";
import { dayKey, dayName, fullTime, momentOf, timeOf } from "./times.js";

const GROUPED_SECONDS = 300;
const NEAR_END = 60;

/** The name that a message is signed with. */
export function authorOf(message) {
  return message.username || nameOf(message.user) || message.user;
}

/** What a screen reader says of a new message. */
export function spokenWords(message) {
  return `${authorOf(message)}: ${plainWords(message.text || "")}`;
}

/** Whether a message came after the last one that the reader has seen, from somebody else. */
export function isNewTo(message, readTo) {
  return message.ts > (readTo ?? "") && !isMe(message.user);
}

function goesOn(message, before) {
  return (
    before &&
    before.user === message.user &&
    authorOf(before) === authorOf(message) &&
    !before.ephemeral &&
    !message.ephemeral &&
    Number.parseFloat(message.ts) - Number.parseFloat(before.ts) < GROUPED_SECONDS &&
    dayKey(momentOf(before.ts)) === dayKey(momentOf(message.ts))
  );
}

/** The list of messages in `root`, which scrolls. Whoever is at its end stays there; whoever has scrolled up stays where they are. */
export class MessageList {
  constructor(root) {
    this.root = root;
    this.list = h("ol", { class: "message-list" });
    this.welcome = h("div", { class: "welcome" });
    this.jump = h("button", { class: "jump", type: "button", hidden: true, onclick: () => this.#toEnd() });
    root.replaceChildren(this.welcome, this.list, this.jump);
    this.messages = new Map();
    this.drawn = new Map();
    this.unseen = 0;
    this.atEnd = true;
    root.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // pictures that arrive, a narrower window: whoever is at the end stays there
    new ResizeObserver(() => this.atEnd && this.#toEnd()).observe(this.list);
    new ResizeObserver(() => this.atEnd && this.#toEnd()).observe(root);
  }

  /** Shows another conversation, empty until its messages are read. */
  begin(user, channel, welcome) {
    Object.assign(this, { user, channel });
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
    if (readTo) this.firstNew = messages.find((message) => isNewTo(message, readTo) && !this.#isReply(message))?.ts;
    this.#draw();
    this.root.setAttribute("aria-busy", "false");
    if (this.atEnd) this.#toEnd();
  }

  /** Adds or changes one message. */
  put(message) {
    const isNew = !this.messages.has(message.ts);
    this.messages.set(message.ts, message);
    this.#draw();
    if (!isNew || this.#isReply(message)) return;
    if (this.atEnd || isMe(message.user)) this.#toEnd();
    else this.#countUnseen(this.unseen + 1);
  }

  /** Takes one message away. */
  remove(ts) {
    this.messages.delete(ts);
    this.#draw();
  }

  #isReply(message) {
    return Boolean(message.thread_ts) && message.thread_ts !== message.ts && this.messages.has(message.thread_ts);
  }

  /** Brings the list in line with the messages; entries that look the same as before stay untouched. */
  #draw() {
    const ordered = [...this.messages.values()].sort((a, b) => Number.parseFloat(a.ts) - Number.parseFloat(b.ts));
    const replies = new Map();
    const roots = [];
    for (const message of ordered) {
      if (!this.#isReply(message)) roots.push(message);
      else replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
    }
    const drawn = new Map();
    const want = (key, look, make) => {
      const old = this.drawn.get(key);
      drawn.set(key, old?.look === look ? old : { look, node: make(), old: old?.node });
    };
    let before = null;
    for (const message of roots) {
      const moment = momentOf(message.ts);
      const fresh = message.ts === this.firstNew;
      if (!before || dayKey(momentOf(before.ts)) !== dayKey(moment)) {
        want(`day ${dayKey(moment)}`, dayName(moment), () => dayDivider(dayName(moment)));
      }
      if (fresh) want("new", "", () => h("li", { class: "divider-new" }, h("span", {}, "New")));
      const compact = !fresh && goesOn(message, before);
      const thread = replies.get(message.ts) ?? [];
      want(message.ts, JSON.stringify([compact, message, thread]), () => this.#entry(message, compact, thread));
      before = message;
    }
    const nodes = [...drawn.values()].map(({ node }) => node);
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    let at = this.list.firstChild;
    for (const node of nodes) {
      if (node === at) at = at.nextSibling;
      else this.list.insertBefore(node, at);
    }
    for (const { node, old } of drawn.values()) {
      if (!old) continue;
      if (old.querySelector("details[open]")) node.querySelector("details")?.setAttribute("open", "");
      if (focused && old.contains(focused)) (samePlace(node, focused) ?? node).focus({ preventScroll: true });
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
    for (const entry of drawn.values()) delete entry.old;
    this.drawn = drawn;
  }

  #entry(message, compact, thread) {
    const moment = momentOf(message.ts);
    const author = authorOf(message);
    const time = h("time", { datetime: moment.toISOString(), title: fullTime(moment) }, timeOf(moment));
    const surface = new Surface(this.user, { type: "message", channel: this.channel, ts: message.ts });
    const edited = message.edited && h("span", { class: "edited" }, " (edited)");
    const body = message.blocks?.length
      ? [...renderBlocks(message.blocks, surface), edited]
      : [h("div", { class: "text" }, ...mrkdwn(message.text), edited)];
    return h(
      "li",
      {
        class: `message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`,
        tabindex: -1,
        "data-ts": message.ts,
        "aria-label": `${author}, ${timeOf(moment)}`,
      },
      message.ephemeral && h("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
      h("div", { class: "gutter" }, compact ? time : avatar(message.user, author)),
      h(
        "div",
        { class: "message-words" },
        !compact && h("div", { class: "byline" }, h("b", {}, author), message.bot && h("span", { class: "badge" }, "APP"), time),
        ...body,
        thread.length > 0 && this.#thread(thread),
      ),
    );
  }

  #thread(thread) {
    const count = `${thread.length} ${thread.length === 1 ? "reply" : "replies"}`;
    const entries = thread.map((message, at) => this.#entry(message, goesOn(message, thread[at - 1]), []));
    return h("details", { class: "thread" }, h("summary", {}, count), h("ol", { class: "message-list" }, ...entries));
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
