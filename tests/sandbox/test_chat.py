import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    BEN,
    GENERAL,
    GONE,
    QUIET,
    SECRET,
    WORKSPACE,
    actions,
    button,
    client_of,
    manifest,
)

SECTION: Document = {"type": "section", "text": {"type": "mrkdwn", "text": "*Hi*"}}


async def refused(client: AsyncWebClient, method: str, **arguments: object) -> Document:
    with pytest.raises(SlackApiError) as error:
        await client.api_call(method, params=arguments)
    return dict(error.value.response.data)


async def test_message_is_posted_with_text_blocks_and_metadata(sandbox: Sandbox, client: AsyncWebClient) -> None:
    metadata = {"event_type": "thing", "event_payload": {"key": "1"}}
    posted = await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[SECTION], metadata=metadata)

    message = sandbox.messages(GENERAL, ANN)[0]
    assert posted["ts"] == message.ts
    assert posted["message"]["bot_id"] == "B0BOT"
    assert message.metadata == metadata
    assert message.blocks is not None
    assert message.blocks[0]["block_id"]
    assert message.blocks[0]["text"]["verbatim"] is False


async def test_channel_may_be_named(client: AsyncWebClient) -> None:
    assert (await client.chat_postMessage(channel="#general", text="Hi"))["channel"] == GENERAL


async def test_posting_to_a_person_opens_the_direct_conversation(sandbox: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ANN, text="Hi")

    assert posted["channel"].startswith("D")
    assert [message.text for message in sandbox.messages(None, ANN)] == ["Hi"]
    assert sandbox.messages(None, BEN) == []


async def test_timestamps_grow_even_when_the_clock_stands(client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel=GENERAL, text="Hi"))["ts"] for _ in range(5)]

    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": "Hi"}, "invalid_arguments"),
        ({"channel": "C0NOWHERE", "text": "Hi"}, "channel_not_found"),
        ({"channel": GONE, "text": "Hi"}, "channel_not_found"),
        ({"channel": SECRET, "text": "Hi"}, "channel_not_found"),
        ({"channel": QUIET, "text": "Hi"}, "not_in_channel"),
        ({"channel": GENERAL}, "no_text"),
        ({"channel": GENERAL, "text": ""}, "no_text"),
        ({"channel": GENERAL, "blocks": "[{]"}, "invalid_blocks_format"),
        ({"channel": GENERAL, "blocks": '{"type": "divider"}'}, "invalid_blocks_format"),
        ({"channel": GENERAL, "blocks": '[{"type": "nothing"}]'}, "invalid_blocks"),
        ({"channel": GENERAL, "attachments": "[{}" + ",{}" * 100 + "]"}, "too_many_attachments"),
        ({"channel": GENERAL, "attachments": "{}"}, "invalid_attachments"),
        ({"channel": GENERAL, "attachments": '[{"blocks": [{"type": "nothing"}]}]'}, "invalid_blocks"),
        ({"channel": GENERAL, "text": "Hi", "metadata": "x"}, "invalid_metadata_format"),
        ({"channel": GENERAL, "text": "Hi", "metadata": '{"event_type": 1}'}, "invalid_metadata_schema"),
        ({"channel": GENERAL, "text": "Hi", "markdown_text": "Hi"}, "markdown_text_conflict"),
        ({"channel": GENERAL, "text": "Hi", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_message_is_refused(client: AsyncWebClient, arguments: Document, error: str) -> None:
    assert (await refused(client, "chat.postMessage", **arguments))["error"] == error


async def test_refused_blocks_are_named_with_their_place(client: AsyncWebClient) -> None:
    blocks = [SECTION, {"type": "section", "text": {"type": "mrkdwn", "text": ""}}]

    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=blocks)

    assert error.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be more than 0 characters [json-pointer:/blocks/1/text/text]"
    ]


async def test_long_text_is_cut_with_a_warning(sandbox: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=GENERAL, text="x" * 40_001)

    assert posted["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(sandbox.messages(GENERAL, ANN)[0].text) == 40_000


async def test_archived_channel_takes_no_message() -> None:
    workspace = {**WORKSPACE, "channels": [{"id": GENERAL, "name": "general", "is_archived": True}]}
    async with Sandbox.serve(manifest=manifest(), workspace=workspace) as sandbox:
        answer = await refused(client_of(sandbox), "chat.postMessage", channel=GENERAL, text="Hi")

    assert answer["error"] == "is_archived"


async def test_public_scope_lets_the_app_post_where_it_is_no_member() -> None:
    scopes = ["chat:write", "chat:write.public"]
    async with Sandbox.serve(manifest=manifest(scopes=scopes), workspace=WORKSPACE) as sandbox:
        assert (await client_of(sandbox).chat_postMessage(channel=QUIET, text="Hi"))["ok"]


async def test_update_keeps_what_it_does_not_name(sandbox: Sandbox, client: AsyncWebClient) -> None:
    metadata = {"event_type": "thing", "event_payload": {}}
    posted = await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[SECTION], metadata=metadata)
    before = sandbox.messages(GENERAL, ANN)[0]

    changed = await client.chat_update(channel=GENERAL, ts=posted["ts"], text="Ho")

    after = sandbox.messages(GENERAL, ANN)[0]
    assert changed["text"] == "Ho"
    assert (after.ts, after.blocks, after.metadata) == (before.ts, before.blocks, before.metadata)
    assert after.edited is not None


async def test_update_with_no_blocks_takes_them_away(sandbox: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[SECTION])

    await client.chat_update(channel=GENERAL, ts=posted["ts"], text="Ho", blocks=[])

    assert sandbox.messages(GENERAL, ANN)[0].blocks is None


async def test_update_is_refused(sandbox: Sandbox, client: AsyncWebClient) -> None:
    own = (await client.chat_postMessage(channel=GENERAL, text="Hi"))["ts"]
    await sandbox.say(ANN, "Mine", GENERAL)
    anns = sandbox.messages(GENERAL, ANN)[-1].ts
    private = (await client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst"))["message_ts"]

    async def error(**arguments: object) -> str:
        return str((await refused(client, "chat.update", **arguments))["error"])

    assert await error(channel=GENERAL, ts=own) == "no_text"
    assert await error(channel=GENERAL, ts=own, text="x" * 4001) == "msg_too_long"
    assert await error(channel=GENERAL, ts=own, blocks='[{"type": "nothing"}]') == "invalid_blocks"
    assert await error(channel=GENERAL, ts="1.000001", text="Ho") == "message_not_found"
    assert await error(channel=GENERAL, ts=private, text="Ho") == "message_not_found"
    assert await error(channel=GENERAL, ts=anns, text="Ho") == "cant_update_message"
    assert await error(channel=ANN, ts=own, text="Ho") == "channel_not_found"
    assert await error(channel=GENERAL, text="Ho") == "invalid_arguments"


async def test_delete_removes_own_messages_only(sandbox: Sandbox, client: AsyncWebClient) -> None:
    own = (await client.chat_postMessage(channel=GENERAL, text="Hi"))["ts"]
    await sandbox.say(ANN, "Mine", GENERAL)
    anns = sandbox.messages(GENERAL, ANN)[-1].ts

    await client.chat_delete(channel=GENERAL, ts=own)

    assert [message.text for message in sandbox.messages(GENERAL, ANN)] == ["Mine"]
    assert (await refused(client, "chat.delete", channel=GENERAL, ts=own))["error"] == "message_not_found"
    assert (await refused(client, "chat.delete", channel=GENERAL, ts=anns))["error"] == "cant_delete_message"


async def test_ephemeral_message_is_seen_by_one_person(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst", blocks=[actions(button("a"))])

    assert [message.text for message in sandbox.messages(GENERAL, ANN)] == ["Psst"]
    assert sandbox.messages(GENERAL, BEN) == []
    assert (await client.conversations_history(channel=GENERAL))["messages"] == []


async def test_ephemeral_message_is_refused(client: AsyncWebClient) -> None:
    outside = await refused(client, "chat.postEphemeral", channel=GENERAL, user="U0NOBODY", text="Psst")

    assert outside["error"] == "user_not_in_channel"
    assert (await refused(client, "chat.postEphemeral", channel=GENERAL, user=ANN))["error"] == "no_text"


async def test_permalink(client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=GENERAL, text="Hi"))["ts"]

    link = await client.chat_getPermalink(channel=GENERAL, message_ts=ts)

    assert link["permalink"] == f"https://example.slack.com/archives/{GENERAL}/p{ts.replace('.', '')}"
    answer = await refused(client, "chat.getPermalink", channel=GENERAL, message_ts="1.000001")
    assert answer["error"] == "message_not_found"
