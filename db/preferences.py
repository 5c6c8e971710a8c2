"""How people want to be told: one function, one statement. Both raise what ``db.pool.Database.ask`` raises."""

import json
from collections.abc import Collection, Mapping
from datetime import time
from typing import Final

from bot.errors import FormValue
from db.models import Asker, Clock, Settings, SettingsSaved
from db.pool import Database

_CLOCK: Final = "SELECT app.read_clock($1, $2, $3, $4)"
_READ: Final = "SELECT app.read_settings($1, $2, $3, $4)"
_SAVE: Final = "SELECT app.save_settings($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"


async def read_settings(db: Database, asker: Asker) -> Settings:
    """Return the asker's own settings."""
    return await db.ask(_READ, asker, answer=Settings)


async def read_clock(db: Database, asker: Asker) -> Clock:
    """Return by which clock the asker reads and writes times."""
    return await db.ask(_CLOCK, asker, answer=Clock)


async def save_settings(
    db: Database,
    asker: Asker,
    key: str,
    *,
    seen: Mapping[str, FormValue],
    quiet_hours: tuple[time, time] | None,
    urgent_passes: bool,
    time_zone: str | None,
    summary_at: time | None,
    heard: Collection[str],
) -> SettingsSaved:
    """Keep the asker's own settings. ``heard``: the kinds of notification that they want; others are no kinds.

    ``seen``: what the asker's form showed; where nothing else stands in it, it stays as it is.

    Raises:
        SettingsChangedMeanwhile: the same was changed elsewhere since.
    """
    begin, end = quiet_hours or (None, None)
    arguments = (begin, end, urgent_passes, time_zone, summary_at, sorted(heard))
    return await db.ask(_SAVE, asker, key, json.dumps(dict(seen)), *arguments, answer=SettingsSaved, writes=True)
