"""The Home tab, by role."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.errors import NotLinked
from bot.roles import Role
from bot.views.home import closed_home, home
from db.models import DueCounts, Figures, Home
from tests.bot import rows
from tests.bot.announcement_screens import HOSTILE
from tests.bot.report_screens import figures
from tests.bot.timer_screens import running

READ_FIGURES = frozenset({Role.MANAGER, Role.VIEWER})


def morning(role: Role, **changed: Any) -> Home:  # noqa: ANN401 - any field
    """Return what a person of the role has to see on an ordinary morning."""
    works = role in {Role.MANAGER, Role.TECHNICIAN}
    today = Figures.model_validate(figures().model_dump(include=set(Figures.model_fields)))
    facts: dict[str, Any] = {
        "actor": rows.actor(role),
        "mine": [
            rows.ticket_line(41, worker_name="Ana Ruiz", due_at=rows.FILED, due_in=-3 * 3600, bench_status="in_repair"),
            rows.ticket_line(43, worker_name="Ana Ruiz", priority="low", bench_status="waiting_parts"),
        ],
        "mine_total": 2,
        "bench": {"in_repair": 1, "waiting_parts": 1},
        "queue": [rows.ticket_line(number) for number in (44, 45)] if role is not Role.REGULAR_USER else [],
        "queue_length": 12 if role is not Role.REGULAR_USER else None,
        "timer": running() if works else None,
        "today": today if role in READ_FIGURES else None,
        "due": DueCounts(overdue=1, today=2),
        "undelivered": 2 if role is Role.MANAGER else None,
    }
    return Home.model_validate(facts | changed)


def home_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return every form of the Home tab, with its surface."""
    nothing: Mapping[str, Any] = {"mine": [], "mine_total": 0, "bench": {}, "timer": None, "due": DueCounts()}
    crammed = rows.ticket_line(
        2**31 - 1,
        title="&" * 255,
        customer_name="&" * 511,
        worker_name="&" * 255,
        due_at=rows.FILED + timedelta(days=1),
        due_in=-(10**8),
    )
    hostile = rows.ticket_line(44, title=HOSTILE, customer_name=HOSTILE, worker_name=HOSTILE)
    screens: Mapping[str, Mapping[str, Any]] = {
        **{f"home_{role.name.lower()}": home(morning(role)) for role in Role},
        "home_of_nothing": home(morning(Role.TECHNICIAN, **nothing, queue=[], queue_length=0)),
        "home_hostile": home(morning(Role.TECHNICIAN, mine=[hostile], queue=[hostile], timer=None)),
        "home_longest": home(
            morning(Role.MANAGER, mine=[crammed] * 10, mine_total=10_000, queue=[crammed] * 5, queue_length=10_000)
        ),
        "home_closed": closed_home(NotLinked("unknown").sentence),
    }
    return {name: ("home", screen) for name, screen in screens.items()}
