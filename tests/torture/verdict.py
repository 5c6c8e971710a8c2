"""What can be said against the bot once the outbox is empty: counted in its database and in what Slack saw."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

import asyncpg

from sandbox.messages import Message
from sandbox.troubles import Kind
from sandbox.web_api import ApiCall
from tests.shop import Connection

_ROWS: Final = """
SELECT n.id, n.kind, n.ticket_id, n.destination, n.dedupe_key, n.state, n.error, n.channel, n.ts,
       u.display_name AS worker
  FROM notifications n
  LEFT JOIN tickets t ON t.id = n.ticket_id
  LEFT JOIN user_permissions u ON u.email = t.tech
 WHERE n.kind <> 'summary'
 ORDER BY n.id
"""
_MESSAGES: Final = frozenset({"chat.postMessage", "chat.update"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a call of the Web API."""

    method: str
    conversation: str | None
    at: float
    until: float
    beside: int
    retry_after: float | None
    trouble: Kind | None
    done: bool

    @classmethod
    def of(cls, call: ApiCall) -> "Seen":
        """Keep a call that has ended, without what it said."""
        until = call.at if call.until is None else call.until
        done = call.answer.get("ok") is True
        return cls(call.method, call.conversation, call.at, until, call.beside, call.retry_after, call.trouble, done)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Each is a number of faults, but for ``said``. ``stale``: cards that don't show how the ticket is now."""

    said: int
    lost: int
    doubled: int
    stale: int
    disordered: int
    early: int
    side_by_side: int
    hasty: int

    @property
    def faults(self) -> dict[str, int]:
        """Return what there is against it."""
        return {name: number for name, number in asdict(self).items() if name != "said" and number}


async def judge(owner: Connection, messages: Iterable[Message], calls: Iterable[Seen], pace: float) -> Verdict:
    """Compare what was to be said with what stands in Slack, and the calls with what Slack wants of them.

    ``pace``: seconds that have to lie between two messages into one conversation.
    """
    rows = await owner.fetch(_ROWS)
    standing = {(message.channel, message.ts): message for message in messages if message.metadata}
    keys = Counter(_key(message) for message in standing.values())
    known = {row["dedupe_key"] for row in rows}
    sent = [row for row in rows if row["state"] == "sent" and _key_at(standing, row) == row["dedupe_key"]]
    stale = 0
    for row in sent:
        if row["kind"] == "card":
            wanted = "In the queue" if row["worker"] is None else f"With {row['worker']}"
            stale += wanted not in standing[row["channel"], row["ts"]].text
    by_conversation: dict[str, list[Seen]] = defaultdict(list)
    for call in sorted(calls, key=lambda call: call.at):
        if call.method in _MESSAGES and call.conversation is not None:
            by_conversation[call.conversation].append(call)
    return Verdict(
        said=len(sent),
        lost=len(rows) - len(sent) - sum(row["error"] == "overtaken" for row in rows),
        doubled=sum(number - 1 for key, number in keys.items() if key in known),
        stale=stale,
        disordered=_disordered([(row["destination"], row["ticket_id"], row["ts"]) for row in sent]),
        early=sum(_early(calls) for calls in by_conversation.values()),
        side_by_side=sum(call.beside > 0 for calls in by_conversation.values() for call in calls),
        hasty=sum(_hasty(calls, pace) for calls in by_conversation.values()),
    )


def _key(message: Message) -> str:
    assert message.metadata is not None
    return str(message.metadata["event_payload"].get("key"))


def _key_at(standing: dict[tuple[str, str], Message], row: asyncpg.Record) -> str | None:
    message = standing.get((row["channel"], row["ts"]))
    return None if message is None else _key(message)


def _disordered(sent: list[tuple[int, int | None, str]]) -> int:
    """Count messages that were posted before an earlier one about the same ticket in the same place."""
    last: dict[tuple[int, int | None], str] = {}
    wrong = 0
    for destination, ticket, ts in sent:
        wrong += ts < last.get((destination, ticket), "")
        last[destination, ticket] = max(ts, last.get((destination, ticket), ""))
    return wrong


def _early(calls: list[Seen]) -> int:
    """Count calls that came before the time that an earlier answer had named."""
    allowed, wrong = 0.0, 0
    for call in calls:
        wrong += call.at < allowed
        if call.retry_after is not None:
            allowed = max(allowed, call.until + call.retry_after)
    return wrong


def _hasty(calls: list[Seen], pace: float) -> int:
    done = [call for call in calls if call.done]
    return sum(later.at - earlier.at < pace for earlier, later in itertools.pairwise(done))
