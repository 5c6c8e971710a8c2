"""One sound example of each block and element, and ways to spoil one."""

import copy
from collections.abc import Iterator

from sandbox.documents import Document, Json

PLAIN: Document = {"type": "plain_text", "text": "Text"}
MRKDWN: Document = {"type": "mrkdwn", "text": "*Text*"}
OPTION: Document = {"text": PLAIN, "value": "a"}
OTHER: Document = {"text": {"type": "plain_text", "text": "Other"}, "value": "b", "description": PLAIN}
CONFIRM: Document = {"title": PLAIN, "text": MRKDWN, "confirm": PLAIN, "deny": PLAIN, "style": "danger"}
RICH: Document = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"bold": True}}]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": "https://example.com"}]}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "emoji", "name": "tada"}, {"type": "user", "user_id": "U1"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
    ],
}
IMAGE: Document = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A picture"}
PICKED: Document = {"placeholder": PLAIN, "confirm": CONFIRM, "focus_on_load": True}

BUTTON: Document = {
    "type": "button",
    "action_id": "a",
    "text": PLAIN,
    "value": "1",
    "url": "https://example.com",
    "style": "primary",
    "confirm": CONFIRM,
    "accessibility_label": "Press",
}

ELEMENTS: dict[str, Document] = {
    "static_select": {"options": [OPTION, OTHER], "initial_option": OPTION, **PICKED},
    "external_select": {"initial_option": OPTION, "min_query_length": 1, **PICKED},
    "users_select": {"initial_user": "U1", **PICKED},
    "conversations_select": {"initial_conversation": "C1", "filter": {"include": ["public"]}, **PICKED},
    "channels_select": {"initial_channel": "C1", **PICKED},
    "multi_static_select": {
        "option_groups": [{"label": PLAIN, "options": [OPTION, OTHER]}],
        "initial_options": [OPTION],
        "max_selected_items": 2,
        **PICKED,
    },
    "multi_external_select": {"initial_options": [OPTION], "min_query_length": 0, **PICKED},
    "multi_users_select": {"initial_users": ["U1"], "max_selected_items": 1, **PICKED},
    "multi_conversations_select": {"initial_conversations": ["C1"], **PICKED},
    "multi_channels_select": {"initial_channels": ["C1"], **PICKED},
    "checkboxes": {"options": [OPTION, OTHER], "initial_options": [OTHER], "confirm": CONFIRM},
    "radio_buttons": {"options": [OPTION, OTHER], "initial_option": OTHER, "confirm": CONFIRM},
    "datepicker": {"initial_date": "2026-11-22", **PICKED},
    "timepicker": {"initial_time": "09:30", "timezone": "Europe/Berlin", **PICKED},
    "datetimepicker": {"initial_date_time": 1_700_000_000, "confirm": CONFIRM, "focus_on_load": True},
    "rich_text_input": {"initial_value": RICH, "placeholder": PLAIN, "focus_on_load": True},
    "plain_text_input": {
        "initial_value": "abc",
        "multiline": True,
        "min_length": 1,
        "max_length": 9,
        "placeholder": PLAIN,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    },
    "email_text_input": {"initial_value": "a@example.com", "placeholder": PLAIN, "focus_on_load": False},
    "url_text_input": {"initial_value": "https://example.com", "placeholder": PLAIN},
    "number_input": {"is_decimal_allowed": True, "initial_value": "2.5", "min_value": "0", "max_value": "10"},
    "file_input": {"filetypes": ["png"], "max_files": 3},
}
ELEMENTS = {name: {"type": name, "action_id": "a", **keys} for name, keys in ELEMENTS.items()}
OVERFLOW: Document = {"type": "overflow", "action_id": "a", "options": [{**OPTION, "url": "https://example.com"}]}

ONLY_INPUT = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input"}


def input_block(element: Document) -> Document:
    return {"type": "input", "block_id": "i", "label": PLAIN, "hint": PLAIN, "optional": True, "element": element}


def message_blocks() -> list[Document]:
    """Give every block that a message may have, each sound by itself."""
    in_actions = [element for name, element in ELEMENTS.items() if name not in ONLY_INPUT]
    in_section = [element for element in in_actions if element["type"] not in ("rich_text_input", "datetimepicker")]
    return [
        {"type": "section", "block_id": "s", "text": MRKDWN, "fields": [PLAIN, MRKDWN], "expand": True},
        {"type": "section", "text": MRKDWN, "accessory": IMAGE},
        {"type": "section", "text": MRKDWN, "accessory": BUTTON},
        {"type": "section", "text": MRKDWN, "accessory": OVERFLOW},
        *({"type": "section", "text": PLAIN, "accessory": element} for element in in_section),
        {"type": "actions", "block_id": "act", "elements": [BUTTON, {**OVERFLOW, "action_id": "b"}]},
        *({"type": "actions", "elements": [element]} for element in in_actions),
        {"type": "header", "block_id": "h", "text": PLAIN},
        {"type": "divider", "block_id": "d"},
        {**IMAGE, "block_id": "img", "title": PLAIN},
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A picture"},
        {"type": "context", "block_id": "c", "elements": [IMAGE, PLAIN, MRKDWN]},
        {**RICH, "block_id": "r"},
        {"type": "markdown", "block_id": "m", "text": "**Text**"},
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": "a"}, RICH]],
            "column_settings": [{"align": "right", "is_wrapped": True}],
        },
        {
            "type": "video",
            "title": PLAIN,
            "video_url": "https://example.com/v",
            "thumbnail_url": "https://example.com/t.png",
            "alt_text": "A film",
            "author_name": "Ann",
        },
        *newer_blocks(),
        *(input_block(element) for name, element in ELEMENTS.items() if name != "file_input"),
    ]


def newer_blocks() -> list[Document]:
    feedback = {"text": PLAIN, "value": "1"}
    task = {"type": "task_card", "task_id": "1", "title": "Task", "status": "complete", "details": RICH}
    card = {"type": "card", "title": MRKDWN, "body": MRKDWN, "hero_image": IMAGE, "actions": [BUTTON]}
    return [
        {"type": "alert", "text": MRKDWN, "level": "warning"},
        card,
        {"type": "carousel", "elements": [card]},
        {
            "type": "container",
            "title": PLAIN,
            "subtitle": MRKDWN,
            "width": "wide",
            "child_blocks": [{"type": "divider"}, {"type": "actions", "elements": [BUTTON]}],
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": feedback,
                    "negative_button": feedback,
                },
                {"type": "icon_button", "action_id": "i", "icon": "trash", "text": PLAIN, "value": "1"},
            ],
        },
        {
            "type": "data_table",
            "caption": "Numbers",
            "page_size": 5,
            "rows": [[{"type": "raw_text", "text": "a"}], [{"type": "raw_number", "value": 1.5, "text": "1.5"}]],
        },
        task,
        {"type": "plan", "title": "Plan", "tasks": [task]},
    ]


def modal_of(*blocks: Document) -> Document:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": PLAIN,
        "submit": PLAIN,
        "close": PLAIN,
        "private_metadata": "x",
        "external_id": "e",
        "clear_on_close": True,
        "notify_on_close": False,
        "blocks": list(blocks),
    }


def modal_views() -> list[Document]:
    """Give modals with each element in an input, and with blocks that messages have too."""
    left_out = {"markdown", "table", "video"} | {block["type"] for block in newer_blocks()}
    shared = [block for block in message_blocks() if block["type"] not in left_out]
    return [*(modal_of(input_block(element)) for element in ELEMENTS.values()), *(modal_of(block) for block in shared)]


def spoilt(document: Document) -> Iterator[tuple[str, Document]]:
    """Spoil a document in one place at a time: a key left out, one too many, a value too long, empty, mistyped."""
    for path, value in _places(document):
        if not path:
            yield "a key more", {**document, "surplus": 1}
            continue
        yield f"{path} left out", _with(document, path, ...)
        # the judges can't read a full value of the wrong type everywhere, so those stay empty
        replacements: list[Json] = [None, ""] if isinstance(value, dict | list) else [None, "", 7, True, "x" * 3001]
        for other in replacements:
            if type(other) is not type(value) or other != value:
                yield f"{path} = {_short(other)}", _with(document, path, other)
        if isinstance(value, dict):
            yield f"{path} has a key more", _with(document, path, {**value, "surplus": 1})
        if isinstance(value, list) and value:
            yield f"{path} 101 times", _with(document, path, [copy.deepcopy(value[0]) for _ in range(101)])
        if isinstance(value, str):
            for length in (24, 25, 30, 31, 75, 76, 100, 101, 150, 151, 255, 256, 300, 301, 2000, 2001):
                yield f"{path} of {length}", _with(document, path, "x" * length)


def _places(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _places(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _places(one, (*path, index))


def _with(document: Document, path: tuple[str | int, ...], value: Json) -> Document:
    done = copy.deepcopy(document)
    place: Json = done
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return done


def _short(value: Json) -> str:
    return f"{value!r:.20}"
