"""``python -m bot notifications``: what the outbox holds, on a terminal, and another try of what is dead."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC
from typing import Final

from bot.database import StartRefused, connect_database, database_address
from bot.settings import Settings
from db.models import OutboxLine, OutboxReport
from db.notifications import list_notifications, revive_notifications

_MOST: Final = 50  # lines
_STATES: Final = ("waiting", "dead", "sent", "dropped")
_HEADINGS: Final = ("id", "kind", "ticket", "state", "attempts", "due (UTC)", "age", "error")


async def notifications(settings: Settings, *, failed: bool, retry: int | str | None) -> tuple[int, list[str]]:
    """Return the exit code and the lines to print. ``failed``: only what is dead; ``retry``: an id, or ``all``.

    Raises ``StartRefused`` and what ``db.pool.Database.value`` raises.
    """
    if settings.database_url is None and not settings.is_embedded:
        raise StartRefused("DATABASE_URL: missing; this looks at the outbox as the bot does, as repair_bot.")
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database_address(settings))
        database = await connect_database(stack, dsn, settings, for_requests=False, patience=0)
        if retry is None:
            return 0, list(_lines(await list_notifications(database, failed=failed, limit=_MOST), failed=failed))
        only = retry if isinstance(retry, int) else None
        revived = await revive_notifications(database, only=only)
    if only is not None and not revived:
        return 1, [
            f"Message {only} isn't dead, so it wasn't tried again. `python -m bot notifications --failed` lists them."
        ]
    return 0, [f"{revived} {'message' if revived == 1 else 'messages'} will be tried again."]


def _lines(report: OutboxReport, *, failed: bool) -> Iterator[str]:
    yield ", ".join(f"{report.states[state]} {state}" for state in _STATES)
    rows = [_HEADINGS, *map(_cells, report.messages)]
    if len(rows) > 1:
        yield from _table(rows)
    left = sum(report.states[state] for state in (("dead",) if failed else ("dead", "waiting"))) - len(report.messages)
    if left > 0:
        yield f"... and {left} more"


def _cells(each: OutboxLine) -> Sequence[str]:
    return (
        str(each.id),
        each.kind,
        "-" if each.ticket_id is None else f"#{each.ticket_id}",
        each.state,
        str(each.attempts),
        f"{each.due.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        _age(each.age_seconds),
        each.error or "-",
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
