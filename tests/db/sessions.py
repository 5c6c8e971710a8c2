"""Plain SQL as one of the shop's people: what a fault in the bot, or a person with its password, could send."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.shop import Connection, Member

REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError)


@asynccontextmanager
async def acting_as(connection: Connection, person: Member) -> AsyncIterator[None]:
    """Open a transaction in which ``person`` asks."""
    async with connection.transaction():
        await connection.execute("SELECT app.set_session($1)", person.web_id)
        yield


async def try_as(connection: Connection, person: Member, statement: str, *args: object) -> int:
    """Run a statement as ``person`` and return how many rows it touched; 0 if it was refused."""
    try:
        async with acting_as(connection, person):
            status = await connection.execute(statement, *args)
    except REFUSED:
        return 0
    return int(status.split()[-1])
