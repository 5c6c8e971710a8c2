"""The short form of ``python -m tests.torture``: the same, a few times each."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.jobs.announcements import Tempo
from db.embedded import BOT, OWNER, EmbeddedPostgres
from db.migrations.commands import upgrade
from tests.torture.arena import open_arena
from tests.torture.kills import Point, kill_at
from tests.torture.latency import delays
from tests.torture.outage import KINDS, fail
from tests.torture.restarts import restart
from tests.torture.rivals import kill_at_random

TRIES = 3
FAST = Tempo(pace=0.05, poll=0.5, backoff=0.2)


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A server that no other test minds."""
    home = Path(tempfile.mkdtemp(prefix="tickets-torture-"))
    home.chmod(0o711)  # the server's user must get through, where root runs the tests
    try:
        with EmbeddedPostgres(home / "postgres", {"fsync": "off"}) as started:
            upgrade(started.dsn(OWNER))
            yield started
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("point", Point)
async def test_killed_process_loses_nothing_and_says_nothing_twice(
    point: Point, owner_url: str, bot_url: str, tmp_path: Path
) -> None:
    async with open_arena(owner_url, bot_url, tmp_path, tempo=FAST) as arena:
        killed = await kill_at(point, arena, TRIES, wait_for_leases=False)

    assert (killed.verdict.faults, killed.torn) == ({}, 0)
    assert killed.verdict.said >= TRIES


async def test_without_history_scopes_a_kill_doubles_one_message_at_most(
    owner_url: str, bot_url: str, tmp_path: Path
) -> None:
    async with open_arena(owner_url, bot_url, tmp_path, tempo=FAST, history=False) as arena:
        killed = await kill_at(Point.RECEIVED, arena, TRIES, wait_for_leases=False, alone=True)

    assert killed.verdict.faults == {"doubled": TRIES}  # the app can't know


async def test_outage_of_slack_loses_nothing_and_is_not_pressed_upon(
    owner_url: str, bot_url: str, tmp_path: Path
) -> None:
    async with open_arena(owner_url, bot_url, tmp_path, tempo=FAST, staff=2) as arena:
        outage = await fail(arena, 3, seconds=0, met=TRIES, retry_after=1)

    assert outage.verdict.faults == {}
    assert outage.verdict.said == 3 * 2 * outage.conversations
    assert min(outage.met[kind] for kind in KINDS) >= TRIES


async def test_workers_that_are_killed_at_random_keep_order_and_pace_together(
    owner_url: str, bot_url: str, tmp_path: Path
) -> None:
    tempo = Tempo(pace=0.1, lease=3, poll=0.5, backoff=0.2)
    async with open_arena(owner_url, bot_url, tmp_path, tempo=tempo) as arena:
        verdict = await kill_at_random(arena, 3, TRIES, every=0.2, chance=random.Random(5))  # noqa: S311

    assert verdict.faults == {}
    assert verdict.said > TRIES


async def test_restarted_database_loses_nothing_acknowledged_and_ends_no_process(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with open_arena(server.dsn(OWNER), server.dsn(BOT), tmp_path, tempo=FAST) as arena:
        restarted = await restart(arena, server, ["fast", "immediate", "fast"])

    assert (restarted.verdict.faults, restarted.forgotten, restarted.ended) == ({}, 0, 0)
    assert restarted.acknowledged >= 2 * TRIES


async def test_each_new_ticket_is_said_after_its_commit(owner_url: str, bot_url: str, tmp_path: Path) -> None:
    async with open_arena(owner_url, bot_url, tmp_path, tempo=FAST) as arena:
        assert len(await delays(arena, TRIES)) == TRIES
