"""The labour timer on screens: started, stopped, and the questions about one that runs."""

from decimal import Decimal

from bot.views import ids
from bot.views.blocks import Block, Message, Section
from bot.views.kit import actions, button, date, markup, message, mrkdwn, private, section
from bot.views.phrases import hours, named, open_button
from bot.views.ticket import card
from bot.wording import worded
from db.models import CardTicket, Notification, Timer, TimerStarted, TimerStopped


def started(answer: TimerStarted, *, replace: bool = False) -> Message:
    """Return the card of the ticket that the timer runs on, or the question whether to leave the other one."""
    number = answer.ticket.id
    if answer.asks and answer.other is not None:
        return _asked(answer, answer.other, replace=replace)
    if answer.ran_already and answer.ticket.timer_since is not None:
        since = date(answer.ticket.timer_since)
        said = markup("Your timer on #{number} has been running since {since}.", number=number, since=since)
    elif answer.other is not None and answer.booked is not None:
        said = markup(
            "Your timer runs on #{number} now; #{other} got {hours}.",
            number=number,
            other=answer.other.ticket.id,
            hours=hours(answer.booked),
        )
    else:
        said = markup("Your timer runs on #{number}. `/ticket stop` stops it.", number=number)
    return card(answer, said=said, replace=replace)


def stopped(answer: TimerStopped, *, replace: bool = False) -> Message:
    """Return the card of the ticket whose timer was stopped, with what it booked."""
    number = answer.ticket.id
    if not answer.booked:
        seconds = markup("It ran for some seconds only, so nothing is booked.")
        said = markup("Your timer on #{number} is stopped. {seconds}", number=number, seconds=seconds)
    else:
        total = answer.ticket.actual_hours or answer.booked
        in_all = markup("; {total} in all", total=hours(total)) if total != answer.booked else markup("")
        said = markup(
            "Your timer on #{number} is stopped: {hours} booked{in_all}.",
            number=number,
            hours=hours(answer.booked),
            in_all=in_all,
        )
    return card(answer, said=said, replace=replace)


def kept(answer: TimerStarted) -> Message:
    """Return the answer to who says that the timer wasn't forgotten."""
    return private(markup("Your timer on #{number} goes on.", number=answer.ticket.id))


def running(timer: Timer) -> Section:
    """Return the asker's running timer as a line of an overview, with the button that stops it."""
    words = markup(
        "Your timer has been running on {ticket} since {since}.", ticket=named(timer.ticket), since=date(timer.since)
    )
    number = timer.ticket.id
    stop = button("Stop", ids.TIMER_STOP, number, spoken=worded("Stop the timer on ticket #{number}", number=number))
    return section(mrkdwn(words), accessory=stop)


def forgotten(notification: Notification, ticket: CardTicket) -> Message:
    """Return the question whether a timer that has run for long was forgotten, or that it was stopped since."""
    name, booked = named(ticket), notification.facts.get("hours")
    if booked is not None:
        said = markup("Your timer on {ticket} is stopped: {hours} booked.", ticket=name, hours=hours(Decimal(booked)))
        return message(said, [section(mrkdwn(said))])
    said = markup("Your timer on {ticket} has been running for a long time. Are you still working on it?", ticket=name)
    hint = markup("If not: *Stop* books all of it, `/ticket stop 1.5h` books what you say.")
    number = ticket.id
    buttons = [
        button(
            "Still working",
            ids.TIMER_KEEP,
            number,
            style="primary",
            spoken=worded("Still working on ticket #{number}", number=number),
        ),
        button("Stop", ids.TIMER_STOP, number, spoken=worded("Stop the timer on ticket #{number}", number=number)),
        open_button(number),
    ]
    return message(said, [section(mrkdwn(said)), section(mrkdwn(hint)), *actions(buttons)])


def _asked(answer: TimerStarted, other: Timer, *, replace: bool) -> Message:
    number = answer.ticket.id
    said = markup(
        "Your timer has been running on {other} since {since}. Stop it there and start it on #{number}?",
        other=named(other.ticket),
        since=date(other.since),
        number=number,
    )
    spoken = worded(
        "Stop the timer on ticket #{ticket} and start it on #{number}", ticket=other.ticket.id, number=number
    )
    switch = button(
        worded("Switch to #{number}", number=number), ids.TIMER_SWITCH, number, style="primary", spoken=spoken
    )
    blocks: list[Block] = [section(mrkdwn(said)), *actions([switch])]
    return private(said, blocks, replace=replace)
