"""Links to the app's domains: told to it, shown by it, used."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document, Json
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    EVENTS,
    GENERAL,
    QUIET,
    SCOPES,
    SECRET,
    WORKSPACE,
    ScriptedApp,
    actions,
    button,
    client_of,
    listening,
    manifest,
    plain,
)
from tests.sandbox.uploads import error_of

URL = "https://shop.example.com/tickets/42?a=1&b=2"
CARD = {"color": "#336699", "blocks": [{"type": "section", "text": plain("Ticket 42")}, actions(button("open"))]}


def linking(*scopes: str) -> Document:
    return manifest(events=[*EVENTS, "link_shared"], scopes=[*SCOPES, *scopes], unfurl_domains=["example.com"])


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    app = ScriptedApp()
    async with (
        listening(app.handle) as url,
        Sandbox.serve(manifest=linking("links:read", "links:write"), workspace=WORKSPACE, request_url=url) as served,
    ):
        yield served


def told(sandbox: Sandbox) -> list[Document]:
    events = [delivery.payload["event"] for delivery in sandbox.deliveries if delivery.kind == "event_callback"]
    return [event for event in events if event["type"] == "link_shared"]


async def unfurl(sandbox: Sandbox, client: AsyncWebClient, **attachment: Json) -> Document:
    await sandbox.say(ANN, f"Look at {URL} and https://other.example.org", GENERAL)
    ts = sandbox.messages(GENERAL, ANN)[-1].ts
    await client.chat_unfurl(channel=GENERAL, ts=ts, unfurls={URL: {**CARD, **attachment}})
    return (sandbox.messages(GENERAL, ANN)[-1].attachments or [])[-1]


async def test_links_of_the_apps_domains_are_told_where_it_may_hear_of_them(sandbox: Sandbox) -> None:
    for channel in (GENERAL, QUIET, SECRET):
        await sandbox.say(ANN, f"See {URL}, {URL} and https://notexample.com/1", channel)
    await sandbox.events.settled()

    assert [(event["channel"], event["is_bot_user_member"]) for event in told(sandbox)] == [
        (GENERAL, True),
        (QUIET, False),
    ]
    assert told(sandbox)[0]["links"] == [{"domain": "example.com", "url": URL}]
    assert told(sandbox)[0]["message_ts"] == sandbox.messages(GENERAL, ANN)[0].ts


async def test_an_address_that_nobody_can_read_is_no_link_of_the_app(sandbox: Sandbox) -> None:
    await sandbox.say(ANN, f"See http://[x and {URL}", GENERAL)
    await sandbox.events.settled()
    draft = await sandbox.type_links(ANN, f"https://[::1 {URL}", GENERAL)

    assert draft is not None
    assert [event["links"] for event in told(sandbox)] == [[{"domain": "example.com", "url": URL}]] * 2


async def test_link_is_shown_and_shown_anew_by_its_name(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    await unfurl(sandbox, client)
    await sandbox.events.settled()
    event = told(sandbox)[0]

    await client.chat_unfurl(unfurl_id=event["unfurl_id"], source=event["source"], unfurls={URL: {"text": "Done"}})

    (shown,) = (await client.conversations_history(channel=GENERAL))["messages"][0]["attachments"]
    assert (shown["id"], shown["text"], shown["app_unfurl_url"], shown["is_app_unfurl"]) == (1, "Done", URL, True)


async def test_button_under_a_link_is_told_with_what_is_shown_there(sandbox: Sandbox) -> None:
    shown = await unfurl(sandbox, client_of(sandbox))

    assert (await sandbox.press(ANN, "open")).ok

    payload = sandbox.deliveries[-1].payload
    assert payload["container"]["type"] == "message_attachment"
    assert (payload["container"]["attachment_id"], payload["container"]["app_unfurl_url"]) == (1, URL)
    assert payload["app_unfurl"] == shown
    assert "message" not in payload


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"channel": None}, "missing_channel"),
        ({"ts": None}, "missing_ts"),
        ({"channel": SECRET}, "cannot_find_channel"),
        ({"ts": "1.000000"}, "cannot_find_message"),
        ({"unfurl_id": "x"}, "missing_source"),
        ({"source": "composer"}, "missing_unfurl_id"),
        ({"unfurl_id": "x", "source": "elsewhere"}, "invalid_source"),
        ({"unfurl_id": f"{GENERAL}.1.2.x", "source": "composer"}, "invalid_unfurl_id"),
        ({"unfurls": None}, "missing_unfurls"),
        ({"unfurls": "["}, "invalid_unfurls_format"),
        ({"unfurls": {URL: "text"}}, "invalid_unfurls_format"),
        ({"unfurls": {"https://example.com/other": {}}}, "cannot_unfurl_message"),
        ({"unfurls": {"https://other.example.org": {}}}, "cannot_unfurl_url"),
        ({"unfurls": {URL: {"blocks": [{"type": "nothing"}]}}}, "invalid_blocks"),
        ({"user_auth_required": True}, "cannot_prompt"),
    ],
)
async def test_unfurl_is_refused(sandbox: Sandbox, changes: Document, error: str) -> None:
    await sandbox.say(ANN, f"Look at {URL} and https://other.example.org", GENERAL)
    sound = {"channel": GENERAL, "ts": sandbox.messages(GENERAL, ANN)[0].ts, "unfurls": {URL: {"text": "Hi"}}}
    arguments = {key: value for key, value in {**sound, **changes}.items() if value is not None}

    with pytest.raises(SlackApiError) as caught:
        await client_of(sandbox).api_call("chat.unfurl", json=arguments)

    assert caught.value.response["error"] == error


async def test_link_that_is_being_written_is_told_and_shown_to_its_writer(sandbox: Sandbox) -> None:
    draft = await sandbox.type_links(ANN, f"Look at {URL}", GENERAL)
    assert draft is not None
    (event,) = told(sandbox)
    assert (event["channel"], event["source"], event["user"]) == ("COMPOSER", "composer", ANN)
    assert event["unfurl_id"] == event["message_ts"] == draft.id
    assert event["links"] == [{"domain": "example.com", "url": URL}]

    client = client_of(sandbox)
    await client.chat_unfurl(unfurl_id=draft.id, source="composer", unfurls={URL: CARD})

    shown = sandbox.state.drafts.find(draft.id)
    assert shown is not None
    assert shown.attachments is not None
    assert (shown.attachments[0]["id"], shown.attachments[0]["app_unfurl_url"]) == (1, URL)
    assert sandbox.messages(GENERAL, ANN) == []


async def test_link_that_is_being_written_is_told_only_where_its_message_would_be(sandbox: Sandbox) -> None:
    assert await sandbox.type_links(ANN, f"Look at {URL}", SECRET) is None
    assert await sandbox.type_links(ANN, "Look at https://other.example.org", GENERAL) is None
    assert told(sandbox) == []

    await sandbox.say(ANN, URL, GENERAL)
    await sandbox.events.settled()
    posted = told(sandbox)[0]["unfurl_id"]
    arguments = {"unfurl_id": posted, "source": "composer", "unfurls": {URL: {"text": "Hi"}}}
    with pytest.raises(SlackApiError, match="invalid_unfurl_id"):
        await client_of(sandbox).api_call("chat.unfurl", json=arguments)


async def test_scopes_are_needed() -> None:
    async with (
        listening(ScriptedApp().handle) as url,
        Sandbox.serve(manifest=linking(), workspace=WORKSPACE, request_url=url) as sandbox,
    ):
        await sandbox.say(ANN, URL, GENERAL)
        await sandbox.events.settled()

        assert told(sandbox) == []
        assert await error_of(client_of(sandbox), "chat.unfurl") == "missing_scope"
