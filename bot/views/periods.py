"""A week or a month of the shop in numbers, in the voice of the day's summary."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final

from bot.views.blocks import Block, Message
from bot.views.comparison import against
from bot.views.kit import Markup, context, header, join, markup, mrkdwn, private, section
from bot.views.phrases import hours
from bot.views.summary import technicians
from bot.wording import month_name, month_words, weekday_and_date, worded
from db.models import FlowDay, MonthLine, PeriodReport, PeriodSummary

_WEEKS: Final = 4  # that are usual


def period(asked: PeriodSummary) -> Message:
    """Return the week or month that somebody asked for."""
    report = asked.report
    during = _between(report.flow, report.first, report.last)
    opened, completed, spent = _sums(during)
    headline = markup(
        "{period}: {opened} opened, {completed} completed, {hours}. {open} open now.",
        period=_period(report),
        opened=opened,
        completed=completed,
        hours=hours(spent),
        open=report.backlog.open,
    )
    blocks: list[Block] = [header(_period(report)), *_compared(report, (opened, completed, spent))]
    blocks.append(section(mrkdwn(join("\n", _flow(report, during)))))
    if report.months:
        blocks.append(section(mrkdwn(join("\n", [markup("*Month by month*"), *map(_month, report.months)]))))
    blocks.append(section(mrkdwn(_backlog(report))))
    return private(headline, [*blocks, *technicians(report.technicians, "now")])


def _compared(report: PeriodReport, sums: tuple[int, int, Decimal]) -> list[Block]:
    """Return what happened, beside the period before where there was a shop, and for a week beside what is usual."""
    said = [
        markup("*{opened}* opened", opened=sums[0]),
        markup("*{completed}* completed", completed=sums[1]),
        markup("*{hours}*", hours=hours(sums[2])),
    ]
    first, last, name = _before(report)
    before = _between(report.flow, first, last)
    if not before or before[0].day != first:
        return [section(mrkdwn(join(" · ", said)))]
    then = _sums(before)
    usual = _usual(report)
    lines = []
    for number_of, words in enumerate(said):
        few = "less" if number_of == len(said) - 1 else "fewer"
        beside = [against(sums[number_of], then[number_of], name, few=few)]
        if usual is not None:
            beside.append(against(sums[number_of], usual[number_of], worded("usual"), few=few))
        lines.append(join(": ", [words, join(", ", beside)]))
    blocks: list[Block] = [section(mrkdwn(join("\n", lines)))]
    if usual is not None:
        blocks.append(context(mrkdwn(markup("Usual: the mean of the last {number} weeks.", number=_WEEKS))))
    return blocks


def _before(report: PeriodReport) -> tuple[date, date, str]:
    """Return what the period is compared with: the seven days before, or the same days of the month before."""
    if report.kind == "week":
        return report.first - timedelta(days=7), report.first - timedelta(days=1), "in the week before"
    first = (report.first - timedelta(days=1)).replace(day=1)
    last = min(first + (report.last - report.first), report.first - timedelta(days=1))
    return first, last, worded("in the same days of {month}", month=month_name(first))


def _usual(report: PeriodReport) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return the means of four weeks, None where there weren't so many, or for a month."""
    first = report.first - timedelta(weeks=_WEEKS)
    weeks = _between(report.flow, first, report.first - timedelta(days=1))
    if report.kind != "week" or not weeks or weeks[0].day != first:
        return None
    opened, completed, spent = _sums(weeks)
    return Decimal(opened) / _WEEKS, Decimal(completed) / _WEEKS, spent / _WEEKS


def _flow(report: PeriodReport, days: Sequence[FlowDay]) -> list[Markup]:
    """Return what happened, a line a day of a week, a line a week of a month."""
    if report.kind == "week":
        return [_line(weekday_and_date(one.day), [one]) for one in days]
    weeks = [list(week) for _, week in groupby(days, key=lambda one: one.day.isocalendar()[:2])]
    return [_line(_days(week[0].day, week[-1].day), week) for week in weeks]


def _line(name: str, days: Sequence[FlowDay]) -> Markup:
    opened, completed, _ = _sums(days)
    return markup("{name}: {opened} opened, {completed} completed", name=name, opened=opened, completed=completed)


def _month(line: MonthLine) -> Markup:
    each = "" if line.hours_each is None else worded(", {hours} each", hours=hours(line.hours_each))
    return markup(
        "{month}: {filed} opened, of which {completed} are completed{each}",
        month=month_words(line.month),
        filed=line.filed,
        completed=line.completed,
        each=each,
    )


def _backlog(report: PeriodReport) -> Markup:
    now = report.backlog
    return markup(
        "*{open}* open now: {unassigned} unassigned, {urgent} urgent, {overdue} overdue, {waiting} waiting",
        open=now.open,
        unassigned=now.unassigned,
        urgent=now.urgent,
        overdue=now.overdue,
        waiting=now.waiting,
    )


def _period(report: PeriodReport) -> str:
    if report.kind == "week":
        return worded("The week to {day}", day=weekday_and_date(report.last))
    whole = (report.last + timedelta(days=1)).day == 1
    month = month_words(report.last)
    return month if whole else worded("{month}, to {day}", month=month, day=weekday_and_date(report.last))


def _days(first: date, last: date) -> str:
    if first == last:
        return weekday_and_date(first)
    return worded("{first} to {last}", first=weekday_and_date(first), last=weekday_and_date(last))


def _between(flow: Sequence[FlowDay], first: date, last: date) -> list[FlowDay]:
    return [one for one in flow if first <= one.day <= last]


def _sums(days: Sequence[FlowDay]) -> tuple[int, int, Decimal]:
    return (
        sum(one.opened for one in days),
        sum(one.completed for one in days),
        sum((one.hours for one in days), Decimal(0)),
    )
