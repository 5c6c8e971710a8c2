"""Messages and views as a whole: which blocks fit where, what must be unique, and what Slack fills in."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from sandbox.blocks.layout import BLOCKS
from sandbox.blocks.objects import plain_text
from sandbox.blocks.shapes import ByType, Check, Faults, Shape, anything, boolean, one_of, text
from sandbox.documents import Document, Json, as_json

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS: Final[Mapping[Surface, int]] = {"message": 50, "modal": 100, "home": 100}
VIEW_BYTES: Final = 250_000
MARKDOWN_CHARACTERS: Final = 12_000

# "available in surfaces" of docs.slack.dev/reference/block-kit/blocks
_MESSAGES_ONLY: Final = {"markdown", "table", "plan", "task_card", "context_actions", "data_table"}
_NOT_IN: Final[Mapping[Surface, set[str]]] = {
    "message": {"file"},
    "modal": {"file", "card", "carousel", *_MESSAGES_ONLY},
    "home": {"file", "alert", *_MESSAGES_ONLY},
}
_BY_SURFACE: Final[Mapping[Surface, ByType]] = {
    surface: ByType({name: check for name, check in BLOCKS.items() if name not in left_out})
    for surface, left_out in _NOT_IN.items()
}

_VIEW_KEYS: dict[str, Check] = {
    "private_metadata": text(3000),
    "callback_id": text(255),
    "external_id": text(255),
}
_MODAL = Shape(
    {"type": one_of("modal"), "title": plain_text(24), "blocks": anything},
    {
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
        **_VIEW_KEYS,
    },
)
_HOME = Shape({"type": one_of("home"), "blocks": anything}, _VIEW_KEYS)


def check_blocks(blocks: Json, surface: Surface, faults: Faults, at: str = "/blocks") -> None:
    """Check the blocks of a message or view."""
    if not isinstance(blocks, list):
        faults.add("must provide an array", at)
        return
    if len(blocks) > MOST_BLOCKS[surface]:
        faults.add(f"no more than {MOST_BLOCKS[surface]} items allowed", at)
    before = len(faults.messages)
    for index, block in enumerate(blocks):
        _BY_SURFACE[surface](block, f"{at}/{index}", faults)
    if len(faults.messages) == before:
        _check_together(blocks, surface, faults, at)


def check_view(view: Json, faults: Faults, *, at: str = "/view") -> None:
    """Check a modal or Home view."""
    if not isinstance(view, dict):
        faults.add("must provide an object", at)
        return
    kind: Surface = "home" if view.get("type") == "home" else "modal"
    (_HOME if kind == "home" else _MODAL)(view, at, faults)
    if "blocks" not in view:
        return
    before = len(faults.messages)
    check_blocks(view["blocks"], kind, faults, f"{at}/blocks")
    if len(faults.messages) > before or kind == "home" or view.get("submit"):
        return
    if any(block["type"] == "input" for block, _ in _all_blocks(view["blocks"], at)):
        faults.add("missing required field: submit", at)


def is_too_large(view: Document) -> bool:
    """Tell whether Slack answers view_too_large."""
    return len(as_json(view).encode("utf-8", "surrogatepass")) > VIEW_BYTES


def _check_together(blocks: list[Document], surface: Surface, faults: Faults, at: str) -> None:
    seen: set[str] = set()
    for block, place in _all_blocks(blocks, at):
        block_id = block.get("block_id")
        if block_id in seen:
            faults.add("`block_id` already exists for another block", f"{place}/block_id")
        elif block_id is not None:
            seen.add(block_id)
        _check_elements(block, place, surface, faults)
    everything = [block for block, _ in _all_blocks(blocks, at)]
    if sum(bool(element.get("focus_on_load")) for block in everything for element in _inside(block)) > 1:
        faults.add("focus_on_load may be true on one element only", at)
    if sum(block["type"] in ("table", "data_table") for block in everything) > 1:
        faults.add("only_one_table_allowed", at)
    if sum(len(block["text"]) for block in everything if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        faults.add(f"must be less than {MARKDOWN_CHARACTERS + 1} characters in all markdown blocks", at)


def _check_elements(block: Document, at: str, surface: Surface, faults: Faults) -> None:
    in_modal_input = block["type"] == "input" and surface == "modal"
    if block["type"] == "input" and block["element"]["type"] == "file_input" and not in_modal_input:
        faults.add("unsupported type: file_input", f"{at}/element/type")
    if not in_modal_input and any(element.get("response_url_enabled") for element in _inside(block)):
        faults.add("response_url_enabled is only allowed in an input block of a modal", at)


def _inside(block: Document) -> list[Document]:
    found = [block[key] for key in ("element", "accessory") if key in block]
    if block["type"] in ("actions", "context_actions"):
        found += block["elements"]
    return found


def _all_blocks(blocks: list[Document], at: str) -> Iterator[tuple[Document, str]]:
    for index, block in enumerate(blocks):
        yield block, f"{at}/{index}"
        if block["type"] == "container":
            yield from _all_blocks(block["child_blocks"], f"{at}/{index}/child_blocks")


def complete_blocks(blocks: list[Document]) -> list[Document]:
    """Fill in what Slack fills in: missing block_ids and action_ids, `emoji`, `verbatim`."""
    return [_complete_block(block) for block in blocks]


def complete_view(view: Document) -> Document:
    """Fill in what Slack fills in, in a whole view."""
    texts = {key: _complete_part(view[key]) for key in ("title", "submit", "close") if view.get(key)}
    return {**view, **texts, "blocks": complete_blocks(view["blocks"])}


def _complete_block(block: Document) -> Document:
    done: Document = {key: _complete_part(value) for key, value in block.items()}
    done.setdefault("block_id", _made_up_id())
    if done["type"] == "container":
        done["child_blocks"] = complete_blocks(block["child_blocks"])
    if done["type"] == "input":
        done.setdefault("optional", False)
        done.setdefault("dispatch_action", False)
    for element in _inside(done):
        if element["type"] != "image":
            element.setdefault("action_id", _made_up_id())
    return done


def _complete_part(value: Json) -> Json:
    if isinstance(value, list):
        return [_complete_part(one) for one in value]
    if not isinstance(value, dict):
        return value
    done = {key: _complete_part(one) for key, one in value.items()}
    if done.get("type") == "plain_text":
        done.setdefault("emoji", True)
    elif done.get("type") == "mrkdwn":
        done.setdefault("verbatim", False)
    return done


def _made_up_id() -> str:
    return secrets.token_urlsafe(4)[:5]
