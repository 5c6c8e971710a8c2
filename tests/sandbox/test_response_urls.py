import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from sandbox.clock import ManualClock
from sandbox.documents import Json
from sandbox.server import Sandbox
from tests.sandbox.conftest import ANN, BEN, GENERAL, QUIET, actions, button

pytestmark = pytest.mark.usefixtures("app")


async def url_of_command(sandbox: Sandbox, channel: str = GENERAL) -> str:
    await sandbox.command(ANN, "/do it", channel)
    return str(sandbox.deliveries[-1].payload["response_url"])


async def send(url: str, **body: Json) -> WebhookResponse:
    return await AsyncWebhookClient(url, retry_handlers=[]).send_dict(body)


async def test_answer_is_for_the_person_alone_unless_it_says_in_channel(sandbox: Sandbox) -> None:
    url = await url_of_command(sandbox)

    private = await send(url, text="Psst")
    await send(url, text="Hear", response_type="in_channel")

    assert (private.status_code, private.body) == (200, "ok")
    assert [message.text for message in sandbox.messages(GENERAL, ANN)] == ["Psst", "Hear"]
    assert [message.text for message in sandbox.messages(GENERAL, BEN)] == ["Hear"]


async def test_answer_reaches_a_channel_where_the_app_is_no_member(sandbox: Sandbox) -> None:
    await send(await url_of_command(sandbox, QUIET), text="Hear", response_type="in_channel")

    assert [message.text for message in sandbox.messages(QUIET, BEN)] == ["Hear"]


async def test_original_is_replaced_and_deleted(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=GENERAL, text="Hi", blocks=[actions(button("go"))])
    await sandbox.press(ANN, "go")
    url = str(sandbox.deliveries[-1].payload["response_url"])
    ts = sandbox.messages(GENERAL, ANN)[0].ts

    await send(url, text="Ho", replace_original=True)
    (replaced,) = sandbox.messages(GENERAL, ANN)
    await send(url, delete_original=True)

    assert (replaced.ts, replaced.text, replaced.blocks) == (ts, "Ho", None)
    assert sandbox.messages(GENERAL, ANN) == []


async def test_command_itself_cannot_be_replaced(sandbox: Sandbox) -> None:
    url = await url_of_command(sandbox)

    await send(url, text="One", replace_original=True)
    await send(url, text="Two", replace_original=True)

    assert [message.text for message in sandbox.messages(GENERAL, ANN)] == ["One", "Two"]


async def test_five_uses_and_no_more(sandbox: Sandbox) -> None:
    url = await url_of_command(sandbox)

    answers = [await send(url, text=str(n)) for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body


async def test_half_an_hour_and_no_longer(sandbox: Sandbox, clock: ManualClock) -> None:
    url = await url_of_command(sandbox)
    clock.move(30 * 60 + 1)

    answer = await send(url, text="Late")

    assert (answer.status_code, "expired_url" in answer.body) == (404, True)


async def test_unknown_url_and_faulty_body_are_refused(sandbox: Sandbox) -> None:
    url = await url_of_command(sandbox)
    unknown = await send(f"{sandbox.base_url}/hooks/commands/T0TEAM/x", text="Hi")

    assert (unknown.status_code, "invalid_url" in unknown.body) == (404, True)
    async with aiohttp.ClientSession() as session, session.post(url, data=b"no JSON") as answer:
        assert (answer.status, "invalid_payload" in await answer.text()) == (400, True)
    assert "no_text" in (await send(url, text="")).body
    assert "invalid_blocks" in (await send(url, blocks=[{"type": "nothing"}])).body
