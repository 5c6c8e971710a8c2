"""What the app says by itself, word by word."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from bot.views.announcements import announcement
from bot.views.ids import TICKET_OPEN, TICKET_RELEASE, TICKET_TAKE
from bot.views.kit import Message
from db.models import CardTicket, Notification, NotificationKind
from tests.bot.judges import VALIDATOR, judge_by_sdk, judge_by_validator

FILED: Final = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HOSTILE: Final = "<!channel> & <@U1> *x* _y_ `z` <https://evil.example|here>"
DONE: Final = {"completed": True, "completed_at": FILED, "actual_hours": Decimal("1.50"), "worker_name": "Tom Reed"}


def ticket(**changed: Any) -> CardTicket:  # noqa: ANN401 - any field
    facts = {
        "id": 42,
        "title": "Laptop won't start",
        "priority": "high",
        "category": "data recovery",
        "completed": False,
        "created_at": FILED,
        "completed_at": None,
        "worker_name": None,
        "filed_by_name": "Rita Bell",
        "actual_hours": None,
    }
    return CardTicket.model_validate(facts | changed)


def notification(kind: NotificationKind, shown: CardTicket | None = None, **changed: Any) -> Notification:  # noqa: ANN401
    facts: dict[str, object] = {
        "id": 1,
        "kind": kind,
        "dedupe_key": "key",
        "ticket_id": 42,
        "recipient_id": None if kind == "card" else 7,
        "recipient_slack_user_id": None if kind == "card" else "U0TOM",
        "channel": None,
        "ts": None,
        "uncertain_since": None,
        "attempts": 1,
        "failures": 0,
        "version": 1,
        "actor_name": "Maria Francisco",
        "facts": {},
        "ticket": shown or ticket(),
        "created_at": FILED,
    }
    return Notification.model_validate(facts | changed)


def buttons(message: Message) -> dict[str, str | None]:
    return {
        element["action_id"]: element.get("value")
        for block in message.get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    }


MESSAGES: Final[Mapping[str, Message]] = {
    name: announcement(told)
    for name, told in {
        "card_queue": notification("card"),
        "card_taken": notification("card", ticket(worker_name="Tom Reed", category=None, filed_by_name=None)),
        "card_completed": notification("card", ticket(**DONE)),
        "card_hostile": notification(
            "card", ticket(title=HOSTILE, worker_name=HOSTILE, filed_by_name=HOSTILE, category=HOSTILE)
        ),
        "card_longest": notification("card", ticket(title="&" * 255, worker_name="&" * 255, filed_by_name="&" * 255)),
        "card_removed": notification("card", ticket=None, facts={"title": HOSTILE}),
        "assigned": notification("assigned"),
        "assigned_hostile": notification("assigned", ticket(title=HOSTILE), actor_name=HOSTILE),
        "unassigned": notification("unassigned", facts={"worker": "Ana Lopez"}),
        "unassigned_hostile": notification("unassigned", actor_name=HOSTILE, facts={"worker": HOSTILE + "2"}),
        "completed": notification("completed", ticket(**DONE), facts={"resolution": "New fan."}),
        "completed_hostile": notification("completed", ticket(**DONE), facts={"resolution": HOSTILE * 200}),
        "reopened": notification("reopened"),
        "returned": notification("returned_to_queue", ticket=None, ticket_id=None, facts={"name": HOSTILE, "count": 3}),
    }.items()
}


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (notification("card"), "Ticket #42 Laptop won't start. In the queue, high priority."),
        (
            notification("card", ticket(worker_name="Tom Reed")),
            "Ticket #42 Laptop won't start. With Tom Reed, high priority.",
        ),
        (notification("card", ticket(**DONE)), "Ticket #42 Laptop won't start. Completed, high priority."),
        (notification("card", ticket=None), "Ticket #42 was removed"),
        (notification("assigned"), "Maria Francisco gave you ticket #42 Laptop won't start"),
        (notification("assigned", actor_name=None), "You have a new ticket: #42 Laptop won't start"),
        (notification("unassigned"), "Maria Francisco put your ticket back into the queue: #42 Laptop won't start"),
        (
            notification("unassigned", facts={"worker": "Ana Lopez"}),
            "Maria Francisco handed your ticket on to Ana Lopez: #42 Laptop won't start",
        ),
        (
            notification("unassigned", facts={"worker": "Maria Francisco"}),
            "Maria Francisco took over your ticket: #42 Laptop won't start",
        ),
        (
            notification("unassigned", actor_name=None, facts={"worker": "Ana Lopez"}),
            "Ana Lopez works on your ticket now: #42 Laptop won't start",
        ),
        (
            notification("unassigned", actor_name=None),
            "Your ticket is back in the queue: #42 Laptop won't start",
        ),
        (
            notification("completed", ticket(**DONE)),
            "Maria Francisco completed ticket #42 Laptop won't start (1.5 hours)",
        ),
        (notification("completed", ticket(), actor_name=None), "Ticket #42 Laptop won't start is completed"),
        (notification("reopened"), "Maria Francisco reopened ticket #42 Laptop won't start"),
        (notification("reopened", actor_name=None), "Ticket #42 Laptop won't start is open again"),
        (
            notification("returned_to_queue", ticket=None, facts={"name": "Tom Reed", "count": 1}),
            "Tom Reed was deactivated; back in the queue: 1 ticket",
        ),
    ],
)
def test_text_stands_alone_on_a_lock_screen(told: Notification, text: str) -> None:
    assert announcement(told)["text"] == text


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("card_queue", {TICKET_TAKE: "42", TICKET_OPEN: "42"}),
        ("card_taken", {TICKET_OPEN: "42"}),
        ("card_completed", {TICKET_OPEN: "42"}),
        ("card_removed", {}),
        ("assigned", {TICKET_OPEN: "42", TICKET_RELEASE: "42"}),
        ("unassigned", {}),
        ("completed", {TICKET_OPEN: "42"}),
        ("reopened", {TICKET_OPEN: "42"}),
        ("returned", {}),
    ],
)
def test_buttons_are_those_that_do_something(name: str, offered: dict[str, str]) -> None:
    assert buttons(MESSAGES[name]) == offered


def test_ticket_back_in_the_queue_can_be_opened_by_who_had_it() -> None:
    assert buttons(announcement(notification("unassigned"))) == {TICKET_OPEN: "42"}


def test_completed_ticket_cannot_be_handed_back() -> None:
    assert buttons(announcement(notification("assigned", ticket(**DONE)))) == {TICKET_OPEN: "42"}


def test_card_shows_times_in_each_readers_zone() -> None:
    assert f"<!date^{int(FILED.timestamp())}^" in json.dumps(MESSAGES["card_queue"])


def test_completion_says_what_was_done() -> None:
    assert "*What was done*\\nNew fan." in json.dumps(MESSAGES["completed"])


@pytest.mark.parametrize("name", MESSAGES)
def test_nothing_typed_becomes_live(name: str) -> None:
    for text in _mrkdwn(MESSAGES[name]):
        for live in ("<!channel", "<@", "<http", "*x*", "_y_", "`z`"):
            assert live not in text


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_sdk_accepts_message(name: str) -> None:
    judge_by_sdk("message", MESSAGES[name])


@pytest.mark.skipif(not VALIDATOR.exists(), reason="the stand-alone validator is not here")
def test_stand_alone_validator_accepts_every_message() -> None:
    pytest.importorskip("jsonschema")

    assert judge_by_validator({name: ("message", message) for name, message in MESSAGES.items()}) == []


def _mrkdwn(found: object) -> Iterator[str]:
    """Yield every text that Slack reads as markup."""
    if isinstance(found, Mapping):
        if isinstance(found.get("text"), str) and found.get("type") != "plain_text":
            yield found["text"]
        for inner in found.values():
            yield from _mrkdwn(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from _mrkdwn(inner)
