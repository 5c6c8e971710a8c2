"""What whoever inspects the workspace reads, through the API that the page uses."""

import json
from urllib.parse import parse_qs

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document
from sandbox.server import Sandbox
from sandbox.troubles import Trouble
from tests.sandbox.conftest import ANN, GENERAL, Browser, ScriptedApp, actions, button, open_form, text_input


async def rows(browser: Browser) -> list[Document]:
    return list((await browser.get("admin/exchanges"))["rows"])


async def last(browser: Browser) -> tuple[str, str, bool, str]:
    row = (await rows(browser))[-1]
    return row["kind"], row["name"], row["ok"], row["verdict"]


async def test_deliveries_and_calls_are_a_line_each_in_their_order(
    browser: Browser, sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    await open_form(sandbox, client, text_input("first"), callback_id="it.done")
    app.answer = {"response_action": "errors", "errors": {"first": "No."}}
    await sandbox.submit(ANN, {"first": "x"})

    seen = await rows(browser)

    assert [(row["kind"], row["name"], row.get("user"), row["verdict"]) for row in seen] == [
        ("slash_command", "/do it", ANN, "acknowledged"),
        ("call", "views.open", None, "ok"),
        ("view_submission", "it.done", ANN, "acknowledged: errors"),
    ]
    assert all(row["ok"] and row["ms"] >= 0 for row in seen)
    assert seen[0]["number"] < seen[1]["number"] < seen[2]["number"]


async def test_verdicts_say_why(browser: Browser, sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    app.answer = "{"
    await sandbox.command(ANN, "/do it")
    assert await last(browser) == (
        "slash_command",
        "/do it",
        False,
        "invalid_command_response: the answer is no sound JSON",
    )

    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "header"}])
    kind, name, ok, verdict = await last(browser)
    assert (kind, name, ok) == ("call", "chat.postMessage", False)
    assert verdict.startswith("invalid_blocks: ")

    sandbox.troubles.start(Trouble(kind="lost_reply", times=1))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=GENERAL, text="x")
    assert await last(browser) == ("call", "chat.postMessage", False, "carried out, but the reply was lost")

    sandbox.deliver_to("http://127.0.0.1:9/")
    await sandbox.command(ANN, "/do it")
    assert await last(browser) == ("slash_command", "/do it", False, "nobody listens at the app's end")


async def test_late_acknowledgement_is_told_with_the_time_that_was_given(
    browser: Browser, sandbox: Sandbox, app: ScriptedApp
) -> None:
    sandbox.interactions.deliverer.ack_seconds = 0.05
    app.wait = 5

    await sandbox.command(ANN, "/do it")

    assert (await last(browser))[3] == "not acknowledged within 0.05 s"


@pytest.mark.usefixtures("app")
async def test_response_urls_are_among_the_calls(browser: Browser, sandbox: Sandbox) -> None:
    await sandbox.command(ANN, "/do it")
    url = str(sandbox.deliveries[-1].payload["response_url"])
    async with aiohttp.ClientSession() as session:
        await (await session.post(url, json={})).read()

    assert await last(browser) == ("call", "response_url", False, "no_text")


@pytest.mark.usefixtures("app")
async def test_nothing_that_could_be_used_is_shown(browser: Browser, sandbox: Sandbox, client: AsyncWebClient) -> None:
    await sandbox.command(ANN, "/do it")
    await client.apps_connections_open(app_token=sandbox.credentials.app_token)
    await client.files_getUploadURLExternal(filename="a.txt", length=1)
    shown = [await browser.get(f"admin/exchanges/{row['number']}") for row in await rows(browser)]
    secret = sandbox.deliveries[-1].payload["response_url"].rsplit("/", 1)[1]

    assert shown[0]["sent"]["text"] == "it"
    assert shown[0]["sent"]["response_url"].endswith("/T0TEAM/…")
    assert shown[1]["answer"]["url"].endswith("/link/?ticket=…&app_id=A0APP")
    assert shown[2]["answer"]["upload_url"].endswith("/upload/v1/…")
    written = json.dumps(shown)
    for word in (secret, *(getattr(sandbox.credentials, name) for name in sandbox.credentials.__slots__)):
        assert word not in written


async def test_replay_is_the_same_payload_and_nothing_is_made_of_the_answer(
    browser: Browser, sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    await client.chat_postMessage(channel=GENERAL, text="x", blocks=[actions(button("go"))])
    await sandbox.command(ANN, "/do it", GENERAL)
    await sandbox.press(ANN, "go")
    app.answer = "Done"

    for row in await rows(browser):
        answer = await browser.post("admin/replay", number=row["number"])
        assert answer.get("status") == (None if row["kind"] == "call" else 200)

    (first, second, *again) = app.requests
    assert [body for _, body in again] == [first[1], second[1]]
    assert parse_qs(again[0][1].decode())["command"] == ["/do"]
    assert sandbox.messages(GENERAL, ANN)[-1].text == "x"
    assert [row["replay"] for row in (await rows(browser))[1:]] == [False, False, True, True]
    assert (await browser.post("admin/replay", number=99))["error"] == "This is no longer kept."


async def test_what_is_switched_on_is_pushed_until_it_has_ended(
    browser: Browser, sandbox: Sandbox, client: AsyncWebClient
) -> None:
    told = []
    async with browser.session.get(f"{sandbox.base_url}/-/stream", params={"user": ANN}) as stream:
        await stream.content.readuntil(b"\n\n")
        await browser.post("admin/troubles", kind="limited", times=1)
        with pytest.raises(SlackApiError):
            await client.auth_test()
        await browser.post("admin/rates", enforced=True)
        for _ in range(5):
            line = await stream.content.readuntil(b"\n\n")
            told.append(json.loads(line.removeprefix(b"data: ")))

    on = [(len(news["troubles"]), news["rates"]) for news in told if news["type"] == "switches"]
    assert on == [(1, False), (0, False), (0, True)]
    rows = [news["row"] for news in told if news["type"] == "exchange"]
    assert [(row["number"], row["name"], row["running"]) for row in rows] == [
        (1, "auth.test", True),
        (1, "auth.test", False),
    ]
