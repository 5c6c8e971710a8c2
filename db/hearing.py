"""LISTEN: hearing what the database notifies of, on a connection of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg


@dataclass(frozen=True, slots=True)
class Hearing:
    """``lost`` is set when the connection is. ``direct``: no pooler stands between, which would hear in our place."""

    lost: asyncio.Event
    direct: bool


@asynccontextmanager
async def hear(dsn: str, channel: str, heard: Callable[[str], None]) -> AsyncIterator[Hearing]:
    """Call ``heard`` with the payload of each NOTIFY on ``channel`` for as long as the context lasts.

    Needs a session of its own: behind a pooler that shares sessions little or nothing is heard. Such a one gives
    process numbers of its own for its connections, by which it is known. Raises what asyncpg does, and OSError.
    """
    connection = await asyncpg.connect(dsn, timeout=5, server_settings={"application_name": "francisco-tickets listen"})
    lost = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(channel, lambda *said: heard(str(said[-1])))
        serving = await connection.fetchval("SELECT pg_backend_pid()")
        yield Hearing(lost, direct=serving == connection.get_server_pid())
    except asyncpg.InternalClientError as error:  # the server has said goodbye between two of our words
        raise ConnectionResetError from error
    finally:
        connection.terminate()
