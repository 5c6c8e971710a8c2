"""A ticket's private card: what this person may see of it, and the buttons that they may press now."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.forms import TicketEdit
from bot.roles import Ability, Relation, may
from bot.standing import possible
from bot.text import shorten
from bot.views import approvals, ids
from bot.views.attachments import files_line
from bot.views.blocks import FIELDS, OPTIONS_MENU, TEXT_HEADER, Block, Button, Message, Pressable
from bot.views.device import described, earlier
from bot.views.kit import (
    Markup,
    actions,
    button,
    context,
    date,
    fields,
    header,
    join,
    markup,
    menu,
    mrkdwn,
    option,
    plain,
    private,
    section,
    select,
    weekday,
)
from bot.views.note import note_saved
from bot.views.phrases import BENCH_STATUSES, PRIORITIES, category, due, held, hours, money, named, state
from bot.wording import worded
from db.models import BenchStatus, Note, NoteAdded, Ticket, TicketChanged, TicketSeen

_NOTE: Final = 500  # characters of a note that the card shows
_NOTE_KINDS: Final = {"note": "Note", "resolution": "What was done", "withdrawn": "What was done (taken back)"}

# a row of buttons for what moves the work on, the most useful first; one for what adds to the ticket; at its end the
# menu of what is wanted more rarely
_MOVES: Final = {
    Ability.TAKE_TICKET: ("Take", ids.TICKET_TAKE),
    Ability.COMPLETE_TICKET: ("Complete", ids.TICKET_FINISH),
    Ability.HAND_OVER: ("Collected", ids.TICKET_COLLECTED),
    Ability.UNDO_COMPLETION: ("Undo", ids.TICKET_UNDO),
    Ability.REOPEN_TICKET: ("Reopen", ids.TICKET_REOPEN),
}
_WORDS: Final = {
    Ability.ADD_NOTE: ("Note", ids.TICKET_NOTE),
    Ability.EDIT_TICKET: ("Edit", ids.TICKET_CHANGE),
    Ability.ASSIGN_TICKET: ("Assign", ids.TICKET_HAND),
    Ability.REVEAL_PASSCODE: ("Passcode", ids.PASSCODE_SHOW),
}
_COMMANDS: Final = {"ready", "collected"}  # steps that have buttons of their own
_STEPS: Final[Mapping[BenchStatus, str]] = {
    "diagnosing": "Start diagnosing",
    "in_repair": "Start repair",
    "quality_check": "To quality check",
}
_RARE: Final = {
    Ability.RELEASE_TICKET: ("Hand back", ids.TICKET_RELEASE),
    Ability.ATTACH_FILE: ("Add files", ids.TICKET_ATTACH),
    Ability.SEE_HISTORY: ("History", ids.TICKET_HISTORY),
}


def card(seen: TicketSeen, *, said: Markup | None = None, replace: bool = False) -> Message:
    """Return the card, under a sentence on what has just happened if there is one."""
    ticket = seen.ticket
    summary = markup(
        "Ticket {ticket}. {state}, {priority} priority.",
        ticket=named(ticket),
        state=state(ticket),
        priority=PRIORITIES[ticket.priority].lower(),
    )
    blocks: list[Block] = [section(mrkdwn(said))] if said else []
    blocks += [*_facts(ticket), *files_line(ticket), *earlier(ticket)]
    for note in ticket.notes:
        blocks.append(section(mrkdwn(_note(note))))
    blocks += actions(_moves(seen))
    rare = [*_buttons(seen, _RARE), *_watch(seen), _way_on(seen)]
    blocks += actions([*_buttons(seen, _WORDS), menu(ids.TICKET_MENU, rare)])
    blocks += actions(rare[OPTIONS_MENU:])
    return private(join(" ", [said, summary]) if said else summary, blocks, replace=replace)


def taken(changed: TicketChanged, *, replace: bool = False) -> Message:
    """Return the card of a ticket that the asker has taken."""
    said = markup("Ticket #{number} is yours now.", number=changed.ticket.id)
    return card(changed, said=said, replace=replace)


def accepted(changed: TicketChanged, *, replace: bool = False) -> Message:
    """Return the card of a ticket that was given to the asker, who has accepted it."""
    said = markup("You have accepted ticket #{number}.", number=changed.ticket.id)
    return card(changed, said=said, replace=replace)


def released(changed: TicketChanged, *, replace: bool = False) -> Message:
    """Return the card of a ticket that the asker has put back."""
    said = markup("Ticket #{number} is back in the queue.", number=changed.ticket.id)
    return card(changed, said=said, replace=replace)


def changed(facts: TicketChanged, edit: TicketEdit) -> Message:
    """Return the card of a ticket of which the asker has changed a detail."""
    said = [markup("Ticket #{number}:", number=facts.ticket.id)]
    if "priority" in edit.changes:
        said.append(markup("the priority is {priority} now.", priority=edit.priority))
    if "category" in edit.changes:
        said.append(markup("the category is {category} now.", category=edit.category or "none"))
    if edit.estimated_hours is not None:
        said.append(markup("the estimate is {hours} now.", hours=hours(edit.estimated_hours)))
        said += approvals.asked_for(facts.ticket)
    if edit.due_at is not None:
        said.append(markup("it is due {moment}.", moment=weekday(edit.due_at)))
    elif "due_at" in edit.changes:
        said.append(markup("it has no due date any more."))
    return card(facts, said=join(" ", said))


def watched(changed: TicketChanged, *, replace: bool = False) -> Message:
    """Return the card of a ticket that the asker watches now, or no longer does."""
    number = changed.ticket.id
    if changed.ticket.watched:
        said = markup("You hear from now on what happens to ticket #{number}.", number=number)
    else:
        said = markup("You no longer hear what happens to ticket #{number}.", number=number)
    return card(changed, said=said, replace=replace)


def noted(facts: NoteAdded) -> Message:
    """Return the card of a ticket on which the asker has written a note."""
    return card(facts, said=note_saved(facts))


def _facts(ticket: Ticket) -> list[Block]:
    title = f"#{ticket.id} {ticket.title}"
    blocks: list[Block] = [header(title)]
    if shorten(title, TEXT_HEADER) != title:
        blocks.append(section(plain(ticket.title)))
    facts = [
        markup("*State*\n{state}", state=held(ticket)),
        markup("*Repair*\n{status}", status=BENCH_STATUSES[ticket.bench_status]),
        markup("*Priority*\n{priority}", priority=PRIORITIES[ticket.priority]),
        markup("*Customer*\n{customer}", customer=_customer(ticket)),
    ]
    if (when := due(ticket)) is not None:
        facts.append(markup("*Due*\n{when}", when=when))
    if ticket.category:
        facts.append(markup("*Category*\n{category}", category=category(ticket.category)))
    if ticket.estimated_hours is not None:
        facts.append(
            markup("*Estimate*\n{estimate}", estimate=_estimate(ticket.estimated_hours, ticket.estimated_cost))
        )
    if ticket.timer_since is not None:
        facts.append(markup("*Timer*\nRunning since {since}", since=date(ticket.timer_since)))
    if ticket.actual_hours is not None:
        facts.append(markup("*Worked*\n{hours}", hours=hours(ticket.actual_hours)))
    if ticket.completed and ticket.checks:
        ticked = sum(check.ticked for check in ticket.checks)
        facts.append(markup("*Checks*\n{ticked} of {all}", ticked=ticked, all=len(ticket.checks)))
    facts += described(ticket.device)
    blocks += [
        fields(*facts[:FIELDS]),
        *([fields(*facts[FIELDS:])] if len(facts) > FIELDS else []),
        *([section(mrkdwn(approvals.standing(ticket.approval)))] if ticket.approval is not None else []),
        section(plain(ticket.description)),
        context(mrkdwn(_dates(ticket))),
    ]
    return blocks


def _estimate(decimal_hours: Decimal, dollars: Decimal | None) -> str:
    return (
        hours(decimal_hours)
        if dollars is None
        else worded("{hours}, about {money}", hours=hours(decimal_hours), money=money(dollars))
    )


def _customer(ticket: Ticket) -> Markup:
    customer = ticket.customer
    contact = [markup("{detail}", detail=detail) for detail in (customer.phone, customer.email) if detail]
    return join("\n", [markup("{name}", name=customer.name), *contact])


def _dates(ticket: Ticket) -> Markup:
    def dated(word: str, moment: datetime) -> Markup:
        return markup("{word} {moment}", word=word, moment=date(moment))

    filed = dated("Filed", ticket.created_at)
    parts = [markup("{filed} by {name}", filed=filed, name=ticket.filed_by_name) if ticket.filed_by_name else filed]
    if ticket.completed_at is not None:
        parts.append(dated("Completed", ticket.completed_at))
    elif ticket.updated_at > ticket.created_at:
        parts.append(dated("Changed", ticket.updated_at))
    return join(" · ", parts)


def _note(note: Note) -> Markup:
    return markup(
        "*{kind}* · {author} · {written}\n{body}",
        kind=_NOTE_KINDS[note.kind],
        author=note.author,
        written=date(note.created_at),
        body=shorten(note.body, _NOTE),
    )


def _moves(seen: TicketSeen) -> list[Pressable]:
    """Return what moves the work on: the likeliest first, and at the end a choice among the other steps."""
    ticket = seen.ticket
    waits = ticket.approval if ticket.approval is not None and ticket.approval.state == "open" else None
    choices = approvals.choices(waits) if waits is not None and possible(seen, Ability.DECIDE_APPROVAL) else []
    buttons = _buttons(seen, _MOVES)
    steps = [step for step in ticket.steps if step not in _COMMANDS] if possible(seen, Ability.CHANGE_STATUS) else []
    likely = waits is None and Relation.QUEUE not in ticket.relations  # in the queue it is to be taken first
    if likely and steps and steps[0] == ticket.steps[0]:
        label, value = _STEPS.get(steps[0], BENCH_STATUSES[steps[0]]), f"{ticket.id} {steps[0]}"
        buttons.insert(
            0,
            button(
                label, ids.STATUS_NEXT, value, spoken=worded("{label}: ticket #{ticket}", label=label, ticket=ticket.id)
            ),
        )
        steps = steps[1:]
    if buttons and not choices and possible(seen, Ability.REOPEN_TICKET) <= possible(seen, Ability.HAND_OVER):
        buttons[0]["style"] = "primary"
    others = [option(BENCH_STATUSES[step], f"{ticket.id} {step}") for step in steps]
    return [
        *choices,
        *buttons,
        *_timer(seen),
        *([select(ids.STATUS_CHOOSE, others, placeholder="Status")] if others else []),
    ]


def _buttons(seen: TicketSeen, labels: Mapping[Ability, tuple[str, str]]) -> list[Button]:
    number = seen.ticket.id
    return [
        button(label, action, number, spoken=worded("{label}: ticket #{number}", label=label, number=number))
        for ability, (label, action) in labels.items()
        if possible(seen, ability)
    ]


def _watch(seen: TicketSeen) -> list[Button]:
    label, action = ("Unwatch", ids.TICKET_UNWATCH) if seen.ticket.watched else ("Watch", ids.TICKET_WATCH)
    return _buttons(seen, {Ability.WATCH_TICKET: (label, action)})


def _timer(seen: TicketSeen) -> list[Button]:
    runs = seen.ticket.timer_since is not None
    label, action = ("Stop timer", ids.TIMER_STOP) if runs else ("Start timer", ids.TIMER_START)
    return _buttons(seen, {Ability.RUN_TIMER: (label, action)})


def _way_on(seen: TicketSeen) -> Button:
    if Relation.QUEUE in seen.ticket.relations and may(seen.actor.role, Ability.SEE_QUEUE):
        return button("Queue", ids.QUEUE_PAGE)
    return button("My tickets", ids.MINE_PAGE)
