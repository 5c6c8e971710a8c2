"""``python -m bench``: how long the hot queries take in a shop of ten years, and in one of five weeks.

An embedded server of its own in a temporary folder, with its ordinary settings, filled by ``bench.fill``; every query
as ``repair_bot``, on one connection to each, over and over. Nothing is left behind.
"""

import argparse
import asyncio
import logging
import math
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import asyncpg
import psycopg
import structlog

from bench.fill import TEAM, fill
from bench.opening import opened
from bench.queries import QUERIES, Query, at
from bot.roles import Role
from db.embedded import BOT, OWNER, EmbeddedPostgres
from db.migrations.commands import upgrade

_EMPTY: Final = "shop_empty"
_MILLISECONDS: Final = 1000.0


def main(arguments: Sequence[str]) -> None:
    """Time the queries on a server of our own and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Time the hot queries in a grown shop.")
    parser.add_argument("--tickets", type=int, default=1_000_000, help="tickets of the grown shop (default 1,000,000)")
    parser.add_argument("--small", type=int, default=10_000, help="tickets of the one to compare with (default 10,000)")
    parser.add_argument("--rounds", type=int, default=50, help="times that each query is asked (default 50)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only queries with this in their name")
    parser.add_argument(
        "--forms", type=int, metavar="TIMES", help="only time opening the form for a new ticket, so often"
    )
    chosen = parser.parse_args(arguments)
    queries = [query for query in QUERIES if chosen.only in query.name]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind then, either
    home = Path(tempfile.mkdtemp(prefix="tickets-bench-"))
    home.chmod(0o711)  # the server's user must get through, where root runs this
    try:
        with EmbeddedPostgres(home / "postgres") as server:
            if chosen.forms:
                _say(asyncio.run(opening(server, chosen.tickets, chosen.forms)))
            else:
                _say(asyncio.run(measured(server, queries, chosen.small, chosen.tickets, chosen.rounds)))
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def measured(server: EmbeddedPostgres, queries: Sequence[Query], few: int, many: int, rounds: int) -> str:
    """Make a shop of ``few`` tickets and one of ``many`` on ``server``; return a table of what each query takes."""
    await asyncio.to_thread(_prepare, server)
    shops = [(await asyncio.to_thread(_shop, server, tickets), tickets) for tickets in (few, many)]
    times = await _times(shops, queries, rounds)
    lines = [
        f"| milliseconds | p50 at {few:,} | p95 | p50 at {many:,} | p95 | ratio of p50 |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for query, (before, after) in zip(queries, times, strict=True):
        figures = (quantile(before, 0.5), quantile(before, 0.95), quantile(after, 0.5), quantile(after, 0.95))
        ratio = figures[2] / figures[0]
        lines.append(f"| {query.name} | {' | '.join(f'{figure:.1f}' for figure in figures)} | {ratio:.1f} |")
    return "\n".join(lines)


async def opening(server: EmbeddedPostgres, tickets: int, times: int) -> str:
    """Return a sentence on how long it takes to open the form for a new ticket in a shop of so many ``tickets``."""
    await asyncio.to_thread(_prepare, server)
    taken = await opened(await asyncio.to_thread(_shop, server, tickets), times)
    p50, p99, longest = (quantile(taken, share) for share in (0.5, 0.99, 1.0))
    figures = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {longest:.1f} ms"
    return f"/ticket new to an open form at {tickets:,} tickets, {times} times: {figures}"


def quantile(times: Sequence[float], share: float) -> float:
    """Return the smallest of ``times`` that at least this share of them doesn't exceed."""
    return sorted(times)[math.ceil(share * len(times)) - 1]


def _prepare(server: EmbeddedPostgres) -> None:
    """Make the database that both shops are copied from."""
    with psycopg.connect(server.dsn(OWNER), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {_EMPTY}".encode())
    upgrade(server.dsn(OWNER, _EMPTY))


def _shop(server: EmbeddedPostgres, tickets: int) -> str:
    """Make a shop in a database of its own; return the bot's address of it."""
    name = f"shop_{tickets}"
    with psycopg.connect(server.dsn(OWNER), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name} TEMPLATE {_EMPTY}".encode())
    began = time.monotonic()
    fill(server.dsn(OWNER, name), tickets)
    with psycopg.connect(server.dsn(OWNER, name), autocommit=True) as owner:
        owner.execute("CHECKPOINT")  # or it would be written out while the queries are timed
    print(f"{tickets:,} tickets in {time.monotonic() - began:.0f} s", file=sys.stderr)  # noqa: T201 - a command
    return server.dsn(BOT, name)


async def _times(shops: Sequence[tuple[str, int]], queries: Sequence[Query], rounds: int) -> list[list[list[float]]]:
    """Return for each query and shop (its address, its tickets) how many milliseconds it took, each time.

    The shops are asked in turn, so that whatever else the machine does meanwhile slows all of them alike. The first
    two times don't count.
    """
    async with AsyncExitStack() as stack:
        connections = []
        for dsn, tickets in shops:
            connection = await asyncpg.connect(dsn, statement_cache_size=len(queries))
            stack.push_async_callback(connection.close)
            connections.append((connection, tickets))
        times = []
        for query in queries:
            taken: list[list[float]] = [[] for _ in shops]
            for _ in range(rounds + 2):
                for (connection, tickets), of_shop in zip(connections, taken, strict=True):
                    asker = (TEAM, f"U0{query.person.upper()}", list(Role))
                    began = time.perf_counter()
                    await connection.fetchval(at(query.call, tickets), *asker)
                    of_shop.append((time.perf_counter() - began) * _MILLISECONDS)
            times.append([of_shop[2:] for of_shop in taken])
        return times


def _say(text: str) -> None:
    print(text)  # noqa: T201 - a command


if __name__ == "__main__":
    main(sys.argv[1:])
