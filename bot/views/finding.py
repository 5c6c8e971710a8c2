"""Tickets that somebody looks for: the list with filters, ten a page, and the search."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bot.errors import NoLongerThere
from bot.forms import chosen_ticket
from bot.text import length
from bot.views import ids
from bot.views.blocks import VALUE_BUTTON, Block, Button, Message
from bot.views.kit import Markup, actions, button, context, header, join, markup, mrkdwn, private, section
from bot.views.phrases import BENCH_STATUSES, PRIORITIES, category, count, line, named
from bot.wording import worded
from db.models import (
    BenchStatus,
    Cursor,
    CustomerId,
    DueCounts,
    DueFilter,
    TicketFilter,
    TicketHits,
    TicketLine,
    TicketList,
    TicketStatus,
)

_SPOKEN: Final = 3  # tickets that a list's text names
_STATUSES: Final[Mapping[TicketStatus | BenchStatus, str]] = {
    "open": "Open tickets",
    "completed": "Completed tickets",
    "all": "Open and completed tickets",
    "waiting": "Tickets that wait for approval or parts",
    **{status: worded("Tickets: {words}", words=words.lower()) for status, words in BENCH_STATUSES.items()},
}


_DUE: Final[dict[DueFilter, str]] = {"overdue": "overdue", "today": "due today", "week": "due within a week"}


class Place(BaseModel):
    """A page of a list: what it is narrowed by, and the edge of the page before. No edge: the first page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wanted: TicketFilter
    created_at: AwareDatetime | None = None
    id: int | None = None
    backwards: bool = False

    @classmethod
    def unpack(cls, value: str) -> Self:
        """Read what a button carries. Raises ``NoLongerThere``."""
        if length(value) > VALUE_BUTTON:
            raise NoLongerThere
        try:
            return cls.model_validate_json(value)
        except ValidationError as error:
            raise NoLongerThere from error

    def pack(self) -> str:
        """Return it as a button carries it."""
        return self.model_dump_json(exclude_defaults=True)

    @property
    def cursor(self) -> Cursor | None:
        """The edge as the database takes it; the rank doesn't count in this list."""
        if self.created_at is None:
            return None
        return Cursor(rank=0, created_at=self.created_at, id=chosen_ticket(self.id), backwards=self.backwards)


def listed(found: TicketList, wanted: TicketFilter, *, replace: bool = False) -> Message:
    """Return a page of the tickets that fit, the newest first."""
    words = _described(wanted, found)
    blocks: list[Block] = [header("Tickets")]
    if found.tickets:
        said = markup("{tickets}, the newest first.", tickets=words)
        blocks += [context(mrkdwn(said)), *map(line, found.tickets)]
        text = join(" ", [said, _names(found.tickets, more=found.has_next)])
    else:
        text = markup("{tickets}: there are none.", tickets=words)
        if found.has_previous or found.has_next:
            text = markup("Nothing is left on this page of the list.")
        elif wanted.status == "open":
            text = join(" ", [text, markup("With `status:all` the completed ones count, too.")])
        blocks.append(section(mrkdwn(text)))
    return private(text, [*blocks, *actions(_pages(found, wanted))], replace=replace)


def hits(found: TicketHits, words: str) -> Message:
    """Return what a search has found, the best first."""
    if not found.tickets:
        text = markup("No ticket that you can see has “{words}”.", words=words)
        return private(text, [header("Search"), section(mrkdwn(text))])
    said = markup("“{words}”, the best first, open or completed.", words=words)
    blocks: list[Block] = [header("Search"), context(mrkdwn(said)), *map(line, found.tickets)]
    if found.more:
        more = markup(
            "There are more. Another word narrows it; `/ticket list status:all {words}` shows all.", words=words
        )
        blocks.append(context(mrkdwn(more)))
    return private(join(" ", [said, _names(found.tickets, more=found.more)]), blocks)


def pressing(counts: DueCounts) -> list[Block]:
    """Return how many tickets are overdue and due today, with the button that lists them; none where none is."""
    parts = []
    if counts.overdue:
        parts.append(markup("*{tickets} overdue*", tickets=_are(counts.overdue)))
    if counts.today:
        parts.append(markup("{tickets} due today", tickets=_are(counts.today)))
    if not parts:
        return []
    due: DueFilter = "overdue" if counts.overdue else "today"
    which = Place(wanted=TicketFilter(due=due)).pack()
    shown = button("Overdue" if counts.overdue else "Due today", ids.LIST_PAGE, which)
    return [section(mrkdwn(markup("{parts}.", parts=join(", ", parts))), accessory=shown)]


def _are(tickets: int) -> str:
    return count(tickets, "ticket is", "tickets are")


def _described(wanted: TicketFilter, found: TicketList) -> Markup:
    """Say what a list is narrowed by. A person is called by the name on their tickets, where there are any."""
    parts = [markup("{status}", status=_STATUSES[wanted.status])]
    if wanted.worker == "me":
        parts.append(markup("yours"))
    elif wanted.worker == "nobody":
        parts.append(markup("nobody's"))
    elif wanted.worker is not None:
        name = next((ticket.worker_name for ticket in found.tickets if ticket.worker_name), "this person")
        parts.append(markup("with {name}", name=name))
    if wanted.priority is not None:
        parts.append(markup("{priority} priority", priority=PRIORITIES[wanted.priority].lower()))
    if wanted.category is not None:
        parts.append(markup("{category}", category=category(wanted.category).lower()))
    if wanted.customer_id is not None:
        parts.append(_whose(wanted.customer_id, found.led_to))
    if wanted.due is not None:
        parts.append(markup("{due}", due=_DUE[wanted.due]))
    if wanted.serial is not None:
        parts.append(markup("serial number {serial}", serial=wanted.serial))
    if wanted.words is not None:
        parts.append(markup("with “{words}”", words=wanted.words))
    return join(" · ", parts)


def _whose(customer: CustomerId, led_to: CustomerId | None) -> Markup:
    if led_to is None:
        return markup("of customer {number}", number=customer)
    return markup("of customer {stays}, with whom {number} was merged", stays=led_to, number=customer)


def _names(tickets: list[TicketLine], *, more: bool) -> Markup:
    names = join(", ", [named(ticket) for ticket in tickets[:_SPOKEN]])
    return markup("{names} …", names=names) if more or len(tickets) > _SPOKEN else names


def _pages(found: TicketList, wanted: TicketFilter) -> list[Button]:
    def edge(ticket: TicketLine, *, backwards: bool) -> str:
        created_at: datetime = ticket.created_at
        return Place(wanted=wanted, created_at=created_at, id=ticket.id, backwards=backwards).pack()

    if not found.tickets:
        return [button("First page", ids.LIST_PAGE, Place(wanted=wanted).pack())] if found.has_previous else []
    buttons = []
    if found.has_previous:
        buttons.append(button("Previous", ids.LIST_BACK, edge(found.tickets[0], backwards=True)))
    if found.has_next:
        buttons.append(button("Next", ids.LIST_PAGE, edge(found.tickets[-1], backwards=False)))
    return buttons
