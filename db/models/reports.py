"""The shop's figures."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from db.models.base import Actor, Row
from db.models.tickets import TicketLine


class SummaryLine(Row):
    """One technician's day: completed and hours of the day, open ones now."""

    name: str
    completed: int
    hours: Decimal
    open: int


class Figures(Row):
    """The figures of a local day in the shop's zone, and the backlog as it is now."""

    day: date
    today: date  # the shop's date when the figures were taken
    opened: int
    completed: int
    hours: Decimal
    open: int
    unassigned: int
    urgent: int
    overdue: int
    waiting: int  # for an approval or parts
    technicians: list[SummaryLine]  # by name; active technicians, and whoever else completed or has something


class FlowDay(Row):
    """What happened on a local day of the shop."""

    day: date
    opened: int
    completed: int
    hours: Decimal


class DayReport(Figures):
    """The figures with what a summary says beside them.

    ``flow``: the day and up to four weeks before it, in their order, none before the shop's first ticket.
    """

    flow: list[FlowDay]
    open_week_ago: int | None  # None: there was no shop
    oldest: list[TicketLine]  # the open ticket that was filed first
    queue: list[TicketLine]  # the most urgent unassigned ones, at most five
    past_due: list[TicketLine]  # overdue ones, the first due first, at most five
    held_up: list[TicketLine]  # waiting ones, the oldest first, at most five
    taken_at: datetime | None = None  # of what a summary said: when; None: now
    missed: list[date] = Field(default_factory=list)  # days before, of which the reader got none


class Chart(Row):
    """A picture in Slack: the file's id, and in words what it shows."""

    file: str
    words: str


class ChartWanted(Row):
    """A day whose summaries wait for a picture of two weeks."""

    day: date
    flow: list[FlowDay]


class SummariesWritten(Row):
    """What became due: for how many Managers, and the pictures that are wanted."""

    managers: int
    charts: list[ChartWanted]


class Summary(Row):
    """The summary on demand. ``chart``: the picture in what was sent of the day."""

    actor: Actor
    figures: DayReport
    chart: Chart | None = None


class MonthLine(Row):
    """A row of the view ``monthly_performance``: tickets filed in a month, how many of them are completed."""

    month: date  # its first day
    filed: int
    completed: int
    hours_each: Decimal | None


class PeriodReport(Row):
    """The week or month up to yesterday by the shop's clock.

    ``flow``: its days and those before it that it is compared with; ``backlog``: as it is now; ``months``: the last
    six, for a month, the newest first.
    """

    kind: Literal["week", "month"]
    first: date
    last: date
    flow: list[FlowDay]
    technicians: list[SummaryLine]
    backlog: Figures
    months: list[MonthLine]


class PeriodSummary(Row):
    """The summary of a week or month."""

    actor: Actor
    report: PeriodReport


class TechnicianPerformance(Row):
    """A row of the view ``technician_performance`` (last 30 days), with the person's name."""

    name: str
    total_tickets: int
    completed_tickets: int
    open_tickets: int
    completion_rate: Decimal  # percent
    avg_hours_per_ticket: Decimal | None
    avg_completion_time_hours: Decimal | None


class Team(Row):
    """``/ticket team``."""

    actor: Actor
    technicians: list[TechnicianPerformance]
