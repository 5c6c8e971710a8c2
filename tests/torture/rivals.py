"""Several workers, of which one after the other is killed while there is something to say."""

import asyncio
import itertools
import random

from bot.settings import Program
from tests.torture.arena import Arena
from tests.torture.verdict import Verdict


async def kill_at_random(arena: Arena, workers: int, kills: int, *, every: float, chance: random.Random) -> Verdict:
    """Keep so many workers busy; so many times kill one of them, up to ``every`` seconds and a call after the last."""
    standing = [await arena.start(Program.WORKER) for _ in range(workers)]
    busy = asyncio.create_task(_change_tickets(arena, every / 2))
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0, every))
        before = len(arena.seen)
        await arena.until("a worker calls Slack", lambda: len(arena.seen) > before)  # noqa: B023
        await arena.kill(standing.pop(chance.randrange(workers)))
        standing.append(await arena.start(Program.WORKER))
    busy.cancel()
    await asyncio.gather(busy, return_exceptions=True)
    await arena.quiet()
    return await arena.verdict()


async def _change_tickets(arena: Arena, pause: float) -> None:
    """File tickets, each for somebody, and change every other one at once."""
    shop = arena.shop
    for number in itertools.count():
        ticket = await shop.add_ticket(worker=(shop.technician, shop.colleague)[number % 2])
        if number % 2:
            await shop.owner.execute("UPDATE tickets SET priority = 'high' WHERE id = $1", ticket)
        await asyncio.sleep(pause)
