"""The shop in numbers: the daily summary, as it is sent and as it is asked for, and the team."""

from collections.abc import Sequence
from datetime import date as calendar_date
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, LiteralString, TypeAlias

from bot.roles import Ability, Role, may
from bot.views import ids
from bot.views.blocks import ROWS_TABLE, Block, Message, Section
from bot.views.comparison import against, before, compared, number, usual
from bot.views.kit import (
    Markup,
    actions,
    button,
    context,
    date,
    header,
    image,
    join,
    markup,
    message,
    mrkdwn,
    private,
    section,
    table,
)
from bot.views.phrases import hours, line
from bot.wording import commas, listed, weekday_and_date, worded
from db.models import (
    Chart,
    DayReport,
    Figures,
    FlowDay,
    Notification,
    Summary,
    SummaryLine,
    Team,
    TechnicianPerformance,
    TicketLine,
)

_Now: TypeAlias = Literal["now", "then"]

_SPOKEN: Final = 3  # technicians that the team's text names


def summary(asked: Summary) -> Message:
    """Return the figures that somebody asked for; of a day whose summary was sent, as they were then."""
    figures = asked.figures
    sent = []
    if figures.taken_at is not None:
        sent.append(markup("As it was sent, {moment}; the tickets are as they are now.", moment=date(figures.taken_at)))
    now: _Now = "then" if sent else "now"
    blocks = _blocks(figures, sent, now, role=asked.actor.role, pictures=_pictures(asked.chart))
    return private(_headline(figures, now), blocks)


def daily_summary(due: Notification) -> Message:
    """Return the summary that a Manager gets each day. Raises ``LookupError`` for a notification without figures."""
    figures = due.figures
    if figures is None:
        raise LookupError("a summary without figures")
    beside = []
    if due.facts["late"]:
        beside.append(markup("Due {moment}, sent late.", moment=date(datetime.fromisoformat(str(due.facts["due_at"])))))
    if figures.missed:
        beside.append(_missed(figures.missed))
    blocks = _blocks(figures, beside, "now", role=Role.MANAGER, pictures=_pictures(due.chart))
    return message(_headline(figures, "now"), blocks)


def _pictures(chart: Chart | None) -> list[Block]:
    return [image(chart.file, chart.words)] if chart is not None else []


def chart_words(flow: Sequence[FlowDay]) -> str:
    """Return what the picture of these days shows, for who doesn't see it."""
    days = [
        worded(
            "{day}: {opened} and {completed}",
            day=weekday_and_date(one.day),
            opened=one.opened,
            completed=one.completed,
        )
        for one in flow
    ]
    return worded("Opened and completed by day. {days}.", days=commas(days))


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


def _headline(figures: DayReport, now: _Now) -> Markup:
    """Return all of it in a line, which is enough on a lock screen."""
    return markup(
        "{day}: {opened} opened, {completed} completed, {hours}. {backlog}",
        day=_day(figures),
        opened=figures.opened,
        completed=figures.completed,
        hours=hours(figures.hours),
        backlog=markup(
            "Open {now}: {open}, {unassigned} unassigned, {urgent} urgent, {overdue} overdue, {waiting} waiting.",
            now=now,
            open=figures.open,
            unassigned=figures.unassigned,
            urgent=figures.urgent,
            overdue=figures.overdue,
            waiting=figures.waiting,
        )
        if figures.open
        else markup("Nothing was open then." if now == "then" else "Nothing is open now."),
    )


def _blocks(
    figures: DayReport, beside: Sequence[Markup], now: _Now, *, role: Role, pictures: Sequence[Block] = ()
) -> list[Block]:
    blocks: list[Block] = [header(_day(figures)), *_flow(figures), *pictures, section(mrkdwn(_backlog(figures, now)))]
    blocks += [context(mrkdwn(words)) for words in beside]
    blocks += _lines("Unassigned, the most urgent first:", figures.queue, role)
    blocks += _lines("Overdue, the first due first:", figures.past_due, role, nudge=True)
    blocks += _lines("Waiting for an approval or parts:", figures.held_up, role, nudge=True)
    shown = {ticket.id for ticket in (*figures.queue, *figures.past_due, *figures.held_up)}
    blocks += _lines("Open for the longest time:", [one for one in figures.oldest if one.id not in shown], role)
    buttons = [button("Queue", ids.QUEUE_PAGE)]
    if may(role, Ability.TAKE_TICKET):
        buttons.append(button("My tickets", ids.MINE_PAGE))
    return [*blocks, *actions(buttons), *technicians(figures.technicians, now)]


def technicians(lines: Sequence[SummaryLine], now: _Now) -> list[Block]:
    """Return the table of who did and has what; none where there is nobody."""
    if not lines:
        return []
    rows = [(one.name, str(one.completed), number(one.hours), str(one.open)) for one in lines]
    return [
        *_cut(len(lines)),
        table(("Technician", "Completed", "Hours", "Open now" if now == "now" else "Open then"), rows),
    ]


def _flow(figures: DayReport) -> list[Block]:
    """Return what happened on the day, each figure beside those of the same weekday before."""
    said = [
        markup("*{opened}* opened", opened=figures.opened),
        markup("*{completed}* completed", completed=figures.completed),
        markup("*{hours}*", hours=hours(figures.hours)),
    ]
    weeks = before(figures)
    if weeks is None:
        return [section(mrkdwn(join(" · ", said)))]
    last = weeks.last
    beside = [
        compared(figures.opened, last.opened, weeks.opened, weeks),
        compared(figures.completed, last.completed, weeks.completed, weeks),
        compared(figures.hours, last.hours, weeks.hours, weeks, few="less"),
    ]
    lines = [join(": ", pair) for pair in zip(said, beside, strict=True)]
    blocks: list[Block] = [section(mrkdwn(join("\n", lines)))]
    return [*blocks, context(mrkdwn(usual(weeks)))] if weeks.weeks > 1 else blocks


def _backlog(figures: DayReport, now: _Now) -> Markup:
    all_open = markup("*{open}* open {now}", open=figures.open, now=now)
    if figures.open_week_ago is not None:
        ago = against(figures.open, figures.open_week_ago, "a week before")
        all_open = join(": ", [all_open, ago])
    which = markup(
        "*{unassigned}* unassigned · *{urgent}* urgent · *{overdue}* overdue · *{waiting}* waiting",
        unassigned=figures.unassigned,
        urgent=figures.urgent,
        overdue=figures.overdue,
        waiting=figures.waiting,
    )
    return join("\n", [all_open, which])


def _lines(heading: LiteralString, tickets: Sequence[TicketLine], role: Role, *, nudge: bool = False) -> list[Block]:
    """Return tickets under a heading; who may give one to somebody, or ``nudge`` its worker, does it here."""
    if not tickets:
        return []
    return [context(mrkdwn(markup(heading))), *(_line(ticket, role, nudge=nudge) for ticket in tickets)]


def _line(ticket: TicketLine, role: Role, *, nudge: bool) -> Section:
    """Return a row with what is to be done about the ticket: give it to somebody, or remind who has it."""
    row = line(ticket)
    if ticket.worker_name is None and not ticket.completed and may(role, Ability.ASSIGN_TICKET):
        row["accessory"] = button(
            "Assign", ids.TICKET_HAND, ticket.id, spoken=worded("Assign ticket #{ticket}", ticket=ticket.id)
        )
    elif nudge and ticket.worker_name is not None and not ticket.completed and may(role, Ability.NUDGE_WORKER):
        row["accessory"] = button(
            "Nudge",
            ids.TICKET_NUDGE,
            ticket.id,
            spoken=worded("Remind {name} of #{ticket}", name=ticket.worker_name, ticket=ticket.id),
        )
    return row


def _missed(days: Sequence[calendar_date]) -> Markup:
    """Say of which days there was no summary, so that nobody thinks that nothing happened."""
    named = listed([weekday_and_date(day) for day in days])
    return markup("No summary came of {days}: `/ticket summary {day}` has it.", days=named, day=days[-1].isoformat())


def _day(figures: Figures) -> str:
    """Return ``Yesterday, Sat Nov 21``; the bare date if it was neither yesterday nor today when this was read."""
    day = weekday_and_date(figures.day)
    match (figures.today - figures.day).days:
        case 0:
            return worded("Today, {day}", day=day)
        case 1:
            return worded("Yesterday, {day}", day=day)
        case _:
            return day


def _cut(people: int) -> list[Block]:
    """Say so where a table doesn't take everybody."""
    shown = ROWS_TABLE - 1
    if people <= shown:
        return []
    return [context(mrkdwn(markup("The first {shown} of {people} people.", shown=shown, people=people)))]


def _share(one: TechnicianPerformance) -> str:
    return worded(
        "{completed} ({rate}%)",
        completed=one.completed_tickets,
        rate=f"{one.completion_rate:.0f}",
    )


def _rounded(number: Decimal | None, *, per: int = 1) -> str:
    return "-" if number is None else f"{number / per:.1f}"
