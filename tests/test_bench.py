"""``make bench``, in a shop that is made in a moment."""

import asyncio

from bench.__main__ import measured, quantile
from bench.fill import fill
from bench.opening import opened
from bench.queries import QUERIES
from db.embedded import EmbeddedPostgres


async def test_bench_has_a_row_for_each_query(postgres: EmbeddedPostgres) -> None:
    table = await measured(postgres, [query for query in QUERIES if "list, newest" in query.name], 100, 200, 1)
    lines = table.splitlines()

    assert lines[0] == "| milliseconds | p50 at 100 | p95 | p50 at 200 | p95 | ratio of p50 |"
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        f"| list, newest, {who}"
        for who in ("Manager", "Technician", "new Technician", "Regular User", "new Regular User")
    ]


def test_quantile_is_one_of_the_times() -> None:
    times = [float(n) for n in range(100, 0, -1)]

    assert [quantile(times, 0.5), quantile(times, 0.95), quantile(times[:1], 0.95)] == [50.0, 95.0, 100.0]


async def test_forms_are_opened_by_the_bot_as_it_runs(owner_url: str, bot_url: str) -> None:
    await asyncio.to_thread(fill, owner_url, 100)

    assert len(await opened(bot_url, 3)) == 3
