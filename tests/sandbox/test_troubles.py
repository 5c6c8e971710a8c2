import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.rates import Rates
from sandbox.server import Sandbox
from sandbox.troubles import Kind, Trouble
from tests.sandbox.conftest import ANN, GENERAL, QUIET


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@contextmanager
def breaks_off() -> Iterator[None]:
    with pytest.raises(aiohttp.ClientError):
        yield


def said(sandbox: Sandbox) -> list[str]:
    return [message.text for message in sandbox.messages(GENERAL, ANN)]


async def status_of(error: SlackApiError) -> tuple[int, str, str | None]:
    return error.response.status_code, error.response["error"], error.response.headers.get("Retry-After")


async def test_limited_call_is_told_when_to_come_again_and_not_carried_out(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.troubles.start(Trouble(kind="limited", seconds=7, times=1))

    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=GENERAL, text="Hi")
    assert await status_of(limited.value) == (429, "ratelimited", "7")
    assert said(sandbox) == []

    await client.chat_postMessage(channel=GENERAL, text="Again")
    assert said(sandbox) == ["Again"]


@pytest.mark.parametrize(("kind", "carried_out"), [("reset", []), ("lost_reply", ["Hi"])])
async def test_connection_breaks_before_or_after_the_work(
    kind: Kind, carried_out: list[str], sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.troubles.start(Trouble(kind=kind))

    with breaks_off():
        await client.chat_postMessage(channel=GENERAL, text="Hi")

    assert said(sandbox) == carried_out


async def test_broken_slack_answers_with_500(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    sandbox.troubles.start(Trouble(kind="broken"))

    async with http.post(f"{sandbox.api_url}auth.test") as response:
        assert response.status == 500


@pytest.mark.parametrize(("kind", "carried_out"), [("silent", []), ("held_reply", ["Hi"])])
async def test_call_waits_until_the_trouble_is_ended(
    kind: Kind, carried_out: list[str], sandbox: Sandbox, client: AsyncWebClient
) -> None:
    number = sandbox.troubles.start(Trouble(kind=kind, times=1))
    call = asyncio.create_task(client.chat_postMessage(channel=GENERAL, text="Hi"))
    await sandbox.troubles.met(number)
    await client.auth_test()  # others go on
    assert said(sandbox) == carried_out
    assert not call.done()

    sandbox.troubles.end(number)

    if kind == "held_reply":
        assert (await call)["ok"]
    else:
        with breaks_off():
            await call


async def test_trouble_is_for_its_method_and_channel_alone(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.troubles.start(Trouble(kind="reset", method="chat.postMessage", channel=QUIET))

    await client.chat_postMessage(channel=GENERAL, text="Hi")
    await client.auth_test()
    with breaks_off():
        await client.chat_postMessage(channel=QUIET, text="Hi")

    assert said(sandbox) == ["Hi"]


async def test_log_tells_what_each_call_met_and_who_else_waited_for_the_same_conversation(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    ended: list[str] = []
    sandbox.call_listeners.append(lambda call: ended.append(call.method))
    number = sandbox.troubles.start(Trouble(kind="held_reply", times=1))
    first = asyncio.create_task(client.chat_postMessage(channel=ANN, text="Hi"))
    await sandbox.troubles.met(number)
    sandbox.troubles.start(Trouble(kind="limited", seconds=2, times=1))
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=str(sandbox.state.im_of(ANN).id), text="Again")
    sandbox.troubles.end(number)
    await first
    held, refused = sandbox.calls

    assert (held.trouble, held.beside, held.answer["ok"]) == ("held_reply", 0, True)
    assert (refused.trouble, refused.beside, refused.answer, refused.retry_after) == ("limited", 1, {}, 2)
    assert held.conversation == refused.conversation == sandbox.state.im_of(ANN).id
    assert held.until is not None
    assert ended == ["chat.postMessage", "chat.postMessage"]


async def test_call_that_the_app_gave_up_stands_beside_no_other(sandbox: Sandbox, client: AsyncWebClient) -> None:
    number = sandbox.troubles.start(Trouble(kind="silent", times=1))
    given_up = asyncio.create_task(client.chat_postMessage(channel=GENERAL, text="Hi"))
    await sandbox.troubles.met(number)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    await client.chat_postMessage(channel=GENERAL, text="Again")

    assert [call.beside for call in sandbox.calls] == [0, 0]


async def test_trouble_is_switched_from_outside(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = f"{sandbox.base_url}/-/admin/troubles"

    async with http.post(url, json={"kind": "rain"}) as response:
        assert (await response.json())["error"] == "not a trouble's: kind"
    async with http.post(url, json={"kind": "slow", "seconds": 2}) as response:
        number = (await response.json())["number"]
    async with http.get(url) as response:
        assert await response.json() == {
            "troubles": [{"kind": "slow", "seconds": 2, "number": number, "left": None}],
            "rates": False,
        }
    async with http.post(f"{url}/end", json={}) as response:
        assert (await response.json())["ok"]
    async with http.post(f"{sandbox.base_url}/-/admin/rates", json={"enforced": True}) as response:
        assert (await response.json())["ok"]
    assert (sandbox.troubles.document(), sandbox.rates.enforced) == ([], True)


async def test_calls_over_the_methods_tier_are_limited_until_the_minute_is_over(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.rates.enforced = True
    for _ in range(20):
        await client.conversations_list()

    with pytest.raises(SlackApiError) as limited:
        await client.conversations_list()
    assert (await status_of(limited.value))[:2] == (429, "ratelimited")
    await client.users_info(user=ANN)  # another method has its own count


def test_a_conversation_gets_a_burst_and_then_a_message_a_second() -> None:
    clock = ManualClock(1000.0)
    rates = Rates(clock, enforced=True)

    assert [rates.wait_for("chat.postMessage", "special", GENERAL) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert rates.wait_for("chat.postMessage", "special", QUIET) == 0
    clock.move(1)
    assert [rates.wait_for("chat.postMessage", "special", GENERAL) for _ in range(2)] == [0, 1]
