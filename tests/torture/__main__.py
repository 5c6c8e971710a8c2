"""``python -m tests.torture``: what the bot must bear, with real processes, and the figures of it; exit code 1 if not.

An embedded server of its own in a temporary folder, with its ordinary settings; each trial has a database of its own
and a Slack workspace of its own. Nothing is left behind.
"""

import argparse
import asyncio
import itertools
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg

from db.embedded import BOT, OWNER, EmbeddedPostgres
from db.migrations.commands import upgrade
from tests.torture.arena import Arena, open_arena
from tests.torture.kills import Point, kill_at

_EMPTY: Final = "shop_empty"
_WITHIN: Final = 10.0  # seconds, for a killed worker's messages to go on


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report."""

    trial: str
    figures: str
    holds: bool


@dataclass(slots=True)
class Ground:
    """The server, where each trial gets an arena of its own."""

    server: EmbeddedPostgres
    home: Path
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @asynccontextmanager
    async def arena(self, **options: Any) -> AsyncIterator[Arena]:  # noqa: ANN401  those of ``open_arena``
        """Open an arena in a new database."""
        name = f"shop_{next(self._numbers)}"
        folder = self.home / name
        folder.mkdir()
        await asyncio.to_thread(self._copy, name)
        urls = self.server.dsn(OWNER, name), self.server.dsn(BOT, name)
        async with open_arena(*urls, folder, **options) as arena:
            yield arena

    def prepare(self) -> None:
        """Make the database that the others are copied from."""
        with psycopg.connect(self.server.dsn(OWNER), autocommit=True) as owner:
            owner.execute(f"CREATE DATABASE {_EMPTY}".encode())
        upgrade(self.server.dsn(OWNER, _EMPTY))

    def _copy(self, name: str) -> None:
        with psycopg.connect(self.server.dsn(OWNER), autocommit=True) as owner:
            owner.execute(f"CREATE DATABASE {name} TEMPLATE {_EMPTY}".encode())


Trial = Callable[[Callable[..., AbstractAsyncContextManager[Arena]]], Awaitable[list[Line]]]


def main(arguments: Sequence[str]) -> int:
    """Try what is asked for and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Kill, cut off and restart the bot.")
    parser.add_argument("--kills", type=int, default=50, help="at each point (default 50)")
    parser.add_argument("--only", default="", metavar="WORD", help="only trials with this in their name")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind then, either
    home = Path(tempfile.mkdtemp(prefix="tickets-torture-"))
    home.chmod(0o711)  # the server's user must get through, where root runs this
    trials: dict[str, Trial] = {"kills": partial(_kills, chosen.kills)}
    try:
        with EmbeddedPostgres(home / "postgres") as server:
            ground = Ground(server, home)
            ground.prepare()
            lines = asyncio.run(_tried(ground, [trial for name, trial in trials.items() if chosen.only in name]))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0 if all(line.holds for line in lines) else 1


async def _tried(ground: Ground, trials: Sequence[Trial]) -> list[Line]:
    _say("| trial | figures | holds |\n| --- | --- | --- |")
    lines: list[Line] = []
    for trial in trials:
        for line in await trial(ground.arena):
            _say(f"| {line.trial} | {line.figures} | {'yes' if line.holds else '**no**'} |")
            lines.append(line)
    return lines


async def _kills(times: int, arena: Callable[..., AbstractAsyncContextManager[Arena]]) -> list[Line]:
    """Kill at each point, all points at the same time: most of it is waiting for leases to end."""

    async def at(point: Point, *, history: bool) -> Line:
        async with arena(history=history) as opened:
            killed = await kill_at(point, opened, times, wait_for_leases=True, alone=not history)
        faults = dict(killed.verdict.faults)
        doubled = faults.pop("doubled", 0)
        figures = f"{killed.verdict.said} said, {killed.torn} torn, {doubled} doubled, {faults or 'no other fault'}"
        if killed.slowest:
            figures += f"; the slowest went on after {killed.slowest:.1f} s"
        holds = not faults and not killed.torn and killed.slowest < _WITHIN and doubled <= (0 if history else times)
        return Line(f"{times} kills: {point}{'' if history else ', without history scopes'}", figures, holds)

    with_history = [at(point, history=True) for point in Point]
    without = [at(point, history=False) for point in (Point.CLAIMED, Point.RECEIVED, Point.REPLIED)]
    return await asyncio.gather(*with_history, *without)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
