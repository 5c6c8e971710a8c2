"""Rows as the database answers them, made for the views."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from bot.roles import Relation, Role
from db.models import (
    Actor,
    CustomerId,
    CustomerOfTicket,
    CustomerOption,
    Device,
    Note,
    NoteAdded,
    Panel,
    PasscodeShown,
    Person,
    Ticket,
    TicketChanged,
    TicketFormFacts,
    TicketId,
    TicketLine,
    TicketPage,
    TicketSeen,
    UserId,
)

FILED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def actor(role: Role = Role.TECHNICIAN, **changed: Any) -> Actor:  # noqa: ANN401 - any field
    facts = {"id": UserId(7), "name": "Ana Ruiz", "role": role, "email": "ana@shop.test", "slack_user_id": "U0ANA"}
    return Actor.model_validate(facts | changed)


def ticket_line(number: int = 42, **changed: Any) -> TicketLine:  # noqa: ANN401 - any field
    facts = {
        "id": TicketId(number),
        "title": "Laptop won't start",
        "priority": "high",
        "category": "hardware",
        "completed": False,
        "bench_status": "received",
        "due_at": None,
        "created_at": FILED + timedelta(minutes=number),
        "customer_name": "Maria Delgado",
        "worker_name": None,
    }
    return TicketLine.model_validate(facts | changed)


def ticket(number: int = 42, relations: set[Relation] | None = None, **changed: Any) -> Ticket:  # noqa: ANN401 - any field
    facts: dict[str, Any] = ticket_line(number).model_dump() | {
        "description": "It clicks three times, then nothing.\nThe owner needs the photos on it.",
        "customer": CustomerOfTicket(
            id=CustomerId(3), name="Maria Delgado", phone="415-555-0101", email="maria@example.test"
        ),
        "filed_by_name": "Tom Okafor",
        "worker_slack_user_id": None,
        "estimated_hours": None,
        "estimated_cost": None,
        "actual_hours": None,
        "approval": None,
        "device": Device(),
        "steps": ["diagnosing", "in_repair", "waiting_approval", "waiting_parts", "ready", "declined"],
        "version": 1,
        "updated_at": FILED + timedelta(minutes=number),
        "completed_at": None,
        "timer_since": None,
        "timer_hours": None,
        "has_passcode": False,
        "notes": [],
        "relations": frozenset(relations or {Relation.QUEUE}),
    }
    return Ticket.model_validate(facts | changed)


def mine(number: int = 42, **changed: Any) -> Ticket:  # noqa: ANN401 - any field
    return ticket(number, {Relation.WORKER}, **({"worker_name": "Ana Ruiz", "worker_slack_user_id": "U0ANA"} | changed))


def anothers(number: int = 42, *, filed: bool = False, **changed: Any) -> Ticket:  # noqa: ANN401 - any field
    relations = {Relation.OTHER, Relation.FILER} if filed else {Relation.OTHER}
    worker = {"worker_name": "Bo Chen", "worker_slack_user_id": "U0BO"}
    return ticket(number, relations, **(worker | changed))


def completed(number: int = 42, **changed: Any) -> Ticket:  # noqa: ANN401 - any field
    ended = FILED + timedelta(days=1)
    note = Note(author="Ana Ruiz", kind="resolution", body="Replaced the drive.", created_at=ended)
    facts = {
        "completed": True,
        "bench_status": "ready",
        "steps": ["collected"],
        "completed_at": ended,
        "updated_at": ended,
        "actual_hours": Decimal("1.50"),
        "estimated_hours": Decimal("1.00"),
        "estimated_cost": Decimal("75.00"),
        "notes": [note],
    }
    return mine(number, **(facts | changed))


def standing(status: str, *steps: str, **changed: Any) -> Ticket:  # noqa: ANN401 - any field
    """Return a ticket of mine whose repair is there, and where it may go."""
    return mine(bench_status=status, steps=steps, **changed)


def seen(shown: Ticket, role: Role = Role.TECHNICIAN) -> TicketSeen:
    return TicketSeen(actor=actor(role), ticket=shown)


def changed(shown: Ticket, role: Role = Role.TECHNICIAN, *, no_technician: bool = False) -> TicketChanged:
    return TicketChanged(actor=actor(role), ticket=shown, repeated=False, no_technician=no_technician)


def noted(shown: Ticket, **missed: str) -> NoteAdded:
    """Return a note's answer; ``missed``: whom it mentions in vain, and why."""
    mentions = [{"name": name, "why": why} for name, why in missed.items()]
    return NoteAdded.model_validate({"actor": actor(), "ticket": shown, "repeated": False, "missed": mentions})


def passcode(code: str | None, number: int = 42, **changed: Any) -> PasscodeShown:  # noqa: ANN401 - any field
    secret = None if code is None else SecretStr(code)
    return PasscodeShown(actor=actor(), ticket=ticket_line(number, **changed), passcode=secret)


def page(tickets: list[TicketLine], role: Role = Role.TECHNICIAN, **facts: Any) -> TicketPage:  # noqa: ANN401 - any field
    known = {"actor": actor(role), "tickets": tickets, "total": len(tickets), "has_next": False, "has_previous": False}
    return TicketPage.model_validate(known | facts)


def panel(tickets: list[TicketLine], role: Role = Role.TECHNICIAN, **facts: Any) -> Panel:  # noqa: ANN401 - any field
    known = {"actor": actor(role), "mine": tickets[:5], "mine_total": len(tickets), "queue_length": 3}
    return Panel.model_validate(known | facts)


def technician(number: int, name: str) -> Person:
    return Person(id=UserId(number), name=name, slack_user_id=f"U{number}", role=Role.TECHNICIAN, is_active=True)


def form_facts(role: Role = Role.TECHNICIAN, technicians: tuple[Person, ...] = ()) -> TicketFormFacts:
    people = technicians or (technician(7, "Ana Ruiz"), technician(8, "Bo Chen"))
    return TicketFormFacts(actor=actor(role), technicians=list(people))


def customer(number: int, name: str, **changed: Any) -> CustomerOption:  # noqa: ANN401 - any field
    facts = {
        "id": number,
        "name": name,
        "phone": "415-555-0101",
        "email": "maria@example.test",
        "total_tickets": 3,
        "open_tickets": 1,
    }
    return CustomerOption.model_validate(facts | changed)
