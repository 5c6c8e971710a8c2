"""The shape of each block.

docs.slack.dev/reference/block-kit/blocks, @slack/types, slack_sdk.models.
"""

from collections.abc import Mapping

from sandbox.blocks.elements import (
    ACTIONS_ELEMENTS,
    BUTTON,
    CONTEXT_ACTIONS_ELEMENTS,
    INPUT_ELEMENTS,
    SECTION_ACCESSORIES,
    Rule,
)
from sandbox.blocks.objects import IDENTIFIER, IMAGE, IMAGE_BLOCK, URL, any_text, mrkdwn, plain_text
from sandbox.blocks.rich_text import RICH_TEXT
from sandbox.blocks.shapes import (
    ByType,
    Check,
    Faults,
    Shape,
    array,
    at_least_one,
    boolean,
    number,
    one_of,
    text,
    typed,
)
from sandbox.documents import Document

TABLE_CHARACTERS = 10_000


def _block(name: str, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Rule) -> Shape:
    return Shape({"type": one_of(name), **required}, {"block_id": IDENTIFIER, **optional}, rules)


def _no_dispatch_with_files(block: Document, at: str, faults: Faults) -> None:
    if block["element"]["type"] == "file_input" and block.get("dispatch_action"):
        faults.add("dispatch_action is not allowed with file_input", at)


def _actions_ids_differ(block: Document, at: str, faults: Faults) -> None:
    seen: set[str] = set()
    for index, element in enumerate(block["elements"]):
        action_id = element.get("action_id")
        if action_id in seen:
            faults.add("`action_id` already exists for another element", f"{at}/elements/{index}/action_id")
        elif action_id is not None:
            seen.add(action_id)


def _cell_length(cell: Document) -> int:
    if isinstance(cell.get("text"), str):
        return len(cell["text"])
    lists = [value for value in cell.values() if isinstance(value, list)]
    return sum(_cell_length(part) for value in lists for part in value if isinstance(part, dict))


def _cells_fit(block: Document, at: str, faults: Faults) -> None:
    if sum(_cell_length(cell) for row in block["rows"] for cell in row) > TABLE_CHARACTERS:
        faults.add(f"must be less than {TABLE_CHARACTERS + 1} characters in all cells", at)


def _rows_are_equal(block: Document, at: str, faults: Faults) -> None:
    if len({len(row) for row in block["rows"]}) > 1:
        faults.add("all rows must have the same number of cells", f"{at}/rows")
    if any(cell["type"] == "rich_text" for cell in block["rows"][0]):
        faults.add("rich_text is not allowed in the header row", f"{at}/rows/0")


_CELLS = ByType(
    {
        "raw_text": typed("raw_text", {"text": text(least=1)}),
        "raw_number": typed("raw_number", {"value": number(whole=False), "text": text()}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_TASK_OPTIONAL: dict[str, Check] = {
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": array(typed("url", {"url": text(), "text": text()})),
}
_TASK_CARD = _block(
    "task_card",
    {"task_id": text(), "title": text(), "status": one_of("pending", "in_progress", "complete", "error")},
    _TASK_OPTIONAL,
)
_CARD = _block(
    "card",
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "actions": array(BUTTON),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)

_SIMPLE: dict[str, Check] = {
    "section": _block(
        "section",
        {},
        {
            "text": any_text(3000),
            "fields": array(any_text(2000), 10, 1),
            "accessory": SECTION_ACCESSORIES,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "header": _block("header", {"text": plain_text(150)}, {"level": number(1, 6)}),
    "divider": _block("divider", {}, {}),
    "image": IMAGE_BLOCK,
    "context": _block(
        "context",
        {
            "elements": array(
                ByType({"image": IMAGE, "plain_text": plain_text(3000), "mrkdwn": mrkdwn(3000)}),
                10,
                1,
            )
        },
        {},
    ),
    "actions": _block("actions", {"elements": array(ACTIONS_ELEMENTS, 25, 1)}, {}, _actions_ids_differ),
    "input": _block(
        "input",
        {"label": plain_text(2000), "element": INPUT_ELEMENTS},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        _no_dispatch_with_files,
    ),
    "rich_text": RICH_TEXT,
    "table": _block(
        "table",
        {"rows": array(array(_CELLS, 20, 1), 100, 1)},
        {"column_settings": array(_COLUMN, 20)},
        _cells_fit,
    ),
    "video": _block(
        "video",
        {"title": plain_text(199), "video_url": text(), "thumbnail_url": text(), "alt_text": text()},
        {
            "author_name": text(49),
            "description": plain_text(3000),
            "provider_name": text(),
            "provider_icon_url": text(),
            "title_url": URL,
        },
    ),
    "file": _block("file", {"external_id": text(), "source": text()}, {}),
}

_CONTAINER = _block(
    "container",
    {"child_blocks": array(ByType(_SIMPLE), 10)},
    {
        "title": plain_text(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": any_text(150),
        "icon": IMAGE,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
        "width": one_of("narrow", "standard", "wide", "full"),
    },
    at_least_one("title", "rich_text_title"),
)

BLOCKS: dict[str, Check] = {
    **_SIMPLE,
    "container": _CONTAINER,
    "markdown": _block("markdown", {"text": text(12_000)}, {}),
    "context_actions": _block("context_actions", {"elements": array(CONTEXT_ACTIONS_ELEMENTS, 5, 1)}, {}),
    "data_table": _block(
        "data_table",
        {"caption": text(), "rows": array(array(_CELLS), 101, 2)},
        {"page_size": number(1, 100), "row_header_column_index": number(0)},
        _rows_are_equal,
    ),
    "alert": _block(
        "alert",
        {"text": any_text(200)},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": _block("carousel", {"elements": array(_CARD, 10, 1)}, {}),
    "task_card": _TASK_CARD,
    "plan": _block("plan", {"title": text()}, {"tasks": array(_TASK_CARD)}),
}
