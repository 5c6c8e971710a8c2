"""Reports as the database answers them, and the screens made of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, get_args

from bot.roles import Role
from bot.views import periods, reminders, summary
from bot.views.announcements import announcement
from bot.views.database import database_report
from db.models import (
    Chart,
    DatabaseFigures,
    DayReport,
    Figures,
    FlowDay,
    Notification,
    Nudged,
    PeriodSummary,
    Summary,
    SummaryLine,
    Team,
    TechnicianPerformance,
)
from tests.bot import rows

Outcome = Literal["reminded", "before", "unreachable", "yours"]  # of a nudge
CHART_FILE: Final = "F0SUMMARY1"
HOSTILE: Final = "<!channel> *bold* & <@U123> \u202egnp.exe"
DUE: Final = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def person(name: str, *, completed: int = 0, hours: str = "0", has: int = 0) -> SummaryLine:
    return SummaryLine(name=name, completed=completed, hours=Decimal(hours), open=has)


def flow(day: date, *, weeks: int = 4) -> list[FlowDay]:
    """Return the day's flow, as ``figures`` has it, and that of so many weeks before."""
    return [
        *(
            FlowDay(
                day=day - timedelta(days=ago),
                opened=9 + ago % 7 + ago // 7,
                completed=8 + ago // 7,
                hours=Decimal("14.50") + ago % 7,
            )
            for ago in range(weeks * 7, 0, -1)
        ),
        FlowDay(day=day, opened=12, completed=9, hours=Decimal("14.50")),
    ]


FLOW: Final = flow(date(2026, 11, 21))[-14:]  # what the picture shows


def figures(**changed: Any) -> DayReport:  # noqa: ANN401 - any field
    facts = {
        "day": date(2026, 11, 21),
        "today": date(2026, 11, 22),
        "opened": 12,
        "completed": 9,
        "hours": Decimal("14.50"),
        "open": 25,
        "unassigned": 8,
        "urgent": 2,
        "flow": flow(changed.get("day", date(2026, 11, 21))),
        "open_week_ago": 22,
        "oldest": [rows.ticket_line()],
        "overdue": 3,
        "waiting": 4,
        "queue": [],
        "past_due": [],
        "held_up": [],
        "technicians": [
            person("Ana Lopez", completed=6, hours="10.25", has=9),
            person("Tom Reed", completed=3, hours="4.25", has=8),
        ],
    }
    return DayReport.model_validate(facts | changed)


def asked(role: Role = Role.MANAGER, **changed: Any) -> Summary:  # noqa: ANN401 - any field
    return Summary(actor=rows.actor(role), figures=figures(**changed))


def due(*, late: bool = False, chart: Chart | None = None, **changed: Any) -> Notification:  # noqa: ANN401 - any field
    return Notification.model_validate(
        {
            "id": 1,
            "kind": "summary",
            "dedupe_key": "summary:7:2026-11-22",
            "ticket_id": None,
            "recipient_id": 7,
            "recipient_slack_user_id": "U0ANA",
            "channel": None,
            "ts": None,
            "uncertain_since": None,
            "attempts": 1,
            "failures": 0,
            "version": 1,
            "actor_name": None,
            "facts": {"day": "2026-11-21", "due_at": DUE.isoformat(), "late": late},
            "ticket": None,
            "created_at": DUE,
            "chart": chart,
            "figures": figures(**changed),
        }
    )


def nudged(outcome: Outcome, **changed: Any) -> Nudged:  # noqa: ANN401 - any field
    ticket = rows.anothers(**changed)
    return Nudged.model_validate(
        {"actor": rows.actor(Role.MANAGER), "ticket": ticket, "outcome": outcome, "repeated": False}
    )


def period(kind: str, **changed: Any) -> PeriodSummary:  # noqa: ANN401 - any field
    last = date(2026, 11, 21)
    months = [
        {"month": "2026-11-01", "filed": 210, "completed": 180, "hours_each": "1.46"},
        {"month": "2026-10-01", "filed": 1, "completed": 0, "hours_each": None},
    ]
    facts = {
        "kind": kind,
        "first": last - timedelta(days=6) if kind == "week" else last.replace(day=1),
        "last": last,
        "flow": flow(last, weeks=8),
        "technicians": [person("Ana Lopez", completed=6, hours="10.25", has=9)],
        "backlog": Figures.model_validate(figures().model_dump(include=set(Figures.model_fields))),
        "months": months if kind == "month" else [],
    }
    return PeriodSummary.model_validate({"actor": rows.actor(Role.VIEWER), "report": facts | changed})


def performance(name: str, **changed: Any) -> TechnicianPerformance:  # noqa: ANN401 - any field
    facts = {
        "name": name,
        "total_tickets": 15,
        "completed_tickets": 12,
        "open_tickets": 3,
        "completion_rate": Decimal("80.00"),
        "avg_hours_per_ticket": Decimal("1.46"),
        "avg_completion_time_hours": Decimal("30.00"),
    }
    return TechnicianPerformance.model_validate(facts | changed)


def team(*people: TechnicianPerformance) -> Team:
    return Team(actor=rows.actor(Role.VIEWER), technicians=list(people))


def nothing_yet(name: str) -> TechnicianPerformance:
    return performance(
        name,
        total_tickets=1,
        completed_tickets=0,
        open_tickets=1,
        completion_rate=Decimal(0),
        avg_hours_per_ticket=None,
        avg_completion_time_hours=None,
    )


def database(**changed: Any) -> DatabaseFigures:  # noqa: ANN401 - any field
    facts = {
        "size": "412 MB",
        "version": "17.10",
        "counted_since": DUE,
        "cache_hit_percent": Decimal("99.2"),
        "deadlocks": 0,
        "max_connections": 100,
        "connections": [
            {"state": "idle", "number": 5, "waiting": 0, "oldest_seconds": None},
            {"state": "active", "number": 2, "waiting": 1, "oldest_seconds": 0.2},
            {"state": "idle in transaction", "number": 1, "waiting": 0, "oldest_seconds": 250.0},
        ],
        "tables": [],
        "indexes": [],
        "unused": [{"name": "tickets_priority_idx", "size": "22 MB"}, {"name": "customers_name_idx", "size": "4 MB"}],
        "unused_number": 2,
        "unused_size": "26 MB",
        "statements_watched": True,
        "slow": [
            {
                "query": "SELECT tech, count(*)\n  FROM tickets JOIN customers c ON c.id = customer_id\n GROUP BY tech",
                "calls": 1204,
                "mean_ms": 412.4,
                "total_ms": 496_530.0,
            }
        ],
        "slow_number": 1,
        "settings": [
            {"name": "shared_buffers", "wanted": "256MB", "actual": "128 MB", "ok": False, "needs_restart": True},
            {"name": "work_mem", "wanted": "4MB", "actual": "4096 kB", "ok": True, "needs_restart": False},
        ],
        "maintained_at": DUE,
        "maintenance": "Log partitions: 1 created, 1 dropped. Customer statistics refreshed. Statistics updated.",
    }
    return DatabaseFigures.model_validate(facts | changed)


def report_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of the reports."""
    crowd = [f"Nº {number} " + "é" * 240 for number in range(150)]
    hostile = rows.ticket_line(title=HOSTILE, customer_name=HOSTILE, worker_name=HOSTILE)
    numbers = ("opened", "completed", "hours", "open", "unassigned", "urgent", "overdue", "waiting")
    nothing: dict[str, Any] = dict.fromkeys(numbers, 0)
    quiet = {
        "connections": [{"state": "active", "number": 1, "waiting": 0, "oldest_seconds": 0.0}],
        "counted_since": None,
        "cache_hit_percent": None,
        "unused": [],
        "unused_number": 0,
        "unused_size": "0 bytes",
        "slow": [],
        "slow_number": 0,
        "settings": [],
        "maintained_at": None,
        "maintenance": None,
    }
    crammed = rows.ticket_line(2**31 - 1, title="&" * 255, customer_name="&" * 511, worker_name="&" * 255)
    query = {"calls": 10**9, "mean_ms": 29_999.9, "total_ms": 10.0**12}
    setting = {"name": "é" * 60, "wanted": "&" * 60, "actual": "&" * 200, "ok": False, "needs_restart": True}
    chart = Chart(file=CHART_FILE, words=summary.chart_words(FLOW))
    messages: Mapping[str, Mapping[str, Any]] = {
        "database": database_report(database()),
        "database_at_rest": database_report(database(**quiet)),
        "database_unwatched": database_report(database(**quiet | {"statements_watched": False})),
        "database_hostile": database_report(database(slow=[query | {"query": f"SELECT '{HOSTILE}' AS `x`"}])),
        "database_longest": database_report(
            database(
                unused=[{"name": "é" * 63, "size": "1023 GB"}] * 3,
                unused_number=10**4,
                slow=[query | {"query": "&" * 1000}] * 3,
                slow_number=5000,
                settings=[setting] * 8,
                maintenance="&" * 300,
            )
        ),
        "summary_yesterday": summary.summary(asked()),
        "summary_today_for_viewer": summary.summary(asked(Role.VIEWER, day=date(2026, 11, 22))),
        "summary_of_nothing": summary.summary(
            asked(**nothing, oldest=[], flow=flow(date(2026, 11, 21), weeks=0), open_week_ago=None, technicians=[])
        ),
        "summary_hostile": summary.summary(
            asked(
                oldest=[hostile],
                queue=[hostile.model_copy(update={"id": 43, "worker_name": None})],
                technicians=[person(HOSTILE)],
            )
        ),
        "summary_longest": summary.summary(
            asked(
                oldest=[crammed],
                queue=[crammed.model_copy(update={"id": 2**31 - n, "worker_name": None}) for n in range(2, 7)],
                past_due=[crammed.model_copy(update={"id": 2**31 - n}) for n in range(7, 12)],
                held_up=[crammed.model_copy(update={"id": 2**31 - n}) for n in range(12, 17)],
                opened=10**6,
                technicians=[person(name, completed=10**5, hours="99999.99", has=10**6) for name in crowd],
            )
        ),
        "daily_summary": announcement(
            due(
                oldest=[rows.ticket_line(40, worker_name="Ana Lopez")],
                queue=[rows.ticket_line(41, priority="urgent"), rows.ticket_line(42)],
                past_due=[rows.ticket_line(43, worker_name="Tom Reed", due_at=DUE)],
                held_up=[rows.ticket_line(44, worker_name="Tom Reed", bench_status="waiting_parts")],
            )
        ),
        "daily_summary_picture": announcement(due(chart=chart)),
        "daily_summary_late": announcement(
            due(late=True, today=date(2026, 11, 23), missed=[date(2026, 11, 18), date(2026, 11, 19)])
        ),
        "summary_kept_picture": summary.summary(
            asked(today=date(2026, 11, 25), taken_at=DUE).model_copy(update={"chart": chart})
        ),
        "summary_kept": summary.summary(asked(today=date(2026, 11, 25), taken_at=DUE)),
        **{f"nudged_{outcome}": reminders.nudged(nudged(outcome)) for outcome in get_args(Outcome)},
        "nudged_hostile": reminders.nudged(nudged("reminded", title=HOSTILE, worker_name=HOSTILE)),
        "summary_week": periods.period(period("week")),
        "summary_week_young": periods.period(period("week", flow=flow(date(2026, 11, 21), weeks=1), technicians=[])),
        "summary_week_hostile": periods.period(period("week", technicians=[person(HOSTILE)])),
        "summary_month": periods.period(period("month")),
        "summary_month_whole": periods.period(
            period("month", first=date(2026, 10, 1), last=date(2026, 10, 31), flow=flow(date(2026, 10, 31), weeks=9))
        ),
        "summary_month_longest": periods.period(
            period("month", technicians=[person(name, completed=10**5, hours="99999.99", has=10**6) for name in crowd])
        ),
        "team": summary.team(team(performance("Ana Lopez"), nothing_yet("Tom Reed"))),
        "team_of_nobody": summary.team(team()),
        "team_hostile": summary.team(team(performance(HOSTILE))),
        "team_longest": summary.team(team(*(performance(name) for name in crowd))),
    }
    return {name: ("message", payload) for name, payload in messages.items()}
