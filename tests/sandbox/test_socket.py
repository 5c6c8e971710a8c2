"""Socket Mode: Slack's own client and handler unchanged, and the frames as they go over the wire."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from sandbox.clock import ManualClock
from sandbox.documents import Document
from sandbox.server import Sandbox
from sandbox.socket import MOST
from tests.sandbox.conftest import (
    ANN,
    EVENTS,
    GENERAL,
    WORKSPACE,
    actions,
    bolt_app,
    button,
    client_of,
    manifest,
    modal,
    text_input,
)


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    async with Sandbox.serve(
        manifest=manifest(events=EVENTS), workspace=WORKSPACE, by_sockets=True, clock=clock, ack_seconds=1.0
    ) as served:
        yield served


class Wire:
    """A connection of the app, frame by frame."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, hello: Document) -> None:
        self.socket = socket
        self.hello = hello

    async def receive(self) -> Document:
        frame: Document = await self.socket.receive_json(timeout=5)
        return frame

    async def acknowledge(self, envelope: Document, **payload: Any) -> None:  # noqa: ANN401  any JSON
        await self.socket.send_json({"envelope_id": envelope["envelope_id"], **payload})


@asynccontextmanager
async def wire_to(sandbox: Sandbox) -> AsyncIterator[Wire]:
    answer = await client_of(sandbox).apps_connections_open(app_token=sandbox.credentials.app_token)
    async with aiohttp.ClientSession() as session, session.ws_connect(answer["url"]) as socket:
        yield Wire(socket, await socket.receive_json(timeout=5))


@asynccontextmanager
async def bolt_running(
    sandbox: Sandbox, app: AsyncApp, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncSocketModeHandler]:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    logger = logging.getLogger("bolt-in-a-test")
    logger.setLevel(logging.CRITICAL)
    handler = AsyncSocketModeHandler(app, sandbox.credentials.app_token, logger=logger, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Slack's own
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # as above
        await asyncio.sleep(0)


# Slack's own code


async def test_bolts_handler_takes_commands_buttons_forms_options_and_events(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = bolt_app(sandbox)
    seen: list[str] = []
    menu = {
        "type": "input",
        "block_id": "who",
        "optional": True,
        "label": {"type": "plain_text", "text": "Who"},
        "element": {"type": "external_select", "action_id": "pick", "min_query_length": 0},
    }

    @app.command("/do")
    async def do(ack: Any, body: Document, client: Any) -> None:  # noqa: ANN401  Bolt's arguments
        await ack(text=f"Did {body['text']}", blocks=[actions(button("go"))])
        await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input("a"), menu, callback_id="form"))

    @app.action("go")
    async def go(ack: Any, respond: Any) -> None:  # noqa: ANN401  as above
        await ack()
        await respond("Gone")

    @app.view("form")
    async def form(ack: Any) -> None:  # noqa: ANN401  as above
        await ack(response_action="errors", errors={"a": "No."})

    @app.options("pick")
    async def pick(ack: Any) -> None:  # noqa: ANN401  as above
        await ack(options=[{"text": {"type": "plain_text", "text": "Ben"}, "value": "b"}])

    @app.event("message")
    async def message(event: Document) -> None:
        seen.append(event["text"])

    async with bolt_running(sandbox, app, monkeypatch):
        command = await sandbox.command(ANN, "/do it", GENERAL)
        for _ in range(100):
            if sandbox.view(ANN) is not None:
                break
            await asyncio.sleep(0.01)
        options = await sandbox.suggest(ANN, "pick", "b")
        refused = await sandbox.submit(ANN, {"a": "x"})
        await sandbox.close(ANN)
        pressed = await sandbox.press(ANN, "go")
        await sandbox.say(ANN, "Hi", GENERAL)
        await sandbox.events.settled()

    assert [shown.text for shown in command.shown] == ["Did it"]
    assert [option["value"] for option in options] == ["b"]
    assert refused.errors == {"a": "No."}
    assert pressed.ok
    assert "Gone" in [one.text for one in sandbox.messages(GENERAL, ANN)]
    assert seen == ["Hi"]
    assert all(delivery.error is None and delivery.ack_ms > 0 for delivery in sandbox.deliveries)


async def test_slacks_client_comes_back_after_a_refresh_and_after_a_break(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = bolt_app(sandbox)

    @app.command("/do")
    async def do(ack: Any) -> None:  # noqa: ANN401  as above
        await ack("Done")

    async with bolt_running(sandbox, app, monkeypatch):
        for end in (sandbox.sockets.disconnect("refresh_requested"), None):
            if end is None:
                sandbox.sockets.drop()
            else:
                await end
            for _ in range(300):
                if (await sandbox.command(ANN, "/do it", GENERAL)).ok:
                    break
                await asyncio.sleep(0.01)

            assert (await sandbox.command(ANN, "/do it", GENERAL)).ok


# the Web API


async def test_address_is_given_for_the_app_level_token_alone(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    answer = await client.apps_connections_open(app_token=sandbox.credentials.app_token)

    assert answer["url"].startswith("ws://127.0.0.1:")
    for token, error in ((sandbox.credentials.token, "not_allowed_token_type"), ("xapp-1-wrong", "invalid_auth")):
        with pytest.raises(SlackApiError, match=error):
            await client.apps_connections_open(app_token=token)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.auth_test(token=sandbox.credentials.app_token)


async def test_app_level_token_names_its_app() -> None:
    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE) as sandbox:
        assert sandbox.credentials.app_token.startswith("xapp-1-A0APP-")


async def test_address_is_good_for_one_connection_within_a_minute(sandbox: Sandbox, clock: ManualClock) -> None:
    client = client_of(sandbox)
    url, late = [(await client.apps_connections_open(app_token=sandbox.credentials.app_token))["url"] for _ in range(2)]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            pass
        clock.move(61)
        for used in (url, late, url.split("?")[0]):
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await session.ws_connect(used)
            assert caught.value.status == HTTPStatus.FORBIDDEN


# frames


async def test_greeting_says_how_many_connections_there_are(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as first, wire_to(sandbox) as second:
        assert first.hello["type"] == "hello"
        assert (first.hello["num_connections"], second.hello["num_connections"]) == (1, 2)
        assert first.hello["connection_info"] == {"app_id": "A0APP"}


async def test_command_is_an_envelope_whose_acknowledgement_is_the_answer(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as wire:
        typed = asyncio.create_task(sandbox.command(ANN, "/do it", GENERAL))
        envelope = await wire.receive()
        await wire.acknowledge(envelope, payload={"text": "Done"})
        outcome = await typed

    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert (envelope["payload"]["command"], envelope["payload"]["text"]) == ("/do", "it")
    assert [shown.text for shown in outcome.shown] == ["Done"]


async def test_button_is_an_envelope_that_takes_no_answer(sandbox: Sandbox) -> None:
    await client_of(sandbox).chat_postMessage(channel=GENERAL, text="x", blocks=[actions(button("go"))])
    async with wire_to(sandbox) as wire:
        pressed = asyncio.create_task(sandbox.press(ANN, "go"))
        envelope = await wire.receive()  # of the message that was posted
        while envelope["type"] != "interactive":
            await wire.acknowledge(envelope)
            envelope = await wire.receive()
        await wire.acknowledge(envelope, payload={"text": "unasked"})
        outcome = await pressed

    assert envelope["accepts_response_payload"] is False
    assert "retry_attempt" not in envelope
    assert outcome.ok
    assert sandbox.deliveries[-1].body == ""


async def test_unacknowledged_event_is_sent_again_with_the_reason(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as wire:
        await sandbox.say(ANN, "Hi", GENERAL)
        first, second = await wire.receive(), await wire.receive()
        await wire.acknowledge(second)
        await sandbox.events.settled()

    assert (first["type"], first["retry_attempt"], first["retry_reason"]) == ("events_api", 0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert first["envelope_id"] != second["envelope_id"]


async def test_command_without_an_acknowledgement_fails_in_three_seconds_time(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as wire:
        for nonsense in ("", "[]", "{}", '{"envelope_id": "other"}'):
            await wire.socket.send_str(nonsense)
        outcome = await sandbox.command(ANN, "/do it", GENERAL)

    assert outcome.error == '/do failed with the error "operation_timeout"'


async def test_command_without_a_connection_fails_at_once(sandbox: Sandbox) -> None:
    outcome = await sandbox.command(ANN, "/do it", GENERAL)

    assert outcome.error == '/do failed with the error "dispatch_failed"'


async def test_each_envelope_goes_to_one_connection_and_each_connection_gets_some(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as first, wire_to(sandbox) as second:
        typed = [asyncio.create_task(sandbox.command(ANN, f"/do {number}", GENERAL)) for number in range(4)]
        texts = []
        for wire in (first, second, first, second):
            envelope = await wire.receive()
            texts.append(envelope["payload"]["text"])
            await wire.acknowledge(envelope)
        assert all(outcome.ok for outcome in await asyncio.gather(*typed))

    assert sorted(texts) == ["0", "1", "2", "3"]


async def test_acknowledgement_may_come_over_another_connection(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as first, wire_to(sandbox) as second:
        typed = asyncio.create_task(sandbox.command(ANN, "/do it", GENERAL))
        await second.acknowledge(await first.receive())

        assert (await typed).ok


async def test_connection_too_many_is_told_so_and_closed(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        client = client_of(sandbox)
        sockets = []
        for _ in range(MOST + 1):
            answer = await client.apps_connections_open(app_token=sandbox.credentials.app_token)
            sockets.append(await session.ws_connect(answer["url"]))
        frames = [await socket.receive_json(timeout=5) for socket in sockets]
        closed = await sockets[-1].receive(timeout=5)
        for socket in sockets:
            await socket.close()

    assert [frame["type"] for frame in frames] == ["hello"] * MOST + ["disconnect"]
    assert frames[-1]["reason"] == "too_many_websockets"
    assert closed.type is aiohttp.WSMsgType.CLOSE


async def test_app_whose_socket_mode_is_off_is_told_so(sandbox: Sandbox) -> None:
    sandbox.deliver_to("http://127.0.0.1:9/")

    async with wire_to(sandbox) as wire:
        assert (wire.hello["type"], wire.hello["reason"]) == ("disconnect", "link_disabled")


async def test_manifest_may_switch_socket_mode_on() -> None:
    document = manifest()
    document["settings"]["socket_mode_enabled"] = True
    for command in document["features"]["slash_commands"]:
        del command["url"]
    async with Sandbox.serve(manifest=document, workspace=WORKSPACE) as sandbox, wire_to(sandbox) as wire:
        typed = asyncio.create_task(sandbox.command(ANN, "/do it", GENERAL))
        await wire.acknowledge(await wire.receive())

        assert (await typed).ok


# ends on demand


async def end(sandbox: Sandbox, **body: object) -> Document:
    url = f"{sandbox.base_url}/-/admin/sockets"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        document: Document = json.loads(await answer.text())
        return document


async def connections(sandbox: Sandbox) -> int:
    url = f"{sandbox.base_url}/-/admin/sockets"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return int((await answer.json())["connections"])


async def test_announced_end_leaves_the_connection_in_use_until_then(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as wire:
        assert await end(sandbox, reason="warning", seconds=0.2) == {"ok": True}
        frame = await wire.receive()
        typed = asyncio.create_task(sandbox.command(ANN, "/do it", GENERAL))
        await wire.acknowledge(await wire.receive())
        assert (await typed).ok
        last = await wire.socket.receive(timeout=5)

    assert (frame["type"], frame["reason"]) == ("disconnect", "warning")
    assert last.type is aiohttp.WSMsgType.CLOSE
    assert await connections(sandbox) == 0


async def test_break_says_nothing(sandbox: Sandbox) -> None:
    async with wire_to(sandbox) as wire:
        assert await connections(sandbox) == 1
        assert await end(sandbox) == {"ok": True}
        last = await wire.socket.receive(timeout=5)

    assert last.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


async def test_end_for_no_reason_of_slacks_is_refused(sandbox: Sandbox) -> None:
    assert (await end(sandbox, reason="boredom"))["ok"] is False
    assert (await end(sandbox, reason="warning", seconds="soon"))["ok"] is False
