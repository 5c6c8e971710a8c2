"""The same days at the shop in Socket Mode: nothing depends on how Slack's deliveries come."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import aiohttp
import pytest

from bot.socket import CONNECTIONS
from sandbox.documents import Document
from sandbox.server import Sandbox
from tests.journeys.floor import CHANNEL, ROOT, Floor, deliver, open_floor, read, workspace_of
from tests.journeys.test_a_tickets_life import (
    test_completion_form_asks_for_the_hours_and_completes as completion_form_completes,
)
from tests.journeys.test_a_tickets_life import (
    test_field_error_stands_beside_its_field_and_nothing_is_written as field_error_stands_beside_its_field,
)
from tests.journeys.test_a_tickets_life import (
    test_ticket_is_filed_taken_completed_and_announced as whole_life,
)
from tests.journeys.test_once import (
    test_button_delivered_several_times_at_once_is_carried_out_once as button_once,
)
from tests.journeys.test_once import (
    test_command_delivered_several_times_at_once_is_carried_out_once as command_once,
)
from tests.journeys.test_once import (
    test_form_delivered_several_times_at_once_makes_one_ticket as form_once,
)
from tests.shop import KEYS, Shop

ROUNDS: Final = 3


@pytest.fixture
async def floor(shop: Shop, bot_url: str) -> AsyncIterator[Floor]:
    async with open_floor(shop, bot_url, sockets=True) as opened:
        yield opened


async def test_whole_life_of_a_ticket(floor: Floor) -> None:
    await whole_life(floor)

    assert {delivery.url for delivery in floor.sandbox.deliveries} == {"socket:"}
    assert all(delivery.error is None for delivery in floor.sandbox.deliveries)


async def test_forms_are_answered_in_their_acknowledgement(floor: Floor) -> None:
    await field_error_stands_beside_its_field(floor)
    await completion_form_completes(floor)


async def test_deliveries_several_times_at_once_are_carried_out_once(floor: Floor) -> None:
    await form_once(floor)
    await command_once(floor)
    await button_once(floor)


async def test_mention_delivered_several_times_at_once_is_carried_out_once(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    account = str(shop.technician.slack_user_id)
    await floor.sandbox.say(account, "@tickets whoami", CHANNEL)
    await floor.sandbox.events.settled()
    payload: Document = next(
        delivery.payload
        for delivery in floor.sandbox.deliveries
        if delivery.payload.get("event", {}).get("type") == "app_mention"
    )
    event = {**payload["event"], "text": f"<@U0BOT> take {ticket_id}"}
    before = len(floor.sandbox.messages(CHANNEL, account))

    answers = await deliver(floor, {**payload, "event_id": "Ev0AGAIN", "event": event}, times=5)

    assert answers == [(HTTPStatus.OK, "")] * 5
    assert await shop.owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket_id) == shop.technician.email
    said = [message.text for message in floor.sandbox.messages(CHANNEL, account)[before:] if message.ephemeral_to]
    assert len(said) == 1


async def test_nothing_is_lost_while_slack_refreshes_its_connections(floor: Floor) -> None:
    who = floor.shop.technician
    numbers = [await floor.shop.add_ticket() for _ in range(12 * ROUNDS)]
    answers: list[str] = []

    async def refresh() -> None:
        for _ in range(ROUNDS):
            await asyncio.sleep(1.1)
            await floor.sandbox.sockets.disconnect("warning", 0.8)

    async def work() -> None:
        for number in numbers:
            answers.append(await floor.ticket(who, f"take {number}"))
            await asyncio.sleep(0.08)

    await asyncio.gather(refresh(), work())

    assert [f"#{number} is yours now" in answer for number, answer in zip(numbers, answers, strict=True)] == [
        True
    ] * len(numbers)
    assert all(delivery.error is None for delivery in floor.sandbox.deliveries)
    await floor.until(lambda: len(floor.sandbox.sockets.connections) == CONNECTIONS)


async def test_bot_comes_back_after_its_connections_break(floor: Floor) -> None:
    sockets = floor.sandbox.sockets
    old = set(sockets.connections)
    sockets.drop()
    await floor.until(lambda: len(sockets.connections) == CONNECTIONS and old.isdisjoint(sockets.connections))

    assert "Tom Reed" in await floor.ticket(floor.shop.technician, "whoami")


async def test_health_is_told_over_http_and_nothing_else_is_taken_there(floor: Floor) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{floor.bot_url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (HTTPStatus.OK, {"ready": True, "problems": []})
        async with session.get(f"{floor.bot_url}/healthz") as answer:
            assert answer.status == HTTPStatus.OK
        async with session.post(f"{floor.bot_url}/slack/events", data=b"x") as answer:
            assert answer.status == HTTPStatus.NOT_FOUND


@asynccontextmanager
async def process_running(sandbox: Sandbox, bot_url: str) -> AsyncIterator[Process]:
    environment = {
        "PATH": os.defpath,
        "SLACK_BOT_TOKEN": sandbox.credentials.token,
        "SLACK_APP_TOKEN": sandbox.credentials.app_token,
        "SLACK_API_URL": sandbox.api_url,
        "DATABASE_URL": bot_url,
        "ENCRYPTION_KEY": KEYS.present.get_secret_value(),
        "HOST": "127.0.0.1",
        "PORT": "0",
        "DRAIN_SECONDS": "60",  # no balancer, no waiting
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "web"), cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_envelope_at_work_at_sigterm_is_finished_and_acknowledged(shop: Shop, bot_url: str) -> None:
    ticket_id = await shop.add_ticket()
    account = str(shop.technician.slack_user_id)
    async with (
        Sandbox.serve(manifest=ROOT / "app_manifest.yml", workspace=workspace_of(shop, []), by_sockets=True) as sandbox,
        process_running(sandbox, bot_url) as process,
    ):
        floor = Floor(shop, sandbox, "", "")
        await floor.until(lambda: len(sandbox.sockets.connections) == CONNECTIONS)
        async with shop.owner.transaction():
            await shop.owner.execute("SELECT FROM tickets WHERE id = $1 FOR UPDATE", ticket_id)
            typed = asyncio.create_task(sandbox.command(account, f"/ticket take {ticket_id}", CHANNEL))
            await asyncio.sleep(0.4)  # it waits for the row now
            process.terminate()
            await asyncio.sleep(0.3)

        assert "is yours" in read(await typed)
        assert await asyncio.wait_for(process.wait(), 15) == 0
        await floor.until(lambda: not sandbox.sockets.connections)
