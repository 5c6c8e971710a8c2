import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from sandbox.clock import ManualClock
from sandbox.documents import Document
from sandbox.server import Sandbox
from tests.sandbox.conftest import ANN, BEN, EVENTS, GENERAL, QUIET, WORKSPACE, ScriptedApp, client_of, listening
from tests.sandbox.conftest import manifest as manifest_of


@pytest.fixture
async def app() -> ScriptedApp:
    return ScriptedApp()


@pytest.fixture
async def sandbox(clock: ManualClock, app: ScriptedApp) -> AsyncIterator[Sandbox]:
    async with (
        listening(app.handle) as url,
        Sandbox.serve(manifest=manifest_of(events=EVENTS), workspace=WORKSPACE, request_url=url, clock=clock) as served,
    ):
        yield served


async def events_of(sandbox: Sandbox) -> list[Document]:
    await sandbox.events.settled()
    return [delivery.payload["event"] for delivery in sandbox.deliveries if delivery.kind == "event_callback"]


async def test_message_of_a_person_is_told(sandbox: Sandbox) -> None:
    await sandbox.say(ANN, "Hi <all> & @ben. See #general, <https://example.com/?a=1&b=2>", GENERAL)

    (event,) = await events_of(sandbox)
    assert (event["type"], event["channel_type"], event["user"]) == ("message", "channel", ANN)
    link = "&lt;<https://example.com/?a=1&amp;b=2>&gt;"
    assert event["text"] == f"Hi &lt;all&gt; &amp; <@{BEN}>. See <#{GENERAL}|general>, {link}"
    envelope = sandbox.deliveries[-1].payload
    assert envelope["event_id"].startswith("Ev")
    assert envelope["authorizations"][0]["user_id"] == "U0BOT"


async def test_change_and_deletion_are_told(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    ts = (await client.chat_postMessage(channel=GENERAL, text="Hi"))["ts"]
    await client.chat_update(channel=GENERAL, ts=ts, text="Ho")
    await client.chat_delete(channel=GENERAL, ts=ts)

    posted, changed, deleted = await events_of(sandbox)
    assert posted["bot_id"] == "B0BOT"
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "Ho")
    assert changed["previous_message"]["text"] == "Hi"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)


async def test_ephemeral_messages_and_foreign_channels_are_not_told(sandbox: Sandbox) -> None:
    await client_of(sandbox).chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst")
    await sandbox.say(ANN, "Hi", QUIET)

    assert await events_of(sandbox) == []


async def test_mention_is_told_besides_the_message(sandbox: Sandbox) -> None:
    await sandbox.say(ANN, "@helper, help", GENERAL)
    await sandbox.say(ANN, "@helper, help")

    kinds = [(event["type"], event.get("channel_type")) for event in await events_of(sandbox)]
    assert sorted(kinds, key=str) == [("app_mention", None), ("message", "channel"), ("message", "im")]


async def test_changed_person_is_told(sandbox: Sandbox) -> None:
    changed = sandbox.state.person(ANN).model_copy(update={"deleted": True})
    sandbox.state.change_person(changed)
    sandbox.events.user_change(changed)

    (event,) = await events_of(sandbox)
    assert (event["type"], event["user"]["id"], event["user"]["deleted"]) == ("user_change", ANN, True)


async def test_nothing_is_told_that_was_not_subscribed_to(app: ScriptedApp) -> None:
    async with (
        listening(app.handle) as url,
        Sandbox.serve(manifest=manifest_of(), workspace=WORKSPACE, request_url=url) as sandbox,
    ):
        await sandbox.say(ANN, "Hi", GENERAL)
        await sandbox.events.settled()

    assert app.requests == []


async def until_told(count: int, app: ScriptedApp) -> None:
    async with asyncio.timeout(5), app.arrived:
        await app.arrived.wait_for(lambda: len(app.requests) >= count)


async def test_failed_event_is_told_again_at_once_after_a_minute_and_after_five(
    sandbox: Sandbox, app: ScriptedApp, clock: ManualClock
) -> None:
    app.answer = lambda: web.Response(status=500)
    await sandbox.say(ANN, "Hi", GENERAL)

    await until_told(2, app)
    await clock.slept_on()
    clock.move(60)
    await until_told(3, app)
    await clock.slept_on()
    clock.move(300)
    await sandbox.events.settled()

    retries = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in app.requests]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({delivery.payload["event_id"] for delivery in sandbox.deliveries}) == 1


async def test_app_can_decline_retries(sandbox: Sandbox, app: ScriptedApp) -> None:
    app.answer = lambda: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await sandbox.say(ANN, "Hi", GENERAL)
    await sandbox.events.settled()

    assert len(app.requests) == 1


async def test_closing_does_not_wait_for_retries(app: ScriptedApp, clock: ManualClock) -> None:
    app.answer = lambda: web.Response(status=500)
    async with asyncio.timeout(5):
        async with (
            listening(app.handle) as url,
            Sandbox.serve(
                manifest=manifest_of(events=EVENTS), workspace=WORKSPACE, request_url=url, clock=clock
            ) as sandbox,
        ):
            await sandbox.say(ANN, "Hi", GENERAL)
            await until_told(2, app)
