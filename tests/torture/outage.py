"""Slack fails in four ways, one after the other, while there is much to say."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Final

from bot.settings import Program
from sandbox.rates import POST_SECONDS
from sandbox.troubles import Kind, Trouble
from tests.journeys.floor import CHANNEL
from tests.torture.arena import Arena
from tests.torture.verdict import Verdict

KINDS: Final[tuple[Kind, ...]] = ("limited", "broken", "reset", "silent")

# two messages about each ticket into the shop's channel, a card and a reply under it, and two to each Manager
_CHANGE: Final = "UPDATE tickets SET priority = 'high'"
_TELL: Final = """
INSERT INTO notifications (kind, ticket_id, recipient_id)
SELECT k.kind, t.id, u.id
  FROM tickets t, user_permissions u, (VALUES (1, 'completed'), (2, 'reopened')) k (place, kind)
 WHERE u.role = 'Manager'
 ORDER BY k.place, t.id, u.id
"""
_IDEAL: Final = """
SELECT max(n) FROM (SELECT count(*) AS n FROM notifications WHERE state = 'waiting' GROUP BY destination) c
"""


@dataclass(frozen=True, slots=True)
class Outage:
    """``met``: calls by the trouble that they met. ``drained``: seconds afterwards; ``ideal``: at one a pace."""

    verdict: Verdict
    met: Counter[Kind]
    conversations: int
    drained: float
    ideal: float


async def fail(arena: Arena, tickets: int, *, seconds: float, met: int, retry_after: int) -> Outage:
    """Have Slack fail in each way for so many seconds and until so many calls have met it, then be well again.

    ``retry_after``: the most seconds that it names, no two conversations beside each other the same.
    """
    owner, clock = arena.shop.owner, asyncio.get_running_loop().time
    for _ in range(tickets):
        await arena.shop.add_ticket()
    await owner.execute(_CHANGE)
    await owner.execute(_TELL)
    people = [arena.shop.manager, *arena.staff]
    conversations = [CHANNEL, *(arena.sandbox.state.im_of(str(person.slack_user_id)).id for person in people)]
    arena.sandbox.rates.enforced = arena.tempo.pace >= POST_SECONDS
    _switch_on(arena, KINDS[0], conversations, retry_after)
    await arena.start(Program.WORKER)
    for kind in KINDS:
        if kind is not KINDS[0]:
            _switch_on(arena, kind, conversations, retry_after)
        end = clock() + seconds
        await arena.until(f"{kind} is met", lambda: clock() >= end and _met(arena)[kind] >= met)  # noqa: B023
        arena.sandbox.troubles.end()
    ended = clock()
    waiting = await owner.fetchval(_IDEAL)
    await arena.quiet()
    drained = clock() - ended
    return Outage(await arena.verdict(), _met(arena), len(conversations), drained, waiting * arena.tempo.pace)


def _switch_on(arena: Arena, kind: Kind, conversations: list[str], most: int) -> None:
    """Let each conversation have a trouble of its own: they are not limited for the same time."""
    for number, conversation in enumerate(conversations):
        arena.sandbox.troubles.start(Trouble(kind=kind, channel=conversation, seconds=1 + number % most))


def _met(arena: Arena) -> Counter[Kind]:
    standing = [call.trouble for call in arena.sandbox.calls if call.until is None and call.trouble]
    return Counter([call.trouble for call in arena.seen if call.trouble] + standing)
