// input blocks: a label, a field, a hint, and what is wrong with the field's value.

import { h, icon, newId } from "../dom.js";
import { textObject } from "../mrkdwn.js";
import { makeField } from "./fields.js";

const REQUIRED = "Please complete this required field.";

function isEmpty(state) {
  return Object.entries(state).every(([key, value]) => key === "type" || key === "timezone" || value === null || value.length === 0);
}

/** An input block; its field is registered at the surface, with `problem()` as the client's own rules have it and `complain(text)`. */
export function input(block, surface) {
  const { element, block_id: blockId, optional = false } = block;
  const [labelId, hintId, errorId] = [newId("label"), newId("hint"), newId("error")];
  const dispatch = block.dispatch_action ? (choice) => surface.act(blockId, element, choice, field.node) : undefined;
  const field = makeField(element, { surface, blockId, optional, labelledBy: labelId, onchange: dispatch });
  if (!field) return h("p", { class: "unsupported" }, `This page can't show an input of type “${element.type}”.`);
  const { target, node } = field;
  const grouped = field.describes !== undefined;
  const described = grouped ? node : target;
  target.id ||= newId("field");
  target.setAttribute("data-action", element.action_id);
  if (!grouped) target.setAttribute("aria-required", String(!optional));
  const error = h("p", { class: "field-error", id: errorId, hidden: true });
  const words = [...textObject(block.label), optional && h("span", { class: "optional" }, " (optional)")];
  const whole = h(
    "div",
    { class: "input" },
    h(grouped ? "div" : "label", { class: "label", id: labelId, ...(grouped ? {} : { for: target.id }) }, ...words.filter(Boolean)),
    node,
    error,
    block.hint && h("p", { class: "hint", id: hintId }, ...textObject(block.hint)),
  );
  const describe = (wrong) => {
    const ids = [wrong && errorId, block.hint && hintId].filter(Boolean).join(" ");
    if (ids) described.setAttribute("aria-describedby", ids);
    else described.removeAttribute("aria-describedby");
  };
  const complain = (text) => {
    error.replaceChildren(...(text ? [icon("warning"), h("span", {}, text)] : []));
    error.hidden = !text;
    whole.classList.toggle("wrong", Boolean(text));
    if (text) described.setAttribute("aria-invalid", "true");
    else described.removeAttribute("aria-invalid");
    describe(Boolean(text));
  };
  describe(false);
  surface.register({
    ...field,
    blockId,
    actionId: element.action_id,
    focusFirst: element.focus_on_load === true,
    problem: () => field.problem() ?? (!optional && isEmpty(field.value()) ? REQUIRED : null),
    complain,
  });
  return whole;
}
