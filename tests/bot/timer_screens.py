"""The timer's screens."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.views import timer
from bot.views.panel import panel
from db.models import Panel, Timer, TimerStarted, TimerStopped
from tests.bot import rows
from tests.bot.announcement_screens import HOSTILE, notification, ticket

SINCE = rows.FILED + timedelta(hours=3)


def running(number: int = 41, **changed: Any) -> Timer:  # noqa: ANN401 - any field
    return Timer(ticket=rows.ticket_line(number, **changed), since=SINCE, hours=Decimal("1.50"))


def started(**changed: Any) -> TimerStarted:  # noqa: ANN401 - any field
    facts: dict[str, Any] = {"asks": False, "ran_already": False, "other": None, "booked": None}
    shown = rows.mine(timer_since=None if changed.get("asks") else SINCE, timer_hours=Decimal("0.50"))
    return TimerStarted(**rows.changed(shown).model_dump(), **(facts | changed))


def stopped(booked: str, actual: str | None) -> TimerStopped:
    shown = rows.mine(actual_hours=None if actual is None else Decimal(actual))
    return TimerStopped(**rows.changed(shown).model_dump(), booked=Decimal(booked))


def timer_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return every screen of the timer, with its surface."""
    asked = notification("timer", facts={"entry": 5, "since": SINCE.isoformat()})
    answered = notification("timer", facts={"entry": 5, "since": SINCE.isoformat(), "hours": "4.50"})
    screens: Mapping[str, Mapping[str, Any]] = {
        "timer_started": timer.started(started()),
        "timer_started_before": timer.started(started(ran_already=True)),
        "timer_asks": timer.started(started(asks=True, other=running())),
        "timer_asks_hostile": timer.started(started(asks=True, other=running(title=HOSTILE)), replace=True),
        "timer_asks_longest": timer.started(started(asks=True, other=running(2**31 - 1, title="&" * 255))),
        "timer_switched": timer.started(started(other=running(), booked=Decimal("1.50"))),
        "timer_stopped": timer.stopped(stopped("1.50", "1.50")),
        "timer_stopped_again": timer.stopped(stopped("1.00", "2.50")),
        "timer_stopped_at_once": timer.stopped(stopped("0.00", None)),
        "timer_kept": timer.kept(started(ran_already=True)),
        "panel_timer": panel(
            Panel(actor=rows.actor(), mine=[], mine_total=0, queue_length=0, timer=running(title="&" * 255))
        ),
        "told_timer": timer.forgotten(asked, ticket()),
        "told_timer_hostile": timer.forgotten(asked, ticket(title=HOSTILE)),
        "told_timer_stopped": timer.forgotten(answered, ticket()),
    }
    return {name: ("message", screen) for name, screen in screens.items()}
