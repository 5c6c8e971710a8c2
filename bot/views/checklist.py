"""The form in which Managers write a checklist, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from bot.errors import NoLongerThere
from bot.forms import CHECKS_MAX, ChecklistEntry
from bot.views import ids
from bot.views.blocks import View
from bot.views.changes import Shown
from bot.views.entries import entered
from bot.views.kit import form, input_block, join, markup, mrkdwn, notice, section, text_input
from bot.views.phrases import category as named
from bot.views.phrases import count
from bot.wording import worded
from db.models import Category, Checklist, ChecklistSeen

_CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)


def checklist_form(checklist: Checklist) -> View:
    """Return the form with the checks as they are now, one a line. The block id is ``ChecklistEntry``'s field name."""
    said = markup("These stand in the form that completes {tickets}.", tickets=tickets_of(checklist.category))
    return form(
        ids.CHECKLIST_SAVE,
        "Checklist",
        "Save",
        [
            section(mrkdwn(said)),
            input_block(
                "items",
                "Checks",
                text_input(ids.enter("items"), multiline=True, initial="\n".join(checklist.items), focus=True),
                hint=worded("One a line, in their order: at most {most}, of 75 characters each", most=CHECKS_MAX),
                optional=True,
            ),
        ],
        private_metadata=Shown(category=checklist.category, seen=checklist.shown).pack(),
    )


def read_checklist_entry(values: Mapping[str, Mapping[str, Any]]) -> ChecklistEntry:
    """Return what was entered into the form. Raises ``FieldsRefused``."""
    return ChecklistEntry.check(items=entered(values, "items"))


def read_category(value: str) -> Category | None:
    """Return the category that a button carries, None for every ticket. Raises ``NoLongerThere``."""
    if not value:
        return None
    for category in _CATEGORIES:
        if category == value:
            return category
    raise NoLongerThere


def checklist_saved(saved: ChecklistSeen) -> View:
    """Return what the form becomes once the checklist is saved."""
    checklist = saved.checklist
    said = markup(
        "{number} for {tickets}.",
        number=count(len(checklist.items), "check").capitalize(),
        tickets=tickets_of(checklist.category),
    )
    lines = join("\n", [markup("• {check}", check=check) for check in checklist.items])
    return notice("Checklist saved", [section(mrkdwn(said)), *([section(mrkdwn(lines))] if lines else [])])


def tickets_of(category: Category | None) -> str:
    """Return which tickets a checklist is for."""
    return "every ticket" if category is None else worded("tickets of the category {name}", name=named(category))
