"""Times of day and time zones as people enter them."""

import re
from datetime import time
from functools import cache
from typing import Annotated, Any, Final
from zoneinfo import available_timezones

from pydantic import BeforeValidator

from bot.text import clean_line, is_blank, quoted
from bot.wording import worded

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")  # what Slack's timepicker sends


def find_zone(typed: str) -> str | None:
    """Return the time zone's name in the IANA database that is meant by it or by its city, None for no or many."""
    word = "_".join(clean_line(typed).split()).casefold()
    zones = _zones()
    if word in zones:
        return zones[word]
    found = [zone for key, zone in zones.items() if key.rpartition("/")[2] == word]
    return found[0] if len(found) == 1 else None


@cache
def _zones() -> dict[str, str]:
    """By name in small letters. Some installations list files that are no zones, none of which has an area."""
    return {zone.casefold(): zone for zone in available_timezones() if "/" in zone or zone == "UTC"}


def _read_clock(entered: Any) -> time | None:  # noqa: ANN401 - pydantic hands over whatever came in
    if entered is None:
        return None
    if isinstance(entered, str) and _CLOCK.fullmatch(entered):
        return time.fromisoformat(entered)
    raise ValueError("Choose a time.")


def _read_zone(entered: Any) -> str | None:  # noqa: ANN401 - as above
    if not isinstance(entered, str) or is_blank(entered):
        return None
    zone = find_zone(entered)
    if zone is None:
        raise ValueError(worded("{entered} is no time zone. Write it like Europe/Berlin.", entered=quoted(entered)))
    return zone


Clock = Annotated[time | None, BeforeValidator(_read_clock)]
Zone = Annotated[str | None, BeforeValidator(_read_zone)]
