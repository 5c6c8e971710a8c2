"""The form for the shop's hours and what is counted in them, its way back, and what it becomes."""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import Any, Final

from bot.counted import HoursEntry
from bot.opening_hours import write_holidays, write_hours
from bot.views import ids
from bot.views.blocks import Block, View
from bot.views.changes import Shown
from bot.views.entries import entered
from bot.views.kit import form, input_block, markup, mrkdwn, notice, plain, section, text_input, time_picker
from bot.wording import commas, worded
from db.models import HoursSaved, ShopHours

_NUMBER_MAX: Final = 10  # characters
_ZONE_MAX: Final = 64
_PRICES: Final = frozenset({"hourly_rate", "approval_limit"})  # dollars
_FIELDS: Final = tuple(HoursEntry.model_fields)

_OPEN_HOURS: Final = "Hours in which the shop is open"

# what is counted in the shop's hours: label and hint
_COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "due_hours_urgent": (
        "Urgent tickets are due after",
        "Hours in which the shop is open. Empty: no date, here and below.",
    ),
    "due_hours_high": ("High-priority tickets are due after", _OPEN_HOURS),
    "due_hours_medium": ("Medium-priority tickets are due after", _OPEN_HOURS),
    "due_hours_low": ("Low-priority tickets are due after", _OPEN_HOURS),
    "remind_due_soon": ("Remind so many hours before a ticket is due", "Empty: no such reminder, here and below"),
    "remind_untouched": ("Remind when an urgent ticket has been in the queue for", _OPEN_HOURS),
    "remind_approval": ("Remind when a ticket has waited for approval for", _OPEN_HOURS),
    "remind_silent": ("Remind when there has been no news of a ticket for", _OPEN_HOURS),
    "remind_managers_after": ("Managers hear so many hours after the technician", "Empty: they don't"),
    "remind_most": ("Reminders a day, for a person and a ticket", "At most; 0: none"),
}
# the rest of what the shop goes by
_OTHERS: Final[Mapping[str, tuple[str, str]]] = {
    "hourly_rate": ("An hour of work costs", "Dollars"),
    "approval_limit": (
        "Ask customers before work that costs more than",
        "Dollars, where a customer has no limit. Empty: don't",
    ),
    "labour_rounding_minutes": ("Timers book in steps of", "Minutes, up to the next"),
    "labour_ask_hours": ("Ask about a timer that has run for", "Hours"),
    "time_zone": ("Time zone", "A large city's name is enough, such as Los Angeles"),
}


def hours_form(facts: ShopHours) -> View:
    """Return the form with how it is now. Block ids are ``HoursEntry``'s field names."""
    blocks: list[Block] = [
        input_block(
            "hours",
            "The shop is open",
            text_input(ids.enter("hours"), multiline=True, initial=write_hours(facts.hours)),
            hint=worded(
                "By the shop's clock, {zone}. A line for days with the same hours: Mon-Fri 9:00-18:00", zone=facts.zone
            ),
            optional=True,
        ),
        input_block(
            "holidays",
            "Holidays",
            text_input(ids.enter("holidays"), multiline=True, initial=write_holidays(facts.holidays)),
            hint="The next ones, a line each: 2026-12-25 Christmas",
            optional=True,
        ),
    ]
    for field, (label, hint) in _COUNTED.items():
        now = facts.settings.get(field, "off")
        typing = text_input(ids.enter(field), max_length=_NUMBER_MAX, initial=_as_written(field, now))
        blocks.append(input_block(field, label, typing, hint=hint, optional=True))
    for field, (label, hint) in _OTHERS.items():
        longest = _ZONE_MAX if field == "time_zone" else _NUMBER_MAX
        now = facts.settings.get(field, "off")
        typing = text_input(ids.enter(field), max_length=longest, initial=_as_written(field, now))
        blocks.append(input_block(field, label, typing, hint=hint, optional=field == "approval_limit"))
    at = facts.settings.get("summary_time")
    choosing = time_picker(ids.enter("summary_time"), None if at is None else time.fromisoformat(at))
    hint = "By the shop's clock; each Manager may choose an hour of their own in `/ticket settings`"
    blocks.append(input_block("summary_time", "The daily summary comes at", choosing, hint=hint))
    return form(ids.HOURS_SAVE, "The shop", "Save", blocks, private_metadata=Shown(seen=facts.shown).pack())


def read_hours_form(values: Mapping[str, Mapping[str, Any]]) -> HoursEntry:
    """Return what stands in the form. Raises ``FieldsRefused``."""
    return HoursEntry.check(**{field: entered(values, field) for field in _FIELDS})


def hours_saved(saved: HoursSaved) -> View:
    """Return what the form becomes once it is saved."""
    opened = write_hours(saved.hours) or "The shop is never open: tickets get no due date, and nobody is reminded."
    blocks: list[Block] = [section(plain(opened))]
    if saved.holidays:
        blocks.append(section(mrkdwn(markup("Closed besides: {days}.", days=_listed(saved)))))
    blocks.append(section(mrkdwn(markup("Dates of tickets that are filed already stay as they are."))))
    return notice("Saved", blocks)


def _as_written(field: str, value: str) -> str:
    """Return what a setting is as one writes it: nothing for ``off``, ``80.50`` for a price."""
    if value == "off":
        return ""
    return f"{Decimal(value):.2f}" if field in _PRICES and "." in value else value


def _listed(saved: HoursSaved) -> str:
    return commas(
        [worded("{day} ({name})", day=holiday.day.isoformat(), name=holiday.name) for holiday in saved.holidays]
    )
