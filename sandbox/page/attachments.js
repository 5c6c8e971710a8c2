// Attachments of a message: what an app shows of a link, and the older way to say more than text.

import { renderBlocks } from "./blocks/render.js";
import { Surface } from "./blocks/surface.js";
import { entityCard } from "./details.js";
import { h } from "./dom.js";
import { link, mrkdwn } from "./mrkdwn.js";

const COLOURS = { good: "#2f9d6a", warning: "#e2a03f", danger: "#d0355c" };

function text(words, name = "") {
  return words && h("div", { class: `text ${name}` }, ...mrkdwn(words));
}

function fields(all = []) {
  return all.length > 0 && h("div", { class: "fields" }, ...all.map(({ title, value }) => h("div", {}, h("b", {}, title), text(value))));
}

function older({ author_name: author, title, title_link: address, text: words, fields: all, image_url: image, footer, fallback }) {
  const parts = [
    author && h("div", { class: "muted" }, author),
    title && h("div", { class: "card-title" }, address ? link(address, ...mrkdwn(title)) : h("span", {}, ...mrkdwn(title))),
    text(words),
    fields(all),
    image && h("img", { src: image, alt: title ?? fallback ?? "" }),
    footer && h("div", { class: "muted" }, footer),
  ].filter(Boolean);
  return parts.length > 0 ? parts : [text(fallback)];
}

/** The attachments; `place` is `{user, channel, ts}` of their message. */
export function attachmentList(attachments, { user, channel, ts }) {
  return attachments.map((each) => {
    const surface = new Surface(user, { type: "message", channel, ts, attachment: each.id });
    const inside = each.entity
      ? entityCard(each, { user, channel, ts }, surface)
      : each.blocks
        ? renderBlocks(each.blocks, surface)
        : older(each);
    const node = h("div", { class: "attachment" }, text(each.pretext), h("div", { class: "attachment-inside" }, ...inside));
    const colour = COLOURS[each.color] ?? (/^#?([0-9a-f]{6})$/iu.test(each.color ?? "") ? `#${each.color.replace("#", "")}` : "");
    node.lastChild.style.borderLeftColor = colour;
    return node;
  });
}
