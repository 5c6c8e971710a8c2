"""What the app says by itself, as screens: cards, what stands in their threads, direct messages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, get_args

from bot.views.announcements import announcement
from bot.views.blocks import Message
from bot.views.reminders import snoozed
from db.models import (
    CardTicket,
    EventKind,
    Notification,
    NotificationKind,
    Reminder,
    ReminderReason,
    Snoozed,
    TicketEvent,
)
from tests.bot import rows

FILED: Final = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HOSTILE: Final = "<!channel> & <@U1> *x* _y_ `z` <https://evil.example|here>"
DUE: Final = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
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
        "bench_status": "ready" if changed.get("completed") else "received",
        "device": None,
        "due_at": None,
    }
    return CardTicket.model_validate(facts | changed)


def notification(kind: NotificationKind, shown: CardTicket | None = None, **changed: Any) -> Notification:  # noqa: ANN401
    facts: dict[str, object] = {
        "id": 1,
        "kind": kind,
        "dedupe_key": "key",
        "ticket_id": 42,
        "recipient_id": None if kind in {"card", "thread"} else 7,
        "recipient_slack_user_id": None if kind in {"card", "thread"} else "U0TOM",
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


def event(
    kind: EventKind,
    actor: str | None = "Tom Reed",
    *,
    old: str | None = None,
    new: str | None = None,
    body: str | None = None,
) -> TicketEvent:
    return TicketEvent(event=kind, actor=actor, old=old, new=new, body=body)


WORDS: Final[tuple[EventKind, ...]] = ("assigned", "accepted", "released", "reopened", "note", "title", "category")
EVERYTHING: Final = [
    event("assigned", "Maria Francisco", new="Tom Reed"),
    event("accepted"),
    event("assigned", old="Tom Reed", new="Ana Lopez"),
    event("assigned", "Maria Francisco", old="Ana Lopez", new="Maria Francisco"),
    event("assigned", None, old="Maria Francisco", new="Tom Reed"),
    event("released"),
    event("released", None),
    event("note"),
    event("note", "Ana Lopez"),
    event("note", "Ana Lopez"),
    event("note", None),
    event("title", old="Laptop", new="Laptop won't start"),
    event("description"),
    event("priority", old="medium", new="high"),
    event("category", None, old=None, new="network"),
    event("customer"),
    event("estimate", old=None, new="2.50"),
    event("hours", None, old="1.00", new=None),
    event("status", old="in_repair", new="waiting_parts"),
    event("completed", old="declined"),
]


def needs(why: ReminderReason, number: int = 42, **changed: Any) -> Reminder:  # noqa: ANN401 - any field
    since = None if why in {"nudged", "due_soon"} else FILED
    return Reminder(why=why, since=since, ticket=ticket(id=number, due_at=DUE, **changed))


def reminded(*needed: Reminder, **changed: Any) -> Notification:  # noqa: ANN401 - any field
    return notification("reminder", **{"reminders": list(needed), "actor_name": None, **changed})


NEEDED: Final[Mapping[str, list[Reminder]]] = {
    "overdue": [needs("overdue", worker_name="Tom Reed")],
    "due_soon": [needs("due_soon", worker_name="Tom Reed")],
    "untouched": [needs("untouched", priority="urgent")],
    "approval": [needs("approval", worker_name="Tom Reed", bench_status="waiting_approval")],
    "silent": [needs("silent", worker_name="Tom Reed")],
    "two_overdue": [needs("overdue", number, worker_name="Tom Reed") for number in (41, 42)],
    "mixed": [needs(why, number, worker_name="Tom Reed") for number, why in enumerate(get_args(ReminderReason), 40)],
    "too_many": [needs("overdue", number, worker_name="Ana Lopez") for number in range(40, 60)],
    "longest": [needs("overdue", number, worker_name="&" * 255, title="&" * 255) for number in range(40, 55)],
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
        "card_removed": notification("card", ticket=None, facts={"title": "Laptop won't start"}),
        "card_removed_hostile": notification("card", ticket=None, facts={"title": HOSTILE}),
        "thread_one": notification("thread", events=[event("assigned", new="Tom Reed")]),
        "thread_many": notification("thread", events=EVERYTHING),
        "thread_hostile": notification(
            "thread", ticket(title=HOSTILE), events=[event(kind, HOSTILE, old=HOSTILE, new=HOSTILE) for kind in WORDS]
        ),
        "thread_longest": notification(
            "thread",
            ticket(title="&" * 255),
            events=[event("title", "&" * 255, old="&" * 255, new="é" * 255)] * 10
            + [event("category", "&" * 255, old="&" * 100, new="é" * 100)] * 10,
        ),
        "broadcast_completed": notification(
            "thread", ticket(**DONE), broadcast=True, events=[event("completed", new="1.50")]
        ),
        "broadcast_reopened": notification("thread", broadcast=True, events=[event("reopened")]),
        "broadcast_urgent": notification(
            "thread", ticket(priority="urgent"), broadcast=True, events=[event("priority", old="high", new="urgent")]
        ),
        "broadcast_hostile": notification(
            "thread", ticket(title=HOSTILE), broadcast=True, events=[event("reopened", HOSTILE)]
        ),
        "watched_one": notification("watched", events=[event("assigned", new="Tom Reed")]),
        "watched_many": notification(
            "watched", events=[*EVERYTHING, event("note", body="Customer called."), event("note", None, body="Fan.")]
        ),
        "watched_hostile": notification(
            "watched",
            ticket(title=HOSTILE),
            events=[event("category", HOSTILE, old=HOSTILE, new=HOSTILE), event("note", HOSTILE, body=HOSTILE)],
        ),
        "watched_longest": notification(
            "watched", ticket(title="&" * 255), events=[event("note", "&" * 255, body="&" * 10_000)] * 20
        ),
        "mentioned": notification("mentioned", events=[event("note", body="@Tom Reed please look")]),
        "mentioned_many": notification(
            "mentioned",
            events=[
                event("note", name, body=f"@Tom Reed {n}") for n, name in enumerate(("Ana Lopez", "Rita Bell", None))
            ],
        ),
        "mentioned_hostile": notification(
            "mentioned", ticket(title=HOSTILE), events=[event("note", HOSTILE, body=HOSTILE * 200)]
        ),
        "mentioned_longest": notification(
            "mentioned",
            ticket(title="&" * 255),
            events=[event("note", f"{n}" + "&" * 254, body="&" * 10_000) for n in range(20)],
        ),
        "assigned": notification("assigned"),
        "assigned_accepted": notification("assigned", facts={"accepted": 1}),
        "assigned_handed_on": notification("assigned", facts={"worker": "Ana Lopez", "accepted": 0}),
        "assigned_handed_on_hostile": notification("assigned", ticket(title=HOSTILE), facts={"worker": HOSTILE}),
        "assigned_back_in_queue": notification("assigned", facts={"worker": None}),
        "assigned_hostile": notification("assigned", ticket(title=HOSTILE), actor_name=HOSTILE),
        "unassigned": notification("unassigned", facts={"worker": "Ana Lopez"}),
        "unassigned_hostile": notification("unassigned", actor_name=HOSTILE, facts={"worker": HOSTILE + "2"}),
        "completed": notification("completed", ticket(**DONE), facts={"resolution": "New fan."}),
        "completed_hostile": notification("completed", ticket(**DONE), facts={"resolution": HOSTILE * 200}),
        "reopened": notification("reopened"),
        **{f"reminder_{name}": reminded(*needed) for name, needed in NEEDED.items()},
        "reminder_nudged_hostile": reminded(needs("nudged", title=HOSTILE), actor_name=HOSTILE),
        "reminder_over": reminded(),
        "thread_files": notification(
            "thread",
            events=[
                *[event("file_added", new="image/jpeg")] * 3,
                event("file_added", "Ana Lopez", new="application/pdf"),
                event("file_added", None, new="video/mp4"),
                event("file_removed", "Maria Francisco", old="text/plain"),
                event("file_removed", None, old="application/x-strange"),
            ],
        ),
        "file_too_large": notification("file_refused", facts={"errand": "fetch", "reason": "too_large"}),
        "file_unknown_reason": notification("file_refused", facts={"errand": "fetch", "reason": "new"}),
        "file_not_sent": notification(
            "file_refused", ticket(title="&" * 255), facts={"errand": "send", "reason": "lost"}
        ),
        "returned": notification(
            "returned_to_queue", ticket=None, ticket_id=None, facts={"name": "Ana Lopez", "count": 3}
        ),
        "returned_hostile": notification(
            "returned_to_queue", ticket=None, ticket_id=None, facts={"name": HOSTILE, "count": 3}
        ),
    }.items()
}


def announcement_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of what the app says by itself."""
    actor, until = rows.actor(), DUE
    put_off = {
        f"snoozed_{name}": snoozed(Snoozed(actor=actor, tickets=tickets, until=until, repeated=False))
        for name, tickets in (("none", 0), ("one", 1), ("many", 12))
    }
    return {f"told_{name}": ("message", told) for name, told in {**MESSAGES, **put_off}.items()}
