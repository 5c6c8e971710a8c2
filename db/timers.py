"""The labour timer: who works on what since when. A person has one running; its hours go to the ticket."""

from decimal import Decimal
from typing import Final

from db.models import Asker, TimerStarted, TimerStopped
from db.pool import Database

_START: Final = "SELECT app.start_timer($1, $2, $3, $4, $5, $6, $7)"
_STOP: Final = "SELECT app.stop_timer($1, $2, $3, $4, $5, $6, $7)"
_KEEP: Final = "SELECT app.keep_timer($1, $2, $3, $4, $5, $6)"
_ASK: Final = "SELECT app.ask_about_timers()"


async def start_timer(db: Database, asker: Asker, key: str, ticket_id: int, *, switch: bool = False) -> TimerStarted:
    """Start the asker's timer on a ticket that they work on; ``switch``: stop it first where it runs on another one."""
    return await db.ask(_START, asker, key, ticket_id, switch, answer=TimerStarted, writes=True)


async def stop_timer(
    db: Database, asker: Asker, key: str, ticket_id: int | None = None, hours: Decimal | None = None
) -> TimerStopped:
    """Stop the asker's timer, if it runs on this ticket where one is named, and book its hours, or those said.

    Raises:
        TimerNotRunning: it doesn't.
    """
    return await db.ask(_STOP, asker, key, ticket_id, hours, answer=TimerStopped, writes=True)


async def keep_timer(db: Database, asker: Asker, key: str, ticket_id: int) -> TimerStarted:
    """Note that the asker's timer on a ticket wasn't forgotten. Raises ``TimerNotRunning``."""
    return await db.ask(_KEEP, asker, key, ticket_id, answer=TimerStarted, writes=True)


async def ask_about_timers(db: Database) -> int:
    """Write into the outbox the questions about timers that have run for long; return how many."""
    asked: int = await db.value(_ASK, writes=True)
    return asked
