"""What people are reminded of: one function, one statement. All raise what ``db.pool.Database`` raises."""

from typing import Final

from db.models import Asker, Snoozed, SnoozeUntil
from db.pool import Database

_SNOOZE: Final = "SELECT app.snooze_reminders($1, $2, $3, $4, $5, $6, $7)"
_SCHEDULE: Final = "SELECT app.schedule_reminders()"


async def schedule_reminders(db: Database) -> int:
    """Write what people are to be reminded of at this moment into the outbox; return how many messages that were."""
    written: int = await db.value(_SCHEDULE, writes=True)
    return written


async def snooze_reminders(db: Database, asker: Asker, key: str, notification: int, until: SnoozeUntil) -> Snoozed:
    """Remind the asker no more of the tickets of a reminder, for an hour, until tomorrow or next week.

    Raises:
        ReminderGone: it isn't theirs, or isn't kept any more.
    """
    return await db.ask(_SNOOZE, asker, key, notification, until, answer=Snoozed, writes=True)
