"""LISTEN: hearing what the database notifies of, on a connection of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg


@asynccontextmanager
async def hear(dsn: str, channel: str, heard: Callable[[str], None]) -> AsyncIterator[asyncio.Event]:
    """Call ``heard`` with the payload of each NOTIFY on ``channel`` for as long as the context lasts.

    The event that is yielded is set when the connection is lost. Needs a session of its own: behind a pooler that
    shares sessions nothing is heard.
    """
    connection = await asyncpg.connect(dsn, timeout=5, server_settings={"application_name": "francisco-tickets listen"})
    lost = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(channel, lambda *said: heard(str(said[-1])))
        yield lost
    finally:
        connection.terminate()
