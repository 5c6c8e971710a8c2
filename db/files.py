"""Files of tickets: one function, one statement. People ask for them here; workers carry it out, claim by claim.

What people ask raises what ``db.pool.Database.ask`` raises, the rest what ``value`` does.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from pydantic import TypeAdapter

from db.models import Asker, ExportAsked, FileAsked, FileErrand, FilesAttached, TicketFiles, TicketId
from db.pool import Database

_READ: Final = "SELECT app.read_files($1, $2, $3, $4, $5)"
_ATTACH: Final = "SELECT app.attach_files($1, $2, $3, $4, $5, $6, $7, $8)"
_ASK: Final = "SELECT app.ask_for_file($1, $2, $3, $4, $5, $6)"
_REMOVE: Final = "SELECT app.remove_file($1, $2, $3, $4, $5, $6)"
_EXPORT: Final = """
SELECT app.ask_for_export($1, $2, $3, $4, $5, COALESCE(
    $6::date, (date_trunc('month', app.shop_today()) - make_interval(months => $7))::date))
"""
_TICKETS: Final = "SELECT app.export_tickets($1, $2, $3, $4)"
_REPORT: Final = "SELECT app.export_report($1, $2)"
_CARD: Final = "SELECT app.card_ticket($1, $2)"
_CLAIM: Final = "SELECT app.claim_file_errands($1, $2)"
_STORE: Final = "SELECT app.store_file($1, $2, $3, $4, $5)"
_END: Final = "SELECT app.end_file_errand($1, $2, $3)"
_POSTPONE: Final = "SELECT app.postpone_file_errand($1, $2, $3, $4)"
_UNKNOWN: Final = "SELECT app.unknown_files($1)"

_ERRANDS: Final = TypeAdapter(list[FileErrand])
_ROWS: Final[TypeAdapter[list[list[str | None]] | None]] = TypeAdapter(list[list[str | None]] | None)


async def read_files(db: Database, asker: Asker, ticket_id: int) -> TicketFiles:
    """Return a ticket's files; a hidden ticket raises the same ``TicketNotFound`` as a missing one."""
    return await db.ask(_READ, asker, ticket_id, answer=TicketFiles)


async def attach_files(
    db: Database, asker: Asker, key: str, ticket_id: int, files: Sequence[str], *, own: bool
) -> FilesAttached:
    """Have files of Slack's, by their ids, kept with a ticket. ``own``: only what the asker uploaded themselves.

    Raises:
        TicketFilesFull: the ticket would hold too many.
    """
    return await db.ask(_ATTACH, asker, key, ticket_id, list(files), own, answer=FilesAttached, writes=True)


async def ask_for_file(db: Database, asker: Asker, key: str, file_id: int) -> FileAsked:
    """Have a kept file sent to the asker. Raises ``FileNotFound``."""
    return await db.ask(_ASK, asker, key, file_id, answer=FileAsked, writes=True)


async def remove_file(db: Database, asker: Asker, key: str, file_id: int) -> FileAsked:
    """Remove a file from its ticket. Raises ``FileNotFound`` or ``FileNotYours``."""
    return await db.ask(_REMOVE, asker, key, file_id, answer=FileAsked, writes=True)


async def ask_for_export(
    db: Database, asker: Asker, key: str, *, months_ago: int = 0, month: date | None = None
) -> ExportAsked:
    """Have a ``month``'s tickets and its report sent to the asker: by the shop's clock this one (0), the last (1)."""
    return await db.ask(_EXPORT, asker, key, month, months_ago, answer=ExportAsked, writes=True)


async def export_tickets(db: Database, claimed: FileErrand, after: int, limit: int) -> list[list[str | None]] | None:
    """Return up to ``limit`` of a month's tickets with numbers over ``after``, as ``bot.exports.TICKETS`` has them.

    None: the claim is lost.
    """
    return _ROWS.validate_json(await db.value(_TICKETS, claimed.id, claimed.attempts, after, limit) or "null")


async def export_report(db: Database, claimed: FileErrand) -> list[list[str | None]] | None:
    """Return what a month came to, as ``bot.exports.REPORT`` has it. None: the claim is lost."""
    return _ROWS.validate_json(await db.value(_REPORT, claimed.id, claimed.attempts) or "null")


async def card_ticket(db: Database, channel: str, ts: str) -> TicketId | None:
    """Return of which ticket a message is the card."""
    ticket: TicketId | None = await db.value(_CARD, channel, ts)
    return ticket


async def claim_file_errands(db: Database, limit: int, lease: timedelta) -> list[FileErrand]:
    """Claim up to ``limit`` errands that are due; nobody else gets them for ``lease``."""
    return _ERRANDS.validate_json(await db.value(_CLAIM, limit, lease, writes=True))


async def store_file(db: Database, claimed: FileErrand, name: str, kind: str, size: int) -> bool:
    """Write down that the file is kept. False: the claim is lost, or the ticket gone."""
    return bool(await db.value(_STORE, claimed.id, claimed.attempts, name, kind, size, writes=True))


async def end_file_errand(db: Database, claimed: FileErrand, refusal: str | None = None) -> bool:
    """Write down that it is done or, with a reason, can't be: then whoever asked is told. False: the claim is lost."""
    return bool(await db.value(_END, claimed.id, claimed.attempts, refusal, writes=True))


async def postpone_file_errand(db: Database, claimed: FileErrand, after: timedelta, error: str) -> bool:
    """Try again ``after`` that time. False: the claim is lost."""
    return bool(await db.value(_POSTPONE, claimed.id, claimed.attempts, after, error, writes=True))


async def unknown_files(db: Database, names: Sequence[str]) -> list[str]:
    """Return which of these names no row and no errand has."""
    return list(await db.value(_UNKNOWN, list(names)))
