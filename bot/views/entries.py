"""What stands in the fields of a form that was sent."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

_YEAR_10000: Final = 253_402_300_800  # in seconds since 1970: the last that a datetime holds come before


def anew(field: str, value: str | int) -> str:
    """Return another block id for a field, so that Slack shows its initial value instead of what stood in it before.

    Slack keeps what stands in a field of the same id when a form is changed (docs.slack.dev/reference/views).
    """
    return f"{field}:{value}"


def field_of(block_id: str) -> str:
    """Return the name of the model's field that a block id stands for."""
    return block_id.partition(":")[0]


def entered(values: Mapping[str, Mapping[str, Any]], field: str) -> str | None:
    """Return what stands in a form's field: text, a time, a person's Slack id, or the chosen option's value.

    A moment is its seconds since 1970. None where nothing stands there.
    """
    state = _state(values, field)
    if isinstance(seconds := state.get("selected_date_time"), int):
        return str(seconds)
    written = next((state[key] for key in ("selected_time", "selected_user", "value") if key in state), None)
    found = (state.get("selected_option") or {}).get("value", written)
    return found if isinstance(found, str) else None


def entered_moment(values: Mapping[str, Mapping[str, Any]], field: str) -> datetime | None:
    """Return the moment that is chosen in a form's field."""
    seconds = _state(values, field).get("selected_date_time")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < _YEAR_10000 else None


def uploaded(values: Mapping[str, Mapping[str, Any]], field: str) -> list[str]:
    """Return Slack's ids of the files in a form's field."""
    files = _state(values, field).get("files")
    found = [file.get("id") for file in files if isinstance(file, Mapping)] if isinstance(files, list) else []
    return [file for file in found if isinstance(file, str)]


def checked(values: Mapping[str, Mapping[str, Any]], field: str) -> list[str]:
    """Return the values of the boxes that are checked in a form's field."""
    return [choice["value"] for choice in _state(values, field).get("selected_options") or ()]


def _state(values: Mapping[str, Mapping[str, Any]], field: str) -> Mapping[str, Any]:
    block = next((block for block_id, block in values.items() if field_of(block_id) == field), {})
    return next(iter(block.values()), {})
