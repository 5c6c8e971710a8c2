from collections.abc import Awaitable

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from sandbox.server import Sandbox
from tests.sandbox.conftest import ANN, BEN, GENERAL, GONE, GUEST, QUIET, SECRET, WORKSPACE, client_of, manifest


async def error_of(call: Awaitable[AsyncSlackResponse]) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


async def test_person_is_described(client: AsyncWebClient) -> None:
    user = (await client.users_info(user=ANN, include_locale=True))["user"]

    assert user["profile"]["email"] == "ann@example.com"
    assert user["real_name"] == "Ann Archer"
    assert (user["deleted"], user["is_bot"], user["is_restricted"]) == (False, False, False)
    assert user["locale"] == "en-US"


async def test_guest_and_deleted_person_are_marked(client: AsyncWebClient) -> None:
    assert (await client.users_info(user=GUEST))["user"]["is_restricted"] is True
    assert (await client.users_info(user=GONE))["user"]["deleted"] is True


async def test_email_is_hidden_without_its_scope() -> None:
    async with Sandbox.serve(manifest=manifest(scopes=["users:read"]), workspace=WORKSPACE) as sandbox:
        user = (await client_of(sandbox).users_info(user=ANN))["user"]

    assert "email" not in user["profile"]


async def test_unknown_person_is_not_found(client: AsyncWebClient) -> None:
    assert await error_of(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_person_is_found_by_email(client: AsyncWebClient) -> None:
    assert (await client.users_lookupByEmail(email="ANN@example.com"))["user"]["id"] == ANN
    assert await error_of(client.users_lookupByEmail(email="gone@example.com")) == "users_not_found"
    assert await error_of(client.users_lookupByEmail(email="x@example.com")) == "users_not_found"


async def test_people_are_listed_in_pages(client: AsyncWebClient) -> None:
    first = await client.users_list(limit=3)
    second = await client.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])

    assert [user["id"] for user in [*first["members"], *second["members"]]] == [ANN, BEN, GUEST, GONE, "U0BOT"]
    assert second["response_metadata"]["next_cursor"] == ""
    assert await error_of(client.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_direct_conversation_is_opened_once(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users=ANN)
    second = await client.conversations_open(users=ANN, return_im=True)

    assert first["already_open"] is False
    assert second["already_open"] is True
    assert second["channel"]["id"] == first["channel"]["id"]
    assert second["channel"]["user"] == ANN


async def test_opening_is_refused(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("conversations.open")) == "users_list_not_supplied"
    assert await error_of(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await error_of(client.conversations_open(users=GONE)) == "user_disabled"
    assert await error_of(client.conversations_open(users=f"{ANN},{BEN}")) == "method_not_supported_for_channel_type"


async def test_channel_is_described(client: AsyncWebClient) -> None:
    general = (await client.conversations_info(channel=GENERAL, include_num_members=True))["channel"]
    quiet = (await client.conversations_info(channel=QUIET))["channel"]

    assert (general["name"], general["is_member"], general["num_members"]) == ("general", True, 4)
    assert quiet["is_member"] is False


async def test_private_channel_of_others_does_not_exist_for_the_app(client: AsyncWebClient) -> None:
    assert await error_of(client.conversations_info(channel=SECRET)) == "channel_not_found"
    assert await error_of(client.conversations_members(channel=SECRET)) == "channel_not_found"


async def test_channels_are_listed_by_type(client: AsyncWebClient) -> None:
    await client.conversations_open(users=ANN)

    public = await client.conversations_list()
    both = await client.conversations_list(types="private_channel,im")

    assert [channel["id"] for channel in public["channels"]] == [GENERAL, QUIET]
    assert [channel["is_im"] for channel in both["channels"]] == [True]
    assert await error_of(client.conversations_list(types="secret")) == "invalid_types"


async def test_members_are_listed(client: AsyncWebClient) -> None:
    assert (await client.conversations_members(channel=QUIET))["members"] == [ANN, BEN]
    assert (await client.conversations_members(channel=GENERAL))["members"] == [ANN, BEN, GUEST, "U0BOT"]


async def test_each_kind_of_conversation_has_its_scope() -> None:
    scopes = ["channels:history", "channels:read", "chat:write"]
    async with Sandbox.serve(manifest=manifest(scopes=scopes), workspace=WORKSPACE) as sandbox:
        client = client_of(sandbox)
        im = (await client.chat_postMessage(channel=ANN, text="Hi"))["channel"]

        assert (await client.conversations_history(channel=GENERAL))["ok"]
        assert await error_of(client.conversations_history(channel=im)) == "missing_scope"
        assert await error_of(client.conversations_list(types="im")) == "missing_scope"


async def post(client: AsyncWebClient, count: int) -> list[str]:
    return [(await client.chat_postMessage(channel=GENERAL, text=str(n)))["ts"] for n in range(count)]


async def test_history_pages_from_the_newest_back(client: AsyncWebClient) -> None:
    await post(client, 5)

    first = await client.conversations_history(channel=GENERAL, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=GENERAL, limit=2, cursor=cursor)
    cursor = second["response_metadata"]["next_cursor"]
    third = await client.conversations_history(channel=GENERAL, limit=2, cursor=cursor)

    pages = [[message["text"] for message in page["messages"]] for page in (first, second, third)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    assert [page["has_more"] for page in (first, second, third)] == [True, True, False]


async def test_history_within_bounds_leaves_them_out_unless_inclusive(client: AsyncWebClient) -> None:
    stamps = await post(client, 5)

    async def texts(*, inclusive: bool) -> list[str]:
        page = await client.conversations_history(
            channel=GENERAL, oldest=stamps[1], latest=stamps[3], inclusive=inclusive
        )
        return [message["text"] for message in page["messages"]]

    assert await texts(inclusive=False) == ["2"]
    assert await texts(inclusive=True) == ["3", "2", "1"]


async def test_history_carries_metadata_when_asked(client: AsyncWebClient) -> None:
    metadata = {"event_type": "thing", "event_payload": {"key": "1"}}
    await client.chat_postMessage(channel=GENERAL, text="Hi", metadata=metadata)

    without = await client.conversations_history(channel=GENERAL)
    with_it = await client.conversations_history(channel=GENERAL, include_all_metadata=True)

    assert "metadata" not in without["messages"][0]
    assert with_it["messages"][0]["metadata"] == metadata


async def test_history_is_refused(client: AsyncWebClient) -> None:
    assert await error_of(client.conversations_history(channel="C0NOWHERE")) == "channel_not_found"
    assert await error_of(client.conversations_history(channel=QUIET)) == "not_in_channel"
    assert await error_of(client.conversations_history(channel=GENERAL, oldest="yesterday")) == "invalid_ts_oldest"
    assert await error_of(client.conversations_history(channel=GENERAL, latest="x")) == "invalid_ts_latest"
    assert await error_of(client.conversations_history(channel=GENERAL, cursor="x")) == "invalid_cursor"
    assert await error_of(client.conversations_history(channel=GENERAL, limit=-1)) == "invalid_limit"


async def test_thread_is_read_by_replies_and_left_out_of_history(client: AsyncWebClient) -> None:
    root = (await post(client, 1))[0]
    await client.chat_postMessage(channel=GENERAL, text="reply", thread_ts=root)

    history = (await client.conversations_history(channel=GENERAL))["messages"]
    replies = (await client.conversations_replies(channel=GENERAL, ts=root))["messages"]

    assert [message["text"] for message in history] == ["0"]
    assert history[0]["reply_count"] == 1
    assert [message["text"] for message in replies] == ["0", "reply"]
    assert await error_of(client.conversations_replies(channel=GENERAL, ts="1.000001")) == "thread_not_found"
