"""What becomes of a completion: its screens."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.views import completion
from bot.views.announcements import announcement
from db.models import CompletionUndone, Note, Ticket
from tests.bot import rows
from tests.bot.announcement_screens import HOSTILE, notification, ticket

DONE: Final = Note(author="Ana Ruiz", kind="withdrawn", body="Replaced the drive.", created_at=rows.FILED)


def undone(shown: Ticket, *, timed: bool = False) -> CompletionUndone:
    return CompletionUndone(**rows.changed(shown).model_dump(), timed=timed)


def completion_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return every screen of a completion that was taken back, with its surface."""
    before = rows.standing("quality_check", "ready", "in_repair", actual_hours=Decimal("1.50"), notes=[DONE])
    told = notification("completed", facts={"undone": "Ana Ruiz", "resolution": None}, actor_name="Ana Ruiz")
    hostile = notification("reopened", facts={"undone": 1}, actor_name=HOSTILE)
    screens: Mapping[str, Mapping[str, Any]] = {
        "undone": completion.completion_undone(undone(before)),
        "undone_timed": completion.completion_undone(undone(before, timed=True), replace=True),
        "undone_into_queue": completion.completion_undone(undone(rows.ticket(title=HOSTILE))),
        "told_undone": announcement(told.model_copy(update={"ticket": ticket()})),
        "told_undone_hostile": announcement(hostile.model_copy(update={"ticket": ticket(title=HOSTILE)})),
    }
    return {name: ("message", screen) for name, screen in screens.items()}
