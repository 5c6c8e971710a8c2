// Elements of section and actions blocks: buttons, menus, images, and fields whose change is told to the app at once.

import { h, icon } from "../dom.js";
import { pictureAddress } from "../files.js";
import { textObject, wordsOf } from "../mrkdwn.js";
import { menuButton } from "../popup.js";
import { makeField } from "./fields.js";

const SAFE_ADDRESS = /^https?:\/\//iu;

function button(element, blockId, surface) {
  const choice = element.value === undefined ? {} : { value: element.value };
  const styled = { primary: " primary", danger: " danger" }[element.style] ?? "";
  const address = element.url && SAFE_ADDRESS.test(element.url) ? element.url : null;
  const node = h(
    address ? "a" : "button",
    {
      class: `button${styled}`,
      ...(address ? { href: address, target: "_blank", rel: "noopener noreferrer" } : { type: "button" }),
      "aria-label": element.accessibility_label,
      "data-action": element.action_id,
      onclick: () => {
        if (node.getAttribute("aria-busy") !== "true") surface.act(blockId, element, choice, node);
      },
    },
    ...textObject(element.text),
  );
  return node;
}

function overflow(element, blockId, surface) {
  const node = h(
    "button",
    { class: "button overflow", type: "button", "aria-label": "More actions", "data-action": element.action_id },
    icon("more"),
  );
  const items = () =>
    element.options.map((option) => ({
      label: wordsOf(option.text),
      description: option.description && wordsOf(option.description),
      href: option.url && SAFE_ADDRESS.test(option.url) ? option.url : undefined,
      choose: () => surface.act(blockId, element, { selected_option: option }, node),
    }));
  return menuButton(node, items, "More actions");
}

function held(element, blockId, surface) {
  let before;
  const field = makeField(element, {
    surface,
    blockId,
    label: element.placeholder?.text ?? element.action_id,
    onchange: async (choice) => {
      if (await surface.act(blockId, element, choice, field.node)) before = field.value();
      else field.restore(before);
    },
  });
  if (!field) return h("span", { class: "unsupported" }, `This page can't show “${element.type}”.`);
  before = field.value();
  field.target.setAttribute("data-action", element.action_id);
  const restore = (value) => {
    field.restore(value);
    before = field.value();
  };
  surface.register({ ...field, restore, blockId, actionId: element.action_id });
  return field.node;
}

/** The element for one interactive or image element of a block. */
export function element(element, blockId, surface) {
  if (element.type === "button") return button(element, blockId, surface);
  if (element.type === "overflow") return overflow(element, blockId, surface);
  if (element.type === "image") return h("img", { class: "accessory-image", src: pictureAddress(element, surface.user), alt: element.alt_text });
  return held(element, blockId, surface);
}
