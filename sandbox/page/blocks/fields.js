// What holds a value: text, number, choices, dates. Each field gives and takes its value exactly as Slack's `state.values` has it.
//
// A field is `{type, node, target, value(), restore(value), problem()}`: `target` gets the focus and the descriptions,
// `problem()` is what a person reads about a value that isn't one, apart from its being required.

import { choosableChannels, choosablePeople, channel, nameOf } from "../directory.js";
import { h, newId } from "../dom.js";
import { textObject } from "../mrkdwn.js";
import { askedSource, fixedSource, groupsOf, Select } from "../select.js";
import { momentPicked, pickedFrom } from "../times.js";
import { fileField } from "./file.js";
import { toMarkup, toRichText } from "./markup.js";

const DEFAULT_MINIMUM_QUERY = 3;
const TEXT_LIMIT = 3000;
const PAUSE_MS = 300;

function plain(text) {
  return { type: "plain_text", text, emoji: true };
}

function textField(element, { onchange, attributes, problem = () => null, tidy = (text) => text }) {
  const { multiline, placeholder, initial_value: initial, type } = element;
  const node = h(multiline ? "textarea" : "input", {
    class: "field",
    ...(multiline ? { rows: 4 } : { type: "text", ...attributes }),
    placeholder: placeholder?.text,
    autocomplete: "off",
  });
  node.value = initial ?? "";
  if (onchange) tellWhileTyping(node, element, onchange);
  return {
    type,
    node,
    target: node,
    value: () => ({ type, value: tidy(node.value) || null }),
    restore: ({ value }) => {
      node.value = value ?? "";
    },
    problem: () => problem(tidy(node.value)),
  };
}

/** Tells the app of a text as its element asks for it: at Enter, or at each pause in typing. */
function tellWhileTyping(node, { multiline, dispatch_action_config: config }, onchange) {
  const triggers = config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer;
  const tell = () => {
    clearTimeout(timer);
    onchange({ value: node.value });
  };
  if (triggers.includes("on_character_entered")) {
    node.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(tell, PAUSE_MS);
    });
  }
  if (triggers.includes("on_enter_pressed") && !multiline) {
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      tell();
    });
  }
}

/** Formatted text, typed with Slack's marks. */
function richField(element, place) {
  const { type, initial_value: initial, min_lines: least = 4 } = element;
  const state = () => {
    const value = toRichText(field.node.value);
    return value ? { rich_text_value: value } : {};
  };
  const typed = { ...element, multiline: true, initial_value: initial && toMarkup(initial) };
  const field = textField(typed, { onchange: place.onchange && (() => place.onchange(state())) });
  field.node.rows = least;
  return {
    ...field,
    node: h("div", { class: "rich-field" }, field.node, h("small", { class: "muted" }, "*bold*  _italic_  ~struck~  `code`  > quote  - list")),
    value: () => ({ type, ...state() }),
    restore: ({ rich_text_value: value }) => {
      field.node.value = value ? toMarkup(value) : "";
    },
  };
}

function lengthProblem({ min_length: least = 0, max_length: most = TEXT_LIMIT }) {
  return (text) => {
    const length = [...text].length;
    if (length > 0 && length < least) return `Please enter at least ${least} characters.`;
    return length > most ? `Please enter at most ${most} characters.` : null;
  };
}

function numberProblem({ is_decimal_allowed: decimal, min_value: least, max_value: most }) {
  return (text) => {
    if (!text) return null;
    if (!/^-?\d+(\.\d+)?$/u.test(text) || (text.includes(".") && !decimal)) {
      return decimal ? "Please enter a valid number." : "Please enter a whole number.";
    }
    if (least !== undefined && Number(text) < Number(least)) return `Please enter a number that is at least ${least}.`;
    if (most !== undefined && Number(text) > Number(most)) return `Please enter a number that is at most ${most}.`;
    return null;
  };
}

const trimmed = (text) => text.trim();

/** Where a select's value stands in the state, and how options become that value and back. */
const OPTIONS = { toValue: (option) => option, toOption: (option) => option };
const PEOPLE = { toValue: (option) => option.value, toOption: (id) => ({ text: plain(nameOf(id) ?? id), value: id }) };
const CHANNELS = {
  toValue: (option) => option.value,
  toOption: (id) => ({ text: plain(channel(id) ? spoken(channel(id)) : id), value: id }),
};

function spoken({ kind, name }) {
  return kind === "im" ? name : `#${name}`;
}

function selectField(element, { onchange, label, optional, surface, blockId }, { key, initial, kind, source }) {
  const { type } = element;
  const multiple = type.startsWith("multi_");
  const first = element[initial] ?? [];
  const given = (multiple ? first : [first].flat()).map(kind.toOption);
  const stateOf = (chosen) => {
    const values = chosen.map(kind.toValue);
    return { [key]: multiple ? values : (values[0] ?? null) };
  };
  const select = new Select({
    source: source(element, surface, blockId),
    placeholder: element.placeholder?.text,
    label,
    chosen: given,
    multiple,
    maximum: element.max_selected_items,
    clearable: optional,
    onchange: onchange && ((chosen) => onchange(stateOf(chosen))),
  });
  return {
    type,
    node: select.node,
    target: select.input,
    value: () => ({ type, ...stateOf(select.chosen) }),
    restore: (value) => select.set((multiple ? value[key] : [value[key] ?? []].flat()).map(kind.toOption)),
    problem: () => null,
  };
}

const fixed = (element) => fixedSource(groupsOf(element));
const asked = (element, surface, blockId) =>
  askedSource(
    (term, signal) => surface.suggest(blockId, element.action_id, term, signal),
    element.min_query_length ?? DEFAULT_MINIMUM_QUERY,
  );
const people = () => fixedSource([{ options: choosablePeople().map(({ id }) => PEOPLE.toOption(id)) }]);
const channels = () => fixedSource([{ options: choosableChannels().map(({ id }) => CHANNELS.toOption(id)) }]);

const SELECTS = {
  static_select: { key: "selected_option", initial: "initial_option", kind: OPTIONS, source: fixed },
  external_select: { key: "selected_option", initial: "initial_option", kind: OPTIONS, source: asked },
  users_select: { key: "selected_user", initial: "initial_user", kind: PEOPLE, source: people },
  channels_select: { key: "selected_channel", initial: "initial_channel", kind: CHANNELS, source: channels },
  conversations_select: { key: "selected_conversation", initial: "initial_conversation", kind: CHANNELS, source: channels },
  multi_static_select: { key: "selected_options", initial: "initial_options", kind: OPTIONS, source: fixed },
  multi_external_select: { key: "selected_options", initial: "initial_options", kind: OPTIONS, source: asked },
  multi_users_select: { key: "selected_users", initial: "initial_users", kind: PEOPLE, source: people },
  multi_channels_select: { key: "selected_channels", initial: "initial_channels", kind: CHANNELS, source: channels },
  multi_conversations_select: { key: "selected_conversations", initial: "initial_conversations", kind: CHANNELS, source: channels },
};

/** Radio buttons and checkboxes: options to tick. */
function tickField(element, { onchange, label, labelledBy }) {
  const single = element.type === "radio_buttons";
  const name = newId("ticks");
  const initial = single ? [element.initial_option ?? []].flat() : (element.initial_options ?? []);
  const ticks = element.options.map((option) => ({
    option,
    box: h("input", { type: single ? "radio" : "checkbox", name, onchange: () => onchange?.(state()) }),
  }));
  const tick = (options) => {
    for (const { option, box } of ticks) box.checked = options.some((each) => each.value === option.value);
  };
  const state = () => {
    const chosen = ticks.filter(({ box }) => box.checked).map(({ option }) => option);
    return single ? { selected_option: chosen[0] ?? null } : { selected_options: chosen };
  };
  tick(initial);
  const node = h(
    "div",
    { class: "ticks", role: single ? "radiogroup" : "group", "aria-label": label, "aria-labelledby": labelledBy },
    ...ticks.map(({ option, box }) =>
      h(
        "label",
        { class: "tick" },
        box,
        h(
          "span",
          {},
          h("span", { class: "text" }, ...textObject(option.text)),
          option.description && h("small", { class: "text" }, ...textObject(option.description)),
        ),
      ),
    ),
  );
  return {
    type: element.type,
    node,
    target: ticks[0].box,
    describes: node,
    value: () => ({ type: element.type, ...state() }),
    restore: (value) => tick(single ? [value.selected_option ?? []].flat() : value.selected_options),
    problem: () => null,
  };
}

/** Dates and times, by the browser's own pickers. `read` and `write` go between its text and Slack's value. */
function momentField(element, { onchange, label }, { kind, key, initial, read = (text) => text, write = (value) => value }) {
  const node = h("input", {
    class: "field moment",
    type: kind,
    "aria-label": label,
    onchange: () => onchange?.({ [key]: node.value ? read(node.value) : null }),
  });
  node.value = element[initial] ? write(element[initial]) : "";
  const { type } = element;
  const zone = element.timezone ? { timezone: element.timezone } : {};
  return {
    type,
    node,
    target: node,
    value: () => ({ type, [key]: node.value ? read(node.value) : null, ...zone }),
    restore: (value) => {
      node.value = value[key] ? write(value[key]) : "";
    },
    problem: () => (node.validity.badInput ? "Please complete the date or time." : null),
  };
}

const MOMENTS = {
  datepicker: { kind: "date", key: "selected_date", initial: "initial_date" },
  timepicker: { kind: "time", key: "selected_time", initial: "initial_time" },
  datetimepicker: {
    kind: "datetime-local",
    key: "selected_date_time",
    initial: "initial_date_time",
    read: momentPicked,
    write: pickedFrom,
  },
};

/**
 * The field for an element that holds a value, or null if it is none that this page knows.
 * `place`: `{surface, blockId, label?, labelledBy?, optional?, onchange?}`; `onchange(choice)` is called when a person has changed the value.
 */
export function makeField(element, place) {
  const { type } = element;
  if (type === "plain_text_input") return textField(element, { ...place, problem: lengthProblem(element) });
  if (type === "number_input") {
    return textField(element, { ...place, attributes: { inputmode: "decimal" }, tidy: trimmed, problem: numberProblem(element) });
  }
  if (type === "email_text_input") {
    const problem = (text) => (text && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/u.test(text) ? "Please enter a valid email address." : null);
    return textField(element, { ...place, attributes: { type: "email" }, tidy: trimmed, problem });
  }
  if (type === "url_text_input") {
    const problem = (text) => (text && !/^[a-z][a-z0-9+.-]*:\/\/\S+$/iu.test(text) ? "Please enter a valid URL." : null);
    return textField(element, { ...place, attributes: { type: "url" }, tidy: trimmed, problem });
  }
  if (type in SELECTS) return selectField(element, place, SELECTS[type]);
  if (type === "radio_buttons" || type === "checkboxes") return tickField(element, place);
  if (type === "rich_text_input") return richField(element, place);
  if (type === "file_input") return fileField(element, place);
  if (type in MOMENTS) return momentField(element, place, MOMENTS[type]);
  return null;
}
