"""The checklist of a completion, and what becomes of it: their screens."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.errors import Overwritten
from bot.views import checklist, completion, history, offers
from bot.views import ticket as card
from bot.views.announcements import announcement
from db.models import Category, Check, Checklist, ChecklistSeen, CompletionUndone, History, Note, Ticket
from tests.bot import rows
from tests.bot.announcement_screens import HOSTILE, notification, ticket
from tests.bot.form_screens import overtaken

DONE: Final = Note(author="Ana Ruiz", kind="withdrawn", body="Replaced the drive.", created_at=rows.FILED)


def checks(*ticked: bool, text: str = "It starts, number") -> list[Check]:
    """Return as many checks, of which every second one is of the category."""
    return [
        Check(id=number, text=f"{text} {number}"[:75], common=number % 2 == 1, ticked=done)
        for number, done in enumerate(ticked, 1)
    ]


def written(*items: str, category: Category | None = None) -> ChecklistSeen:
    shown = Checklist(category=category, items=list(items), shown={"items": list(items)})
    return ChecklistSeen(actor=rows.actor(), checklist=shown)


def history_of(number: str) -> History:
    changes = [
        {"field": "completed", "old": "false", "new": "true"},
        {"field": "actual_hours", "old": None, "new": "1"},
    ]
    done = {"at": rows.FILED, "who": "Ana Ruiz", "source": "slack:form", "kind": "changed", "body": None}
    return History.model_validate(
        {
            "actor": rows.actor(),
            "ticket": rows.ticket_line(),
            "entries": [
                done | {"kind": "undone", "changes": []},
                done | {"changes": [*changes, {"field": "checks", "old": None, "new": number}]},
            ],
            "more": False,
        }
    )


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
        "undone_into_queue": completion.completion_undone(undone(rows.ticket(title="Ana Lopez"))),
        "undone_into_queue_hostile": completion.completion_undone(undone(rows.ticket(title=HOSTILE))),
        "card_checked": card.card(rows.seen(rows.completed(checks=checks(True, True, False)))),
        "history_checked": history.history(history_of("2 of 3")),
        "offer_completion_checks": offers.completion_offer(rows.mine(), "New & fan.", Decimal("1.50")),
        "offer_checklist": offers.checklist_offer(written(category="hardware").checklist),
        "told_undone": announcement(told.model_copy(update={"ticket": ticket()})),
        "told_undone_hostile": announcement(hostile.model_copy(update={"ticket": ticket(title=HOSTILE)})),
    }
    longest = rows.mine(
        2**31 - 1, title="&" * 255, category="data recovery", checks=checks(*[False] * 20, text="&" * 75)
    )
    modals: Mapping[str, Mapping[str, Any]] = {
        "form_completion_checks": completion.completion_form(rows.mine(checks=checks(False, False, False))),
        "form_completion_anyway": completion.completion_form(
            rows.mine(checks=checks(False, False, False)), worked=Decimal("1.50"), resolution="New fan.", ticked=[1, 3]
        ),
        "form_completion_checks_hostile": completion.completion_form(
            rows.mine(title=HOSTILE, category=HOSTILE[:100], checks=checks(False, False, text=HOSTILE)), ticked=[]
        ),
        "form_completion_checks_longest": completion.completion_form(longest, resolution="é" * 3000),
        "form_completion_overtaken": overtaken(
            completion.completion_form(rows.mine(actual_hours=Decimal("1.50"))),
            {"hours": "2", "resolution": "New fan."},
            Overwritten("actual_hours", "Bo Chen", "1.50", "2.25"),
        ),
        "form_completion_anyway_overtaken_hostile": overtaken(
            completion.completion_form(
                rows.mine(title=HOSTILE, category=HOSTILE[:100], checks=checks(False, False, text=HOSTILE)),
                worked=Decimal("1.50"),
                ticked=[1],
            ),
            {"resolution": HOSTILE},
            Overwritten("actual_hours", HOSTILE, None, "999.99"),
        ),
        "form_checklist": checklist.checklist_form(written("Cleaned", "It starts", category="hardware").checklist),
        "form_checklist_empty": checklist.checklist_form(written().checklist),
        "form_checklist_longest": checklist.checklist_form(
            written(*["&" * 75] * 10, category="data recovery").checklist
        ),
        "checklist_saved": checklist.checklist_saved(written("Cleaned", "Tested for an hour", category="hardware")),
        "checklist_saved_hostile": checklist.checklist_saved(written("Cleaned", HOSTILE, category="hardware")),
        "checklist_saved_empty": checklist.checklist_saved(written()),
    }
    return {name: ("message", screen) for name, screen in screens.items()} | {
        name: ("modal", modal) for name, modal in modals.items()
    }
