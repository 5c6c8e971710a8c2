"""``python -m tests.torture``: what the bot must bear, with real processes, and the figures of it; exit code 1 if not.

An embedded server of its own in a temporary folder, with its ordinary settings; each trial has a database of its own
and a Slack workspace of its own. Nothing is left behind.
"""

import argparse
import asyncio
import itertools
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import psycopg

from bot.jobs.announcements import Tempo
from db.embedded import BOT, OWNER, EmbeddedPostgres
from db.migrations.commands import upgrade
from tests.torture.arena import Arena, open_arena
from tests.torture.kills import Point, kill_at
from tests.torture.latency import delays, quantile
from tests.torture.outage import fail
from tests.torture.restarts import How, restart
from tests.torture.rivals import kill_at_random

_EMPTY: Final = "shop_empty"
_SAMPLES: Final = 100
_MEDIAN: Final = 0.05  # seconds
_LATE: Final = 1.0
_RANDOM_KILLS: Final = 25
_DRAINED: Final = 1.5  # times the ideal
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


Trial = Callable[[Ground], Awaitable[list[Line]]]


def main(arguments: Sequence[str]) -> int:
    """Try what is asked for and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Kill, cut off and restart the bot.")
    parser.add_argument("--kills", type=int, default=50, help="at each point (default 50)")
    parser.add_argument("--only", default="", metavar="WORD", help="only trials with this in their name")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind then, either
    home = Path(tempfile.mkdtemp(prefix="tickets-torture-"))
    home.chmod(0o711)  # the server's user must get through, where root runs this
    trials: dict[str, Trial] = {
        "latency": _latency,
        "outage": _outage,
        "workers": _workers,
        "restarts": _restarts,
        "kills": partial(_kills, chosen.kills),
    }
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
        for line in await trial(ground):
            _say(f"| {line.trial} | {line.figures} | {'yes' if line.holds else '**no**'} |")
            lines.append(line)
    return lines


async def _kills(times: int, ground: Ground) -> list[Line]:
    """Kill at each point, all points at the same time: most of it is waiting for leases to end."""

    async def at(point: Point, *, history: bool) -> Line:
        async with ground.arena(history=history) as opened:
            killed = await kill_at(point, opened, times, wait_for_leases=True, alone=not history)
        faults = dict(killed.verdict.faults)
        doubled = faults.pop("doubled", 0)
        figures = f"{killed.verdict.said} said, {killed.torn} torn, {doubled} doubled; else {_words(faults)}"
        if killed.slowest:
            figures += f"; the slowest went on after {killed.slowest:.1f} s"
        holds = not faults and not killed.torn and killed.slowest < _WITHIN and doubled <= (0 if history else times)
        return Line(f"{times} kills: {point}{'' if history else ', without history scopes'}", figures, holds)

    with_history = [at(point, history=True) for point in Point]
    without = [at(point, history=False) for point in (Point.CLAIMED, Point.RECEIVED, Point.REPLIED)]
    return await asyncio.gather(*with_history, *without)


async def _outage(ground: Ground) -> list[Line]:
    """Fail for as long as 1,000 messages wait, with the pace as shipped and shorter waits after a failure."""
    async with ground.arena(staff=18, tempo=Tempo(backoff=0.5, longest=5)) as opened:
        outage = await fail(opened, 25, seconds=6, met=20, retry_after=3)
    met = ", ".join(f"{number} {kind}" for kind, number in outage.met.items())
    ratio = outage.drained / outage.ideal
    figures = (
        f"{outage.verdict.said} said in {outage.conversations} conversations, {_words(outage.verdict.faults)}; "
        f"calls: {met}; drained in {outage.drained:.1f} s, ideal {outage.ideal:.0f} s, {ratio:.2f} times"
    )
    return [Line("a Slack outage", figures, not outage.verdict.faults and ratio <= _DRAINED)]


async def _workers(ground: Ground) -> list[Line]:
    """Kill workers at random, with everything as shipped."""
    lines = []
    for workers in (2, 3):
        async with ground.arena() as opened:
            verdict = await kill_at_random(opened, workers, _RANDOM_KILLS, every=4, chance=random.Random(workers))  # noqa: S311
        figures = f"{_RANDOM_KILLS} kills, {verdict.said} said, {_words(verdict.faults)}"
        lines.append(Line(f"{workers} workers, killed at random", figures, not verdict.faults))
    return lines


async def _restarts(ground: Ground) -> list[Line]:
    """Restart the database twenty times, fast and immediately in turn."""
    kinds: list[How] = ["fast", "immediate"] * 10
    async with ground.arena() as opened:
        restarted = await restart(opened, ground.server, kinds)
    figures = (
        f"{len(kinds)} restarts, {restarted.acknowledged} changes acknowledged, {restarted.forgotten} of them lost; "
        f"{restarted.verdict.said} said, {_words(restarted.verdict.faults)}; {restarted.ended} processes ended"
    )
    holds = not (restarted.verdict.faults or restarted.forgotten or restarted.ended)
    return [Line("the database is restarted", figures, holds)]


async def _latency(ground: Ground) -> list[Line]:
    """Measure one ticket after the other."""
    async with ground.arena() as opened:
        taken = await delays(opened, _SAMPLES)
    middle, late = quantile(taken, 0.5), quantile(taken, 0.99)
    figures = f"{len(taken)} tickets: p50 {1000 * middle:.0f} ms, p99 {1000 * late:.0f} ms"
    return [Line("from commit to Slack's receipt", figures, middle < _MEDIAN and late < _LATE)]


def _words(faults: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in faults.items()) or "no fault"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
