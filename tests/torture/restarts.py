"""The database is restarted under traffic, again and again; the bot's processes live on."""

import asyncio
import itertools
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

import asyncpg

from bot.settings import Program
from db.embedded import EmbeddedPostgres
from tests.journeys.floor import CHANNEL, read
from tests.torture.arena import Arena
from tests.torture.verdict import Verdict

How = Literal["fast", "immediate"]

_TROUBLE: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_DONE: Final = "Your note is on ticket"
_PAUSE: Final = 0.2  # seconds between two changes
_FILE: Final = """
INSERT INTO tickets (customer_id, title, description, tech, priority, category)
VALUES ($1, 'Screen flickers', 'Only on battery.', $2, 'medium', 'hardware') RETURNING id
"""
_MISSING_TICKETS: Final = """
SELECT count(*) FROM unnest($1::integer[]) i WHERE NOT EXISTS (SELECT FROM tickets WHERE id = i)
"""
_MISSING_NOTES: Final = """
SELECT count(*) FROM unnest($1::text[]) b WHERE NOT EXISTS (SELECT FROM ticket_notes WHERE body = b)
"""


@dataclass(slots=True)
class Acknowledged:
    """What was acknowledged: tickets by plain SQL, and notes that people were told are written."""

    tickets: list[int]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Restarted:
    """``forgotten``: acknowledged, and not there. ``ended``: processes of the bot that did not live on."""

    verdict: Verdict
    acknowledged: int
    forgotten: int
    ended: int


async def restart(arena: Arena, server: EmbeddedPostgres, kinds: Sequence[How]) -> Restarted:
    """Restart the database once for each of ``kinds``, each time after something was acknowledged both ways."""
    done = Acknowledged([], [])
    first = await arena.shop.add_ticket(worker=arena.shop.technician)
    programs = [await arena.start(Program.WEB), await arena.start(Program.WORKER)]
    traffic = [asyncio.create_task(_file(arena, done)), asyncio.create_task(_note(arena, first, done))]
    for how in kinds:
        tickets, notes = len(done.tickets), len(done.notes)
        await arena.until(
            "traffic goes on",
            lambda: len(done.tickets) > tickets and len(done.notes) > notes,  # noqa: B023
        )
        await asyncio.to_thread(_restart, server, how)
    for task in traffic:
        task.cancel()
    await asyncio.gather(*traffic, return_exceptions=True)
    await arena.reconnect()
    await arena.quiet()
    owner = arena.shop.owner
    forgotten = await owner.fetchval(_MISSING_TICKETS, done.tickets) + await owner.fetchval(_MISSING_NOTES, done.notes)
    return Restarted(
        await arena.verdict(),
        len(done.tickets) + len(done.notes),
        forgotten,
        sum(not program.is_alive() for program in programs),
    )


def _restart(server: EmbeddedPostgres, how: How) -> None:
    """End the server and start it again. Its last user's end stops it fast, unless it is ending already."""
    if how == "immediate":
        os.kill(int((server.home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    server.stop()
    server.start()


async def _file(arena: Arena, done: Acknowledged) -> None:
    """File tickets by plain SQL, as another application would, connecting anew whenever the connection is lost."""
    customer, technician = arena.shop.customers[0], arena.shop.technician.email
    while True:
        with suppress(*_TROUBLE):
            connection = await asyncpg.connect(arena.owner_url)
            try:
                while True:
                    done.tickets.append(await connection.fetchval(_FILE, customer, technician))
                    await asyncio.sleep(_PAUSE)
            finally:
                connection.terminate()
        await asyncio.sleep(_PAUSE)


async def _note(arena: Arena, ticket: int, done: Acknowledged) -> None:
    """Write notes as a person does, and remember those of which the bot said that they are written."""
    person = str(arena.shop.technician.slack_user_id)
    for number in itertools.count():
        body = f"Called {number} times."
        if _DONE in read(await arena.sandbox.command(person, f"/ticket note {ticket} {body}", CHANNEL)):
            done.notes.append(body)
        await asyncio.sleep(_PAUSE)
