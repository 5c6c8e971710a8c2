"""How facts are worded, the same on every screen."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.text import shorten
from bot.views.blocks import Button, Section
from bot.views.ids import TICKET_OPEN
from bot.views.kit import Markup, button, date, markup, mrkdwn, section, weekday
from bot.wording import commas, worded
from db.models import BenchStatus, CardTicket, Customer, Priority, TicketLine

TITLE_IN_LIST: Final = 120
_NAMED: Final = 20  # tickets
_MINUTE: Final = 60  # seconds
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_DAYS: Final = 1.5  # from so many on, days are counted, and hours before
_PRESSING: Final = 24 * 60 * 60  # seconds before the due date, from which a list says so
_KILO: Final = 1024
_FILE_KINDS: Final = {"image": "photo", "video": "video", "text": "text"}
FILES: Final[Mapping[str, str]] = {  # what files are called: one, several
    "photo": "photos",
    "video": "videos",
    "text": "texts",
    "PDF": "PDFs",
    "file": "files",
}

PRIORITIES: Final[dict[Priority, str]] = {"low": "Low", "medium": "Medium", "high": "High", "urgent": "Urgent"}

CATEGORIES: Final[Mapping[str, str]] = {
    "hardware": "Hardware",
    "software": "Software",
    "network": "Network",
    "data recovery": "Data recovery",
    "upgrade": "Upgrade",
    "other": "Other",
}

BENCH_STATUSES: Final[dict[BenchStatus, str]] = {
    "received": "Received",
    "diagnosing": "Diagnosing",
    "waiting_approval": "Waiting for approval",
    "waiting_parts": "Waiting for parts",
    "in_repair": "In repair",
    "quality_check": "Quality check",
    "ready": "Ready",
    "collected": "Collected",
    "declined": "Declined",
}


# how a customer was asked (db.models.AskedHow)
WAYS: Final[dict[str, str]] = {
    "phone": "By phone",
    "e-mail": "By e-mail",
    "in person": "In person",
    "message": "By message",
}


def count(number: int, thing: str, things: str = "") -> str:
    """Return ``1 ticket``, ``1,200 tickets``, ``no tickets``. ``things``: the plural, where it takes more than an s."""
    figure = f"{number:,}" if number else worded("no")
    return f"{figure} {thing if number == 1 else things or f'{thing}s'}"


def hours(decimal_hours: Decimal) -> str:
    """Return ``1 hour``, ``1.5 hours``."""
    number = f"{decimal_hours.normalize():f}"
    return worded("{number} hour", number=number) if number == "1" else worded("{number} hours", number=number)


def lasting(seconds: int) -> str:
    """Return ``20 minutes``, ``5 hours``, ``3 days``: as much as one wants to know."""
    if seconds >= _DAYS * _DAY:
        return count(round(seconds / _DAY), "day")
    if seconds >= _HOUR:
        return count(round(seconds / _HOUR), "hour")
    return count(max(1, round(seconds / _MINUTE)), "minute")


def due(ticket: TicketLine) -> Markup | None:
    """Return ``Friday 5:00 PM, in 3 hours``; None where there is nothing to say."""
    if ticket.due_at is None:
        return None
    moment = weekday(ticket.due_at)
    if ticket.due_in is None:
        return moment
    if ticket.due_in < 0:
        return markup("{moment}, *overdue by {long}*", moment=moment, long=lasting(-ticket.due_in))
    return markup("{moment}, in {long}", moment=moment, long=lasting(ticket.due_in))


def tickets(total: int, still_open: int) -> str:
    """Return a customer's tickets: ``12 tickets, 1 open``, ``1 ticket``, ``no tickets``."""
    all_of_them = count(total, "ticket")
    return worded("{tickets}, {open} open", tickets=all_of_them, open=f"{still_open:,}") if still_open else all_of_them


def money(amount: Decimal) -> str:
    """Return ``$1,337.50``: the shop's hourly rate is in dollars."""
    return worded("${amount}", amount=f"{amount:,.2f}")


def category(name: str) -> str:
    """Return a category as a label."""
    return CATEGORIES.get(name, name)


def held(ticket: TicketLine | CardTicket) -> str:
    """Return who has the ticket now."""
    if ticket.completed:
        return "Completed"
    return "In the queue" if ticket.worker_name is None else worded("With {name}", name=ticket.worker_name)


def state(ticket: TicketLine | CardTicket) -> str:
    """Return who has the ticket now, and where its repair is, if that says more."""
    if ticket.bench_status in {"received", "ready"}:
        return held(ticket)
    status = BENCH_STATUSES[ticket.bench_status]
    return status if ticket.completed else worded("{held}, {status}", held=held(ticket), status=status.lower())


def named(ticket: TicketLine | CardTicket) -> Markup:
    """Return ``#42 Laptop won't start``, shortened."""
    return markup("#{number} {title}", number=ticket.id, title=shorten(ticket.title, TITLE_IN_LIST))


def line(ticket: TicketLine) -> Section:
    """Return a ticket as a row of a list, with a button that opens it."""
    words = markup(
        "*#{number}* {title}\n{late}{priority} · {state} · {customer} · {filed}",
        number=ticket.id,
        title=shorten(ticket.title, TITLE_IN_LIST),
        late=_late(ticket),
        priority=PRIORITIES[ticket.priority],
        state=state(ticket),
        customer=ticket.customer_name,
        filed=date(ticket.created_at),
    )
    return section(
        mrkdwn(words),
        accessory=open_button(ticket.id),
    )


def ticket_numbers(tickets: Sequence[int]) -> str:
    """Return ``#7, #9``; where there are very many, how many there are besides."""
    numbers = commas([f"#{number}" for number in tickets[:_NAMED]])
    more = len(tickets) - _NAMED
    return worded("{numbers} and {more} more", numbers=numbers, more=more) if more > 0 else numbers


def open_button(ticket_id: int) -> Button:
    """Return the button that opens a ticket."""
    return button("Open", TICKET_OPEN, ticket_id, spoken=worded("Open ticket #{ticket}", ticket=ticket_id))


def full_name(customer: Customer) -> str:
    """Return a customer's first and last name."""
    return f"{customer.first_name} {customer.last_name}"


def file_kind(kind: str) -> str:
    """Return what a file of this type (``image/jpeg``) is called, in the singular."""
    major = kind.partition("/")[0]
    return "PDF" if kind == "application/pdf" else _FILE_KINDS.get(major, "file")


def size(number: int) -> str:
    """Return a number of bytes as people say it."""
    if number < _KILO:
        return worded("{number} B", number=number)
    if number < _KILO**2:
        return worded("{number} kB", number=f"{number / _KILO:.0f}")
    return worded("{number} MB", number=f"{number / _KILO**2:.1f}")


def _late(ticket: TicketLine) -> Markup:
    """Return what a row says of the due date: only where it presses."""
    if ticket.due_in is None or ticket.due_in > _PRESSING:
        return markup("")
    if ticket.due_in < 0:
        return markup("*Overdue by {long}* · ", long=lasting(-ticket.due_in))
    return markup("Due in {long} · ", long=lasting(ticket.due_in))
