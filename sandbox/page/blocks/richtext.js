// rich_text: text as a tree, what a person's own formatted message becomes.

import { h } from "../dom.js";
import { emojiNamed } from "../emoji.js";
import { broadcastMention, channelMention, dateNode, link, personMention } from "../mrkdwn.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function styled(node, style = {}) {
  return STYLES.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function withBreaks(text) {
  return text.split("\n").flatMap((part, at) => (at ? [h("br"), part] : [part]));
}

function emojiOf(piece) {
  if (!piece.unicode) return emojiNamed(piece.name) ?? `:${piece.name}:`;
  return String.fromCodePoint(...piece.unicode.split("-").map((code) => Number.parseInt(code, 16)));
}

function piece(each) {
  switch (each.type) {
    case "text":
      return h("span", {}, ...withBreaks(each.text));
    case "link":
      return link(each.url, each.text || each.url);
    case "user":
      return personMention(each.user_id);
    case "channel":
      return channelMention(each.channel_id);
    case "usergroup":
      return h("span", { class: "mention" }, `@${each.usergroup_id}`);
    case "broadcast":
      return broadcastMention(each.range);
    case "emoji":
      return h("span", {}, emojiOf(each));
    case "date":
      return dateNode(each.timestamp, each.format, each.url, each.fallback);
    case "color":
      return h("code", {}, each.value);
    default:
      return h("span", {}, each.text ?? "");
  }
}

/** The pieces of one section, quote or list entry. */
export function pieces(elements) {
  return elements.map((each) => styled(piece(each), each.style));
}

function part(each) {
  switch (each.type) {
    case "rich_text_list": {
      const list = h(
        each.style === "ordered" ? "ol" : "ul",
        { class: `indent-${Math.min(each.indent ?? 0, 4)}`, start: each.offset ? each.offset + 1 : null },
        ...each.elements.map((entry) => h("li", {}, ...pieces(entry.elements))),
      );
      return list;
    }
    case "rich_text_preformatted":
      return h("pre", {}, ...pieces(each.elements));
    case "rich_text_quote":
      return h("blockquote", {}, ...pieces(each.elements));
    default:
      return h("div", {}, ...pieces(each.elements ?? []));
  }
}

/** A rich_text block, or a cell that holds one. */
export function richText(block) {
  return h("div", { class: "text rich-text" }, ...block.elements.map(part));
}
