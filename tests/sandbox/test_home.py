"""The app's Home tab: published, opened, used."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document, Json
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    BEN,
    EVENTS,
    GENERAL,
    WORKSPACE,
    ScriptedApp,
    actions,
    bolt_app,
    button,
    client_of,
    listening,
    manifest,
    modal,
    plain,
    running,
    text_input,
)


def home(*blocks: Document, **more: Json) -> Document:
    return {"type": "home", "blocks": list(blocks), **more}


def section(text: str) -> Document:
    return {"type": "section", "text": plain(text)}


def text_of(sandbox: Sandbox, user: str = ANN) -> str:
    view = sandbox.home(user)
    assert view is not None
    return str(view.blocks[0]["text"]["text"])


async def refused(client: AsyncWebClient, **arguments: Json) -> Document:
    with pytest.raises(SlackApiError) as error:
        await client.api_call("views.publish", json=arguments)
    return dict(error.value.response.data)


async def test_each_person_has_their_own(sandbox: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.views_publish(user_id=ANN, view=home(section("Ann's"), private_metadata="kept"))
    await client.views_publish(user_id=BEN, view=home(section("Ben's")))

    assert (text_of(sandbox, ANN), text_of(sandbox, BEN)) == ("Ann's", "Ben's")
    view = answer["view"]
    assert (view["type"], view["private_metadata"], view["submit"]) == ("home", "kept", None)
    assert view["root_view_id"] == view["id"]
    assert sandbox.view(ANN) is None


async def test_published_again_it_keeps_its_id_and_gets_a_new_hash(sandbox: Sandbox, client: AsyncWebClient) -> None:
    first = (await client.views_publish(user_id=ANN, view=home(section("One"))))["view"]
    second = (await client.views_publish(user_id=ANN, view=home(section("Two")), hash=first["hash"]))["view"]

    assert second["id"] == first["id"]
    assert second["hash"] != first["hash"]
    stale = await refused(client, user_id=ANN, view=home(section("Three")), hash=first["hash"])
    assert stale["error"] == "hash_conflict"
    assert text_of(sandbox) == "Two"


async def test_home_tab_is_refused(client: AsyncWebClient) -> None:
    async def error(view: Json = None, **arguments: Json) -> str:
        return str((await refused(client, user_id=ANN, view=view or home(), **arguments))["error"])

    await client.views_publish(user_id=BEN, view=home(external_id="bens"))

    assert await error(home(*(section("x") for _ in range(101)))) == "invalid_arguments"
    assert await error(home(*(section("x" * 3000) for _ in range(90)))) == "view_too_large"
    assert await error(modal()) == "invalid_arguments"
    assert await error(home(submit=plain("Go"))) == "invalid_arguments"
    assert await error(home({"type": "markdown", "text": "x"})) == "invalid_arguments"
    assert await error(home(external_id="bens")) == "duplicate_external_id"
    assert await error(hash="1.2") == "hash_conflict"
    assert (await refused(client, user_id="U0NOBODY", view=home()))["error"] == "user_not_found"
    assert (await refused(client, view=home()))["error"] == "invalid_arguments"
    assert (await refused(client, user_id=ANN))["error"] == "invalid_arguments"


async def test_home_tab_has_to_be_enabled() -> None:
    async with Sandbox.serve(manifest=manifest(app_home={}), workspace=WORKSPACE) as sandbox:
        assert (await refused(client_of(sandbox), user_id=ANN, view=home()))["error"] == "not_enabled"
        with pytest.raises(LookupError, match="no Home tab"):
            await sandbox.open_home(ANN)


async def test_update_changes_it_too_but_makes_no_form_of_it(sandbox: Sandbox, client: AsyncWebClient) -> None:
    view_id = (await client.views_publish(user_id=ANN, view=home(section("One"), external_id="mine")))["view"]["id"]

    await client.views_update(external_id="mine", view=home(section("Two")))
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_update(view_id=view_id, view=modal())

    assert text_of(sandbox) == "Two"


async def test_what_was_entered_stays_where_its_field_stays(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    options = [{"text": plain(name), "value": name} for name in ("low", "high")]
    menu = {"type": "static_select", "action_id": "level", "options": options}
    await client.views_publish(user_id=ANN, view=home(actions(menu, block_id="filter"), text_input("words")))
    await sandbox.choose(ANN, "level", "high")

    await client.views_publish(
        user_id=ANN,
        view=home(actions({**menu, "initial_option": options[0]}, block_id="filter"), text_input("other")),
    )

    view = sandbox.home(ANN)
    assert view is not None
    assert view.values["filter"]["level"]["selected_option"]["value"] == "high"
    assert set(view.values) == {"filter", "other"}
    assert len(app.requests) == 1


@pytest.fixture
async def listener() -> AsyncIterator[tuple[Sandbox, ScriptedApp]]:
    scripted = ScriptedApp()
    async with (
        listening(scripted.handle) as url,
        Sandbox.serve(manifest=manifest(events=EVENTS), workspace=WORKSPACE, request_url=url) as sandbox,
    ):
        yield sandbox, scripted


async def test_opening_is_told_with_what_is_shown_already(listener: tuple[Sandbox, ScriptedApp]) -> None:
    sandbox, _ = listener

    assert await sandbox.open_home(ANN) is None
    await client_of(sandbox).views_publish(user_id=ANN, view=home(section("One")))
    shown = await sandbox.open_home(ANN)

    first, second = (delivery.payload["event"] for delivery in sandbox.deliveries)
    assert (first["type"], first["tab"], first["user"]) == ("app_home_opened", "home", ANN)
    assert first["channel"].startswith("D")
    assert "view" not in first
    assert shown is not None
    assert second["view"]["id"] == shown.id
    assert second["view"]["blocks"][0]["text"]["text"] == "One"


async def test_opening_waits_for_no_retry(listener: tuple[Sandbox, ScriptedApp]) -> None:
    sandbox, scripted = listener
    scripted.answer = "not read"
    sandbox.deliver_to("http://127.0.0.1:9/")

    assert await sandbox.open_home(ANN) is None


async def test_home_tab_is_used_by_an_ordinary_app(listener: tuple[Sandbox, ScriptedApp]) -> None:
    sandbox, _ = listener
    async with running(counter(sandbox)) as url:
        sandbox.deliver_to(url)
        await sandbox.open_home(ANN)

        pressed = await sandbox.press(ANN, "count")
        asked = await sandbox.press(ANN, "ask", home=True)
        submitted = await sandbox.submit(ANN, {"what": "five"})

    assert (pressed.ok, asked.ok, submitted.ok) == (True, True, True)
    assert text_of(sandbox) == "five"
    told = next(delivery.payload for delivery in sandbox.deliveries if delivery.kind == "block_actions")
    view = sandbox.home(ANN)
    assert view is not None
    assert told["container"] == {"type": "view", "view_id": view.id}
    assert (told["view"]["type"], told["view"]["state"]) == ("home", {"values": {}})
    assert "response_url" not in told


def counter(sandbox: Sandbox) -> AsyncApp:
    app = bolt_app(sandbox)
    buttons = actions(button("count", value="1"), button("ask"))

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=home(section("0"), buttons))

    @app.action("count")
    async def count(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        more = str(int(body["view"]["blocks"][0]["text"]["text"]) + int(body["actions"][0]["value"]))
        view = home(section(more), buttons)
        await client.views_publish(user_id=body["user"]["id"], view=view, hash=body["view"]["hash"])
        await ack()

    @app.action("ask")
    async def ask(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input("what"), callback_id="asked"))
        await ack()

    @app.view("asked")
    async def asked(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        words = body["view"]["state"]["values"]["what"]["value"]["value"]
        await client.views_publish(user_id=body["user"]["id"], view=home(section(words), buttons))
        await ack()

    return app


async def test_button_of_a_message_comes_before_one_of_the_home_tab(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    await client.views_publish(user_id=ANN, view=home(actions(button("go", value="home"))))
    await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[actions(button("go", value="message"))])

    await sandbox.press(ANN, "go")
    await sandbox.press(ANN, "go", home=True)

    assert [delivery.payload["actions"][0]["value"] for delivery in sandbox.deliveries] == ["message", "home"]
    assert len(app.requests) == 2


async def test_home_tab_is_kept_across_restarts(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, state_file=state) as sandbox:
        await client_of(sandbox).views_publish(user_id=ANN, view=home(section("Kept")))
        before = sandbox.home(ANN)

    async with Sandbox.serve(manifest=manifest(), workspace=WORKSPACE, state_file=state) as sandbox:
        after = sandbox.home(ANN)
        assert before is not None
        assert after is not None
        assert (after.id, after.hash, text_of(sandbox)) == (before.id, before.hash, "Kept")
