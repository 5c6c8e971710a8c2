"""The forms of people, the shop, a checklist and one's own settings for whom somebody else was quicker than."""

from collections.abc import Mapping
from typing import Any, Final

from bot.errors import FormValue, Overwritten
from bot.views.blocks import View
from bot.views.changes import Shown
from bot.views.checklist import checklist_form
from bot.views.conflicts import conflicting_form
from bot.views.hours import hours_form
from bot.views.overwritten import overwritten
from bot.views.person_form import person_form
from bot.views.preferences import settings_form
from tests.bot import rows
from tests.bot.completion_screens import written
from tests.bot.desk import state_of
from tests.bot.form_screens import HOSTILE
from tests.bot.settings_screens import own_settings, shop_hours
from tests.bot.users_screens import person

_LONGEST: Final = "&" * 255


def _changed(
    field: str, old: FormValue, new: FormValue, who: str | None = "Bo Chen", *, touched: bool = True
) -> Overwritten:
    return Overwritten(field, who, old, new, rows.FILED, touched, new)


def _overtaken(form: View, typed: Mapping[str, str], *changes: Overwritten) -> View:
    return conflicting_form(
        changes,
        Shown.unpack(form["private_metadata"]).knowing(changes).pack(),
        overwritten,
        callback=form["callback_id"],
        title=form["title"]["text"],
        submit=form["submit"]["text"],
        blocks=form["blocks"],
        values=state_of(form, typed),
    )


def overtaken_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of forms in which somebody was overtaken."""
    week: dict[str, str | list[str]] = {str(day): ["09:00:00", "18:00:00"] for day in range(1, 6)}
    holidays: dict[str, str | list[str]] = {f"2026-12-{day}": HOSTILE * 3 for day in range(10, 24)}
    settings = [name for name in shop_hours().settings if name != "summary_time"]
    checks = [f"{number} " + "&" * 73 for number in range(10)]
    people = person_form(person(), yourself=False)
    shop = hours_form(shop_hours())
    checklist = checklist_form(written("Cleaned", "Starts", category="hardware").checklist)
    modals: Mapping[str, View] = {
        "form_overtaken_person": _overtaken(
            people,
            {"role": "Manager"},
            _changed("role", "Technician", "Viewer"),
            _changed("is_active", old=True, new=False, touched=False),
            _changed("slack_user_id", "U0TOM", "U0SECOND", touched=False),
        ),
        "form_overtaken_person_account": _overtaken(
            people, {"access": "off"}, _changed("slack_user_id", "U0TOM", None, _LONGEST, touched=False)
        ),
        "form_overtaken_shop": _overtaken(
            shop,
            {"hourly_rate": "90", "due_hours_low": "50", "summary_time": "07:30"},
            _changed("hours", week, week | {"5": ["09:00:00", "17:00:00"]}),
            _changed("holidays", {}, {"2026-12-25": "Christmas"}),
            _changed("hourly_rate", "75", "80"),
            _changed("due_hours_low", "off", "45", "Ana Ruiz"),
            _changed("summary_time", "08:00", "07:00"),
        ),
        "form_overtaken_shop_longest": _overtaken(
            shop,
            {},
            _changed("hours", "no hours, but what a client put there", {}, _LONGEST),
            _changed("holidays", None, holidays, _LONGEST),
            *(_changed(setting, "9" * 3000, HOSTILE, _LONGEST) for setting in settings),
        ),
        "form_overtaken_checklist": _overtaken(
            checklist, {"items": "Cleaned\nFan"}, _changed("items", ["Cleaned", "Starts"], ["Screws", "Cleaned"])
        ),
        "form_overtaken_checklist_order": _overtaken(
            checklist, {"items": ""}, _changed("items", ["Cleaned", "Starts"], ["Starts", "Cleaned"])
        ),
        "form_overtaken_checklist_longest": _overtaken(
            checklist, {"items": "\n".join(checks)}, _changed("items", list(checks), [HOSTILE] * 10, _LONGEST)
        ),
        "form_overtaken_settings": _overtaken(
            settings_form(own_settings()),
            {"quiet_from": "23:00", "quiet_until": "07:00", "time_zone": "Berlin"},
            _changed("quiet_hours", None, ["22:00:00", "07:00:00"], None),
            _changed("urgent_passes", old=True, new=False, who=None),
            _changed("time_zone", None, "Asia/Kolkata", None),
            _changed("heard", ["assigned", "watched"], ["assigned"], None),
        ),
    }
    return {name: ("modal", view) for name, view in modals.items()}
