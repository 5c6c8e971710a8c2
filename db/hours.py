"""When the shop is open: one function, one statement. Both raise what ``db.pool.Database.ask`` raises."""

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Final

from bot.errors import FormValue
from db.models import Asker, HoursSaved, ShopHours
from db.pool import Database

_READ: Final = "SELECT app.read_hours($1, $2, $3, $4)"
_SAVE: Final = "SELECT app.save_hours($1, $2, $3, $4, $5, $6, $7, $8, $9)"


async def read_hours(db: Database, asker: Asker) -> ShopHours:
    """Return the shop's hours, its holidays to come, and what is counted in its hours."""
    return await db.ask(_READ, asker, answer=ShopHours)


async def save_hours(
    db: Database,
    asker: Asker,
    key: str,
    *,
    seen: Mapping[str, FormValue],
    hours: Mapping[int, tuple[time, time]],
    holidays: Mapping[date, str],
    settings: Mapping[str, str],
) -> HoursSaved:
    """Keep them. ``seen``: what the asker's form showed; where nothing else stands in it, it stays as it is.

    Raises:
        HoursChangedMeanwhile: somebody else has changed the same since.
    """
    arguments = (
        json.dumps(hours, default=str),
        json.dumps({str(day): name for day, name in holidays.items()}),
        json.dumps(dict(settings)),
    )
    return await db.ask(_SAVE, asker, key, json.dumps(dict(seen)), *arguments, answer=HoursSaved, writes=True)
