"""How long a message takes from the commit of its change to Slack's receipt, when nothing else waits."""

import asyncio
import time
from collections.abc import Sequence
from math import ceil

from bot.settings import Program
from tests.journeys.floor import CHANNEL
from tests.torture.arena import Arena


async def delays(arena: Arena, times: int) -> list[float]:
    """Return the seconds that each of so many new tickets' cards took."""
    await arena.start(Program.WORKER)
    await arena.shop.add_ticket()  # the first one finds the worker still starting
    await arena.quiet()
    taken = []
    for _ in range(times):
        await asyncio.sleep(1.1 * arena.tempo.pace)
        before = len(arena.seen)
        await arena.shop.add_ticket()
        committed = time.time()  # as the workspace's clock
        await arena.quiet()
        [card] = [call for call in arena.seen[before:] if call.conversation == CHANNEL]
        taken.append(card.at - committed)
    return taken


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest of ``values`` that at least this share of them doesn't exceed."""
    return sorted(values)[ceil(share * len(values)) - 1]
