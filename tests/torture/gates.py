"""Places at which the database makes a process wait until it is killed, or let go: triggers that take a lock.

They stand in the tortured database alone; the bot knows nothing of them.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Final

from tests.shop import Connection

_PATIENCE: Final = 60.0  # seconds


class Gate(IntEnum):
    """The number is that of the lock."""

    COMMITTING = 1001  # a change of a ticket, all but its commit
    CONFIRMING = 1002  # a claimed message, before it is sent
    FINISHING = 1003  # a message that Slack has answered for, before that is stored


_GATES: Final = f"""
CREATE SCHEMA torture;
CREATE FUNCTION torture.wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint);
    RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER torture_committing AFTER INSERT OR UPDATE ON tickets DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION torture.wait('{Gate.COMMITTING:d}');
CREATE TRIGGER torture_confirming BEFORE UPDATE ON notifications FOR EACH ROW
    WHEN (OLD.uncertain_since IS NULL AND NEW.uncertain_since IS NOT NULL)
    EXECUTE FUNCTION torture.wait('{Gate.CONFIRMING:d}');
CREATE TRIGGER torture_finishing BEFORE UPDATE ON notifications FOR EACH ROW
    WHEN (OLD.ts IS NULL AND NEW.ts IS NOT NULL) EXECUTE FUNCTION torture.wait('{Gate.FINISHING:d}');
"""
_WAITERS: Final = """
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
 WHERE l.locktype = 'advisory' AND NOT l.granted AND l.objid = $1 AND d.datname = current_database()
"""
_ALIVE: Final = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY ($1::integer[]))"


class Closed:
    """A gate that is closed."""

    def __init__(self, owner: Connection, gate: Gate) -> None:
        self._owner = owner
        self._gate = gate

    async def waiters(self, number: int = 1) -> list[int]:
        """Wait until so many of the server's processes stand before the gate; return them."""
        end = time.monotonic() + _PATIENCE
        while len(pids := [row["pid"] for row in await self._owner.fetch(_WAITERS, self._gate)]) < number:
            if time.monotonic() > end:
                raise TimeoutError(f"nobody came to {self._gate.name}")
            await asyncio.sleep(0.005)
        return pids

    async def gone(self, pids: list[int]) -> None:
        """Wait until they have ended, having noticed that their client has."""
        while await self._owner.fetchval(_ALIVE, pids):  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    async def break_off(self, pids: list[int]) -> None:
        """Undo what they were about to do, as when the machine of the client had gone with its connection."""
        await self._owner.execute("SELECT pg_terminate_backend(p, 10000) FROM unnest($1::integer[]) p", pids)


async def make_gates(owner: Connection) -> None:
    """Put the gates into the database, open."""
    await owner.execute(_GATES)


@asynccontextmanager
async def closed(owner: Connection, gate: Gate) -> AsyncIterator[Closed]:
    """Keep a gate closed for everybody else, for as long as the context lasts."""
    await owner.execute("SELECT pg_advisory_lock($1)", gate)
    try:
        yield Closed(owner, gate)
    finally:
        await owner.execute("SELECT pg_advisory_unlock($1)", gate)
