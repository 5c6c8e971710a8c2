"""The outbox: what is to be said in Slack, claimed, confirmed, and finished, postponed or buried.

A claim holds for its lease and is named by (id, attempts). The functions that settle it answer whether it still held.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from db.hearing import Hearing, hear
from db.models import Asker, Notification, Outbox, OutboxReport, Undelivered
from db.pool import Database

CHANNEL: Final = "notifications"  # of NOTIFY, when something was written into the outbox

_DOCUMENTS: Final = TypeAdapter(list[dict[str, Any]])


class Unreadable(BaseModel):
    """A claimed message that this program can't read: what is needed to settle its claim, and what is wrong with it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    kind: str
    dedupe_key: str
    ticket_id: int | None
    attempts: int
    failures: int
    fault: str


_CLAIM: Final = "SELECT app.claim_notifications($1, $2, $3)"
_CONFIRM: Final = "SELECT app.confirm_notification($1, $2, $3)"
_FINISH: Final = "SELECT app.finish_notification($1, $2, $3, $4, $5, $6)"
_POSTPONE: Final = "SELECT app.postpone_notification($1, $2, $3, $4, $5, $6)"
_BURY: Final = "SELECT app.bury_notification($1, $2, $3, $4)"
_REVIVE: Final = "SELECT app.revive_notifications($1, $2)"
_REPOST: Final = "SELECT app.repost_card($1, $2)"
_OUTBOX: Final = "SELECT app.read_outbox()"
_LIST: Final = "SELECT app.list_notifications($1, $2)"
_UNDELIVERED: Final = "SELECT app.read_undelivered($1, $2, $3, $4, $5)"
_RETRY: Final = "SELECT app.retry_notification($1, $2, $3, $4, $5, $6)"
_NEXT_DUE: Final = "SELECT app.next_notification_due()"


async def claim_notifications(
    database: Database, shop_channel: str | None, limit: int, lease: timedelta
) -> list[Notification | Unreadable]:
    """Claim up to ``limit`` due messages, at most one a destination; without a shop channel, cards are dropped.

    One that can't be read must not keep the others from being said, so each is read by itself.
    """
    documents = _DOCUMENTS.validate_json(await database.value(_CLAIM, shop_channel, limit, lease))
    return [_read(document) for document in documents]


async def confirm_notification(database: Database, claimed: Notification, lease: timedelta) -> bool:
    """Note that the message is about to be sent, within ``lease``. False: the claim was lost, so it must not be."""
    return bool(await database.value(_CONFIRM, claimed.id, claimed.attempts, lease))


async def finish_notification(
    database: Database, claimed: Notification, channel: str, ts: str, pace: timedelta
) -> bool:
    """Note where the message stands; its destination is free again after ``pace``."""
    return bool(await database.value(_FINISH, claimed.id, claimed.attempts, claimed.version, channel, ts, pace))


async def postpone_notification(
    database: Database,
    claimed: Notification | Unreadable,
    after: timedelta,
    error: str,
    *,
    uncertain: bool,
    destination_too: bool,
) -> bool:
    """Try again ``after`` that time. ``uncertain``: it may have arrived. ``destination_too``: it gets nothing else."""
    arguments = (claimed.id, claimed.attempts, after, error, uncertain, destination_too)
    return bool(await database.value(_POSTPONE, *arguments))


async def bury_notification(
    database: Database, claimed: Notification | Unreadable, error: str, *, uncertain: bool = False
) -> bool:
    """Give the message up, with the reason. ``uncertain``: an earlier try may have arrived."""
    return bool(await database.value(_BURY, claimed.id, claimed.attempts, error, uncertain))


async def revive_notifications(
    database: Database, *, only: int | None = None, errors: Collection[str] | None = None
) -> int:
    """Try again what was given up: ``only`` that one, or what ended by one of ``errors``. Return how many."""
    revived: int = await database.value(_REVIVE, only, None if errors is None else sorted(errors), writes=True)
    return revived


async def repost_card(database: Database, claimed: Notification) -> bool:
    """Have the card posted anew under which this reply has to stand; the reply waits for it."""
    return bool(await database.value(_REPOST, claimed.id, claimed.attempts))


async def next_notification_due(database: Database) -> float | None:
    """Return the seconds until something can be claimed, 0 if at once, None if nothing waits."""
    due: float | None = await database.value(_NEXT_DUE)
    return due


async def read_outbox(database: Database) -> Outbox:
    """Return how much waits, is dead, or was dropped."""
    return await database.document(_OUTBOX, answer=Outbox)


async def list_notifications(database: Database, *, failed: bool, limit: int) -> OutboxReport:
    """Return how many messages are in each state, and ``limit`` that wait or are dead; ``failed``: dead alone."""
    return await database.document(_LIST, failed, limit, answer=OutboxReport)


async def read_undelivered(database: Database, asker: Asker, before: int | None) -> Undelivered:
    """Return ten of what was given up, the newest first, from below the id ``before``; None: the first page."""
    return await database.ask(_UNDELIVERED, asker, before, answer=Undelivered)


async def retry_notification(database: Database, asker: Asker, key: str, only: int | None) -> Undelivered:
    """Have ``only`` that message, or all that were given up, said after all; return the first page of what is left."""
    return await database.ask(_RETRY, asker, key, only, answer=Undelivered, writes=True)


def hear_notifications(dsn: str, heard: Callable[[], None]) -> AbstractAsyncContextManager[Hearing]:
    """Call ``heard`` each time that something was written; see ``db.hearing.hear``."""
    return hear(dsn, CHANNEL, lambda _: heard())


def _read(document: dict[str, Any]) -> Notification | Unreadable:
    try:
        return Notification.model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        fault = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in faults)
        return Unreadable.model_validate({**document, "fault": fault})
