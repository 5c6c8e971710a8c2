"""The database's own housekeeping, as far as the bot does it."""

from typing import Final

from db.models import Row
from db.pool import Database

_KEEP_HOUSE: Final = "SELECT app.keep_house()"
_MAINTAIN: Final = "SELECT app.run_due_maintenance()"


class HouseKept(Row):
    """How many rows or partitions were removed or made."""

    request_keys: int
    notifications: int
    access_requests: int
    partitions_made: int
    partitions_dropped: int


async def keep_house(database: Database) -> HouseKept:
    """Remove what has expired and prepare the audit trail's next months."""
    return await database.document(_KEEP_HOUSE, answer=HouseKept)


async def run_due_maintenance(database: Database) -> str | None:
    """Run the week's ``perform_maintenance`` if it is due and nobody has; return what it says, None if nothing ran."""
    result: str | None = await database.value(_MAINTAIN, writes=True)
    return result
