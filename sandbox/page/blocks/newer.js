// The newer blocks: alerts, cards, containers, feedback, and what an assistant shows of its tasks.

import { isMe } from "../directory.js";
import { h, icon } from "../dom.js";
import { pictureAddress } from "../files.js";
import { link, textObject, wordsOf } from "../mrkdwn.js";
import { element } from "./elements.js";
import { renderBlocks } from "./render.js";
import { richText } from "./richtext.js";

const LEVELS = { info: "eye", warning: "warning", error: "warning", success: "check" };
const STATES = { pending: "Pending", in_progress: "In progress", complete: "Complete", error: "Failed" };

function picture(image, surface, name) {
  return image && h("img", { class: name, src: pictureAddress(image, surface.user), alt: image.alt_text });
}

function line(text, name) {
  return text && h("div", { class: `text ${name}` }, ...textObject(text));
}

/** Something to take note of. */
export function alert({ text, level = "default" }) {
  const sign = LEVELS[level];
  return h("div", { class: `alert alert-${level}`, role: "note" }, sign && icon(sign), h("div", { class: "text" }, ...textObject(text)));
}

/** A picture, a title, some words, and buttons. */
export function card(block, surface) {
  const { hero_image: hero, actions = [] } = block;
  return h(
    "article",
    { class: "card", "aria-label": block.title ? wordsOf(block.title) : null },
    picture(hero, surface, "card-hero"),
    h(
      "div",
      { class: "card-head" },
      picture(block.icon, surface, "card-icon"),
      h("div", {}, line(block.title, "card-title"), line(block.subtitle, "muted")),
    ),
    line(block.body, "card-body"),
    actions.length > 0 && h("div", { class: "actions" }, ...actions.map((each) => element(each, block.block_id, surface))),
  );
}

/** Cards side by side. */
export function carousel(block, surface) {
  const cards = block.elements.map((each) => card({ block_id: block.block_id, ...each }, surface));
  return h("div", { class: "carousel", tabindex: 0, role: "region", "aria-label": "Cards" }, ...cards);
}

/** Blocks under a title, which folds them away where the app allows it. */
export function container(block, surface) {
  const { is_collapsible: folds, default_collapsed: folded, has_header_divider: divided, width = "standard" } = block;
  const head = h(
    "div",
    { class: `card-head${divided && !folds ? " divided" : ""}` },
    picture(block.icon, surface, "card-icon"),
    h(
      "div",
      {},
      block.rich_text_title ? richText(block.rich_text_title) : line(block.title, "card-title"),
      line(block.subtitle, "muted"),
    ),
  );
  const inside = h("div", { class: "container-inside" }, ...renderBlocks(block.child_blocks, surface));
  if (!folds) return h("section", { class: `container ${width}` }, head, inside);
  return h("details", { class: `container ${width}`, open: !folded }, h("summary", {}, head), inside);
}

function feedback(each, blockId, surface) {
  return [each.positive_button, each.negative_button].map((button) => {
    const choose = () => surface.act(blockId, each, { value: button.value }, node);
    const node = h("button", { class: "button", type: "button", "aria-label": button.accessibility_label, onclick: choose }, ...textObject(button.text));
    return node;
  });
}

function iconButton(each, blockId, surface) {
  if (each.visible_to_user_ids && !each.visible_to_user_ids.some(isMe)) return null;
  const words = each.accessibility_label ?? wordsOf(each.text);
  const node = h(
    "button",
    { class: "icon-button", type: "button", title: wordsOf(each.text), "aria-label": words, onclick: () => surface.act(blockId, each, {}, node) },
    icon(each.icon === "trash" ? "trash" : "more"), // the only one that Slack names
  );
  return node;
}

/** Small buttons under what an app has said. */
export function contextActions(block, surface) {
  const makers = { feedback_buttons: feedback, icon_button: iconButton };
  return h("div", { class: "actions context-actions" }, ...block.elements.map((each) => makers[each.type](each, block.block_id, surface)));
}

/** A task, how far it is, and what came of it. */
export function taskCard({ title, status, details, output, sources = [] }) {
  const inside = [details && richText(details), output && richText(output)].filter(Boolean);
  const from = sources.map((each) => h("li", {}, link(each.url, each.text)));
  return h(
    "details",
    { class: `task task-${status}` },
    h("summary", {}, h("b", {}, title), h("span", { class: "badge" }, STATES[status])),
    ...inside,
    from.length > 0 && h("ul", { "aria-label": "Sources" }, ...from),
  );
}

/** Tasks that belong together. */
export function plan({ title, tasks = [] }) {
  return h("section", { class: "container standard" }, h("div", { class: "card-head" }, h("b", {}, title)), ...tasks.map(taskCard));
}
