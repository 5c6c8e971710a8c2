"""Work Objects: shown under messages, opened, filled for one person, and used."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.documents import Document, Json
from sandbox.entities import Pane
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    BEN,
    EVENTS,
    GENERAL,
    SCOPES,
    WORKSPACE,
    ScriptedApp,
    client_of,
    listening,
    manifest,
)

URL: Final = "https://shop.example.com/tickets/42"
POSTED: Final = f"{URL}?from=mail"
ENTITY: Final[Document] = {
    "url": URL,
    "external_ref": {"id": "42"},
    "entity_type": "slack#/entities/task",
    "entity_payload": {
        "attributes": {"title": {"text": "Screen"}, "display_type": "Ticket", "display_id": "#42"},
        "fields": {"status": {"value": "In queue"}},
        "custom_fields": [{"key": "device", "label": "Device", "type": "string", "value": "Laptop"}],
        "display_order": ["status", "device"],
        "actions": {"primary_actions": [{"text": "Take", "action_id": "take", "value": "42", "style": "primary"}]},
    },
}
ON: Final = {"is_active": True, "entity_types": ["slack#/entities/task"]}


def made(previews: Document, **changes: Json) -> Document:
    events = [*EVENTS, "link_shared", "entity_details_requested"]
    scopes = [*SCOPES, "links:read", "links:write"]
    given = {"events": events, "scopes": scopes, "unfurl_domains": ["example.com"], "rich_previews": previews}
    return manifest(**{**given, **changes})


def changed(path: str, value: Json) -> Document:
    """The Work Object with something else at a place; None takes it away."""
    *way, last = path.split("/")

    def put(document: Document, rest: list[str]) -> Document:
        if rest:
            return {**document, rest[0]: put(document.get(rest[0], {}), rest[1:])}
        return {key: one for key, one in {**document, last: value}.items() if one is not None}

    return put(ENTITY, way)


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[Sandbox]:
    async with (
        listening(ScriptedApp().handle) as url,
        Sandbox.serve(manifest=made(ON), workspace=WORKSPACE, clock=clock, request_url=url) as served,
    ):
        yield served


@pytest.fixture
def client(sandbox: Sandbox) -> AsyncWebClient:
    return client_of(sandbox)


async def shown(sandbox: Sandbox, client: AsyncWebClient) -> str:
    """Post a link and have its Work Object shown; gives the message's ts."""
    await sandbox.say(ANN, f"See {POSTED}", GENERAL)
    ts = sandbox.messages(GENERAL, ANN)[-1].ts
    metadata = {"entities": [{**ENTITY, "app_unfurl_url": POSTED}]}
    await client.api_call("chat.unfurl", json={"channel": GENERAL, "ts": ts, "metadata": metadata})
    return ts


async def opened(sandbox: Sandbox, client: AsyncWebClient) -> Document:
    """Open the Work Object as Ben; gives what the app was told."""
    await sandbox.open_details(BEN, GENERAL, await shown(sandbox, client))
    event: Document = sandbox.deliveries[-1].payload["event"]
    return event


async def refusal(client: AsyncWebClient, method: str = "entity.presentDetails", **arguments: Json) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    return str(caught.value.response["error"])


def pane_of(sandbox: Sandbox) -> Pane:
    pane = sandbox.details(BEN)
    assert pane is not None
    return pane


async def test_link_is_shown_as_a_work_object_whose_buttons_name_it(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await shown(sandbox, client)

    assert (await sandbox.press(BEN, "take")).ok

    container = sandbox.deliveries[-1].payload["container"]
    assert (container["type"], container["app_unfurl_url"]) == ("message_attachment", POSTED)
    assert (container["entity_url"], container["external_ref"]) == (URL, {"id": "42"})


async def test_posted_work_object_is_opened_and_filled_for_who_opened_it(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel=GENERAL, text="Ticket 42", metadata={"entities": [ENTITY]})
    await sandbox.open_details(BEN, GENERAL, posted["ts"])
    event = sandbox.deliveries[-1].payload["event"]
    assert {key: event.get(key) for key in ("user", "entity_url", "external_ref", "channel", "message_ts")} == {
        "user": BEN,
        "entity_url": URL,
        "external_ref": {"id": "42"},
        "channel": GENERAL,
        "message_ts": posted["ts"],
    }
    assert "app_unfurl_url" not in event

    await client.entity_presentDetails(trigger_id=event["trigger_id"], metadata=ENTITY)

    assert pane_of(sandbox).entity == ENTITY
    assert sandbox.details(ANN) is None


async def test_button_in_a_pane_lets_the_app_fill_it_anew(sandbox: Sandbox, client: AsyncWebClient) -> None:
    event = await opened(sandbox, client)
    assert event["link"] == {"url": POSTED, "domain": "shop.example.com"}
    await client.entity_presentDetails(trigger_id=event["trigger_id"], metadata=ENTITY)

    assert (await sandbox.press_details(BEN, "take")).ok
    payload = sandbox.deliveries[-1].payload
    taken = changed("entity_payload/fields/status", {"value": "With Ben"})
    await client.entity_presentDetails(trigger_id=payload["trigger_id"], metadata=taken)

    assert payload["container"]["type"] == "entity_detail"
    assert (payload["container"]["entity_url"], payload["container"]["app_unfurl_url"]) == (URL, POSTED)
    assert payload["actions"][0]["value"] == "42"
    assert pane_of(sandbox).entity == taken


async def test_pane_may_say_why_it_stays_empty_or_where_to_sign_in(sandbox: Sandbox, client: AsyncWebClient) -> None:
    error = {"status": "custom", "custom_title": "Not shown", "custom_message": "Ask a Manager."}
    event = await opened(sandbox, client)
    await client.entity_presentDetails(trigger_id=event["trigger_id"], error=error)
    assert pane_of(sandbox).error == error

    event = await opened(sandbox, client)
    address = "https://example.com/sign-in"
    await client.entity_presentDetails(trigger_id=event["trigger_id"], user_auth_required=True, user_auth_url=address)
    assert (pane_of(sandbox).sign_in, pane_of(sandbox).error) == (address, None)


@pytest.mark.parametrize(
    "entity",
    [
        "text",
        changed("entity_type", "slack#/entities/file"),
        changed("url", None),
        changed("external_ref", {}),
        changed("entity_payload/attributes/title", {"text": ""}),
        changed("entity_payload/attributes/product_icon", {"url": "https://example.com/icon.png"}),
        changed("entity_payload/fields", []),
        changed("entity_payload/custom_fields", {}),
        changed("entity_payload/custom_fields", [{"key": "device", "value": "Laptop"}]),
        changed("entity_payload/display_order", "status"),
        changed("entity_payload/actions", []),
        changed("entity_payload/actions/primary_actions", ["Take"]),
        changed("entity_payload/actions/primary_actions", [{"text": "Take"}]),
        changed("entity_payload/actions/primary_actions", [{"text": "T" * 76, "action_id": "take"}]),
        changed("entity_payload/actions/primary_actions", [{"text": "x", "action_id": f"a{n}"} for n in range(3)]),
    ],
)
async def test_faulty_work_object_is_refused_in_a_pane_and_left_out_of_a_message(
    sandbox: Sandbox, client: AsyncWebClient, entity: Json
) -> None:
    posted = await client.chat_postMessage(channel=GENERAL, text="Ticket 42", metadata={"entities": [entity]})
    assert posted["warning"] == "invalid_metadata_format"
    assert posted["response_metadata"]["messages"]
    assert sandbox.messages(GENERAL, ANN)[-1].attachments is None

    event = await opened(sandbox, client)
    assert await refusal(client, trigger_id=event["trigger_id"], metadata=entity) == "invalid_metadata"


async def test_pane_takes_nothing_but_what_was_opened(
    sandbox: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    event = await opened(sandbox, client)
    trigger: str = event["trigger_id"]
    for arguments, error in [
        ({"trigger_id": "1.2.3"}, "invalid_trigger_id"),
        ({"metadata": changed("external_ref", {"id": "43"})}, "entity_metadata_does_not_match_trigger"),
        ({"metadata": changed("url", f"{URL}3")}, "entity_metadata_does_not_match_trigger"),
        ({"metadata": {**ENTITY, "app_unfurl_url": POSTED}}, "invalid_metadata"),
        ({"metadata": {"entities": [ENTITY]}}, "invalid_metadata"),
        ({"metadata": "["}, "invalid_metadata"),
        ({"metadata": None}, "invalid_metadata"),
        ({"user_auth_required": True}, "user_auth_url_missing"),
        ({"error": {"custom_title": "No"}}, "invalid_arguments"),
    ]:
        sound: Document = {"trigger_id": trigger, "metadata": ENTITY}
        assert await refusal(client, **{**sound, **arguments}) == error  # type: ignore[dict-item]

    await client.entity_presentDetails(trigger_id=trigger, metadata=ENTITY)
    assert await refusal(client, trigger_id=trigger, metadata=ENTITY) == "invalid_trigger_id"
    late = await opened(sandbox, client)
    clock.move(4)
    assert await refusal(client, trigger_id=late["trigger_id"], metadata=ENTITY) == "invalid_trigger_id"
    await sandbox.press(BEN, "take")  # a message's button opens no pane
    assert (
        await refusal(client, trigger_id=sandbox.deliveries[-1].payload["trigger_id"], metadata=ENTITY)
        == "invalid_trigger_id"
    )


async def test_only_the_apps_links_in_the_message_are_shown(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await sandbox.say(ANN, f"See {POSTED} and https://other.example.org", GENERAL)
    place = {"channel": GENERAL, "ts": sandbox.messages(GENERAL, ANN)[-1].ts}
    for url, error in [(URL, "cannot_unfurl_message"), ("https://other.example.org", "cannot_unfurl_url")]:
        metadata = {"entities": [{**ENTITY, "app_unfurl_url": url}]}
        assert await refusal(client, "chat.unfurl", **place, metadata=metadata) == error
    odd: list[tuple[Json, str]] = [
        ("[", "invalid_metadata_format"),
        ({"entities": "x"}, "invalid_metadata_format"),
        ({"entities": []}, "missing_unfurls"),
    ]
    for given, error in odd:
        assert await refusal(client, "chat.unfurl", **place, metadata=given) == error


async def test_app_that_has_them_switched_off_shows_none() -> None:
    async with (
        listening(ScriptedApp().handle) as url,
        Sandbox.serve(manifest=made({}), workspace=WORKSPACE, request_url=url) as sandbox,
    ):
        client = client_of(sandbox)
        posted = await client.chat_postMessage(channel=GENERAL, text="Ticket 42", metadata={"entities": [ENTITY]})
        assert "attachments" not in posted["message"]
        with pytest.raises(SlackApiError, match="missing_unfurls"):
            await shown(sandbox, client)
        assert await refusal(client, trigger_id="1.2.3", metadata=ENTITY) == "feature_not_enabled"


async def test_app_that_doesnt_listen_is_not_told() -> None:
    async with (
        listening(ScriptedApp().handle) as url,
        Sandbox.serve(
            manifest=made(ON, events=[*EVENTS, "link_shared"]), workspace=WORKSPACE, request_url=url
        ) as sandbox,
    ):
        await sandbox.open_details(BEN, GENERAL, await shown(sandbox, client_of(sandbox)))
        assert "entity_details_requested" not in str([each.payload for each in sandbox.deliveries])
