"""The labour timer."""

from datetime import datetime
from decimal import Decimal

from db.models.base import Row
from db.models.tickets import TicketChanged, TicketLine


class Timer(Row):
    """Somebody's running timer. ``hours``: what it would book now."""

    ticket: TicketLine
    since: datetime
    hours: Decimal


class TimerStarted(TicketChanged):
    """The answer to a start. ``asks``: it runs on the ``other`` ticket, and went on there.

    Where it was stopped there first, ``booked`` is what that ticket got, in hours. ``ran_already``: on this one.
    """

    asks: bool
    ran_already: bool
    other: Timer | None
    booked: Decimal | None


class TimerStopped(TicketChanged):
    """The answer to a stop. ``booked``: hours, 0 for a few seconds."""

    booked: Decimal
