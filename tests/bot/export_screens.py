"""The export's screens."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.roles import Role
from bot.views.exporting import export_asked, month_refused
from db.models import ExportAsked
from tests.bot import rows
from tests.bot.announcement_screens import notification


def asked(tickets: int) -> ExportAsked:
    return ExportAsked(actor=rows.actor(Role.MANAGER), month=date(2026, 10, 1), tickets=tickets, repeated=False)


def export_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of the export."""
    facts = {"reason": "not_taken", "errand": "report", "month": "2026-10-01"}
    screens: Mapping[str, Mapping[str, Any]] = {
        "export_asked": export_asked(asked(10_000)),
        "export_asked_one": export_asked(asked(1)),
        "export_of_nothing": export_asked(asked(0)),
        "told_export_refused": month_refused(notification("file_refused", ticket_id=None, facts=facts)),
    }
    return {name: ("message", screen) for name, screen in screens.items()}
