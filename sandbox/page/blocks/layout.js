// Blocks that show something: section, header, divider, context, actions, image.

import { h } from "../dom.js";
import { pictureAddress } from "../files.js";
import { textObject } from "../mrkdwn.js";
import { element } from "./elements.js";
import { foldable } from "./fold.js";

/** Text, fields in two columns, one element beside them. */
export function section(block, surface) {
  const text = block.text && h("div", { class: "text" }, ...textObject(block.text));
  const folds = text && !block.expand && surface.container.type === "message";
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-words" },
      folds ? foldable(text, block.text.text, `${surface.container.ts} ${block.block_id}`) : text,
      block.fields && h("div", { class: "fields" }, ...block.fields.map((field) => h("div", { class: "text" }, ...textObject(field)))),
    ),
    block.accessory && h("div", { class: "accessory" }, element(block.accessory, block.block_id, surface)),
  );
}

/** A line of large text. */
export function header(block) {
  return h("h3", { class: "header-block" }, ...textObject(block.text));
}

/** A line across. */
export function divider() {
  return h("hr");
}

/** Small text and images in one line. */
export function context(block, surface) {
  return h(
    "div",
    { class: "context" },
    ...block.elements.map((each) =>
      each.type === "image"
        ? h("img", { class: "context-image", src: pictureAddress(each, surface.user), alt: each.alt_text, title: each.alt_text })
        : h("span", { class: "text" }, ...textObject(each)),
    ),
  );
}

/** Buttons and selects in a row. */
export function actions(block, surface) {
  return h("div", { class: "actions" }, ...block.elements.map((each) => element(each, block.block_id, surface)));
}

/** A picture with its title. */
export function image(block, surface) {
  return h(
    "figure",
    { class: "image-block" },
    block.title && h("figcaption", {}, ...textObject(block.title)),
    h("img", { src: pictureAddress(block, surface.user), alt: block.alt_text }),
  );
}
