import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.documents import Document, Json
from sandbox.interactions import TROUBLE
from sandbox.refusals import Refused
from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANN,
    BEN,
    ScriptedApp,
    actions,
    button,
    modal,
    open_form,
    plain,
    text_input,
    trigger_of,
)

pytestmark = pytest.mark.usefixtures("app")


async def error_of(client: AsyncWebClient, method: str, **arguments: Json) -> Document:
    with pytest.raises(SlackApiError) as error:
        await client.api_call(method, json=arguments)
    return dict(error.value.response.data)


async def test_opened_form_is_described_and_shown(sandbox: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.views_open(
        trigger_id=await trigger_of(sandbox), view=modal(text_input("a"), private_metadata="kept")
    )

    view = sandbox.view(ANN)
    assert view is not None
    assert answer["view"]["id"] == view.id
    assert answer["view"]["root_view_id"] == view.id
    assert answer["view"]["private_metadata"] == "kept"
    assert answer["view"]["state"] == {"values": {"a": {"value": {"type": "plain_text_input", "value": None}}}}
    assert sandbox.view(BEN) is None


async def test_trigger_works_once(sandbox: Sandbox, client: AsyncWebClient) -> None:
    trigger = await trigger_of(sandbox)
    await client.views_open(trigger_id=trigger, view=modal())

    assert (await error_of(client, "views.open", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"


async def test_trigger_expires_after_three_seconds(
    sandbox: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    trigger = await trigger_of(sandbox)
    clock.move(3.1)

    assert (await error_of(client, "views.open", trigger_id=trigger, view=modal()))["error"] == "expired_trigger_id"


async def test_unknown_trigger_is_invalid(client: AsyncWebClient) -> None:
    assert (await error_of(client, "views.open", trigger_id="1.2.3", view=modal()))["error"] == "invalid_trigger_id"


async def test_faulty_form_leaves_the_trigger_good(sandbox: Sandbox, client: AsyncWebClient) -> None:
    trigger = await trigger_of(sandbox)

    answer = await error_of(client, "views.open", trigger_id=trigger, view={"type": "modal"})

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: title [json-pointer:/view]",
        "[ERROR] missing required field: blocks [json-pointer:/view]",
    ]
    await client.views_open(trigger_id=trigger, view=modal())


async def test_view_is_refused(client: AsyncWebClient) -> None:
    huge = modal(*({"type": "section", "text": plain("x" * 3000)} for _ in range(90)))
    home = {"type": "home", "blocks": []}

    assert (await error_of(client, "views.open", trigger_id="1"))["error"] == "invalid_arguments"
    assert (await error_of(client, "views.open", trigger_id="1", view="{"))["error"] == "invalid_arguments"
    assert (await error_of(client, "views.open", trigger_id="1", view=huge))["error"] == "view_too_large"
    assert (await error_of(client, "views.open", trigger_id="1", view=home))["error"] == "invalid_arguments"


async def test_update_checks_hash_and_existence(sandbox: Sandbox, client: AsyncWebClient) -> None:
    view = await open_form(sandbox, client, external_id="mine")
    old = view.hash

    await client.views_update(view_id=view.id, view=modal(external_id="mine"), hash=old)
    await client.views_update(external_id="mine", view=modal(title=plain("Third")))

    assert view.source["title"]["text"] == "Third"
    assert (await error_of(client, "views.update", view_id=view.id, view=modal(), hash=old))["error"] == "hash_conflict"
    assert (await error_of(client, "views.update", view_id="V1", view=modal()))["error"] == "not_found"
    assert (await error_of(client, "views.update", view=modal()))["error"] == "invalid_arguments"


async def test_external_id_is_used_once(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await open_form(sandbox, client, external_id="mine")
    trigger = await trigger_of(sandbox, BEN)

    answer = await error_of(client, "views.open", trigger_id=trigger, view=modal(external_id="mine"))

    assert answer["error"] == "duplicate_external_id"


async def test_stack_holds_three_forms(sandbox: Sandbox, client: AsyncWebClient) -> None:
    push = actions(button("more"))
    await open_form(sandbox, client, push)

    async def trigger_from_form() -> str:
        await sandbox.press(ANN, "more")
        return str(sandbox.deliveries[-1].payload["trigger_id"])

    await client.views_push(trigger_id=await trigger_from_form(), view=modal(push))
    pushed = await client.views_push(trigger_id=await trigger_from_form(), view=modal(push))
    fourth = await error_of(client, "views.push", trigger_id=await trigger_from_form(), view=modal())

    assert fourth["error"] == "push_limit_reached"
    stack = sandbox.state.views.stack(ANN)
    assert [view.previous for view in stack] == [None, stack[0].id, stack[1].id]
    assert pushed["view"]["root_view_id"] == stack[0].id


async def test_push_without_an_open_form_finds_nothing(sandbox: Sandbox, client: AsyncWebClient) -> None:
    trigger = await trigger_of(sandbox)

    assert (await error_of(client, "views.push", trigger_id=trigger, view=modal()))["error"] == "not_found"


async def test_input_stays_through_an_update_where_its_field_stays(sandbox: Sandbox, client: AsyncWebClient) -> None:
    view = await open_form(sandbox, client, text_input("a"), text_input("b"))
    sandbox.fill(ANN, {"a": "one", "b": "two"})

    await client.views_update(view_id=view.id, view=modal(text_input("a"), text_input("c")))

    assert view.values["a"]["value"]["value"] == "one"
    assert view.values["c"]["value"]["value"] is None


async def test_empty_answer_closes_the_form(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await open_form(sandbox, client, text_input("a"))

    outcome = await sandbox.submit(ANN, {"a": "one"})

    assert outcome.ok
    assert sandbox.view(ANN) is None
    payload = sandbox.deliveries[-1].payload
    assert payload["view"]["state"]["values"]["a"]["value"] == {"type": "plain_text_input", "value": "one"}


async def test_errors_stay_beside_their_fields_and_keep_the_input(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    view = await open_form(sandbox, client, text_input("a"))
    app.answer = {"response_action": "errors", "errors": {"a": "Not this"}}

    outcome = await sandbox.submit(ANN, {"a": "one"})

    assert (outcome.ok, outcome.errors) == (False, {"a": "Not this"})
    assert sandbox.view(ANN) is view
    assert view.values["a"]["value"]["value"] == "one"


async def test_update_and_push_and_clear(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    first = await open_form(sandbox, client, text_input("a", initial_value="x"))
    app.answer = {"response_action": "update", "view": modal(title=plain("Two"))}
    await sandbox.submit(ANN)
    assert first.source["title"]["text"] == "Two"

    app.answer = {"response_action": "push", "view": modal(title=plain("Three"))}
    await sandbox.submit(ANN)
    assert [view.source["title"]["text"] for view in sandbox.state.views.stack(ANN)] == ["Two", "Three"]

    app.answer = {"response_action": "clear"}
    await sandbox.submit(ANN)
    assert sandbox.view(ANN) is None


@pytest.mark.parametrize(
    "answer",
    [
        "done",
        "[]",
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"nowhere": "Not this"}},
        {"response_action": "errors", "errors": {"a": ""}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "push"},
        {"response_action": "dance"},
    ],
)
async def test_answer_that_slack_would_not_take_is_trouble(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp, answer: str | Document
) -> None:
    view = await open_form(sandbox, client, text_input("a", initial_value="x"))
    app.answer = answer

    outcome = await sandbox.submit(ANN)

    assert not outcome.ok
    assert outcome.error is not None
    assert outcome.error.startswith(TROUBLE)
    assert sandbox.view(ANN) is view


async def test_form_stays_when_the_app_is_away(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await open_form(sandbox, client, text_input("a", initial_value="x"))
    sandbox.deliver_to("http://127.0.0.1:9/")

    outcome = await sandbox.submit(ANN)

    assert outcome.error == TROUBLE
    assert sandbox.view(ANN) is not None


async def test_closing_is_told_where_the_form_asks(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await open_form(sandbox, client)
    await sandbox.close(ANN)
    assert sandbox.deliveries[-1].kind == "slash_command"

    await open_form(sandbox, client, notify_on_close=True)
    await sandbox.close(ANN)

    assert sandbox.deliveries[-1].kind == "view_closed"
    assert sandbox.deliveries[-1].payload["is_cleared"] is False


async def test_closing_the_whole_stack_tells_of_each_form(
    sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp
) -> None:
    await open_form(sandbox, client, text_input("a", initial_value="x"), notify_on_close=True)
    app.answer = {"response_action": "push", "view": modal(notify_on_close=True)}
    await sandbox.submit(ANN)

    await sandbox.close(ANN, whole_stack=True)

    closed = [delivery.payload["is_cleared"] for delivery in sandbox.deliveries if delivery.kind == "view_closed"]
    assert closed == [True, True]
    assert sandbox.view(ANN) is None


async def test_form_below_the_top_cannot_be_used(sandbox: Sandbox, client: AsyncWebClient, app: ScriptedApp) -> None:
    below = await open_form(sandbox, client, text_input("a", initial_value="x"))
    app.answer = {"response_action": "push", "view": modal()}
    await sandbox.submit(ANN)

    with pytest.raises(Refused, match="view_not_open"):
        await sandbox.interactions.submit(ANN, below.id, None)


async def test_form_without_submit_cannot_be_submitted(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.views_open(
        trigger_id=await trigger_of(sandbox), view={"type": "modal", "title": plain("Look"), "blocks": []}
    )

    with pytest.raises(Refused, match="view_has_no_submit"):
        await sandbox.submit(ANN)


async def test_response_url_of_a_chosen_conversation(sandbox: Sandbox, client: AsyncWebClient) -> None:
    choose = {"type": "channels_select", "action_id": "c", "response_url_enabled": True}
    await open_form(sandbox, client, {"type": "input", "block_id": "where", "label": plain("Where"), "element": choose})

    await sandbox.submit(ANN, {"where": "C0GENERAL"})

    urls = sandbox.deliveries[-1].payload["response_urls"]
    assert [(url["block_id"], url["channel_id"]) for url in urls] == [("where", "C0GENERAL")]
