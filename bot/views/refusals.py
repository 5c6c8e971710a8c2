"""How a refusal reads: as a message, beside a field, or in place of a form that can't be sent any more."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.views import kit
from bot.views.blocks import Message, View

_KEPT_CHARACTERS: Final = 2900  # of each field, so that label and text fit into a section


def refusal_message(sentence: str) -> Message:
    """Return a refusal that only the asker sees."""
    return kit.private(kit.sentence(sentence))


def first_input(blocks: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the id of the first field of an open form: errors may stand beside fields alone."""
    return next(
        (str(block["block_id"]) for block in blocks if block.get("type") == "input" and "block_id" in block), None
    )


def spent_form(sentence: str, blocks: Sequence[Mapping[str, Any]], values: Mapping[str, Mapping[str, Any]]) -> View:
    """Return a modal that says why a form came to nothing, with what was typed in it to copy."""
    typed = [(_label(block), _typed(values.get(str(block.get("block_id")), {}))) for block in blocks]
    kept = [
        kit.section(kit.mrkdwn(kit.markup("*{label}*\n{text}", label=label, text=text[:_KEPT_CHARACTERS])))
        for label, text in typed
        if text
    ]
    said = kit.section(kit.mrkdwn(kit.sentence(sentence)))
    return kit.notice("Not done", [said, kit.divider(), *kept] if kept else [said])


def _label(block: Mapping[str, Any]) -> str:
    label = block.get("label")
    return str(label.get("text", "")) if isinstance(label, Mapping) else ""


def _typed(field: Mapping[str, Any]) -> str:
    """Read whatever stands in a field, of any kind of element."""
    for state in field.values():
        if not isinstance(state, Mapping):
            continue
        option = state.get("selected_option")
        if isinstance(option, Mapping) and isinstance(option.get("text"), Mapping):
            return str(option["text"].get("text", ""))
        if state.get("value"):
            return str(state["value"])
    return ""
