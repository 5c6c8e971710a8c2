import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, WORKSPACE, manifest


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def bearer(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.credentials.token}"}


async def answer_of(request: aiohttp.client._RequestContextManager) -> Document:
    async with request as response:
        assert response.status == 200
        return dict(await response.json())


async def test_token_says_who_the_app_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0BOT", "B0BOT", "T0TEAM")
    assert answer["team"] == "Example"


async def test_call_without_token_is_not_authed(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    assert await answer_of(http.post(f"{sandbox.api_url}auth.test")) == {"ok": False, "error": "not_authed"}


async def test_call_with_another_token_is_invalid(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    headers = {"Authorization": "Bearer xoxb-other"}

    answer = await answer_of(http.post(f"{sandbox.api_url}auth.test", headers=headers))

    assert answer == {"ok": False, "error": "invalid_auth"}


async def test_unknown_method_is_never_a_success(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    answer = await answer_of(http.post(f"{sandbox.api_url}chat.sing", headers=bearer(sandbox)))

    assert (answer["ok"], answer["error"]) == (False, "unknown_method")


async def test_arguments_come_as_query_form_multipart_or_json(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = f"{sandbox.api_url}chat.postMessage"
    said = {"channel": GENERAL, "text": "Hi"}
    parts = aiohttp.FormData(said, default_to_multipart=True)

    answers = [
        await answer_of(http.get(url, params=said, headers=bearer(sandbox))),
        await answer_of(http.post(url, params=said, headers=bearer(sandbox))),
        await answer_of(http.post(url, data=said, headers=bearer(sandbox))),
        await answer_of(http.post(url, data=parts, headers=bearer(sandbox))),
        await answer_of(http.post(url, json=said, headers=bearer(sandbox))),
        await answer_of(http.post(url, data={**said, "token": sandbox.credentials.token})),
    ]

    assert [answer["ok"] for answer in answers] == [True] * 6


async def test_blocks_may_be_json_inside_a_form(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    said = {"channel": GENERAL, "blocks": json.dumps([{"type": "divider"}])}

    answer = await answer_of(http.post(f"{sandbox.api_url}chat.postMessage", data=said, headers=bearer(sandbox)))

    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_method_that_takes_no_json_does_not_see_it(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    answer = await answer_of(http.post(f"{sandbox.api_url}users.info", json={"user": "U0ANN"}, headers=bearer(sandbox)))

    assert answer["error"] == "user_not_found"


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        ("{", "application/json", "invalid_json"),
        ("[" * 100_000, "application/json", "invalid_json"),
        ("[]", "application/json", "json_not_object"),
        ("<a/>", "application/xml", "invalid_post_type"),
    ],
)
async def test_unreadable_body_is_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession, body: str, content_type: str, error: str
) -> None:
    headers = {**bearer(sandbox), "Content-Type": content_type}

    answer = await answer_of(http.post(f"{sandbox.api_url}chat.postMessage", data=body, headers=headers))

    assert answer["error"] == error


async def test_missing_scope_names_what_is_needed() -> None:
    async with (
        Sandbox.serve(manifest=manifest(scopes=["commands", "users:read"]), workspace=WORKSPACE) as sandbox,
        aiohttp.ClientSession() as http,
    ):
        said = {"channel": GENERAL, "text": "Hi"}
        answer = await answer_of(http.post(f"{sandbox.api_url}chat.postMessage", data=said, headers=bearer(sandbox)))

    assert answer == {
        "ok": False,
        "error": "missing_scope",
        "needed": "chat:write",
        "provided": "commands,users:read",
    }


async def test_api_test_echoes_and_fails_as_asked(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = f"{sandbox.api_url}api.test"

    assert await answer_of(http.post(url, data={"a": "1"})) == {"ok": True, "args": {"a": "1"}}
    assert await answer_of(http.post(url, data={"error": "my_error"})) == {"ok": False, "error": "my_error"}


async def test_calls_are_logged_without_the_token(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    said = {"channel": GENERAL, "text": "Hi", "token": sandbox.credentials.token}
    await answer_of(http.post(f"{sandbox.api_url}chat.postMessage", data=said))

    call = sandbox.calls[-1]
    assert (call.method, call.answer["ok"]) == ("chat.postMessage", True)
    assert sandbox.credentials.token not in json.dumps(call.document())
