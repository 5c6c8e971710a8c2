"""The API that the page uses, spoken to as a browser does, and as other sites would."""

import asyncio
import json

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    BEN,
    GENERAL,
    GUEST,
    QUIET,
    WORKSPACE,
    Browser,
    ScriptedApp,
    actions,
    button,
    manifest,
    open_form,
    plain,
    text_input,
)
from tests.sandbox.samples import OPTION


async def test_state_shows_a_person_their_own_workspace(browser: Browser) -> None:
    anns, guests = await browser.get("state", user=ANN), await browser.get("state", user=GUEST)

    assert anns["team"]["name"] == "Example"
    assert anns["me"] == ANN
    assert [person["id"] for person in anns["people"]][:2] == [ANN, BEN]
    assert anns["commands"] == [{"command": "/do", "description": "Does it", "usage_hint": "[what]"}]
    assert [(c["name"], c["kind"]) for c in anns["channels"]] == [
        ("general", "channel"),
        ("secret", "private"),
        ("quiet", "channel"),
        ("helper", "im"),
    ]
    assert [channel["name"] for channel in guests["channels"]] == ["general", "helper"]


async def test_messages_are_those_that_a_person_sees(browser: Browser, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[actions(button("go"))])
    await client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst")
    await browser.post("send", user=BEN, channel=GENERAL, text="Hello")

    messages = (await browser.get("messages", user=ANN, channel=GENERAL))["messages"]

    seen = [(m["username"], m["text"], m.get("bot"), m.get("ephemeral")) for m in messages]
    assert seen == [("helper", "Hi", True, None), ("helper", "Psst", True, True), ("Ben Baker", "Hello", None, None)]
    assert (await browser.get("messages", user=GUEST, channel=QUIET))["error"] == "You are not in this channel."


async def test_command_is_sent_and_measured(browser: Browser, app: ScriptedApp) -> None:
    app.answer = "Done"

    answer = await browser.post("send", user=ANN, channel=GENERAL, text="/do it")

    assert answer["ok"] is True
    assert answer["ack_ms"] > 0


async def test_form_is_filled_refused_and_done(
    browser: Browser, sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    menu = {"type": "external_select", "action_id": "pick"}
    who = {"type": "input", "block_id": "who", "label": plain("Who"), "element": menu, "dispatch_action": True}
    view = await open_form(sandbox, client, text_input("what"), who)
    container = {"type": "view", "view_id": view.id}

    assert (await browser.get("state", user=ANN))["views"][0]["id"] == view.id

    app.answer = {"options": [OPTION]}
    place = {"user": ANN, "container": container, "block_id": "who", "action_id": "pick"}
    assert (await browser.post("suggest", **place, value="a"))["options"] == [OPTION]

    app.answer = ""
    state = {"what": {"value": {"type": "plain_text_input", "value": "one"}}}
    assert (await browser.post("action", **place, selected_option=OPTION, state=state))["ok"]
    told = sandbox.deliveries[-1].payload
    assert told["actions"][0]["selected_option"] == OPTION
    assert told["view"]["state"]["values"]["what"]["value"]["value"] == "one"

    empty = {"what": {"value": {"type": "plain_text_input", "value": ""}}}
    refused = await browser.post("submit", user=ANN, view_id=view.id, values=empty)
    assert set(refused["errors"]) == {"what", "who"}

    full = {**state, "who": {"pick": {"type": "external_select", "selected_option": OPTION}}}
    assert (await browser.post("submit", user=ANN, view_id=view.id, values=full))["ok"]
    assert (await browser.post("close", user=ANN, view_id=view.id))["error"] == "This form is no longer open."


async def test_stream_brings_news_of_messages_and_forms(
    browser: Browser, sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    news: list[Document] = []
    async with browser.session.get(f"{sandbox.base_url}/-/stream", params={"user": ANN}) as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readline() == b": connected\n"
        ts = (await client.chat_postMessage(channel=GENERAL, text="Hi"))["ts"]
        await client.chat_update(channel=GENERAL, ts=ts, text="Ho")
        await client.chat_delete(channel=GENERAL, ts=ts)
        await client.chat_postEphemeral(channel=GENERAL, user=BEN, text="Not for Ann")
        await open_form(sandbox, client, text_input("a", initial_value="x"))
        await sandbox.submit(ANN)
        async with asyncio.timeout(5):
            while len(news) < 5:
                line = (await stream.content.readline()).decode()
                if line.startswith("data: "):
                    document = json.loads(line.removeprefix("data: "))
                    news += [document] if document["type"] != "exchange" else []

    assert [document["type"] for document in news] == [
        "message",
        "message_changed",
        "message_deleted",
        "view_opened",
        "view_closed",
    ]
    assert [document["message"]["text"] for document in news[:3]] == ["Hi", "Ho", "Ho"]
    assert len(app.requests) == 2


async def test_open_streams_do_not_hold_up_the_end() -> None:
    async with asyncio.timeout(5), aiohttp.ClientSession() as session:
        async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE) as sandbox:
            stream = await session.get(f"{sandbox.base_url}/-/stream", params={"user": ANN})
            await stream.content.readline()
        assert await stream.content.read() == b"\n"
        stream.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "example.com"},
        {"Host": "127.0.0.1.example.com"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
async def test_request_of_another_site_is_refused(sandbox: Sandbox, browser: Browser, headers: dict[str, str]) -> None:
    body = json.dumps({"user": ANN, "channel": GENERAL, "text": "Hi"})
    sent = {"Content-Type": "application/json", **headers}

    async with browser.session.post(f"{sandbox.base_url}/-/send", data=body, headers=sent) as response:
        status = response.status

    assert status == 403
    assert sandbox.messages(GENERAL, ANN) == []


async def test_other_sites_read_nothing(sandbox: Sandbox, browser: Browser) -> None:
    for headers in ({"Host": "example.com"}, {"Origin": "https://example.com"}):
        async with browser.session.get(f"{sandbox.base_url}/-/admin/deliveries", headers=headers) as response:
            assert response.status == 403


@pytest.mark.parametrize("path", ["../server.py", "%2e%2e/server.py", "..%2fserver.py", "nothing.js"])
async def test_only_files_of_the_page_are_served(sandbox: Sandbox, browser: Browser, path: str) -> None:
    async with browser.session.get(f"{sandbox.base_url}/page/{path}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("send", {}, "missing text: user"),
        ("send", {"user": "U0NOBODY", "channel": GENERAL, "text": "Hi"}, "There is no such person in this workspace."),
        ("send", {"user": ANN, "channel": "C0NOWHERE", "text": "Hi"}, "There is no such conversation."),
        ("send", {"user": ANN, "channel": GENERAL, "text": "  "}, "There is nothing to send."),
        ("submit", {"user": ANN, "view_id": "V1", "values": {"a": 1}}, "values must be like view.state.values"),
        ("submit", {"user": ANN, "view_id": "V1"}, "This form is no longer open."),
        ("action", {"user": ANN, "container": 1}, "missing object: container"),
    ],
)
async def test_request_that_cannot_be_done_says_why(browser: Browser, path: str, body: Document, error: str) -> None:
    answer = await browser.post(path, **body)

    assert (answer["ok"], answer["error"]) == (False, error)


async def test_inspection_lists_deliveries_and_calls(browser: Browser, sandbox: Sandbox, app: ScriptedApp) -> None:
    app.answer = "Done"
    await sandbox.command(ANN, "/do it")

    (delivery,) = (await browser.get("admin/deliveries"))["deliveries"]

    assert (delivery["kind"], delivery["status"], delivery["body"]) == ("slash_command", 200, "Done")
    assert (await browser.get("admin/calls"))["calls"] == []


async def test_person_is_changed(browser: Browser, sandbox: Sandbox) -> None:
    changed = await browser.post(f"admin/people/{ANN}", deleted=True)

    assert changed["person"]["deleted"] is True
    assert sandbox.state.person(ANN).deleted is True
    assert (await browser.post(f"admin/people/{ANN}", shoe_size=43))["error"] == "not a person's: shoe_size"


async def test_person_joins_a_channel(browser: Browser, sandbox: Sandbox) -> None:
    await browser.post(f"admin/channels/{QUIET}/members", user=GUEST)

    assert sandbox.state.channel(QUIET).has(GUEST)
