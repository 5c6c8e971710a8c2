// From a list of blocks to elements: one maker a type of block.

import { h } from "../dom.js";
import { dataTable } from "./datatable.js";
import { actions, context, divider, header, image, section } from "./layout.js";
import { input } from "./inputs.js";
import { markdown } from "./markdown.js";
import { alert, card, carousel, container, contextActions, plan, taskCard } from "./newer.js";
import { richText } from "./richtext.js";
import { table } from "./table.js";
import { video } from "./video.js";

const MAKERS = {
  actions,
  alert,
  card,
  carousel,
  container,
  context,
  context_actions: contextActions,
  data_table: dataTable,
  divider,
  header,
  image,
  input,
  markdown,
  plan,
  rich_text: richText,
  section,
  table,
  task_card: taskCard,
  video,
};

/** The blocks' elements, in order. A type that this page doesn't know says so. */
export function renderBlocks(blocks, surface) {
  return blocks.map((block) => {
    const make = MAKERS[block.type];
    const node = make
      ? make(block, surface)
      : h("p", { class: "unsupported" }, `This page can't show a block of type “${block.type}”.`);
    node.classList.add("block");
    node.dataset.block = block.block_id ?? "";
    return node;
  });
}

/** The element in `root` that stands where another stood: the same action in the same block. Null if there is none. */
export function samePlace(root, element) {
  const action = element?.closest("[data-action]")?.dataset.action;
  const block = element?.closest("[data-block]")?.dataset.block;
  if (action === undefined || block === undefined) return null;
  return root.querySelector(`[data-block="${CSS.escape(block)}"] [data-action="${CSS.escape(action)}"]`);
}
