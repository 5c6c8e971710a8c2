"""Shortcuts of the manifest: in the composer's menu, and in each message's."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.interactions import NO_INTERACTIVITY
from sandbox.refusals import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import ANN, BEN, GENERAL, QUIET, SECRET, WORKSPACE, ScriptedApp, manifest, modal


async def test_global_shortcut_brings_a_trigger_and_nothing_to_answer_to(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    outcome = await sandbox.shortcut(ANN, "begin")

    assert outcome.ok
    payload = sandbox.deliveries[-1].payload
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "begin")
    assert payload["user"]["id"] == ANN
    assert {"response_url", "channel", "message"}.isdisjoint(payload)
    await client.views_open(trigger_id=payload["trigger_id"], view=modal())
    assert sandbox.view(ANN) is not None
    assert len(app.requests) == 1


async def test_message_shortcut_brings_the_message_and_where_to_answer(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    await sandbox.say(BEN, "It's broken", QUIET)
    message = sandbox.messages(QUIET, ANN)[-1]

    outcome = await sandbox.message_shortcut(ANN, "take_over", QUIET, message.ts)

    assert outcome.ok
    payload = sandbox.deliveries[-1].payload
    assert (payload["type"], payload["callback_id"]) == ("message_action", "take_over")
    assert payload["channel"] == {"id": QUIET, "name": "quiet"}
    assert payload["message_ts"] == payload["message"]["ts"] == message.ts
    assert (payload["message"]["text"], payload["message"]["user"]) == ("It's broken", BEN)
    await client.views_open(trigger_id=payload["trigger_id"], view=modal())
    await AsyncWebhookClient(payload["response_url"], retry_handlers=[]).send_dict({"text": "Seen"})
    assert [m.text for m in sandbox.messages(QUIET, ANN)] == ["It's broken", "Seen"]
    assert [m.text for m in sandbox.messages(QUIET, BEN)] == ["It's broken"]
    assert len(app.requests) == 1


async def test_only_the_manifests_own_shortcuts_are_there(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="Hi"))["ts"]

    with pytest.raises(Refused, match="no_such_shortcut"):
        await sandbox.shortcut(ANN, "take_over")
    with pytest.raises(Refused, match="no_such_shortcut"):
        await sandbox.message_shortcut(ANN, "begin", GENERAL, ts)


async def test_message_that_a_person_does_not_share_has_no_shortcuts(sandbox: Sandbox, client: AsyncWebClient) -> None:
    private = (await client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst"))["message_ts"]

    with pytest.raises(Refused, match="message_not_found"):
        await sandbox.message_shortcut(ANN, "take_over", GENERAL, private)
    with pytest.raises(Refused, match="not_in_channel"):
        await sandbox.message_shortcut(BEN, "take_over", SECRET, "1.2")


async def test_app_that_is_away_is_told_in_words(sandbox: Sandbox) -> None:
    sandbox.deliver_to("http://127.0.0.1:9/")

    assert (await sandbox.shortcut(ANN, "begin")).error == "This app is not responding."


async def test_without_interactivity_nothing_is_delivered() -> None:
    async with Sandbox.serve(manifest=manifest(interactivity={}), workspace=WORKSPACE) as sandbox:
        assert (await sandbox.shortcut(ANN, "begin")).error == NO_INTERACTIVITY
        assert not sandbox.deliveries
