// What a person types with Slack's marks, as a rich_text block, and back: *bold*, _italic_, ~strike~, `code`, > quotes, lists, ``` blocks.

import { channel, choosableChannels, choosablePeople, nameOf, person } from "../directory.js";
import { walk } from "../mrkdwn.js";

const STYLES = { "*": "bold", _: "italic", "~": "strike" };
const MARKS = { bold: "*", italic: "_", strike: "~", code: "`" };
const NAMED = /(?<![\p{L}\p{N}])([@#])([\p{L}\p{N}._-]*[\p{L}\p{N}])|:([a-z0-9_+-]+):/gu;
const ITEM = /^( *)(?:([-•])|\d+\.) +(.*)$/u;
const QUOTE = /^> ?(.*)$/u;
const SPACES = 2; // a step of indentation

function named(sign, name) {
  if (sign === "#") {
    const found = choosableChannels().find((each) => each.name === name);
    return found && { type: "channel", channel_id: found.id };
  }
  if (["here", "channel", "everyone"].includes(name)) return { type: "broadcast", range: name };
  const found = choosablePeople().find((each) => each.name === name);
  return found && { type: "user", user_id: found.id };
}

function textElements(text) {
  const elements = [];
  let at = 0;
  const plain = (end) => end > at && elements.push({ type: "text", text: text.slice(at, end) });
  for (const found of text.matchAll(NAMED)) {
    const [whole, sign, name, emoji] = found;
    const element = emoji ? { type: "emoji", name: emoji } : named(sign, name);
    if (!element) continue;
    plain(found.index);
    elements.push(element);
    at = found.index + whole.length;
  }
  plain(text.length);
  return elements;
}

const MAKER = {
  text: textElements,
  code: (text) => [{ type: "text", text, style: { code: true } }],
  address: (url) => [{ type: "link", url }],
  token: (body) => {
    const [, url, text] = /^((?:https?:\/\/|mailto:)[^|]+)(?:\|(.*))?$/u.exec(body) ?? [];
    return url ? [{ type: "link", url, ...(text && { text }) }] : [{ type: "text", text: `<${body}>` }];
  },
  style: (mark, inside) => inside.flat().map((each) => ({ ...each, style: { ...each.style, [STYLES[mark]]: true } })),
};

function inline(line) {
  return walk(line, MAKER).flat();
}

/** Several lines in one section or quote: a line's end is text too. */
function joined(lines) {
  return lines.flatMap((line, at) => [...(at ? [{ type: "text", text: "\n" }] : []), ...inline(line)]);
}

function partOf(lines) {
  const [first] = lines;
  const run = (fits) => {
    const end = lines.findIndex((line) => !fits(line));
    return lines.splice(0, end < 0 ? lines.length : end);
  };
  if (QUOTE.test(first)) {
    return { type: "rich_text_quote", elements: joined(run((line) => QUOTE.test(line)).map((line) => QUOTE.exec(line)[1])) };
  }
  const item = ITEM.exec(first);
  if (!item) return { type: "rich_text_section", elements: joined(run((line) => !QUOTE.test(line) && !ITEM.test(line))) };
  const shape = ([, spaces, bullet]) => [Math.floor(spaces.length / SPACES), Boolean(bullet)].join();
  const items = run((line) => ITEM.test(line) && shape(ITEM.exec(line)) === shape(item));
  return {
    type: "rich_text_list",
    style: item[2] ? "bullet" : "ordered",
    indent: Math.floor(item[1].length / SPACES),
    elements: items.map((line) => ({ type: "rich_text_section", elements: inline(ITEM.exec(line)[3]) })),
  };
}

/** The rich_text block for a text; null for one that says nothing. */
export function toRichText(text) {
  if (!text.trim()) return null;
  const elements = [];
  for (const [at, part] of text.split(/```\n?([\s\S]+?)\n?```\n?/u).entries()) {
    if (at % 2) elements.push({ type: "rich_text_preformatted", border: 0, elements: [{ type: "text", text: part }] });
    else for (const lines = part ? part.replace(/\n$/u, "").split("\n") : []; lines.length; ) elements.push(partOf(lines));
  }
  return { type: "rich_text", elements };
}

function written(element) {
  switch (element.type) {
    case "link":
      return element.text ? `<${element.url}|${element.text}>` : element.url;
    case "user":
      return `@${person(element.user_id)?.name ?? nameOf(element.user_id) ?? element.user_id}`;
    case "channel":
      return `#${channel(element.channel_id)?.name ?? element.channel_id}`;
    case "broadcast":
      return `@${element.range}`;
    case "emoji":
      return `:${element.name}:`;
    default:
      return element.text ?? element.fallback ?? "";
  }
}

function marked(elements) {
  return elements
    .map((element) => Object.keys(MARKS).reduce((text, name) => (element.style?.[name] ? MARKS[name] + text + MARKS[name] : text), written(element)))
    .join("");
}

/** The text that a rich_text block would be typed as. */
export function toMarkup({ elements }) {
  return elements
    .map((part) => {
      if (part.type === "rich_text_preformatted") return `\`\`\`\n${marked(part.elements)}\n\`\`\``;
      if (part.type === "rich_text_quote") return marked(part.elements).split("\n").map((line) => `> ${line}`).join("\n");
      if (part.type !== "rich_text_list") return marked(part.elements);
      const sign = (at) => (part.style === "ordered" ? `${at + 1 + (part.offset ?? 0)}.` : "-");
      return part.elements.map((item, at) => `${" ".repeat(SPACES * (part.indent ?? 0))}${sign(at)} ${marked(item.elements)}`).join("\n");
    })
    .join("\n");
}
