"""Form elements and the values in them, as Slack's own client keeps and checks them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from sandbox.documents import Document, Json
from sandbox.filetypes import ending_of

# what stands in each element, by block_id, then action_id, as view.state.values has it
Values: TypeAlias = dict[str, dict[str, Document]]

# element type -> (key of its value in state.values, key of its initial value)
VALUE_KEYS: Final[dict[str, tuple[str, str]]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),  # there is no such initial value
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_LISTS: Final = {"selected_options", "selected_users", "selected_conversations", "selected_channels", "files"}

REQUIRED: Final = "Please complete this required field."
TEXT_LIMIT: Final = 3000
FILE_BYTES: Final = 10 * 1024 * 1024  # docs.slack.dev/reference/block-kit/block-elements/file-input-element
MOST_FILES: Final = 10
_EMAIL: Final = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_URL: Final = r"[A-Za-z][A-Za-z0-9+.-]*://\S+"


@dataclass(frozen=True, slots=True)
class Element:
    """An interactive element where it stands."""

    block: Document
    element: Document

    @property
    def block_id(self) -> str:
        """The block that it stands in."""
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        """Its own name there."""
        return str(self.element["action_id"])

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.element["type"])


def elements_of(blocks: list[Document]) -> Iterator[Element]:
    """Go over every element with an action_id, in order."""
    for block in blocks:
        match block["type"]:
            case "input":
                inside = [block["element"]]
            case "actions" | "context_actions":
                inside = block["elements"]
            case "section":
                inside = [block["accessory"]] if "accessory" in block else []
            case "container":
                yield from elements_of(block["child_blocks"])
                continue
            case "card":
                inside = block.get("actions", [])
            case _:
                continue
        for element in inside:
            if "action_id" in element:
                yield Element(block, element)


def find_element(blocks: list[Document], block_id: str, action_id: str) -> Element | None:
    """Find one element."""
    return next((e for e in elements_of(blocks) if (e.block_id, e.action_id) == (block_id, action_id)), None)


def state_values(blocks: list[Document], entered: Values) -> Values:
    """Write state.values: each element that holds a value, entered or initial, or empty."""
    values: Values = {}
    for place in elements_of(blocks):
        keys = VALUE_KEYS.get(place.kind)
        if keys is None:
            continue
        given = entered.get(place.block_id, {}).get(place.action_id)
        values.setdefault(place.block_id, {})[place.action_id] = _value(place, keys, given)
    return values


def kept_values(blocks: list[Document], entered: Values) -> Values:
    """Keep of what was entered only what still has its element."""
    kept: Values = {}
    for place in elements_of(blocks):
        given = entered.get(place.block_id, {}).get(place.action_id)
        if given is not None and given.get("type") == place.kind:
            kept.setdefault(place.block_id, {})[place.action_id] = given
    return kept


def _value(place: Element, keys: tuple[str, str], given: Document | None) -> Document:
    key, initial = keys
    value = place.element.get(initial) if given is None else given.get(key)
    if key in _LISTS:
        return {"type": place.kind, key: list(value or ())}
    document: Document = {"type": place.kind}
    if key == "rich_text_value" and value is None:
        return document
    document[key] = None if value == "" else value
    if place.kind == "timepicker" and "timezone" in place.element:
        document["timezone"] = place.element["timezone"]
    return document


def simple_value(place: Element, value: Json) -> Document:
    """Write an element's state from a plain value: a text, an option or its value, an id, a list."""
    key = VALUE_KEYS[place.kind][0]
    if isinstance(value, dict) and value.get("type") == place.kind:
        return value
    if key == "selected_option":
        value = None if value is None else _option(place, value)
    elif key == "files":
        value = [{"id": one} for one in value or ()]
    elif key == "selected_options":
        value = [_option(place, one) for one in value or ()]
    return {"type": place.kind, key: value}


def options_of(element: Document) -> list[Document]:
    """List the options that an element brings itself, those of its groups too."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def are_offered(element: Document, chosen: list[Json]) -> bool:
    """Tell whether these options are among those that an element brings; True if it brings none of its own."""
    offered = {option.get("value") for option in options_of(element)}
    return not offered or all(isinstance(one, dict) and one.get("value") in offered for one in chosen)


def _option(place: Element, wanted: Json) -> Document:
    if isinstance(wanted, dict):
        return wanted
    for option in options_of(place.element):
        if option.get("value") == wanted:
            return option
    raise LookupError(f"{place.block_id}/{place.action_id} has no option {wanted!r}")


def field_faults(blocks: list[Document], values: Values) -> dict[str, str]:
    """Check a form as Slack's client does before it sends it: what the person reads, by block_id."""
    faults: dict[str, str] = {}
    for place in elements_of(blocks):
        if place.block["type"] != "input" or place.kind not in VALUE_KEYS:
            continue
        value = values[place.block_id][place.action_id].get(VALUE_KEYS[place.kind][0])
        if value is None or value == []:
            if not place.block.get("optional"):
                faults[place.block_id] = REQUIRED
        elif (fault := _fault(place, value)) is not None:
            faults[place.block_id] = fault
    return faults


def _fault(place: Element, value: Json) -> str | None:
    element = place.element
    match place.kind:
        case "plain_text_input":
            fault = _text_fault(element, str(value))
        case "number_input":
            fault = _number_fault(element, str(value))
        case "email_text_input":
            fault = None if re.fullmatch(_EMAIL, str(value)) else "Please enter a valid email address."
        case "file_input":
            fault = _file_fault(element, value)
        case "url_text_input":
            fault = None if re.fullmatch(_URL, str(value)) else "Please enter a valid URL."
        case _:
            fault = _choice_fault(element, value if isinstance(value, list) else [value])
    return fault


def _file_fault(element: Document, files: list[Document]) -> str | None:
    most, endings = element.get("max_files", MOST_FILES), element.get("filetypes")
    if len(files) > most:
        return f"You can upload up to {most} {'file' if most == 1 else 'files'}."
    for file in files:
        if file["size"] > FILE_BYTES:
            return f"{file['name']} is larger than 10 MB."
        if endings and not {ending_of(file["name"]), file["filetype"]} & set(endings):
            return f"{file['name']} isn't of a type that is taken here: {', '.join(endings)}."
    return None


def _choice_fault(element: Document, chosen: list[Json]) -> str | None:
    if not are_offered(element, chosen):
        return "Please choose one of the options."
    most = element.get("max_selected_items")
    if isinstance(most, int) and len(chosen) > most:
        return f"You can select up to {most} items."
    return None


def _text_fault(element: Document, text: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", TEXT_LIMIT)
    if len(text) < least:
        return f"Please enter at least {least} characters."
    if len(text) > most:
        return f"Please enter at most {most} characters."
    return None


def _number_fault(element: Document, text: str) -> str | None:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text) or ("." in text and not element.get("is_decimal_allowed")):
        return "Please enter a valid number." if element.get("is_decimal_allowed") else "Please enter a whole number."
    number = float(text)
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number that is at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number that is at most {element['max_value']}."
    return None
