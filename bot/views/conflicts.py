"""A form in which somebody was overtaken: it stays as it was typed, and says beside each field what changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from bot.errors import Overwritten
from bot.views.blocks import Block, View
from bot.views.changes import Begun
from bot.views.entries import field_of
from bot.views.history import deed_on
from bot.views.kit import Markup, context, form, markup, mrkdwn, section
from bot.wording import commas
from db.models import Change

_TOLD: Final = "meanwhile"  # of what block ids begin that say so
_FIELDS: Final = {"device_passcode": "passcode", "actual_hours": "hours", "tech": "who"}  # column -> field
_KEPT: Final = {  # what is typed -> how it stands in the form from the beginning
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date_time": "initial_date_time",
}


def conflicting_form(
    changes: Sequence[Overwritten],
    seen: datetime,
    *,
    callback: str,
    title: str,
    submit: str,
    begun: Begun,
    blocks: Sequence[Mapping[str, Any]],
    values: Mapping[str, Mapping[str, Any]],
) -> View:
    """Return the form with what was typed. Sent once more it replaces what is known to have changed until ``seen``."""
    told = {_FIELDS.get(change.field, change.field): change for change in changes}
    shown: list[Block] = [_said(told)]
    for block in blocks:
        if str(block.get("block_id", "")).startswith(_TOLD):
            continue
        shown.append(_as_typed(block, values))
        shown += _beside(block, told)
    metadata = begun.model_copy(update={"seen": seen}).pack()
    return form(callback, title, submit, shown, private_metadata=metadata)


def _said(told: Mapping[str, Overwritten]) -> Block:
    who = commas(list(dict.fromkeys(change.who for change in told.values())))
    said = markup("{who} changed this meanwhile, so nothing is saved yet. What you send now counts.", who=who)
    return _marked(section(mrkdwn(said)), _TOLD)


def _beside(block: Mapping[str, Any], told: Mapping[str, Overwritten]) -> Iterator[Block]:
    field = field_of(str(block.get("block_id", "")))
    if block.get("type") == "input" and field in told:
        yield _marked(context(mrkdwn(_happened(told[field]))), f"{_TOLD}:{field}")


def _marked(block: Block, block_id: str) -> Block:
    return cast("Block", {**block, "block_id": block_id})


def _happened(change: Overwritten) -> Markup:
    if change.old is None and change.new is None:
        return markup("*{who}* changed this meanwhile.", who=change.who)
    deed = deed_on(Change(field=change.field, old=change.old, new=change.new), change.who)
    return markup("*{who}* {deed} meanwhile.", who=change.who, deed=deed)


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
