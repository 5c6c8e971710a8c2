"""Replies: where they are, who hears of them, and what the conversation shows of them."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document
from sandbox.refusals import Refused
from sandbox.server import Sandbox
from sandbox.writing import NO_MESSAGES
from tests.sandbox.conftest import (
    ANN,
    APP_HOME,
    BEN,
    EVENTS,
    GENERAL,
    WORKSPACE,
    ScriptedApp,
    actions,
    button,
    client_of,
    listening,
    manifest,
)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    scripted = ScriptedApp()
    async with (
        listening(scripted.handle) as url,
        Sandbox.serve(manifest=manifest(events=EVENTS), workspace=WORKSPACE, request_url=url) as served,
    ):
        yield served


async def events_of(sandbox: Sandbox) -> list[Document]:
    await sandbox.events.settled()
    return [delivery.payload["event"] for delivery in sandbox.deliveries if delivery.kind == "event_callback"]


async def begun(sandbox: Sandbox) -> str:
    """Have Ann begin a thread; gives its ts."""
    await sandbox.say(ANN, "First", GENERAL)
    return sandbox.messages(GENERAL, ANN)[-1].ts


async def test_reply_of_a_person_is_told_with_its_thread(sandbox: Sandbox) -> None:
    ts = await begun(sandbox)

    await sandbox.say(BEN, "Second", GENERAL, thread_ts=ts)

    reply = next(event for event in await events_of(sandbox) if event["text"] == "Second")
    assert (reply["thread_ts"], reply["parent_user_id"], reply["user"]) == (ts, ANN, BEN)
    assert "subtype" not in reply


async def test_app_is_mentioned_in_a_thread(sandbox: Sandbox) -> None:
    ts = await begun(sandbox)

    await sandbox.say(BEN, "@helper. Help", GENERAL, thread_ts=ts)

    (mention,) = [event for event in await events_of(sandbox) if event["type"] == "app_mention"]
    assert (mention["text"], mention["thread_ts"], mention["channel"]) == ("<@U0BOT>. Help", ts, GENERAL)


async def test_reply_to_a_reply_stands_in_the_same_thread(sandbox: Sandbox) -> None:
    ts = await begun(sandbox)
    await sandbox.say(BEN, "Second", GENERAL, thread_ts=ts)
    second = sandbox.messages(GENERAL, ANN)[-1].ts

    posted = await client_of(sandbox).chat_postMessage(channel=GENERAL, text="Third", thread_ts=second)

    assert posted["message"]["thread_ts"] == ts
    thread = (await client_of(sandbox).conversations_replies(channel=GENERAL, ts=ts))["messages"]
    assert [message["text"] for message in thread] == ["First", "Second", "Third"]
    assert (thread[0]["reply_count"], thread[0]["reply_users"]) == (2, [BEN, "U0BOT"])


async def test_broadcast_reply_is_shown_in_the_channel_and_told_with_its_first_message(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    ts = await begun(sandbox)
    await client.chat_postMessage(channel=GENERAL, text="Quiet", thread_ts=ts)
    await client.chat_postMessage(channel=GENERAL, text="Loud", thread_ts=ts, reply_broadcast=True)
    await sandbox.say(BEN, "Louder", GENERAL, thread_ts=ts, broadcast=True)

    shown = (await client.conversations_history(channel=GENERAL))["messages"]

    assert [(message["text"], message.get("subtype")) for message in shown] == [
        ("Louder", "thread_broadcast"),
        ("Loud", "thread_broadcast"),
        ("First", None),
    ]
    told = {event["text"]: event for event in await events_of(sandbox)}
    assert "subtype" not in told["Quiet"]
    assert told["Loud"]["subtype"] == "thread_broadcast"
    assert (told["Loud"]["root"]["ts"], told["Louder"]["root"]["reply_count"]) == (ts, 3)


async def test_reply_is_broadcast_later(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    ts = (await client.chat_postMessage(channel=GENERAL, text="First"))["ts"]
    reply = (await client.chat_postMessage(channel=GENERAL, text="Done", thread_ts=ts))["ts"]

    await client.chat_update(channel=GENERAL, ts=reply, text="Done!", reply_broadcast=True)
    with pytest.raises(SlackApiError, match="cant_broadcast_message"):
        await client.chat_update(channel=GENERAL, ts=ts, text="First!", reply_broadcast=True)

    shown = (await client.conversations_history(channel=GENERAL))["messages"]
    assert [message["text"] for message in shown] == ["Done!", "First"]


async def test_private_answer_stands_in_the_thread(sandbox: Sandbox) -> None:
    ts = await begun(sandbox)

    await client_of(sandbox).chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst", thread_ts=ts)

    message = sandbox.messages(GENERAL, ANN)[-1]
    assert (message.text, message.thread_ts, message.ephemeral_to) == ("Psst", ts, ANN)
    assert sandbox.messages(GENERAL, BEN)[-1].text == "First"


async def test_button_in_a_thread_is_told_and_answered_there(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    ts = await begun(sandbox)
    await client.chat_postMessage(channel=GENERAL, text="Well?", thread_ts=ts, blocks=[actions(button("go"))])

    await sandbox.press(ANN, "go")

    payload = next(d.payload for d in sandbox.deliveries if d.kind == "block_actions")
    assert (payload["container"]["thread_ts"], payload["message"]["thread_ts"]) == (ts, ts)


async def test_first_message_of_a_thread_says_so_in_payloads(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="First", blocks=[actions(button("go"))]))["ts"]
    await sandbox.say(BEN, "Second", GENERAL, thread_ts=ts)

    await sandbox.press(ANN, "go")

    message = sandbox.deliveries[-1].payload["message"]
    assert (message["thread_ts"], message["reply_count"]) == (ts, 1)


async def test_there_are_no_replies_to_what_is_not_there_and_no_commands_in_threads(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    ts = await begun(sandbox)
    private = (await client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst"))["message_ts"]

    with pytest.raises(Refused, match="thread_not_found"):
        await sandbox.say(ANN, "Hi", GENERAL, thread_ts="1.000001")
    with pytest.raises(Refused, match="cannot_reply_to_message"):
        await sandbox.say(ANN, "Hi", GENERAL, thread_ts=private)
    outcome = await sandbox.say(ANN, "/do it", GENERAL, thread_ts=ts)

    assert outcome.error == "/do is not supported in threads. Sorry!"


async def test_apps_conversation_takes_messages_if_its_manifest_says_so() -> None:
    read_only = manifest(app_home={**APP_HOME, "messages_tab_read_only_enabled": True})
    async with Sandbox.serve(manifest=read_only, workspace=WORKSPACE) as sandbox:
        assert (await sandbox.say(ANN, "Hi")).error == NO_MESSAGES
        assert (await sandbox.command(ANN, "/do it")).error == NO_MESSAGES
        assert (await client_of(sandbox).chat_postMessage(channel=ANN, text="Hi"))["ok"]
    async with Sandbox.serve(manifest=manifest(app_home={}), workspace=WORKSPACE) as sandbox:
        with pytest.raises(SlackApiError, match="messages_tab_disabled"):
            await client_of(sandbox).chat_postMessage(channel=ANN, text="Hi")
