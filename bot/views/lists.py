"""Lists of tickets, ten a page: what is mine, and the queue."""

import re
from datetime import datetime
from typing import Final

from bot.errors import NoLongerThere
from bot.forms import chosen_ticket
from bot.roles import Ability, Role, may
from bot.views import ids
from bot.views.blocks import Block, Button, Message
from bot.views.kit import Markup, actions, button, context, header, join, markup, mrkdwn, private, section
from bot.views.phrases import count, line, named
from db.models import Cursor, Priority, TicketPage

_RANKS: Final[dict[Priority, int]] = {"urgent": 1, "high": 2, "medium": 3, "low": 4}  # tickets.priority_rank
_CURSOR: Final = re.compile(r"([+-]) ([1-4]) (\d{1,10}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00)")
_SPOKEN: Final = 3  # tickets that a list's text names


def mine(page: TicketPage, *, replace: bool = False) -> Message:
    """Return the open tickets that the person works on or filed."""
    role = page.actor.role
    if may(role, Ability.TAKE_TICKET):
        advice = "Take one from the queue."
    elif may(role, Ability.FILE_TICKET):
        advice = "What you file appears here until it is completed."
    else:
        advice = "A Viewer has no tickets of their own; the queue shows what is waiting."
    empty = markup("No open tickets are yours. {advice}", advice=advice)
    return _listed(page, "My open tickets", empty, (ids.MINE_PAGE, ids.MINE_BACK), replace=replace)


def queue(page: TicketPage, *, replace: bool = False) -> Message:
    """Return the open tickets that nobody works on."""
    empty = markup("The queue is empty: every open ticket has somebody who works on it.")
    return _listed(page, "The queue", empty, (ids.QUEUE_PAGE, ids.QUEUE_BACK), replace=replace)


def pack_cursor(cursor: Cursor) -> str:
    """Return a cursor as a button's value."""
    direction = "-" if cursor.backwards else "+"
    return f"{direction} {cursor.rank} {cursor.id} {cursor.created_at.isoformat()}"


def unpack_cursor(value: str) -> Cursor | None:
    """Return a button's cursor, None for the first page. Raises ``NoLongerThere``."""
    if not value:
        return None
    match = _CURSOR.fullmatch(value)
    if match is None:
        raise NoLongerThere
    return Cursor(
        rank=int(match[2]),
        created_at=datetime.fromisoformat(match[4]),
        id=chosen_ticket(match[3]),
        backwards=match[1] == "-",
    )


def _listed(page: TicketPage, title: str, empty: Markup, turning: tuple[str, str], *, replace: bool) -> Message:
    blocks: list[Block] = [header(title)]
    if page.tickets:
        order = ", the most urgent first" if page.total > 1 else ""
        total = markup("{total}{order}.", total=count(page.total, "open ticket"), order=order)
        blocks += [context(mrkdwn(total)), *map(line, page.tickets)]
        names = join(", ", [named(ticket) for ticket in page.tickets[:_SPOKEN]])
        more = "" if len(page.tickets) <= _SPOKEN else " …"
        text = markup("{title}: {total} {names}{more}", title=title, total=total, names=names, more=more)
    else:
        text = empty if page.total == 0 else markup("Nothing is left on this page of the list.")
        blocks.append(section(mrkdwn(text)))
    blocks += actions(_page_buttons(page, *turning) or _ways_on(page, turning[0]))
    return private(text, blocks, replace=replace)


def _page_buttons(page: TicketPage, forth: str, back: str) -> list[Button]:
    if not page.tickets:
        return [button("First page", forth)] if page.total else []
    buttons = []
    if page.has_previous:
        buttons.append(button("Previous", back, _edge(page, backwards=True)))
    if page.has_next:
        buttons.append(button("Next", forth, _edge(page, backwards=False)))
    return buttons


def _edge(page: TicketPage, *, backwards: bool) -> str:
    ticket = page.tickets[0 if backwards else -1]
    return pack_cursor(
        Cursor(rank=_RANKS[ticket.priority], created_at=ticket.created_at, id=ticket.id, backwards=backwards)
    )


def _ways_on(page: TicketPage, here: str) -> list[Button]:
    """Return what to do next where there is no other page."""
    role: Role = page.actor.role
    buttons = []
    if may(role, Ability.FILE_TICKET):
        buttons.append(button("New ticket", ids.TICKET_NEW))
    if here == ids.QUEUE_PAGE:
        buttons.append(button("My tickets", ids.MINE_PAGE))
    elif may(role, Ability.SEE_QUEUE):
        buttons.append(button("Queue", ids.QUEUE_PAGE))
    return buttons
