"""What a repair may cost: a request for approval, the form that notes the customer's word, and what people are told."""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from bot.errors import NoLongerThere
from bot.forms import ApprovalEntry
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Button, Message, View
from bot.views.entries import entered
from bot.views.kit import (
    Markup,
    actions,
    button,
    context,
    date,
    form,
    input_block,
    join,
    markup,
    message,
    mrkdwn,
    notice,
    option,
    private,
    section,
    select,
    text_input,
)
from bot.views.phrases import WAYS, hours, money, named, open_button
from bot.wording import worded
from db.models import Approval, ApprovalAsked, AskedHow, CardTicket, Ticket, TicketChanged

_NAME: Final = 80  # characters: Slack's own limit for names
_SAID: Final = 500  # characters of what the customer said, on a card
_VALUE_MAX: Final = 2000  # characters that a button carries
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,9}")
_CHOICES: Final = {"approve": True, "decline": False}


def cost(approval: Approval) -> Markup:
    """Return ``2.5 hours, about $187.50``."""
    return markup("{hours}, about {amount}", hours=hours(approval.hours), amount=money(approval.amount))


def standing(approval: Approval) -> Markup:
    """Return how a ticket's approval stands, as a paragraph of its card."""
    limit = money(approval.limit)
    if approval.decided_at is None:
        since = date(approval.requested_at)
        return markup("*Waiting for approval* since {since}: over the limit of {limit}", since=since, limit=limit)
    word = "Approved" if approval.state == "approved" else "Declined"
    line = [
        markup("*{word}* {on}: {cost}", word=word, on=date(approval.decided_at), cost=cost(approval)),
        *_how(approval),
    ]
    return join("\n", [join(" · ", line), *_said(approval)])


def asked_for(ticket: Ticket) -> list[Markup]:
    """Return what follows at once from an estimate over the limit; nothing where it isn't."""
    approval = ticket.approval
    if approval is None or approval.state != "open":
        return []
    said = markup(
        "That costs about {amount}, and the limit is {limit}: it waits until a Manager has asked the customer.",
        amount=money(approval.amount),
        limit=money(approval.limit),
    )
    return [said]


def choices(approval: Approval, value: str = "") -> list[Button]:
    """Return the buttons with which a Manager decides. They carry the request, or ``value``."""
    value = value or str(approval.id)
    number = approval.ticket_id
    return [
        button(
            "Approve",
            ids.APPROVAL_APPROVE,
            value,
            style="primary",
            spoken=worded("Approve the estimate of ticket #{ticket}", ticket=number),
        ),
        button(
            "Decline",
            ids.APPROVAL_DECLINE,
            value,
            spoken=worded("Decline the estimate of ticket #{ticket}", ticket=number),
        ),
    ]


def requested(approval: Approval, ticket: CardTicket) -> Message:
    """Return a Manager's message: a question as long as it is open, and then what came of it."""
    facts = {"ticket": named(ticket), "cost": cost(approval), "limit": money(approval.limit)}
    if approval.requested_by is None:
        said = markup("Ticket {ticket} needs the customer's approval: {cost}. The limit is {limit}.", **facts)
    else:
        who = shorten(approval.requested_by, _NAME)
        said = markup(
            "{who} needs the customer's approval for ticket {ticket}: {cost}. The limit is {limit}.", who=who, **facts
        )
    opening = open_button(ticket.id)
    if approval.state != "open":
        said = join("\n", [said, _outcome(approval)])
        return message(said, [section(mrkdwn(said)), *actions([opening])])
    return message(said, [section(mrkdwn(said)), *actions([*choices(approval), opening])])


def told(approval: Approval, ticket: CardTicket) -> Message:
    """Return what who works on the ticket, and who asked, read once it is decided."""
    facts = {"ticket": named(ticket), "cost": cost(approval)}
    if approval.state == "approved":
        said = markup("The customer has approved the estimate of ticket {ticket}: {cost}", **facts)
    else:
        said = markup("The customer has declined the repair of ticket {ticket}: {cost}", **facts)
    by = [markup("Noted by {name}", name=shorten(approval.decided_by, _NAME))] if approval.decided_by else []
    details = join("\n", [join(" · ", [*by, *_how(approval)]), *_said(approval)])
    opening = open_button(ticket.id)
    return message(said, [section(mrkdwn(said)), section(mrkdwn(details)), *actions([opening])])


def decision_form(asked: ApprovalAsked, *, approved: bool, how: AskedHow | None = None, said: str = "") -> View:
    """Return the form that notes the customer's word, as far as it is known. Block ids: ``ApprovalEntry``."""
    number, approval = asked.ticket.id, asked.approval
    ways = [option(WAYS[way], way) for way in get_args(AskedHow)]
    over = markup("{cost}; the limit is {limit}", cost=cost(approval), limit=money(approval.limit))
    blocks: list[Block] = [
        section(mrkdwn(join("\n", [named(asked.ticket), over]))),
        input_block("how", "How was the customer asked?", select(ids.enter("how"), ways, initial=how or "")),
        input_block(
            "said", "What did they say?", text_input(ids.enter("said"), multiline=True, initial=said), optional=True
        ),
    ]
    if not approved:
        closed = markup("The ticket is closed unrepaired. `/ticket reopen {number}` opens it again.", number=number)
        blocks.append(context(mrkdwn(closed)))
    label = "Approve" if approved else "Decline"
    return form(
        ids.APPROVAL_DECIDE, f"{label} #{number}", label, blocks, private_metadata=f"{approval.id} {label.lower()}"
    )


def offer(asked: ApprovalAsked, *, approved: bool, how: AskedHow | None = None, said: str = "") -> Message:
    """Return the button that opens the form, where that can't be done at once. It carries as much as fits."""
    why = markup(
        "This button opens the form that notes what the customer said about {ticket}.", ticket=named(asked.ticket)
    )
    with_it = f"{asked.approval.id}\n{how or ''}\n{said}".rstrip()[:_VALUE_MAX]
    chosen = choices(asked.approval, with_it)[0 if approved else 1]
    return private(why, [section(mrkdwn(why)), *actions([chosen])])


def decided(changed: TicketChanged, *, approved: bool) -> View:
    """Return what the form becomes once the customer's word is noted."""
    ticket = changed.ticket
    if approved:
        said = markup("Noted: the customer agrees. Ticket {ticket} can go on.", ticket=named(ticket))
    elif ticket.completed:
        said = markup("Noted: the customer doesn't agree. Ticket {ticket} is closed.", ticket=named(ticket))
    else:
        said = markup("Noted: the customer doesn't agree. Ticket {ticket} is still open.", ticket=named(ticket))
    return notice("Approved" if approved else "Declined", [section(mrkdwn(said))])


def read_number(value: str) -> int:
    """Return a request's number. Raises ``NoLongerThere``."""
    if not _NUMBER.fullmatch(value):
        raise NoLongerThere
    return int(value)


def read_offer(value: str) -> tuple[int, AskedHow | None, str]:
    """Return the request that a button carries, and what was said with it. Raises ``NoLongerThere``."""
    number, _, more = value.partition("\n")
    entered_how, _, said = more.partition("\n")
    how = next((way for way in get_args(AskedHow) if way == entered_how), None)
    return read_number(number), how, said


def read_choice(private_metadata: str) -> tuple[int, bool]:
    """Return the request and whether it is to be approved. Raises ``NoLongerThere``."""
    number, _, choice = private_metadata.partition(" ")
    if choice not in _CHOICES:
        raise NoLongerThere
    return read_number(number), _CHOICES[choice]


def read_decision(values: Mapping[str, Mapping[str, Any]]) -> ApprovalEntry:
    """Return what stands in the form. Raises ``FieldsRefused``."""
    return ApprovalEntry.check(how=entered(values, "how"), said=entered(values, "said"))


def _how(approval: Approval) -> list[Markup]:
    return [markup("{how}", how=WAYS[approval.asked_how])] if approval.asked_how else []


def _said(approval: Approval) -> list[Markup]:
    return [markup("{said}", said=shorten(approval.said, _SAID))] if approval.said else []


def _outcome(approval: Approval) -> Markup:
    by = shorten(approval.decided_by or "", _NAME)
    match approval.state, bool(by):
        case "approved", True:
            return markup("Approved, noted by {by}.", by=by)
        case "approved", False:
            return markup("Approved.")
        case "declined", True:
            return markup("Declined, noted by {by}.", by=by)
        case "declined", False:
            return markup("Declined.")
        case _:
            return markup("This isn't asked any more: the ticket, its estimate or the limit has changed.")
