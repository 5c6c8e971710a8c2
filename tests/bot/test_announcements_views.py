"""What the app says by itself, word by word."""

import json
from collections.abc import Iterator, Mapping

import pytest

from bot.views.announcements import announcement
from bot.views.blocks import Message
from bot.views.ids import TICKET_ACCEPT, TICKET_OPEN, TICKET_RELEASE, TICKET_TAKE
from db.models import Notification
from tests.bot.announcement_screens import DONE, EVERYTHING, FILED, MESSAGES, event, notification, ticket


def buttons(message: Message) -> dict[str, str | None]:
    return {
        element["action_id"]: element.get("value")
        for block in message.get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
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
        (
            notification("assigned", facts={"worker": "Ana Lopez"}),
            "Ticket #42 Laptop won't start was handed on to Ana Lopez",
        ),
        (notification("assigned", facts={"worker": None}), "Ticket #42 Laptop won't start went back to the queue"),
        (
            notification("thread", events=[event("accepted"), event("note")]),
            "Ticket #42 Laptop won't start: Tom Reed accepted it; Tom Reed wrote a note",
        ),
        (
            notification("thread", broadcast=True, events=[event("completed", new="1.50")]),
            "Tom Reed completed ticket #42 Laptop won't start (1.5 hours)",
        ),
        (
            notification("thread", broadcast=True, events=[event("completed", None)]),
            "Ticket #42 Laptop won't start is completed",
        ),
        (
            notification("thread", broadcast=True, events=[event("reopened", None)]),
            "Ticket #42 Laptop won't start is open again",
        ),
        (
            notification("thread", broadcast=True, events=[event("priority", None, old="low", new="urgent")]),
            "Ticket #42 Laptop won't start is urgent now",
        ),
        (
            notification("mentioned", events=[event("note"), event("note", "Ana Lopez"), event("note")]),
            "Tom Reed and Ana Lopez mentioned you on ticket #42 Laptop won't start",
        ),
        (
            notification("mentioned", events=[event("note", None)]),
            "A note on ticket #42 Laptop won't start mentions you",
        ),
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
        (
            notification("completed", ticket(completed=True, bench_status="declined")),
            "Ticket #42 Laptop won't start is closed: the repair was declined",
        ),
        (notification("completed", ticket(), actor_name=None), "Ticket #42 Laptop won't start is completed"),
        (notification("reopened"), "Maria Francisco reopened ticket #42 Laptop won't start"),
        (notification("reopened", actor_name=None), "Ticket #42 Laptop won't start is open again"),
        (
            notification("returned_to_queue", ticket=None, facts={"name": "Tom Reed", "count": 1}),
            "Tom Reed takes no tickets any more; back in the queue: 1 ticket",
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
        ("thread_many", {}),
        ("broadcast_completed", {}),
        ("assigned", {TICKET_ACCEPT: "42", TICKET_OPEN: "42", TICKET_RELEASE: "42"}),
        ("assigned_accepted", {TICKET_OPEN: "42", TICKET_RELEASE: "42"}),
        ("assigned_handed_on", {}),
        ("assigned_back_in_queue", {}),
        ("unassigned", {}),
        ("completed", {TICKET_OPEN: "42"}),
        ("reopened", {TICKET_OPEN: "42"}),
        ("returned", {}),
    ],
)
def test_buttons_are_those_that_do_something(name: str, offered: dict[str, str]) -> None:
    assert buttons(MESSAGES[name]) == offered


def test_thread_tells_each_event_in_a_line() -> None:
    [block] = announcement(notification("thread", events=EVERYTHING))["blocks"]

    assert block["type"] == "section"
    assert block["text"]["text"].split("\n") == [
        "Maria Francisco gave it to Tom Reed",
        "Tom Reed accepted it",
        "Tom Reed handed it on to Ana Lopez",
        "Maria Francisco took it over from Ana Lopez",
        "It is with Tom Reed now",
        "Tom Reed put it back into the queue",
        "It is back in the queue",
        "Tom Reed wrote a note",
        "Ana Lopez wrote 2 notes",
        "A note was written",
        "Tom Reed changed the title: Laptop → Laptop won't start",
        "Tom Reed changed the description",
        "Tom Reed changed the priority: Medium → High",
        "The category was changed: none → Network",
        "Tom Reed changed the customer",
        "Tom Reed changed the estimate: none → 2.5 hours",
        "The time worked was changed: 1 hour → none",
        "Tom Reed changed the status: In repair → Waiting for parts",
        "Tom Reed closed it: the repair was declined",
    ]


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
