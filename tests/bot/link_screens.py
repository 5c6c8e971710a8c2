"""What Slack shows of tickets' addresses."""

from collections.abc import Mapping
from typing import Any, Final

from bot.views.links import preview
from tests.bot.announcement_screens import DONE, DUE, HOSTILE, ticket

_LONGEST: Final = {"title": "&" * 255, "worker_name": "&" * 255, "category": "&" * 100, "device": "&" * 511}


def link_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return name -> (kind, what is sent)."""
    shown = {
        "link_preview": preview(ticket(device="Laptop ThinkPad X1", due_at=DUE)),
        "link_preview_completed": preview(ticket(**DONE, category=None)),
        "link_preview_hostile": preview(ticket(title=HOSTILE, worker_name=HOSTILE, category=HOSTILE, device=HOSTILE)),
        "link_preview_longest": preview(ticket(**_LONGEST)),
    }
    return {name: ("message", message) for name, message in shown.items()}
