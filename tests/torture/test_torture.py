"""The short form of ``python -m tests.torture``: the same, a few times each."""

from pathlib import Path

import pytest

from bot.jobs.announcements import Tempo
from tests.torture.arena import open_arena
from tests.torture.kills import Point, kill_at

TRIES = 3
FAST = Tempo(pace=0.05, poll=0.5, backoff=0.2)


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
