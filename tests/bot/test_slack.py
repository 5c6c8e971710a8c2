"""The Web API's client: what it sends, and what it makes of each kind of answer."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.slack import (
    METHODS,
    Identity,
    Posted,
    Slack,
    SlackLimited,
    SlackRefused,
    SlackUnreachable,
    SlackUser,
)
from tests.bot.slack_stand_in import Fault, SlackStandIn, broken, limited, lost, refused, slack_stand_in

HELLO = {"text": "hello"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def stand_in() -> AsyncIterator[SlackStandIn]:
    async with slack_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def slack(stand_in: SlackStandIn) -> AsyncIterator[Slack]:
    async with Slack.connect("xoxb-secret", stand_in.url, budget=5) as slack:
        yield slack


async def test_post_carries_its_key_and_unfurls_nothing(slack: Slack, stand_in: SlackStandIn) -> None:
    posted = await slack.post_message("C1", HELLO, key="card:7")
    [sent] = stand_in.called("chat.postMessage")

    assert posted == Posted("C1", "1790000000.000000")
    assert sent == {
        "channel": "C1",
        "text": "hello",
        "metadata": {"event_type": "ticket_notification", "event_payload": {"key": "card:7"}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def test_post_to_a_person_answers_with_their_channel(slack: Slack) -> None:
    assert (await slack.post_message("U1", HELLO, key="k")).channel == "DU1"


async def test_update_replaces_the_message(slack: Slack, stand_in: SlackStandIn) -> None:
    posted = await slack.post_message("C1", HELLO, key="k")
    await slack.update_message(posted.channel, posted.ts, {"text": "bye"}, key="k")

    assert [message["text"] for message in stand_in.messages.values()] == ["bye"]


async def test_message_is_found_by_its_key_on_any_page(slack: Slack, stand_in: SlackStandIn) -> None:
    posted = [await slack.post_message("C1", HELLO, key=f"card:{number}") for number in range(5)]

    assert await slack.find_message("C1", "card:4", LONG_AGO) == posted[4]
    assert len(stand_in.called("conversations.history")) == 3


async def test_message_with_another_key_is_not_found(slack: Slack) -> None:
    await slack.post_message("C1", HELLO, key="card:1")

    assert await slack.find_message("C1", "card:11", LONG_AGO) is None


async def test_who_the_token_belongs_to_is_read(slack: Slack) -> None:
    me = await slack.auth_test()

    assert me == Identity("T0SHOP", "Shop", "U0BOT", "B0BOT", frozenset(), me.answered_at)
    assert me.answered_at is not None


async def test_form_is_opened_with_its_trigger(slack: Slack, stand_in: SlackStandIn) -> None:
    await slack.open_view("1.2.abc", {"type": "modal"})

    assert stand_in.called("views.open") == [{"trigger_id": "1.2.abc", "view": {"type": "modal"}}]


async def test_conversation_with_a_person_is_opened(slack: Slack) -> None:
    assert await slack.open_conversation("U1") == "DU1"


async def test_refusal_carries_slacks_code(slack: Slack, stand_in: SlackStandIn) -> None:
    stand_in.faults["chat.postMessage"] = [refused("is_archived")]
    with pytest.raises(SlackRefused) as caught:
        await slack.post_message("C1", HELLO, key="k")

    assert caught.value.code == "is_archived"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *(("30", 30.0), ("0.5", 0.5), ("soon", 1.0), ("", 1.0), ("0", 0.1)),
        *(("inf", 1.0), ("nan", 1.0), ("-5", 0.1), ("1e300", 3600.0), ("99999999", 3600.0)),
    ],
)
async def test_limit_says_how_long_to_wait(slack: Slack, stand_in: SlackStandIn, header: str, seconds: float) -> None:
    stand_in.faults["chat.postMessage"] = [limited(header)]
    with pytest.raises(SlackLimited) as caught:
        await slack.post_message("C1", HELLO, key="k")

    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("code", ["message_limit_exceeded", "team_added_to_org", "external_channel_migrating"])
async def test_refusal_that_passes_is_a_limit(slack: Slack, stand_in: SlackStandIn, code: str) -> None:
    stand_in.faults["chat.postMessage"] = [refused(code)]
    with pytest.raises(SlackLimited) as caught:
        await slack.post_message("C1", HELLO, key="k")

    assert caught.value.retry_after == 60


def text_answer() -> web.Response:
    return web.Response(text="log in first", content_type="text/plain")


def half_an_answer() -> web.Response:
    return web.Response(text='{"ok": tr', content_type="application/json")


@pytest.mark.parametrize(
    "fault",
    [broken(), broken(200), lost(done=True), lost(done=False), refused("internal_error"), text_answer, half_an_answer],
)
async def test_unusable_answer_leaves_the_outcome_open(slack: Slack, stand_in: SlackStandIn, fault: Fault) -> None:
    stand_in.faults["chat.postMessage"] = [fault]
    with pytest.raises(SlackUnreachable) as caught:
        await slack.post_message("C1", HELLO, key="k")

    assert caught.value.uncertain
    assert len(stand_in.called("chat.postMessage")) == 1  # slack_sdk would post again after a reset connection


async def test_late_answer_leaves_the_outcome_open(slack: Slack, stand_in: SlackStandIn) -> None:
    stand_in.gate.clear()
    with pytest.raises(SlackUnreachable) as caught:
        await slack.with_budget(0.1).post_message("C1", HELLO, key="k")

    assert caught.value.uncertain


async def test_nobody_there_means_nothing_was_sent(unused_tcp_port: int) -> None:
    async with Slack.connect("xoxb-secret", f"http://127.0.0.1:{unused_tcp_port}/api/") as slack:
        with pytest.raises(SlackUnreachable) as caught:
            await slack.post_message("C1", HELLO, key="k")

    assert not caught.value.uncertain


async def test_proxy_of_the_environment_is_not_used_on_this_machine(
    stand_in: SlackStandIn, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_tcp_port}")
    async with Slack.connect("xoxb-secret", stand_in.url) as slack:
        await slack.post_message("C1", HELLO, key="k")

    assert len(stand_in.messages) == 1


async def test_neither_token_nor_text_is_logged(slack: Slack, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"), caplog.at_level(logging.DEBUG, logger="slack_sdk"):
        await slack.post_message("C1", {"text": "a passcode"}, key="k")

    assert "xoxb-secret" not in caplog.text
    assert "a passcode" not in caplog.text


async def test_only_listed_methods_are_called(slack: Slack) -> None:
    with pytest.raises(ValueError, match=r"users\.list is missing"):
        await slack._call("users.list", json={})

    assert sorted(METHODS) == list(METHODS)


@pytest.mark.parametrize(
    ("status", "expected"), [(404, SlackRefused), (410, SlackRefused), (429, SlackLimited), (500, SlackUnreachable)]
)
async def test_refused_response_url_is_an_error(
    slack: Slack, stand_in: SlackStandIn, status: int, expected: type[Exception]
) -> None:
    stand_in.faults["hook"] = [broken(status)]
    with pytest.raises(expected):
        await slack.respond(f"{stand_in.url}hook", HELLO)


async def test_response_url_gets_the_message(slack: Slack, stand_in: SlackStandIn) -> None:
    stand_in.faults["hook"] = [lambda: web.Response(text="ok")]
    await slack.respond(f"{stand_in.url}hook", HELLO)

    assert stand_in.called("hook") == [HELLO]


async def test_response_url_that_does_not_answer_is_given_up(slack: Slack, stand_in: SlackStandIn) -> None:
    stand_in.gate.clear()
    began = asyncio.get_running_loop().time()
    with pytest.raises(SlackUnreachable):
        await slack.with_budget(0.1).respond(f"{stand_in.url}hook", HELLO)

    assert asyncio.get_running_loop().time() - began < 2


def test_person_is_read_from_slacks_user() -> None:
    user = {
        "id": "U1",
        "team_id": "T1",
        "name": "ana",
        "real_name": "Ana Ruiz",
        "is_email_confirmed": True,
        "tz": "Europe/Berlin",
        "profile": {"display_name": " Ana ", "email": "ana@shop.example"},
    }

    assert SlackUser.from_document(user) == SlackUser(
        id="U1",
        team_id="T1",
        name="Ana",
        email="ana@shop.example",
        email_confirmed=True,
        is_bot=False,
        is_guest=False,
        is_deleted=False,
        zone="Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("flags", "flag"),
    [
        ({"is_bot": True}, "is_bot"),
        ({"id": "USLACKBOT"}, "is_bot"),
        ({"is_restricted": True}, "is_guest"),
        ({"is_ultra_restricted": True}, "is_guest"),
        ({"is_stranger": True}, "is_guest"),
        ({"deleted": True}, "is_deleted"),
    ],
)
def test_who_is_no_member_is_recognised(flags: dict[str, object], flag: str) -> None:
    user = SlackUser.from_document({"id": "U1", "name": "ana"} | flags)

    assert [name for name in ("is_bot", "is_guest", "is_deleted") if getattr(user, name)] == [flag]
    assert user.name == "ana"


async def test_file_that_slack_says_nothing_of_is_done_without(slack: Slack, stand_in: SlackStandIn) -> None:
    """Whoever asked for the message has it without the picture, however long a call may take otherwise."""
    stand_in.gate.clear()
    assert not await slack.with_budget(3600).has_file("F0PICTURE")
    stand_in.gate.set()
    stand_in.faults["files.info"] = [refused("file_deleted")]
    assert not await slack.has_file("F0PICTURE")
