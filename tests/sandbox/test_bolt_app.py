"""An ordinary Bolt app, unchanged, against the workspace."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import ANN, actions, bolt_app, button, modal, plain, running, text_input


def helper(sandbox: Sandbox) -> AsyncApp:
    app = bolt_app(sandbox)
    menu = {"type": "external_select", "action_id": "pick", "placeholder": plain("Who"), "min_query_length": 1}
    who = {"type": "input", "block_id": "who", "label": plain("Who"), "element": menu}

    @app.command("/do")
    async def do(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        if body["text"] == "form":
            form = modal(text_input("what"), who, callback_id="form")
            await client.views_open(trigger_id=body["trigger_id"], view=form)
            await ack()
        else:
            await ack(f"You said {body['text']}", blocks=[actions(button("again", value="7"))])

    @app.action("again")
    async def again(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        await respond(f"Again {body['actions'][0]['value']}", replace_original=True)

    @app.options("pick")
    async def pick(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(options=[{"text": plain(body["value"].title()), "value": "1"}])

    @app.view("form")
    async def form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        values = body["view"]["state"]["values"]
        if values["what"]["value"]["value"] == "bad":
            await ack(response_action="errors", errors={"what": "Not this"})
            return
        await ack()
        chosen = values["who"]["pick"]["selected_option"]["text"]["text"]
        what = values["what"]["value"]["value"]
        await client.chat_postMessage(channel=body["user"]["id"], text=f"{what} for {chosen}")

    return app


async def test_command_is_answered_for_its_sender_alone(sandbox: Sandbox) -> None:
    async with running(helper(sandbox)) as url:
        sandbox.deliver_to(url)

        outcome = await sandbox.command(ANN, "/do  it ", "#general")

    assert outcome.ok
    assert [message.text for message in outcome.shown] == ["You said it"]
    assert outcome.shown[0].ephemeral_to == ANN


async def test_button_of_an_ephemeral_message_replaces_it_through_the_response_url(sandbox: Sandbox) -> None:
    async with running(helper(sandbox)) as url:
        sandbox.deliver_to(url)
        await sandbox.command(ANN, "/do it", "#general")

        outcome = await sandbox.press(ANN, "again")

    assert outcome.ok, outcome.error
    assert [message.text for message in sandbox.messages("#general", ANN)] == ["Again 7"]


async def test_form_is_opened_refused_corrected_and_done(sandbox: Sandbox) -> None:
    async with running(helper(sandbox)) as url:
        sandbox.deliver_to(url)
        await sandbox.command(ANN, "/do form")
        options = await sandbox.suggest(ANN, "pick", "zoe")

        refused = await sandbox.submit(ANN, {"what": "bad", "who": options[0]})
        accepted = await sandbox.submit(ANN, {"what": "good"})

    assert refused.errors == {"what": "Not this"}
    assert accepted.ok
    assert sandbox.view(ANN) is None
    assert [message.text for message in sandbox.messages(None, ANN)] == ["good for Zoe"]
