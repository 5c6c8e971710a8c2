"""A form in which somebody was overtaken: it stays as it was typed, and says beside each field what changed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from bot.errors import Overwritten
from bot.text import shorten
from bot.views.blocks import Block, View
from bot.views.entries import anew, field_of
from bot.views.history import deed_on
from bot.views.kit import Markup, context, form, markup, mrkdwn, section
from bot.wording import commas
from db.models import Change

_NAME: Final = 80  # characters
_TOLD: Final = "meanwhile"  # of what block ids begin that say so
_FIELDS: Final = {  # what was changed -> the field that stands for it
    "device_passcode": "passcode",
    "actual_hours": "hours",
    "tech": "who",
    "is_active": "access",
    "quiet_hours": "quiet_from",
}
_KEPT: Final = {  # what is typed -> how it stands in the form from the beginning
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date_time": "initial_date_time",
    "selected_time": "initial_time",
    "selected_user": "initial_user",
}


def by_history(change: Overwritten) -> Markup:
    """Return what somebody did to a column of a ticket or customer, in the words of a history."""
    who = change.who or ""
    if change.old is None and change.new is None:
        return markup("*{who}* changed this meanwhile.", who=who)
    old, new = (value if isinstance(value, str) else None for value in (change.old, change.new))
    deed = deed_on(Change(field=change.field, old=old, new=new), who)
    return markup("*{who}* {deed} meanwhile.", who=who, deed=deed)


def conflicting_form(
    changes: Sequence[Overwritten],
    metadata: str,
    words: Callable[[Overwritten], Markup],
    *,
    callback: str,
    title: str,
    submit: str,
    blocks: Sequence[Mapping[str, Any]],
    values: Mapping[str, Mapping[str, Any]],
) -> View:
    """Return the form with what was typed. Sent once more it replaces what ``metadata`` says is known."""
    told = {_FIELDS.get(change.field, change.field): change for change in changes}
    shown: list[Block] = [_said(told)]
    for block in blocks:
        if str(block.get("block_id", "")).startswith(_TOLD):
            continue
        change = told.get(field_of(str(block.get("block_id", "")))) if block.get("type") == "input" else None
        shown.append(_as_typed(block, values) if change is None or change.touched else _as_now(block, change))
        if change is not None:
            shown.append(_beside(block, words(change)))
    return form(callback, title, submit, shown, private_metadata=metadata)


def _said(told: Mapping[str, Overwritten]) -> Block:
    names = [change.who for change in told.values() if change.who]
    if not names:
        said = markup("This was changed elsewhere meanwhile, so nothing is saved yet. What you send now counts.")
    else:
        who = commas([shorten(name, _NAME) for name in dict.fromkeys(names)])
        said = markup("{who} changed this meanwhile, so nothing is saved yet. What you send now counts.", who=who)
    return _marked(section(mrkdwn(said)), _TOLD)


def _marked(block: Block, block_id: str) -> Block:
    return cast("Block", {**block, "block_id": block_id})


def _beside(block: Mapping[str, Any], words: Markup) -> Block:
    return _marked(context(mrkdwn(words)), f"{_TOLD}:{field_of(str(block['block_id']))}")


def _offered(element: Mapping[str, Any], typed: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    """Return what is typed; of an option the one that the form has, since Slack wants the very same."""
    if isinstance(typed, list):
        return [_offered(element, choice) for choice in typed]
    groups = [{"options": element.get("options", [])}, *element.get("option_groups", [])]
    options = [option for group in groups for option in group["options"]]
    return next((option for option in options if isinstance(typed, dict) and option["value"] == typed["value"]), typed)


def _as_typed(block: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]]) -> Block:
    """Return a block with what stands in its field now as what stands there from the beginning."""
    block_id = str(block.get("block_id", ""))
    if block.get("type") != "input" or field_of(block_id) == "passcode":  # Slack keeps it
        return cast("Block", block)
    element = {name: value for name, value in block["element"].items() if name not in _KEPT.values()}
    for state in values.get(block_id, {}).values():
        element |= {begins: _offered(element, state[typed]) for typed, begins in _KEPT.items() if state.get(typed)}
    return cast("Block", {**block, "element": element})


def _as_now(block: Mapping[str, Any], change: Overwritten) -> Block:
    """Return the block of a field that the person left alone with what stands there by now; it gets another id."""
    element = {name: value for name, value in block["element"].items() if name not in _KEPT.values()}
    value = ("on" if change.new else "off") if isinstance(change.new, bool) else change.new
    if element["type"] == "users_select" and value is not None:
        element["initial_user"] = value
    elif element["type"] == "static_select":
        element["initial_option"] = _offered(element, {"value": value})
    block_id = anew(field_of(str(block["block_id"])), str(value))
    return cast("Block", {**block, "block_id": block_id, "element": element})
