"""Answers kept for a while, each for whom it was given to; off unless ``CACHES`` names them.

Whose turn it is to be let in is never decided from here: before a kept customer or ticket is given out, the database
is asked anew who is asking, and whether they may. What is kept is dropped as soon as the database tells that a row
which it shows has changed, whoever changed it. While nobody listens for that, nothing is kept and nothing given out.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import asyncpg
import structlog
from cachetools import TTLCache

from bot.errors import DatabaseAway, OutcomeUnknown
from bot.settings import CacheName
from db.customers import CUSTOMER, SUGGEST
from db.hearing import hear
from db.members import ACTOR, SHOWN_ACTOR
from db.models import ActorSeen, Asker, Row
from db.pool import Database
from db.tickets import TICKET

CHANNEL: Final = "row_changes"  # app.tell_caches says what is heard there
LIMITS: Final[Mapping[CacheName, tuple[int, float]]] = {  # answers and seconds, as the schema document has them
    "customers": (1000, 5 * 60.0),
    "tickets": (5000, 60.0),
    "permissions": (100, 60 * 60.0),
}
_BEAT: Final = 5.0  # seconds between two proofs that what is told is heard
_ECHO_SECONDS: Final = 2.0
_PAUSES: Final = (1.0, 30.0)  # seconds before listening is tried again: the first, doubled up to the last
_TROUBLE: Final = (DatabaseAway, OutcomeUnknown, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

_M = TypeVar("_M", bound=Row)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Rule:
    """How the answers of one statement are kept. ``shows``: the rows ('table:id', or 'table' for any) in an answer."""

    cache: CacheName
    shows: Callable[[Any], Iterable[str]]
    decides: bool = True  # the database is asked each time who is asking


_RULES: Final[Mapping[str, _Rule]] = {
    TICKET: _Rule(
        "tickets",
        lambda seen: (f"tickets:{seen.ticket.id}", f"customers:{seen.ticket.customer.id}", "user_permissions"),
    ),
    CUSTOMER: _Rule("customers", lambda seen: (f"customers:{seen.customer.id}", "user_permissions")),
    SUGGEST: _Rule("customers", lambda _: ("customers",)),
    SHOWN_ACTOR: _Rule("permissions", lambda seen: (f"user_permissions:{seen.actor.id}",), decides=False),
}


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Any
    shows: frozenset[str]


@dataclass(slots=True)
class Caches:
    """The caches that are on, by name. ``lost``: set once nothing is heard any more; None while nobody listens yet."""

    kept: dict[CacheName, TTLCache[object, _Kept]]
    lost: asyncio.Event | None = None
    changes: int = field(default=0, init=False)  # how often something was dropped

    @classmethod
    def named(cls, names: Collection[CacheName]) -> "Caches":
        """Return empty caches of these names."""
        return cls({name: TTLCache(*LIMITS[name]) for name in names})

    def listen(self) -> bool:
        """Tell whether changes are heard, so that what is kept is true."""
        return self.lost is not None and not self.lost.is_set()

    def drop(self, row: str) -> None:
        """Forget every answer that shows ``row``, a 'table:id'."""
        told = {row, row.partition(":")[0]}
        self.changes += 1
        for kept in self.kept.values():
            for key in [key for key, entry in kept.items() if not told.isdisjoint(entry.shows)]:
                kept.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self.changes += 1
        for kept in self.kept.values():
            kept.clear()


class CachingDatabase(Database):
    """A ``Database`` some of whose answers are kept, once ``caching`` runs."""

    _caches: Caches | None = None

    async def ask(self, statement: str, asker: Asker, *args: object, answer: type[_M], writes: bool = False) -> _M:
        """Answer as ``Database.ask`` does, perhaps from what was answered before."""
        caches = self._caches
        if caches is None:
            return await super().ask(statement, asker, *args, answer=answer, writes=writes)
        if writes:
            try:
                return await super().ask(statement, asker, *args, answer=answer, writes=True)
            finally:
                caches.clear()  # who wrote reads it at once, not when it is heard
        rule = _RULES.get(statement)
        if rule is None or rule.cache not in caches.kept or not caches.listen():
            return await super().ask(statement, asker, *args, answer=answer)
        cache = caches.kept[rule.cache]
        key = (statement, asker.team, asker.slack_user, asker.roles, args)
        if key in cache:
            actor = (await super().ask(ACTOR, asker, answer=ActorSeen)).actor if rule.decides else None
            entry = cache.get(key) if caches.listen() else None  # it may have been dropped meanwhile
            if entry is not None and actor in {None, entry.answer.actor} and isinstance(entry.answer, answer):
                return entry.answer
        changes = caches.changes
        found = await super().ask(statement, asker, *args, answer=answer)
        if changes == caches.changes and caches.listen():
            cache[key] = _Kept(found, frozenset(rule.shows(found)))
        return found

    @asynccontextmanager
    async def caching(self, dsn: str, names: Collection[CacheName]) -> AsyncIterator["Listener"]:
        """Keep the answers that ``names`` names for as long as the context lasts. ``dsn``: to listen at."""
        caches = self._caches = Caches.named(names)
        listener = Listener(self, caches, dsn)
        task = asyncio.create_task(listener.run())
        try:
            yield listener
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._caches = None


class Listener:
    """Keeps ``caches`` true by what the database tells. Each few seconds it makes sure that it is heard here."""

    def __init__(self, database: Database, caches: Caches, dsn: str) -> None:
        self.caches = caches
        self._database = database
        self._dsn = dsn
        self._token = secrets.token_hex(8)  # among other processes' echoes
        self._echo = asyncio.Event()

    async def run(self) -> None:
        """Listen, and begin anew whenever the connection is lost or silent."""
        first, last = _PAUSES
        pause = first
        while True:
            with suppress(*_TROUBLE):
                async with hear(self._dsn, CHANNEL, self._hear) as hearing:
                    lost = hearing.lost
                    try:
                        while not lost.is_set():
                            await self.catch_up()
                            self.caches.lost = lost
                            pause = first
                            with suppress(TimeoutError):
                                await asyncio.wait_for(lost.wait(), _BEAT)
                    finally:
                        self.caches.lost = None
                        self.caches.clear()
            _log.warning("changes are not heard, so nothing is kept", seconds=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, last)

    async def catch_up(self) -> None:
        """Return when everything that was committed before the call has been heard; TimeoutError: it is not."""
        self._echo.clear()
        await self._database.value("SELECT pg_notify($1, $2)", CHANNEL, self._token)
        await asyncio.wait_for(self._echo.wait(), _ECHO_SECONDS)

    def _hear(self, said: str) -> None:
        if said == self._token:
            self._echo.set()
        elif said == "all":
            self.caches.clear()
        else:
            self.caches.drop(said)
