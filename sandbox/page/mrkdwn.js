// Slack's mrkdwn as DOM nodes. Message text only ever becomes text nodes; of a link only web, mail and phone addresses are followed.
// Source of the rules: https://docs.slack.dev/messaging/formatting-message-text

import { channel, isMe, nameOf } from "./directory.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { fillDate, fullTime } from "./times.js";

const SAFE_ADDRESS = /^(?:https?:\/\/|mailto:|tel:)/iu;
const TOKEN = /<([^<>\n]+)>/gu;
const PIECE = /`[^`\n]+`|<[^<>\n]+>|\bhttps?:\/\/(?:(?!&[lg]t;)[^\s<>"])*[^\s<>"'.,;:!?)\]}*_~]|[*_~]/giu;
const STYLES = { "*": "strong", _: "em", "~": "s" };

/** Slack escapes three characters and no others. */
export function unescapeText(text) {
  return text.replace(/&(lt|gt|amp);/gu, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

/** An anchor to a safe address, or only its words. */
export function link(address, ...children) {
  if (!SAFE_ADDRESS.test(address)) return h("span", {}, ...children);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** A person's name; highlighted if it is the reader's. */
export function personMention(id, label) {
  return h("span", { class: isMe(id) ? "mention mention-me" : "mention" }, `@${nameOf(id) ?? label ?? id}`);
}

/** A channel's name. */
export function channelMention(id, label) {
  return h("span", { class: "mention" }, `#${channel(id)?.name ?? label ?? id}`);
}

/** "@here", "@channel", "@everyone" */
export function broadcastMention(range) {
  return h("span", { class: "mention mention-me" }, `@${range}`);
}

/** A moment in the reader's own words; `fallback` if the format isn't understood. */
export function dateNode(timestamp, format, address, fallback) {
  const moment = new Date(Number(timestamp) * 1000);
  const filled = Number.isNaN(moment.getTime()) ? undefined : fillDate(format, moment);
  if (filled === undefined) return h("span", {}, fallback ?? format);
  const time = h("time", { datetime: moment.toISOString(), title: fullTime(moment) }, filled);
  return address ? link(address, time) : time;
}

/** What stands between `<` and `>`, with or without `|label`. */
function token(body) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? undefined : unescapeText(body.slice(bar + 1));
  if (target.startsWith("@")) return personMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, timestamp, format, address] = target.split("^");
    return dateNode(timestamp, unescapeText(format ?? ""), address && unescapeText(address), label);
  }
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? `@${target.slice(9)}`);
  if (target.startsWith("!")) return broadcastMention(label?.replace(/^@/u, "") ?? target.slice(1));
  const address = unescapeText(target);
  return link(address, withEmoji(label || address.replace(/^(?:mailto|tel):/iu, "")));
}

/** Code keeps everything as typed; mentions and links in it show their words. */
function codeText(text) {
  return text.split(TOKEN).map((part, at) => (at % 2 ? token(part).textContent : unescapeText(part))).join("");
}

/** A line cut into code, `<tokens>`, addresses, markers that may open or close a style, and the text between them. */
function piecesOf(line) {
  const pieces = [];
  let at = 0;
  for (const found of line.matchAll(PIECE)) {
    if (found.index > at) pieces.push({ kind: "text", text: line.slice(at, found.index) });
    const [text] = found;
    at = found.index + text.length;
    if (text.startsWith("`")) pieces.push({ kind: "code", text: text.slice(1, -1) });
    else if (text.startsWith("<")) pieces.push({ kind: "token", text: text.slice(1, -1) });
    else if (text.length > 1) pieces.push({ kind: "address", text });
    else {
      const before = line.slice(Math.max(0, found.index - 2), found.index);
      const after = line.slice(at, at + 2);
      pieces.push({
        kind: "marker",
        text,
        opens: !/[\p{L}\p{N}]$/u.test(before) && /^\S/u.test(after),
        closes: /\S$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after),
      });
    }
  }
  if (at < line.length) pieces.push({ kind: "text", text: line.slice(at) });
  return pieces;
}

/** For each piece, where the next marker stands that closes each style: found once, so that no text takes long. */
function closersOf(pieces) {
  const closers = new Array(pieces.length);
  const next = { "*": Infinity, _: Infinity, "~": Infinity };
  for (let at = pieces.length - 1; at >= 0; at -= 1) {
    closers[at] = { ...next };
    if (pieces[at].closes) next[pieces[at].text] = at;
  }
  return closers;
}

/**
 * What a line becomes by a maker of `text`, `code`, `token`, `address` and `style(mark, inside)`. A style is not opened or closed inside a
 * word, has nothing blank at its edges, and ends on its line.
 */
export function walk(line, maker) {
  const pieces = piecesOf(line);
  const closers = closersOf(pieces);
  const madeBetween = (start, end) => {
    const made = [];
    let text = "";
    const flush = () => {
      if (text) made.push(maker.text(text));
      text = "";
    };
    for (let at = start; at < end; at += 1) {
      const piece = pieces[at];
      const closer = piece.opens ? closers[at][piece.text] : Infinity;
      const isPlain = piece.kind === "marker" ? !(closer < end && closer > at + 1) : !maker[piece.kind] || piece.kind === "text";
      if (isPlain) {
        text += piece.text;
        continue;
      }
      flush();
      if (piece.kind === "marker") {
        made.push(maker.style(piece.text, madeBetween(at + 1, closer)));
        at = closer;
      } else {
        made.push(maker[piece.kind](piece.text));
      }
    }
    flush();
    return made;
  };
  return madeBetween(0, pieces.length);
}

const VERBATIM = {
  text: (text) => withEmoji(unescapeText(text)),
  code: (text) => h("code", {}, codeText(text)),
  token,
  style: (mark, inside) => h(STYLES[mark], {}, ...inside),
};
const NODES = { ...VERBATIM, address: (text) => link(unescapeText(text), unescapeText(text)) };

function inline(line, { verbatim = false } = {}) {
  return walk(line, verbatim ? VERBATIM : NODES);
}

function lines(text, options) {
  const nodes = [];
  let quote = null;
  const parts = text.split("\n");
  for (const [at, part] of parts.entries()) {
    const quoted = /^(?:&gt;|>)\s?(.*)$/u.exec(part);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else nodes.push((quote = h("blockquote")));
      quote.append(...inline(quoted[1], options));
    } else {
      nodes.push(...inline(part, options));
      if (at < parts.length - 1) nodes.push(h("br"));
      quote = null;
    }
  }
  return nodes;
}

/** The nodes of a mrkdwn text. `verbatim`: bare addresses stay text. */
export function mrkdwn(text, options = {}) {
  const nodes = [];
  for (const [at, part] of String(text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/u).entries()) {
    if (at % 2) nodes.push(h("pre", {}, codeText(part)));
    else if (part) nodes.push(...lines(part.replace(/\n$/u, ""), options));
  }
  return nodes;
}

/** The words of a mrkdwn text alone, for screen readers and lists. */
export function plainWords(text) {
  return h("span", {}, ...mrkdwn(text)).textContent;
}

/** The nodes of a Slack text object. */
export function textObject(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text, { verbatim: text.verbatim });
  return withEmoji(text.text).split("\n").flatMap((part, at) => (at ? [h("br"), part] : [part]));
}

/** The words of a Slack text object. */
export function wordsOf(text) {
  return h("span", {}, ...textObject(text)).textContent;
}
