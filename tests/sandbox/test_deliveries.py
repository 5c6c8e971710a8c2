import asyncio
import json
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document, Json
from sandbox.interactions import NO_INTERACTIVITY, NO_OPTIONS_URL
from sandbox.refusals import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    BEN,
    GENERAL,
    GONE,
    QUIET,
    WORKSPACE,
    ScriptedApp,
    actions,
    button,
    client_of,
    listening,
    manifest,
    open_form,
    plain,
    text_input,
)
from tests.sandbox.samples import ELEMENTS, OPTION, OTHER, OVERFLOW, input_block


async def test_delivery_is_signed_as_slack_signs(sandbox: Sandbox, app: ScriptedApp) -> None:
    await sandbox.command(ANN, "/do it & <that> ☂", GENERAL)

    headers, body = app.requests[0]
    verifier = SignatureVerifier(sandbox.credentials.signing_secret)
    assert verifier.is_valid_request(body, dict(headers))
    assert headers["User-Agent"].startswith("Slackbot")


async def test_command_carries_every_field(sandbox: Sandbox, app: ScriptedApp) -> None:
    await sandbox.command(ANN, "/do  it & <that> ☂  ", GENERAL)

    form = {key: values[0] for key, values in parse_qs(app.requests[0][1].decode()).items()}
    assert form.pop("trigger_id")
    assert form.pop("response_url").startswith(f"{sandbox.base_url}/hooks/commands/T0TEAM/")
    assert form == {
        "token": sandbox.credentials.verification_token,
        "team_id": "T0TEAM",
        "team_domain": "example",
        "channel_id": GENERAL,
        "channel_name": "general",
        "user_id": ANN,
        "user_name": "ann",
        "command": "/do",
        "text": "it & <that> ☂",
        "api_app_id": "A0APP",
        "is_enterprise_install": "false",
    }


async def test_command_escapes_people_and_channels_when_the_manifest_asks() -> None:
    app = ScriptedApp()
    async with (
        listening(app.handle) as url,
        Sandbox.serve(manifest=manifest(should_escape=True), workspace=WORKSPACE, request_url=url) as sandbox,
    ):
        await sandbox.command(ANN, "/do tell @ben in #general https://example.com and @nobody")

        text = sandbox.deliveries[0].payload["text"]
    assert text == f"tell <@{BEN}|ben> in <#{GENERAL}|general> <https://example.com> and @nobody"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("", []),
        ("Done", [("Done", True)]),
        ({"text": "Done"}, [("Done", True)]),
        ({"text": "Done", "response_type": "in_channel"}, [("/do it", False), ("Done", False)]),
        ({"response_type": "in_channel"}, [("/do it", False)]),
        ({}, []),
    ],
)
async def test_answer_to_a_command_is_shown(
    sandbox: Sandbox, app: ScriptedApp, answer: str | Document, shown: list[tuple[str, bool]]
) -> None:
    app.answer = answer

    outcome = await sandbox.command(ANN, "/do it", GENERAL)

    assert [(message.text, message.ephemeral_to == ANN) for message in outcome.shown] == shown


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: web.Response(status=500), "dispatch_failed"),
        (lambda: web.Response(status=302, headers={"Location": "/"}), "dispatch_failed"),
        ('{"text": ', "invalid_command_response"),
        ({"blocks": [{"type": "nothing"}]}, "invalid_blocks"),
    ],
)
async def test_command_that_fails_says_so(sandbox: Sandbox, app: ScriptedApp, answer: Json, error: str) -> None:
    app.answer = answer

    outcome = await sandbox.command(ANN, "/do it")

    assert outcome.error == f'/do failed with the error "{error}"'


async def test_app_that_is_too_slow_times_out() -> None:
    app = ScriptedApp(wait=1.0)
    async with (
        listening(app.handle) as url,
        Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, request_url=url, ack_seconds=0.05) as sandbox,
    ):
        outcome = await sandbox.command(ANN, "/do it")

    assert outcome.error == '/do failed with the error "operation_timeout"'
    assert outcome.delivery is not None
    assert outcome.delivery.ack_ms >= 50


async def test_unknown_command_and_unreachable_app(sandbox: Sandbox) -> None:
    sandbox.deliver_to("http://127.0.0.1:9/")

    assert (await sandbox.command(ANN, "/dance")).error == "/dance is not a valid command."
    assert (await sandbox.command(ANN, "/do it")).error == '/do failed with the error "dispatch_failed"'


async def test_person_acts_only_where_they_may(sandbox: Sandbox, app: ScriptedApp) -> None:
    with pytest.raises(Refused, match="account_inactive"):
        await sandbox.command(GONE, "/do it", GENERAL)
    with pytest.raises(Refused, match="not_in_channel"):
        await sandbox.command("U0GUEST", "/do it", QUIET)
    assert app.requests == []


async def post_elements(client: AsyncWebClient, *elements: Document) -> None:
    await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[actions(*elements, block_id="b")])


async def test_button_in_a_message_brings_message_value_and_urls(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    await post_elements(client, button("go", value="7"))

    outcome = await sandbox.press(ANN, "go")

    payload = sandbox.deliveries[-1].payload
    message = sandbox.messages(GENERAL, ANN)[0]
    assert outcome.ok
    assert payload["user"] == {"id": ANN, "username": "ann", "name": "ann", "team_id": "T0TEAM"}
    assert payload["channel"] == {"id": GENERAL, "name": "general"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": GENERAL,
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == message.ts
    assert payload["response_url"].startswith(f"{sandbox.base_url}/hooks/actions/")
    (action,) = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "b", "7")
    assert action["action_ts"]
    assert app.requests[-1][1].startswith(b"payload=")


async def test_ephemeral_message_is_not_sent_back(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    await client.chat_postEphemeral(channel=GENERAL, user=ANN, text="Psst", blocks=[actions(button("go"))])

    await sandbox.press(ANN, "go")

    assert app.requests
    assert "message" not in sandbox.deliveries[-1].payload
    assert sandbox.deliveries[-1].payload["container"]["is_ephemeral"] is True


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        (ELEMENTS["static_select"], "b", {"selected_option": OTHER}),
        (ELEMENTS["external_select"], OTHER, {"selected_option": OTHER}),
        (ELEMENTS["radio_buttons"], "a", {"selected_option": OPTION}),
        (ELEMENTS["checkboxes"], ["a"], {"selected_options": [OPTION]}),
        (ELEMENTS["users_select"], BEN, {"selected_user": BEN}),
        (ELEMENTS["multi_users_select"], [BEN], {"selected_users": [BEN]}),
        (ELEMENTS["conversations_select"], GENERAL, {"selected_conversation": GENERAL}),
        (ELEMENTS["channels_select"], GENERAL, {"selected_channel": GENERAL}),
        (ELEMENTS["datepicker"], "2026-01-02", {"selected_date": "2026-01-02"}),
        (ELEMENTS["timepicker"], "10:00", {"selected_time": "10:00"}),
        (ELEMENTS["datetimepicker"], 1_700_000_001, {"selected_date_time": 1_700_000_001}),
        (OVERFLOW, "a", {"selected_option": {**OPTION, "url": "https://example.com"}}),
    ],
    ids=lambda value: str(value.get("type")) if isinstance(value, dict) else None,
)
async def test_choice_brings_its_value_and_the_state(
    sandbox: Sandbox, client: AsyncWebClient, element: Document, value: Json, expected: Document
) -> None:
    await post_elements(client, element)

    await sandbox.choose(ANN, "a", value)

    payload = sandbox.deliveries[-1].payload
    ((key, chosen),) = expected.items()
    assert _without_emoji(payload["actions"][0][key]) == chosen
    if element is not OVERFLOW:
        assert payload["state"]["values"]["b"]["a"][key] == payload["actions"][0][key]


def _without_emoji(value: Json) -> Json:
    return json.loads(json.dumps(value).replace(', "emoji": true', ""))


@pytest.mark.usefixtures("app")
async def test_menu_in_a_form_brings_the_whole_view(sandbox: Sandbox, client: AsyncWebClient) -> None:
    menu = {**ELEMENTS["static_select"], "action_id": "menu"}
    view = await open_form(sandbox, client, text_input("a"), {**input_block(menu), "dispatch_action": True})
    sandbox.fill(ANN, {"a": "one"})

    await sandbox.choose(ANN, "menu", "b")

    payload = sandbox.deliveries[-1].payload
    values = payload["view"]["state"]["values"]
    assert payload["container"] == {"type": "view", "view_id": view.id}
    assert values["a"]["value"]["value"] == "one"
    assert values["i"]["menu"]["selected_option"]["value"] == "b"
    assert "response_url" not in payload


@pytest.mark.usefixtures("app")
async def test_what_is_not_there_cannot_be_used(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await post_elements(client, button("go"))
    message = sandbox.messages(GENERAL, ANN)[0]
    container = {"type": "message", "channel": GENERAL, "ts": message.ts}
    view = await open_form(sandbox, client, text_input("a"))

    with pytest.raises(Refused, match="no_such_element"):
        await sandbox.interactions.act(ANN, container, "b", "other", chosen={})
    await post_elements(client, ELEMENTS["static_select"])
    with pytest.raises(Refused, match="no_such_option"):
        await sandbox.choose(ANN, "a", {**OPTION, "value": "z"}, channel=GENERAL)
    with pytest.raises(Refused, match="message_not_found"):
        await sandbox.interactions.act(ANN, {**container, "ts": "1.000001"}, "b", "go", chosen={})
    with pytest.raises(Refused, match="view_not_open"):
        await sandbox.interactions.act(BEN, {"type": "view", "view_id": view.id}, "a", "value", chosen={})
    with pytest.raises(Refused, match="element_does_not_dispatch"):
        await sandbox.interactions.act(ANN, {"type": "view", "view_id": view.id}, "a", "value", chosen={})


async def test_button_of_an_app_that_fails_says_so(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    await post_elements(client, button("go"))
    app.answer = lambda: web.Response(status=500)

    assert (await sandbox.press(ANN, "go")).error == "This app responded with Status Code 500."


async def test_app_without_interactivity_gets_no_buttons() -> None:
    app = ScriptedApp()
    off = manifest(interactivity={"is_enabled": False})
    async with (
        listening(app.handle) as url,
        Sandbox.serve(manifest=off, workspace=WORKSPACE, request_url=url) as sandbox,
    ):
        await post_elements(client_of(sandbox), button("go"))
        outcome = await sandbox.press(ANN, "go")

    assert outcome.error == NO_INTERACTIVITY
    assert app.requests == []


EXTERNAL: Document = {
    "type": "input",
    "block_id": "who",
    "label": plain("Who"),
    "element": {"type": "external_select", "action_id": "pick"},
}


async def test_options_are_asked_for_and_given(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    view = await open_form(sandbox, client, EXTERNAL)
    app.answer = {"option_groups": [{"label": plain("All"), "options": [OPTION, OTHER]}]}

    options = await sandbox.suggest(ANN, "pick", "ann")

    payload = sandbox.deliveries[-1].payload
    assert options == [OPTION, OTHER]
    assert (payload["type"], payload["value"], payload["view"]["id"]) == ("block_suggestion", "ann", view.id)


@pytest.mark.parametrize(
    "answer",
    ["", "[]", {}, {"options": [OPTION] * 101}, {"options": [OPTION], "option_groups": []}, {"options": ["a"]}],
)
async def test_options_that_slack_would_not_take_are_trouble(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp, answer: str | Document
) -> None:
    await open_form(sandbox, client, EXTERNAL)
    app.answer = answer

    container = {"type": "view", "view_id": sandbox.view(ANN).id}  # type: ignore[union-attr]  # just opened
    outcome = await sandbox.interactions.suggest(ANN, container, "who", "pick", "x")

    assert not outcome.ok
    assert outcome.options is None


async def test_options_need_their_url_in_the_manifest() -> None:
    app = ScriptedApp()
    bare = manifest(interactivity={"is_enabled": True, "request_url": "https://example.com/"})
    async with (
        listening(app.handle) as url,
        Sandbox.serve(manifest=bare, workspace=WORKSPACE, request_url=url) as sandbox,
    ):
        await post_elements(client_of(sandbox), ELEMENTS["external_select"])
        ts = sandbox.messages(GENERAL, ANN)[0].ts
        container = {"type": "message", "channel": GENERAL, "ts": ts}
        outcome = await sandbox.interactions.suggest(ANN, container, "b", "a", "x")

    assert outcome.error == NO_OPTIONS_URL


async def test_many_deliveries_at_once_are_measured_each(sandbox: Sandbox, app: ScriptedApp) -> None:
    app.wait = 0.05
    outcomes = await asyncio.gather(*(sandbox.command(ANN, f"/do {n}") for n in range(20)))

    assert all(outcome.ok for outcome in outcomes)
    assert all(delivery.ack_ms >= 50 for delivery in sandbox.deliveries)
