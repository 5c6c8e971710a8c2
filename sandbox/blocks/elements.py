"""The shape of interactive elements, and in which block each may stand.

docs.slack.dev/reference/block-kit/block-elements, @slack/types, slack_sdk.models.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from sandbox.blocks.objects import (
    ANY_OPTION,
    CONFIRM,
    IDENTIFIER,
    IMAGE,
    OPTION_LISTS,
    OVERFLOW_OPTION,
    PLAIN_OPTION,
    URL,
    all_options,
    plain_text,
)
from sandbox.blocks.rich_text import RICH_TEXT
from sandbox.blocks.shapes import ByType, Check, Faults, Shape, array, boolean, exactly_one, number, one_of, text
from sandbox.documents import Document

Rule = Callable[[Document, str, Faults], None]

_DATE: Final = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME: Final = r"([01]\d|2[0-3]):[0-5]\d"
_NUMBER: Final = r"-?\d+(\.\d+)?"
_LINK: Final = re.compile(r"((https?|slack)://?|mailto:).*", re.DOTALL)
_SECONDS: Final = (10**9, 10**10 - 1)  # ten digits
LONGEST_INPUT: Final = 3000

_PLACEHOLDER: dict[str, Check] = {"placeholder": plain_text(150)}
_CONFIRM: dict[str, Check] = {"confirm": CONFIRM}
_FOCUS: dict[str, Check] = {"focus_on_load": boolean}
_PICKED: dict[str, Check] = {**_PLACEHOLDER, **_CONFIRM, **_FOCUS}
_MANY: dict[str, Check] = {"max_selected_items": number(1)}
_DISPATCH: dict[str, Check] = {
    "dispatch_action_config": Shape(
        {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), least=1)}
    )
}
_FILTER = Shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), least=1),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
)
_CONVERSATIONS: dict[str, Check] = {**_PICKED, "default_to_current_conversation": boolean, "filter": _FILTER}


def _element(name: str, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Rule) -> Shape:
    return Shape({"type": one_of(name), **required}, {"action_id": IDENTIFIER, **optional}, rules)


def _text_input(name: str, extra: Mapping[str, Check], *rules: Rule) -> Shape:
    common = {"initial_value": text(LONGEST_INPUT), **_PLACEHOLDER, **_FOCUS, **_DISPATCH}
    return _element(name, {}, {**common, **extra}, *rules)


def _initial_is_an_option(element: Document, at: str, faults: Faults) -> None:
    options = all_options(element)
    if "initial_option" in element and element["initial_option"] not in options:
        faults.add("initial_option must be one of the options", f"{at}/initial_option")
    for index, option in enumerate(element.get("initial_options", ())):
        if option not in options:
            faults.add("initial_options must be among the options", f"{at}/initial_options/{index}")
    _initial_fits(element, at, faults)


def _initial_fits(element: Document, at: str, faults: Faults) -> None:
    most = element.get("max_selected_items")
    if most is not None and len(element.get("initial_options", ())) > most:
        faults.add(f"no more than {most} items allowed", f"{at}/initial_options")


def _lengths_fit(element: Document, at: str, faults: Faults) -> None:
    least, most = element.get("min_length"), element.get("max_length")
    if least is not None and most is not None and least > most:
        faults.add("min_length must not be greater than max_length", at)
    if most is not None and len(element.get("initial_value", "")) > most:
        faults.add(f"must be less than {most + 1} characters", f"{at}/initial_value")


def _numbers_fit(element: Document, at: str, faults: Faults) -> None:
    if {"min_value", "max_value"} <= element.keys() and Decimal(element["min_value"]) > Decimal(element["max_value"]):
        faults.add("min_value must not be greater than max_value", at)


def _url_is_a_link(element: Document, at: str, faults: Faults) -> None:
    if "url" in element and not _LINK.fullmatch(element["url"]):
        faults.add("invalid url", f"{at}/url")


_STYLE: dict[str, Check] = {"style": one_of("primary", "danger"), "accessibility_label": text(75), **_CONFIRM}
_BUTTON = _element(
    "button",
    {"text": plain_text(75)},
    {"value": text(2000), "url": URL, "agent_prompt": text(), **_STYLE},
    _url_is_a_link,
)
_NAMED_VALUE = Shape({"name": text(), "value": text()})
_TRIGGER = Shape({"url": text()}, {"customizable_input_parameters": array(_NAMED_VALUE)})
_WORKFLOW_BUTTON = _element(
    "workflow_button",
    {"text": plain_text(75), "workflow": Shape({"trigger": _TRIGGER})},
    _STYLE,
)
_FEEDBACK = Shape({"text": plain_text(75), "value": text(2000)}, {"accessibility_label": text(75)})
_NUMBER_KEYS = dict.fromkeys(("min_value", "max_value", "initial_value"), text(pattern=_NUMBER))

_SELECTS: dict[str, Check] = {
    "static_select": _element(
        "static_select",
        {},
        {**OPTION_LISTS, "initial_option": PLAIN_OPTION, **_PICKED},
        exactly_one("options", "option_groups"),
        _initial_is_an_option,
    ),
    "external_select": _element(
        "external_select", {}, {"initial_option": PLAIN_OPTION, "min_query_length": number(0), **_PICKED}
    ),
    "users_select": _element("users_select", {}, {"initial_user": text(), **_PICKED}),
    "conversations_select": _element(
        "conversations_select",
        {},
        {"initial_conversation": text(), "response_url_enabled": boolean, **_CONVERSATIONS},
    ),
    "channels_select": _element(
        "channels_select", {}, {"initial_channel": text(), "response_url_enabled": boolean, **_PICKED}
    ),
    "multi_static_select": _element(
        "multi_static_select",
        {},
        {**OPTION_LISTS, "initial_options": array(PLAIN_OPTION, least=1), **_MANY, **_PICKED},
        exactly_one("options", "option_groups"),
        _initial_is_an_option,
    ),
    "multi_external_select": _element(
        "multi_external_select",
        {},
        {"initial_options": array(PLAIN_OPTION), "min_query_length": number(0), **_MANY, **_PICKED},
        _initial_fits,
    ),
    "multi_users_select": _element("multi_users_select", {}, {"initial_users": array(text()), **_MANY, **_PICKED}),
    "multi_conversations_select": _element(
        "multi_conversations_select", {}, {"initial_conversations": array(text()), **_MANY, **_CONVERSATIONS}
    ),
    "multi_channels_select": _element(
        "multi_channels_select", {}, {"initial_channels": array(text()), **_MANY, **_PICKED}
    ),
}
_CHOICES: dict[str, Check] = {
    "checkboxes": _element(
        "checkboxes",
        {"options": array(ANY_OPTION, 10, 1)},
        {"initial_options": array(ANY_OPTION, least=1), **_CONFIRM, **_FOCUS},
        _initial_is_an_option,
    ),
    "radio_buttons": _element(
        "radio_buttons",
        {"options": array(ANY_OPTION, 10, 1)},
        {"initial_option": ANY_OPTION, **_CONFIRM, **_FOCUS},
        _initial_is_an_option,
    ),
}
_PICKERS: dict[str, Check] = {
    "datepicker": _element("datepicker", {}, {"initial_date": text(pattern=_DATE), **_PICKED}),
    "timepicker": _element("timepicker", {}, {"initial_time": text(pattern=_TIME), "timezone": text(), **_PICKED}),
}
_DATETIME: dict[str, Check] = {
    "datetimepicker": _element("datetimepicker", {}, {"initial_date_time": number(*_SECONDS), **_CONFIRM, **_FOCUS})
}
_OVERFLOW: dict[str, Check] = {"overflow": _element("overflow", {"options": array(OVERFLOW_OPTION, 5, 1)}, _CONFIRM)}
_BUTTONS: dict[str, Check] = {"button": _BUTTON, "workflow_button": _WORKFLOW_BUTTON}
_RICH_INPUT: dict[str, Check] = {
    "rich_text_input": _element(
        "rich_text_input",
        {},
        {
            "initial_value": RICH_TEXT,
            "min_lines": number(1),
            "max_lines": number(1),
            **_PLACEHOLDER,
            **_FOCUS,
            **_DISPATCH,
        },
    )
}

SECTION_ACCESSORIES = ByType({**_BUTTONS, **_SELECTS, **_CHOICES, **_PICKERS, **_OVERFLOW, "image": IMAGE})
ACTIONS_ELEMENTS = ByType(
    {**_BUTTONS, **_SELECTS, **_CHOICES, **_PICKERS, **_DATETIME, **_OVERFLOW, **_RICH_INPUT},
)
CONTEXT_ACTIONS_ELEMENTS = ByType(
    {
        "feedback_buttons": _element(
            "feedback_buttons", {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {}
        ),
        "icon_button": _element(
            "icon_button",
            {"icon": text(), "text": plain_text(75)},
            {
                "value": text(2000),
                "accessibility_label": text(75),
                "visible_to_user_ids": array(text()),
                **_CONFIRM,
            },
        ),
    }
)
INPUT_ELEMENTS = ByType(
    {
        "plain_text_input": _text_input(
            "plain_text_input",
            {
                "multiline": boolean,
                "min_length": number(0, LONGEST_INPUT),
                "max_length": number(1, LONGEST_INPUT),
                "max_lines": number(1),
            },
            _lengths_fit,
        ),
        "email_text_input": _text_input("email_text_input", {}),
        "url_text_input": _text_input("url_text_input", {}),
        "number_input": _element(
            "number_input",
            {"is_decimal_allowed": boolean},
            {**_NUMBER_KEYS, **_PLACEHOLDER, **_FOCUS, **_DISPATCH},
            _numbers_fit,
        ),
        "file_input": _element("file_input", {}, {"filetypes": array(text()), "max_files": number(1, 10)}),
        **_RICH_INPUT,
        **_SELECTS,
        **_CHOICES,
        **_PICKERS,
        **_DATETIME,
    }
)
BUTTON = _BUTTON
