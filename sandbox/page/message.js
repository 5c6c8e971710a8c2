// One message: who wrote it, what it says, its thread, and what one can do with it.

import { attachmentList } from "./attachments.js";
import { foldable } from "./blocks/fold.js";
import { renderBlocks } from "./blocks/render.js";
import { Surface } from "./blocks/surface.js";
import { nameOf } from "./directory.js";
import { avatar, h, icon } from "./dom.js";
import { fileList } from "./files.js";
import { mrkdwn, plainWords } from "./mrkdwn.js";
import { menuButton } from "./popup.js";
import { dayName, fullTime, momentOf, shortTimeOf, timeOf } from "./times.js";

const FACES = 4;
const QUOTED = 80;

/** The name that a message is signed with. */
export function authorOf(message) {
  return message.username || nameOf(message.user) || message.user;
}

/** What a screen reader says of a new message. */
export function spokenWords(message) {
  const files = (message.files ?? []).map((file) => file.name).join(", ");
  return `${authorOf(message)}: ${[plainWords(message.text || ""), files].filter(Boolean).join(" ")}`;
}

/** "2 replies" */
export function repliesOf(thread) {
  return `${thread.length} ${thread.length === 1 ? "reply" : "replies"}`;
}

/**
 * A message in a list. `thread`: the replies to it; `root`: the message that it replies to. `place` is where it stands:
 * `{user, channel, thread, menu(message), onthread(ts)}`, with `thread` null in a conversation.
 */
export function messageEntry(message, { compact, thread, root, place }) {
  if (message.deleted) return tombstone(message, thread, place);
  const moment = momentOf(message.ts);
  const author = authorOf(message);
  const clock = compact ? shortTimeOf(moment) : timeOf(moment);
  const time = h("time", { datetime: moment.toISOString(), title: fullTime(moment) }, clock);
  const surface = new Surface(place.user, { type: "message", channel: place.channel, ts: message.ts });
  const edited = message.edited && h("span", { class: "edited" }, " (edited)");
  const body = message.blocks?.length
    ? [...renderBlocks(message.blocks, surface), edited]
    : [foldable(h("div", { class: "text" }, ...mrkdwn(message.text), edited), message.text, message.ts)];
  return h(
    "li",
    {
      class: `message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`,
      tabindex: -1,
      "data-ts": message.ts,
      "aria-label": `${author}, ${timeOf(moment)}`,
    },
    !message.ephemeral && tools(message, place),
    message.ephemeral && h("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
    message.broadcast && !place.thread && fromThread(message, root, place),
    h("div", { class: "gutter" }, compact ? time : avatar(message.user, author)),
    h(
      "div",
      { class: "message-words" },
      !compact && h("div", { class: "byline" }, h("b", {}, author), message.bot && h("span", { class: "badge" }, "APP"), time),
      ...body,
      message.attachments && attachmentList(message.attachments, { ...place, ts: message.ts }),
      message.files && fileList(message.files, place.user),
      threadLink(message, thread, place),
    ),
  );
}

/** What stands for a deleted message that has replies. */
function tombstone(message, thread, place) {
  return h(
    "li",
    { class: "message", tabindex: -1, "data-ts": message.ts },
    h("div", { class: "gutter" }, avatar("gone", "–")),
    h("div", { class: "message-words" }, h("p", { class: "gone" }, "This message was deleted."), threadLink(message, thread, place)),
  );
}

/** What stands under a message that has replies. */
function threadLink(message, thread, place) {
  if (thread.length === 0 || place.thread) return null;
  const people = [...new Map(thread.map((reply) => [reply.user, authorOf(reply)]))].slice(0, FACES);
  const last = momentOf(thread.at(-1).ts);
  const day = dayName(last);
  const when = day.includes(",") ? `on ${day}` : day.toLowerCase();
  return h(
    "button",
    { class: "thread-link", type: "button", onclick: () => place.onthread(message.ts) },
    h("span", { class: "thread-faces" }, ...people.map(([user, name]) => avatar(user, name))),
    h("b", {}, repliesOf(thread)),
    h("span", {}, `Last reply ${when} at ${timeOf(last)}`),
  );
}

/** What stands above a reply that the conversation sees too. */
function fromThread(message, root, place) {
  const words = root ? plainWords(root.text || "").slice(0, QUOTED) : "";
  return h(
    "button",
    { class: "from-thread", type: "button", onclick: () => place.onthread(message.thread_ts) },
    `replied to a thread${words ? `: ${words}` : ""}`,
  );
}

/** The small buttons at a message's corner; they are reached by Tab from the message that has the focus. */
function tools(message, place) {
  const answer = () => place.onthread(message.thread_ts ?? message.ts);
  const small = (name, words, attributes) =>
    h("button", { class: "icon-button", type: "button", tabindex: -1, "aria-label": words, title: words, ...attributes }, icon(name));
  const items = () => [
    ...(place.thread ? [] : [{ leading: icon("reply"), label: "Reply in thread", choose: answer }]),
    ...place.menu(message),
  ];
  if (items().length === 0) return null;
  return h(
    "div",
    { class: "message-tools" },
    !place.thread && small("reply", "Reply in thread", { class: "icon-button reply", onclick: answer }),
    menuButton(small("more", "Message actions"), items, "Message actions"),
  );
}
