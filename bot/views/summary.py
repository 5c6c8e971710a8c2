"""The shop in numbers: the daily summary, as it is sent and as it is asked for, and the team."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from bot.roles import Ability, may
from bot.views import ids
from bot.views.kit import (
    ROWS_TABLE,
    Block,
    Markup,
    Message,
    actions,
    button,
    context,
    date,
    header,
    join,
    markup,
    message,
    mrkdwn,
    private,
    section,
    table,
)
from bot.views.phrases import hours, line
from db.models import Figures, Notification, Summary, Team, TechnicianPerformance

_SPOKEN: Final = 3  # technicians that the team's text names


def summary(asked: Summary) -> Message:
    """Return the figures that somebody asked for."""
    mine = may(asked.actor.role, Ability.TAKE_TICKET)
    return private(_headline(asked.figures), _blocks(asked.figures, [], mine=mine))


def daily_summary(due: Notification) -> Message:
    """Return the summary that a Manager gets each day. Raises ``LookupError`` for a notification without figures."""
    if due.figures is None:
        raise LookupError("a summary without figures")
    late = []
    if due.facts["late"]:
        late.append(markup("Due {moment}, sent late.", moment=date(datetime.fromisoformat(str(due.facts["due_at"])))))
    return message(_headline(due.figures), _blocks(due.figures, late, mine=True))


def team(facts: Team) -> Message:
    """Return what became of the tickets of the last 30 days, technician by technician."""
    people = facts.technicians
    if not people:
        nothing = markup("Nobody has worked on a ticket that was filed in the last 30 days.")
        return private(nothing, [header("The team"), section(mrkdwn(nothing))])
    spoken = [
        markup("{name} {done} of {all}", name=one.name, done=one.completed_tickets, all=one.total_tickets)
        for one in people[:_SPOKEN]
    ]
    said = markup("Completed of the tickets filed in the last 30 days: {people}", people=join(", ", spoken))
    rows = [
        (
            one.name,
            str(one.total_tickets),
            _share(one),
            str(one.open_tickets),
            _rounded(one.avg_hours_per_ticket),
            _rounded(one.avg_completion_time_hours, per=24),
        )
        for one in people
    ]
    return private(
        join("", [said, markup("." if len(people) <= _SPOKEN else " …")]),
        [
            header("The team"),
            section(mrkdwn(markup("Tickets filed in the last 30 days."))),
            *_cut(len(people)),
            table(("Technician", "Tickets", "Completed", "Open", "Hours each", "Days each"), rows),
        ],
    )


def _headline(figures: Figures) -> Markup:
    """Return all of it in a line, which is enough on a lock screen."""
    return markup(
        "{day}: {opened} opened, {completed} completed, {hours}. {backlog}",
        day=_day(figures),
        opened=figures.opened,
        completed=figures.completed,
        hours=hours(figures.hours),
        backlog=markup(
            "Open now: {open}, {unassigned} unassigned, {urgent} urgent.",
            open=figures.open,
            unassigned=figures.unassigned,
            urgent=figures.urgent,
        )
        if figures.open
        else markup("Nothing is open now."),
    )


def _blocks(figures: Figures, late: list[Markup], *, mine: bool) -> list[Block]:
    flow = markup(
        "*{opened}* opened · *{completed}* completed · *{hours}*",
        opened=figures.opened,
        completed=figures.completed,
        hours=hours(figures.hours),
    )
    backlog = markup(
        "*{open}* open now · *{unassigned}* unassigned · *{urgent}* urgent",
        open=figures.open,
        unassigned=figures.unassigned,
        urgent=figures.urgent,
    )
    blocks: list[Block] = [header(_day(figures)), section(mrkdwn(join("\n", [flow, backlog])))]
    blocks += [context(mrkdwn(words)) for words in late]
    if figures.oldest is not None:
        blocks += [context(mrkdwn(markup("Open for the longest time:"))), line(figures.oldest)]
    buttons = [button("Queue", ids.QUEUE_PAGE)]
    if mine:
        buttons.append(button("My tickets", ids.MINE_PAGE))
    blocks += [*actions(buttons), *_cut(len(figures.technicians))]
    if figures.technicians:
        rows = [(one.name, str(one.completed), _number(one.hours), str(one.open)) for one in figures.technicians]
        blocks.append(table(("Technician", "Completed", "Hours", "Open now"), rows))
    return blocks


def _day(figures: Figures) -> str:
    """Return ``Yesterday, Sat Nov 21``; the bare date if it was neither yesterday nor today when this was read."""
    ago = {0: "Today, ", 1: "Yesterday, "}.get((figures.today - figures.day).days, "")
    return f"{ago}{figures.day:%a %b} {figures.day.day}"


def _cut(people: int) -> list[Block]:
    """Say so where a table doesn't take everybody."""
    shown = ROWS_TABLE - 1
    if people <= shown:
        return []
    return [context(mrkdwn(markup("The first {shown} of {people} people.", shown=shown, people=people)))]


def _share(one: TechnicianPerformance) -> str:
    return f"{one.completed_tickets} ({one.completion_rate:.0f}%)"


def _rounded(number: Decimal | None, *, per: int = 1) -> str:
    return "-" if number is None else f"{number / per:.1f}"


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"
