"""What somebody is reminded of: one ticket in a message, or all that need them at this moment."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from bot.errors import NoLongerThere
from bot.text import shorten
from bot.views.blocks import Block, Button, Message, StaticSelect
from bot.views.ids import REMINDER_SNOOZE
from bot.views.kit import (
    Markup,
    actions,
    context,
    date,
    join,
    markup,
    message,
    mrkdwn,
    option,
    private,
    section,
    select,
    weekday,
)
from bot.views.phrases import PRIORITIES, TITLE_IN_LIST, count, named, open_button, state
from bot.wording import commas, worded
from db.models import CardTicket, Notification, Nudged, Reminder, ReminderReason, Snoozed, SnoozeUntil

_SHOWN: Final = 10  # tickets in one message
_SPOKEN: Final = 3  # tickets that the message's text names

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_SNOOZES: Final[Mapping[SnoozeUntil, str]] = {
    "hour": "For an hour",
    "tomorrow": "Until tomorrow",
    "week": "Until next week",
}
_NEEDS: Final[Mapping[ReminderReason, tuple[str, str]]] = {  # one ticket, more of them
    "overdue": ("is overdue", "are overdue"),
    "untouched": ("is urgent and in the queue", "are urgent and in the queue"),
    "approval": ("waits for approval", "wait for approval"),
    "due_soon": ("is due soon", "are due soon"),
    "silent": ("has had no news for a while", "have had no news for a while"),
    "nudged": ("should be looked at", "should be looked at"),
}


def reminder(notification: Notification) -> Message:
    """Return the message that reminds somebody of what needs them."""
    needed = notification.reminders
    if not needed:  # said once already, and in order since
        done = markup("That is in order now.")
        return message(done, [section(mrkdwn(done))])
    if len(needed) == 1:
        only = needed[0]
        said = _sentence(only, notification.actor_name)
        details = markup("{state} · {priority} priority", state=state(only.ticket), priority=_priority(only.ticket))
        buttons = (_open(only.ticket), _snooze(notification))
        return message(said, [section(mrkdwn(said)), context(mrkdwn(details)), *actions(buttons)])
    heading = markup("{needs}.", needs=_counted(needed))
    blocks: list[Block] = [section(mrkdwn(heading))]
    blocks += [section(mrkdwn(_row(each)), accessory=_open(each.ticket)) for each in needed[:_SHOWN]]
    if len(needed) > _SHOWN:
        blocks.append(context(mrkdwn(markup("The first {shown} of {all}.", shown=_SHOWN, all=len(needed)))))
    blocks += actions([_snooze(notification)])
    names = join(", ", [named(each.ticket) for each in needed[:_SPOKEN]])
    more = " …" if len(needed) > _SPOKEN else ""
    return message(markup("{heading} {names}{more}", heading=heading, names=names, more=more), blocks)


def nudged(facts: Nudged) -> Message:
    """Say to whoever had a worker reminded of a ticket what came of it."""
    ticket, name = named(facts.ticket), facts.ticket.worker_name or "nobody"
    match facts.outcome:
        case "reminded":
            return private(markup("{name} is reminded of ticket {ticket}.", name=name, ticket=ticket))
        case "before":
            said = markup("{name} was reminded of ticket {ticket} today already.", name=name, ticket=ticket)
            return private(said)
        case "unreachable":
            return private(
                markup(
                    "{name} can't be written to in Slack, so nobody was reminded of {ticket}.", name=name, ticket=ticket
                )
            )
        case "yours":
            return private(markup("Ticket {ticket} is yours, so nobody else was reminded.", ticket=ticket))


def read_snooze(value: str) -> tuple[int, SnoozeUntil]:
    """Return which reminder is put off, and until when. Raises ``NoLongerThere``."""
    number, _, chosen = value.partition(" ")
    for until in _SNOOZES:
        if until == chosen and _NUMBER.fullmatch(number):
            return int(number), until
    raise NoLongerThere


def snoozed(facts: Snoozed) -> Message:
    """Return what somebody reads who has put a reminder off."""
    if facts.tickets == 0:
        said = markup("That is in order now, so there is nothing to put off.")
    else:
        what = "this ticket" if facts.tickets == 1 else worded("these {tickets} tickets", tickets=facts.tickets)
        said = markup("You aren't reminded of {what} before {until}.", what=what, until=weekday(facts.until))
    return private(said, [section(mrkdwn(said))])


def _snooze(notification: Notification) -> StaticSelect:
    choices = [option(words, f"{notification.id} {until}") for until, words in _SNOOZES.items()]
    return select(REMINDER_SNOOZE, choices, placeholder="Snooze")


def _sentence(needed: Reminder, actor: str | None) -> Markup:
    ticket = named(needed.ticket)
    match needed.why:
        case "overdue":
            return markup("Ticket {ticket} is overdue: it was due {moment}.", ticket=ticket, moment=_due(needed))
        case "due_soon":
            return markup("Ticket {ticket} is due {moment}.", ticket=ticket, moment=_due(needed))
        case "untouched":
            return markup("Urgent ticket {ticket} has been in the queue{since}.", ticket=ticket, since=_since(needed))
        case "approval":
            return markup("Ticket {ticket} has been waiting for approval{since}.", ticket=ticket, since=_since(needed))
        case "silent":
            return markup("There has been no news of ticket {ticket}{since}.", ticket=ticket, since=_since(needed))
        case "nudged":
            return markup("{who} asks you to look at ticket {ticket}.", who=actor or "A Manager", ticket=ticket)


def _row(needed: Reminder) -> Markup:
    return markup(
        "*#{number}* {title}\n{fact} · {state} · {priority}",
        number=needed.ticket.id,
        title=shorten(needed.ticket.title, TITLE_IN_LIST),
        fact=_fact(needed),
        state=state(needed.ticket),
        priority=_priority(needed.ticket),
    )


def _fact(needed: Reminder) -> Markup:
    match needed.why:
        case "overdue":
            return markup("Overdue since {moment}", moment=_due(needed))
        case "due_soon":
            return markup("Due {moment}", moment=_due(needed))
        case "untouched":
            return markup("In the queue{since}", since=_since(needed))
        case "approval":
            return markup("Waiting for approval{since}", since=_since(needed))
        case "silent" | "nudged":
            return markup("No news{since}", since=_since(needed))


def _counted(needed: list[Reminder]) -> str:
    """Return ``5 tickets are overdue``, ``3 tickets need you: 2 are overdue, 1 is due soon``."""
    reasons = Counter(each.why for each in needed)
    total = count(len(needed), "ticket")
    if len(reasons) == 1:
        return worded("{tickets} {need}", tickets=total, need=_NEEDS[needed[0].why][1])
    parts = [worded("{number} {need}", number=number, need=_NEEDS[why][number > 1]) for why, number in reasons.items()]
    return worded("{tickets} need you: {needs}", tickets=total, needs=commas(parts))


def _due(needed: Reminder) -> Markup:
    return date(needed.ticket.due_at) if needed.ticket.due_at is not None else markup("some time ago")


def _since(needed: Reminder) -> Markup:
    return markup(" since {moment}", moment=date(needed.since)) if needed.since is not None else markup("")


def _priority(ticket: CardTicket) -> str:
    return PRIORITIES[ticket.priority]


def _open(ticket: CardTicket) -> Button:
    return open_button(ticket.id)
