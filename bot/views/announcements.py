"""What the app says by itself: a ticket's living card in the shop channel, what happens in its thread, direct messages.

Everybody in the channel reads card and thread, so they hold neither the customer nor what was written on the ticket.
"""

from collections.abc import Callable, Mapping
from typing import Final

from bot.text import shorten
from bot.views import approvals
from bot.views.access import access_changed, access_decided, access_requested
from bot.views.attachments import file_refused
from bot.views.blocks import Block, Button, Message
from bot.views.events import by_name, sentences
from bot.views.exporting import month_refused
from bot.views.ids import TICKET_ACCEPT, TICKET_RELEASE, TICKET_TAKE, TICKET_UNWATCH
from bot.views.kit import Markup, actions, button, context, date, join, markup, message, mrkdwn, section
from bot.views.links import card_heading, with_address
from bot.views.phrases import PRIORITIES, count, hours, named, open_button, state
from bot.views.reminders import reminder
from bot.views.summary import daily_summary
from bot.views.timer import forgotten
from bot.views.undelivered import undeliverable
from bot.wording import worded
from db.models import AccessRequest, Approval, CardTicket, Notification, NotificationKind

_NOTE: Final = 500  # characters of a note; Open shows more
_NOTES: Final = 3000  # of all notes in a message
_RESOLUTION: Final = 1500  # characters of what was done; Open shows all of it


def announcement(notification: Notification, base: str | None = None) -> Message:
    """Return the message that says what the notification holds. ``base``: of tickets' addresses, where they have any.

    The address stands where there is something to press: whoever can't open the ticket any more has no use for it.
    """
    said = _said(notification)
    ticket = notification.ticket
    presses = any(block["type"] == "actions" for block in said.get("blocks", []))
    return with_address(said, base, ticket.id) if presses and ticket is not None else said


def _said(notification: Notification) -> Message:
    if notification.kind in _OF_ITS_OWN:
        return _OF_ITS_OWN[notification.kind](notification)
    if notification.access is not None:
        return _ASKED[notification.kind](notification.access)
    if notification.facts.get("month") is not None:
        return month_refused(notification)
    if notification.ticket is None:
        return _removed(notification)
    if notification.approval is not None:
        return _AGREED[notification.kind](notification.approval, notification.ticket)
    return _TOLD[notification.kind](notification, notification.ticket)


def _card(_: Notification, ticket: CardTicket) -> Message:
    dates = [markup("Filed {moment}", moment=date(ticket.created_at))]
    if ticket.filed_by_name:
        dates = [markup("{filed} by {name}", filed=dates[0], name=ticket.filed_by_name)]
    if ticket.completed_at is not None:
        dates.append(markup("Completed {moment}", moment=date(ticket.completed_at)))
    buttons = [_open(ticket)]
    if ticket.worker_name is None and not ticket.completed:
        take = button(
            "Take", TICKET_TAKE, ticket.id, style="primary", spoken=worded("Take ticket #{ticket}", ticket=ticket.id)
        )
        buttons.insert(0, take)
    summary = markup(
        "Ticket {ticket}. {state}, {priority} priority.",
        ticket=named(ticket),
        state=state(ticket),
        priority=PRIORITIES[ticket.priority].lower(),
    )
    return message(
        summary, [section(mrkdwn(card_heading(ticket))), context(mrkdwn(join(" · ", dates))), *actions(buttons)]
    )


def _thread(notification: Notification, ticket: CardTicket) -> Message:
    if notification.broadcast:  # read in the channel, too, where no card stands above it
        told = sentences(notification.events, by_name(ticket))
        return message(join("; ", told), [section(mrkdwn(join("\n", told)))])
    told = sentences(notification.events)
    summary = markup("Ticket {ticket}: {told}", ticket=named(ticket), told=join("; ", told))
    return message(summary, [section(mrkdwn(join("\n", told)))])


def _watched(notification: Notification, ticket: CardTicket) -> Message:
    told = join("; ", sentences(notification.events))
    heading = markup("*#{number} {title}*", number=ticket.id, title=ticket.title)
    lines = sentences(event for event in notification.events if event.body is None)
    spoken = worded("Unwatch ticket #{ticket}", ticket=ticket.id)
    buttons = [_open(ticket), button("Unwatch", TICKET_UNWATCH, ticket.id, spoken=spoken)]
    paragraphs: list[Block] = [
        section(mrkdwn(words)) for words in (join("\n", [heading, *lines]), *_notes(notification))
    ]
    summary = markup("Ticket {ticket}: {told}", ticket=named(ticket), told=told)
    return message(summary, [*paragraphs, *actions(buttons)])


def _mentioned(notification: Notification, ticket: CardTicket) -> Message:
    actors = dict.fromkeys(event.actor for event in notification.events if event.actor is not None)
    if actors:
        who = join(" and ", [markup("{actor}", actor=actor) for actor in actors])
        said = markup("{who} mentioned you on ticket {ticket}", who=who, ticket=named(ticket))
    else:
        said = markup("A note on ticket {ticket} mentions you", ticket=named(ticket))
    return _direct(said, _notes(notification), [_open(ticket)])


def _notes(notification: Notification) -> list[Markup]:
    """Return what was written, for who sees the ticket; of many notes less each, since Slack limits the whole."""
    written = [(event.actor or "the system", event.body) for event in notification.events if event.body is not None]
    most = min(_NOTE, _NOTES // max(len(written), 1))
    return [markup("*Note* · {who}\n{body}", who=who, body=shorten(body, most)) for who, body in written]


def _assigned(notification: Notification, ticket: CardTicket) -> Message:
    facts, actor = notification.facts, notification.actor_name
    if "worker" in facts:
        worker = facts["worker"]
        if worker is None:
            return _direct(markup("Ticket {ticket} went back to the queue", ticket=named(ticket)), [], [])
        gone = markup("Ticket {ticket} was handed on to {worker}", ticket=named(ticket), worker=worker)
        return _direct(gone, [], [])
    if actor is None:
        said = markup("You have a new ticket: {ticket}", ticket=named(ticket))
    else:
        said = markup("{actor} gave you ticket {ticket}", actor=actor, ticket=named(ticket))
    details = [markup("{priority} priority", priority=PRIORITIES[ticket.priority])]
    buttons = [_open(ticket)]
    if facts.get("accepted"):
        details.append(markup("You have accepted it."))
    if not ticket.completed:
        if not facts.get("accepted"):
            spoken = worded("Accept ticket #{ticket}", ticket=ticket.id)
            buttons.insert(0, button("Accept", TICKET_ACCEPT, ticket.id, style="primary", spoken=spoken))
        buttons.append(
            button(
                "Hand back", TICKET_RELEASE, ticket.id, spoken=worded("Hand back ticket #{ticket}", ticket=ticket.id)
            )
        )
    return _direct(said, details, buttons)


def _unassigned(notification: Notification, ticket: CardTicket) -> Message:
    actor, worker = notification.actor_name, notification.facts.get("worker")
    if worker is None and actor is None:
        said = markup("Your ticket is back in the queue: {ticket}", ticket=named(ticket))
    elif worker is None:
        said = markup("{actor} put your ticket back into the queue: {ticket}", actor=actor or "", ticket=named(ticket))
    elif actor is None:
        said = markup("{worker} works on your ticket now: {ticket}", worker=worker, ticket=named(ticket))
    elif actor == worker:
        said = markup("{actor} took over your ticket: {ticket}", actor=actor, ticket=named(ticket))
    else:
        said = markup(
            "{actor} handed your ticket on to {worker}: {ticket}", actor=actor, worker=worker, ticket=named(ticket)
        )
    # a colleague's ticket can't be opened any more
    return _direct(said, [], [_open(ticket)] if worker is None else [])


def _completed(notification: Notification, ticket: CardTicket) -> Message:
    after = markup(" ({hours})", hours=hours(ticket.actual_hours)) if ticket.actual_hours is not None else markup("")
    if "undone" in notification.facts:
        return _undone(str(notification.facts["undone"]), ticket)
    if ticket.bench_status == "declined":
        closed = markup("Ticket {ticket} is closed: the repair was declined", ticket=named(ticket))
        return _direct(closed, [], [_open(ticket)])
    if notification.actor_name is None:
        said = markup("Ticket {ticket} is completed{after}", ticket=named(ticket), after=after)
    else:
        said = markup(
            "{actor} completed ticket {ticket}{after}",
            actor=notification.actor_name,
            ticket=named(ticket),
            after=after,
        )
    resolution = notification.facts.get("resolution")
    done = markup("*What was done*\n{resolution}", resolution=shorten(str(resolution), _RESOLUTION))
    return _direct(said, [] if resolution is None else [done], [_open(ticket)])


def _undone(actor: str, ticket: CardTicket) -> Message:
    said = markup("{actor} took back the completion of ticket {ticket}", actor=actor, ticket=named(ticket))
    return _direct(said, [markup("It is open again.")], [_open(ticket)])


def _reopened(notification: Notification, ticket: CardTicket) -> Message:
    if "undone" in notification.facts and notification.actor_name is not None:
        return _undone(notification.actor_name, ticket)
    if notification.actor_name is None:
        said = markup("Ticket {ticket} is open again", ticket=named(ticket))
    else:
        said = markup("{actor} reopened ticket {ticket}", actor=notification.actor_name, ticket=named(ticket))
    return _direct(said, [], [_open(ticket)])


def _returned(notification: Notification) -> Message:
    said = markup(
        "{name} takes no tickets any more; back in the queue: {tickets}",
        name=str(notification.facts["name"]),
        tickets=count(int(notification.facts["count"] or 0), "ticket"),
    )
    return _direct(said, [markup("`/ticket queue` shows them.")], [])


def _removed(notification: Notification) -> Message:
    said = markup("Ticket #{number} was removed", number=str(notification.ticket_id))
    title = notification.facts.get("title")
    return _direct(said if title is None else join(": ", [said, markup("{title}", title=title)]), [], [])


def _direct(said: Markup, details: list[Markup], buttons: list[Button]) -> Message:
    blocks: list[Block] = [section(mrkdwn(paragraph)) for paragraph in (said, *details)]
    return message(said, [*blocks, *actions(buttons)])


def _open(ticket: CardTicket) -> Button:
    return open_button(ticket.id)


_TOLD: Final[Mapping[NotificationKind, Callable[[Notification, CardTicket], Message]]] = {
    "card": _card,
    "thread": _thread,
    "watched": _watched,
    "mentioned": _mentioned,
    "assigned": _assigned,
    "unassigned": _unassigned,
    "completed": _completed,
    "reopened": _reopened,
    "timer": forgotten,
    "file_refused": file_refused,
}

_OF_ITS_OWN: Final[Mapping[NotificationKind, Callable[[Notification], Message]]] = {
    "summary": daily_summary,
    "reminder": reminder,
    "returned_to_queue": _returned,
    "access_changed": access_changed,
    "undeliverable": undeliverable,
}
_ASKED: Final[Mapping[NotificationKind, Callable[[AccessRequest], Message]]] = {
    "access_requested": access_requested,
    "access_decided": access_decided,
}
_AGREED: Final[Mapping[NotificationKind, Callable[[Approval, CardTicket], Message]]] = {
    "approval_requested": approvals.requested,
    "approval_decided": approvals.told,
}
