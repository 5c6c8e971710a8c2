"""What people are reminded of: one function, one statement. All raise what ``db.pool.Database`` raises."""

from typing import Final

from db.pool import Database

_SCHEDULE: Final = "SELECT app.schedule_reminders()"


async def schedule_reminders(db: Database) -> int:
    """Write what people are to be reminded of at this moment into the outbox; return how many messages that were."""
    written: int = await db.value(_SCHEDULE, writes=True)
    return written
