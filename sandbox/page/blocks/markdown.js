// markdown blocks: ordinary Markdown, as language models write it. Text only ever becomes text nodes.
// What Slack shows of it: https://docs.slack.dev/reference/block-kit/blocks/markdown-block

import { h } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { link } from "../mrkdwn.js";

const DEEPEST = 9; // what is nested deeper stays as it is written

const INLINE = new RegExp(
  [
    /\\(?<escaped>[\\`*_{}[\]()#+\-.!~>|])/,
    /(?<tick>`+)(?<code>.+?)\k<tick>/,
    /!?\[(?<label>[^\]]*)\]\((?<address>[^()\s]+)(?:\s+"[^"]*")?\)/,
    /(?<bare>\bhttps?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]}*_~])/,
    /(?<two>\*\*|__)(?=\S)(?<bold>(?:\\.|[^\\])+?)(?<=\S)\k<two>/,
    /~~(?=\S)(?<gone>(?:\\.|[^\\])+?)(?<=\S)~~/,
    /\*(?=\S)(?<star>(?:\\.|[^\\])+?)(?<=\S)\*/,
    /(?<![\p{L}\p{N}])_(?=\S)(?<line>(?:\\.|[^\\])+?)(?<=\S)_(?![\p{L}\p{N}])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);

function inline(text, depth = 0) {
  if (depth > DEEPEST) return [text];
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const { escaped, code, label, address, bare, bold, gone, star, line } = found.groups;
    nodes.push(withEmoji(text.slice(at, found.index)));
    at = found.index + found[0].length;
    if (escaped) nodes.push(escaped);
    else if (code) nodes.push(h("code", {}, code));
    else if (address) nodes.push(link(address, ...inline(label || address, depth + 1)));
    else if (bare) nodes.push(link(bare, bare));
    else if (bold) nodes.push(h("strong", {}, ...inline(bold, depth + 1)));
    else if (gone) nodes.push(h("s", {}, ...inline(gone, depth + 1)));
    else nodes.push(h("em", {}, ...inline(star ?? line, depth + 1)));
  }
  nodes.push(withEmoji(text.slice(at)));
  return nodes;
}

const ITEM = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$/u;
const FENCE = /^\s*(```+|~~~+)/u;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/u;
const RULE = /^\s*(?:-\s*){3,}$|^\s*(?:\*\s*){3,}$|^\s*(?:_\s*){3,}$/u;
const QUOTE = /^\s*>\s?/u;
const ROW_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/u;

/** Takes lines off the front as long as they fit. */
function takeWhile(lines, fits) {
  const end = lines.findIndex((line) => !fits(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function fenced(lines) {
  const [, fence] = FENCE.exec(lines.shift());
  const code = takeWhile(lines, (line) => !line.trim().startsWith(fence));
  lines.shift();
  return h("pre", {}, code.join("\n"));
}

function cellsOf(row) {
  return row.trim().replace(/^\||\|$/gu, "").split(/(?<!\\)\|/u).map((cell) => cell.trim());
}

function table(lines) {
  const [head, rule, ...rows] = takeWhile(lines, (line) => line.includes("|")).map(cellsOf);
  const side = (at) => (rule[at]?.endsWith(":") ? (rule[at].startsWith(":") ? "center" : "right") : "left");
  const row = (cells, tag) => h("tr", {}, ...head.map((_, at) => h(tag, { class: `align-${side(at)} wrapped` }, ...inline(cells[at] ?? ""))));
  return h(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, ...rows.map((cells) => row(cells, "td")))),
  );
}

/** A list, with the deeper lists in it. */
function list(lines) {
  const [, indent, number] = ITEM.exec(lines[0]);
  const depth = indent.length;
  const items = [];
  for (let found = lines[0] && ITEM.exec(lines[0]); found && found[1].length >= depth; found = lines[0] && ITEM.exec(lines[0])) {
    if (found[1].length > depth + 1) {
      items.at(-1).append(list(lines));
    } else {
      items.push(h("li", {}, ...inline(found[3])));
      lines.shift();
    }
  }
  return h(number ? "ol" : "ul", { start: number && number !== "1" ? number : null }, ...items);
}

function isText(line) {
  return line.trim() && ![ITEM, FENCE, HEADING, RULE, QUOTE].some((pattern) => pattern.test(line));
}

function part(lines, depth) {
  const [line, next = ""] = lines;
  if (FENCE.test(line)) return fenced(lines);
  if (RULE.test(line)) {
    lines.shift();
    return h("hr");
  }
  if (ITEM.test(line)) return list(lines);
  if (QUOTE.test(line)) {
    const quoted = takeWhile(lines, (each) => QUOTE.test(each));
    return h("blockquote", {}, ...parts(quoted.map((each) => each.replace(QUOTE, "")), depth + 1));
  }
  if (line.includes("|") && ROW_RULE.test(next)) return table(lines);
  const heading = HEADING.exec(line);
  if (heading) {
    lines.shift();
    return h("h3", { class: `markdown-heading level-${heading[1].length}` }, ...inline(heading[2]));
  }
  const text = takeWhile(lines, isText);
  return h("p", {}, ...text.flatMap((each, at) => [at > 0 && h("br"), ...inline(each.trim())]));
}

function parts(lines, depth = 0) {
  if (depth > DEEPEST) return [lines.join("\n")];
  const nodes = [];
  while (lines.length) {
    if (lines[0].trim()) nodes.push(part(lines, depth));
    else lines.shift();
  }
  return nodes;
}

/** A block of Markdown. */
export function markdown(block) {
  return h("div", { class: "text markdown" }, ...parts(block.text.split("\n")));
}
