"""SIGKILL at five points between a person's command and its message in Slack."""

import asyncio
import os
import signal
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.context import ForkServerProcess
from typing import Final

from bot.settings import Program
from sandbox.troubles import Trouble
from tests.journeys.floor import CHANNEL
from tests.shop import Member
from tests.torture.arena import Arena
from tests.torture.gates import Gate, closed, make_gates
from tests.torture.verdict import Verdict

_IS_TAKEN: Final = "SELECT tech <> 'unassigned' FROM tickets WHERE id = $1"
_IS_TOLD: Final = "SELECT EXISTS (SELECT FROM notifications WHERE ticket_id = $1 AND kind = 'thread')"


class Point(StrEnum):
    """Where the process is when it is killed."""

    COMMITTING = "before commit"
    COMMITTED = "after commit"
    CLAIMED = "job claimed"
    RECEIVED = "Slack received, reply held back"
    REPLIED = "replied, not stored"


@dataclass(frozen=True, slots=True)
class Killed:
    """``torn``: changes that came without their message or the other way round. ``slowest``: seconds to go on."""

    verdict: Verdict
    kills: int
    torn: int
    slowest: float


async def kill_at(point: Point, arena: Arena, times: int, *, wait_for_leases: bool, alone: bool = False) -> Killed:
    """Kill the web process or the worker at ``point``, so many times; the last worker says what is left.

    ``wait_for_leases``: else a killed worker's claims are ended at once. ``alone``: one message on its way at a time,
    instead of two.
    """
    await make_gates(arena.shop.owner)
    if point in (Point.COMMITTING, Point.COMMITTED):
        return await _kill_web(point, arena, times)
    slowest = 0.0
    clock = asyncio.get_running_loop().time
    worker = await arena.start(Program.WORKER)
    for _ in range(times):
        helper = None if alone else arena.shop.technician
        await _kill_worker(point, arena, worker, helper)
        killed = clock()
        worker = await arena.start(Program.WORKER)
        if not wait_for_leases:
            await arena.end_leases()
        await arena.quiet()
        slowest = max(slowest, clock() - killed)
    return Killed(await arena.verdict(), times, torn=0, slowest=slowest)


async def _kill_worker(point: Point, arena: Arena, worker: ForkServerProcess, helper: Member | None) -> None:
    owner, messages = arena.shop.owner, 1 if helper is None else 2
    if point is Point.RECEIVED:
        held = [arena.sandbox.troubles.start(Trouble(kind="held_reply", method="chat.postMessage", times=1))]
        if helper is not None:
            held.append(arena.sandbox.troubles.start(Trouble(kind="held_reply", method="chat.postMessage", times=1)))
        await arena.shop.add_ticket(worker=helper)
        for number in held:
            await arena.sandbox.troubles.met(number)
        await arena.kill(worker)
        arena.sandbox.troubles.end()
        return
    gate = Gate.CONFIRMING if point is Point.CLAIMED else Gate.FINISHING
    async with closed(owner, gate) as before:
        await arena.shop.add_ticket(worker=helper)
        pids = await before.waiters(messages)
        await arena.kill(worker)
        await before.break_off(pids)


async def _kill_web(point: Point, arena: Arena, times: int) -> Killed:
    """Kill the process that serves a person who takes a ticket, while its transaction stands before its commit.

    The transaction ends in one of two ways, in turn: with its client, or it commits without knowing that nobody waits.
    After the commit: the process is stopped first, so that it doesn't hear of it.
    """
    owner, person = arena.shop.owner, arena.shop.technician
    assert person.slack_user_id is not None
    await arena.start(Program.WORKER)
    typed = []
    torn = 0
    for number in range(times):
        ticket = await arena.shop.add_ticket()
        web = await arena.start(Program.WEB)
        async with closed(owner, Gate.COMMITTING) as before:
            command = arena.sandbox.command(person.slack_user_id, f"/ticket take {ticket}", CHANNEL)
            typed.append(asyncio.create_task(command))
            pids = await before.waiters()
            if point is Point.COMMITTED:
                assert web.pid is not None
                os.kill(web.pid, signal.SIGSTOP)
            else:
                await arena.kill(web)
                if number % 2:
                    await before.break_off(pids)
        if point is Point.COMMITTED:
            while not await _is_taken(arena, ticket):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            await arena.kill(web)
        await before.gone(pids)
        await arena.until("the connections are gone", lambda: not arena.sandbox.sockets.connections)
        await arena.quiet()
        torn += await owner.fetchval(_IS_TOLD, ticket) is not await _is_taken(arena, ticket)
    for unanswered in typed:
        unanswered.cancel()
    await asyncio.gather(*typed, return_exceptions=True)
    return Killed(await arena.verdict(), times, torn, slowest=0)


async def _is_taken(arena: Arena, ticket: int) -> bool:
    """Tell whether it is, committed and not by a transaction that still waits."""
    return bool(await arena.shop.owner.fetchval(_IS_TAKEN, ticket))
