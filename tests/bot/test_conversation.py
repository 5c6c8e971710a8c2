"""A message's way to a handler and back, in the listeners: what reaches the handler, and how it is answered."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import DatabaseAway, NotLinked, TicketAlreadyCompleted
from bot.handlers import mentions
from bot.identity import Workspace
from bot.listeners import Listeners
from bot.payloads import EventCallback, read_payload
from bot.roles import Ability, roles_with
from bot.routes import CommandRequest, Routes
from bot.slack import SlackUnreachable
from bot.views import kit
from bot.views.blocks import Message
from tests.bot import deliveries
from tests.bot.deliveries import JSON, TEAM

HELLO = kit.private(kit.sentence("Hello."), [kit.divider()])


class Posts:
    """Slack as far as messages go."""

    def __init__(self) -> None:
        self.private: list[tuple[str, str, str | None, Mapping[str, Any]]] = []
        self.direct: list[tuple[str, str | None, Mapping[str, Any]]] = []
        self.fault: Exception | None = None

    async def post_ephemeral(
        self, channel: str, user: str, message: Mapping[str, Any], *, thread_ts: str | None = None
    ) -> None:
        if self.fault:
            raise self.fault
        self.private.append((channel, user, thread_ts, message))

    async def post_message(
        self, channel: str, message: Mapping[str, Any], *, key: str, thread_ts: str | None = None
    ) -> None:
        assert key
        self.direct.append((channel, thread_ts, message))

    @property
    def said(self) -> list[str]:
        return [message["text"] for *_, message in self.private] + [message["text"] for *_, message in self.direct]


class Links:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def link(self, team: str, user: str) -> None:
        self.asked.append((team, user))


class Room:
    """Listeners whose only verb is ``take``."""

    def __init__(self) -> None:
        self.slack = Posts()
        self.linker = Links()
        self.workspace = Workspace(team_id=TEAM, bot_user_id="U0BOT", bot_id="B0BOT")
        self.seconds = 2.5
        self.requests: list[CommandRequest] = []
        self.faults: list[Exception] = []
        routes = Routes()
        mentions.register(routes, None)  # type: ignore[arg-type]  # it needs nothing from outside
        routes.command("take", self.take)
        self.listeners = Listeners(
            routes,
            self.slack,  # type: ignore[arg-type]  # only messages are posted here
            self.linker,  # type: ignore[arg-type]  # only link() is called here
            self.workspace,
        )

    async def take(self, request: CommandRequest) -> Message:
        self.requests.append(request)
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop(0)
        return HELLO

    async def hear(self, text: str = "<@U0BOT> take 42", event_id: str = "Ev01", **facts: object) -> int:
        """Deliver a mention, or whatever ``facts`` make of it; return the status."""
        known: dict[str, Any] = {"user": "U0TOMREED", "channel": "C0REPAIRS", "ts": "1.000002", "text": text, **facts}
        body = deliveries.event(known.pop("type", "app_mention"), event_id, **known)
        payload = read_payload(body, JSON)
        assert isinstance(payload, EventCallback)
        deadline = asyncio.get_running_loop().time() + self.seconds
        return (await self.listeners.answer(payload, deadline)).status


@pytest.fixture
def room() -> Room:
    return Room()


async def test_mention_is_a_command_without_a_form_keyed_by_its_event(room: Room) -> None:
    assert await room.hear(event_id="Ev42") == 200

    [request] = room.requests
    assert (request.command.verb, request.command.ticket_id, request.trigger_id) == ("take", 42, None)
    assert (request.key, request.channel) == (f"{TEAM}:Ev42", "C0REPAIRS")
    assert (request.asker.slack_user, request.asker.source) == ("U0TOMREED", "slack:mention")
    assert set(request.asker.roles) == roles_with(Ability.TAKE_TICKET)


async def test_mention_is_answered_privately_in_its_thread(room: Room) -> None:
    await room.hear(thread_ts="1.000001")

    assert room.slack.private == [
        ("C0REPAIRS", "U0TOMREED", "1.000001", {"text": HELLO["text"], "blocks": HELLO["blocks"]})
    ]
    assert room.slack.direct == []


async def test_direct_message_is_answered_in_the_conversation(room: Room) -> None:
    await room.hear("take 42", type="message", channel="D0TOM", channel_type="im")

    assert room.slack.direct == [("D0TOM", None, {"text": HELLO["text"], "blocks": HELLO["blocks"]})]
    assert room.slack.private == []
    assert room.requests[0].asker.source == "slack:message"


async def test_same_event_again_is_answered_once(room: Room) -> None:
    statuses = await asyncio.gather(room.hear(), room.hear())

    assert [*statuses, await room.hear()] == [200, 200, 200]
    assert len(room.requests) == 1
    assert len(room.slack.said) == 1


async def test_memory_of_answered_events_is_bounded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.conversation._REMEMBERED", 2)
    for event_id in ("Ev1", "Ev2", "Ev3", "Ev3", "Ev1"):
        await room.hear(event_id=event_id)

    assert [request.key for request in room.requests] == [f"{TEAM}:{event}" for event in ("Ev1", "Ev2", "Ev3", "Ev1")]


@pytest.mark.parametrize("fault", [TicketAlreadyCompleted(42), DatabaseAway(), RuntimeError("bug")])
async def test_whatever_goes_wrong_is_said_and_not_tried_again(room: Room, fault: Exception) -> None:
    room.faults = [fault]

    with capture_logs():
        assert await room.hear() == 200

    [said] = room.slack.said
    assert "42" in said or "isn't answering" in said or "reference" in said


async def test_words_that_are_no_command_are_answered_with_the_nearest(room: Room) -> None:
    await room.hear("<@U0BOT> tkae 42")

    [said] = room.slack.said
    assert "/ticket take 42" in said


async def test_account_that_is_not_linked_yet_is_linked(room: Room) -> None:
    room.faults = [NotLinked("unknown")]

    await room.hear()

    assert room.linker.asked == [(TEAM, "U0TOMREED")]
    assert room.slack.said == [HELLO["text"]]


async def test_answer_that_slack_does_not_take_is_only_logged(room: Room) -> None:
    room.slack.fault = SlackUnreachable("ServerDisconnectedError", uncertain=True)

    with capture_logs() as logs:
        assert await room.hear() == 200

    assert [entry["event"] for entry in logs if entry["log_level"] != "debug"] == ["an answer was not delivered"]


async def test_work_without_end_is_given_up_in_time_and_said(room: Room) -> None:
    room.seconds = 0.0

    with capture_logs():
        assert await room.hear() == 200

    [said] = room.slack.said
    assert "took too long" in said


async def test_our_own_messages_are_left_alone(room: Room) -> None:
    assert await room.hear(user="U0BOT", bot_id="B0BOT") == 200
    assert await room.hear(type="message", channel="D0TOM", channel_type="im", bot_id="B0OTHER") == 200

    assert (room.requests, room.slack.said) == ([], [])


async def test_before_slack_has_said_who_we_are_events_are_asked_for_again(room: Room) -> None:
    room.workspace.bot_user_id = None

    assert await room.hear() == 503
    room.workspace.bot_user_id = "U0BOT"
    assert await room.hear() == 200

    assert len(room.requests) == 1
