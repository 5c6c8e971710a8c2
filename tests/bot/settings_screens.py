"""People's own settings as the database answers them, and the screens made of them."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any, Final, get_args

from bot.roles import Role
from bot.views.hours import hours_form, hours_saved
from bot.views.offers import hours_offer, settings_offer
from bot.views.preferences import settings_form, settings_saved
from db.models import Holiday, HoursSaved, MutableKind, Preferences, Settings, SettingsSaved, ShopHours
from tests.bot import rows

EVERY: Final = list(get_args(MutableKind))
LONGEST: Final = "America/" + "Argentina_" * 5 + "Rio_G"  # as many characters as the column takes


def preferences(**changed: Any) -> Preferences:  # noqa: ANN401 - any field
    facts: dict[str, Any] = {
        "quiet_from": None,
        "quiet_until": None,
        "urgent_passes": True,
        "time_zone": None,
        "slack_time_zone": None,
        "shop_time_zone": "America/Los_Angeles",
        "summary_at": None,
        "shop_summary_at": time(8),
        "kinds": ["assigned", "unassigned", "completed", "reopened", "watched", "mentioned"],
        "muted": [],
        "shown": {},
    }
    return Preferences.model_validate(facts | changed)


def own_settings(role: Role = Role.TECHNICIAN, **changed: Any) -> Settings:  # noqa: ANN401 - any field
    return Settings(actor=rows.actor(role), preferences=preferences(**changed))


def saved(**changed: Any) -> SettingsSaved:  # noqa: ANN401 - any field
    return SettingsSaved(actor=rows.actor(), preferences=preferences(**changed), repeated=False)


def shop_hours(**changed: Any) -> ShopHours:  # noqa: ANN401 - any field
    facts = {
        "actor": rows.actor(Role.MANAGER),
        "hours": dict.fromkeys(range(1, 6), (time(9), time(18))) | {6: (time(10), time(16))},
        "holidays": [Holiday(day=date(2026, 12, 25), name="Christmas")],
        "settings": {
            "due_hours_urgent": "4",
            "due_hours_high": "8",
            "due_hours_medium": "27",
            "due_hours_low": "off",
            "remind_due_soon": "4",
            "remind_untouched": "1",
            "remind_approval": "9",
            "remind_silent": "27",
            "remind_managers_after": "4",
            "remind_most": "2",
            "hourly_rate": "75",
            "approval_limit": "150",
            "labour_rounding_minutes": "6",
            "labour_ask_hours": "4",
            "summary_time": "08:00",
            "time_zone": "America/Los_Angeles",
        },
        "zone": "America/Los_Angeles",
        "shown": {},
    }
    return ShopHours.model_validate(facts | changed)


def settings_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of people's own settings."""
    night: Mapping[str, Any] = {"quiet_from": time(22), "quiet_until": time(7), "time_zone": "Asia/Kolkata"}
    silent: Mapping[str, Any] = {"kinds": EVERY, "muted": EVERY, "urgent_passes": False}
    modals: Mapping[str, Mapping[str, Any]] = {
        "settings_form": settings_form(own_settings()),
        "settings_form_by_slack": settings_form(own_settings(slack_time_zone="Asia/Kolkata")),
        "settings_form_night": settings_form(own_settings(**night, muted=["watched"])),
        "settings_form_manager": settings_form(own_settings(Role.MANAGER, kinds=EVERY)),
        "settings_form_viewer": settings_form(own_settings(Role.VIEWER, kinds=["watched", "mentioned"])),
        "settings_form_silent_longest": settings_form(
            own_settings(Role.MANAGER, **silent, time_zone=LONGEST, shop_time_zone=LONGEST)
        ),
        "settings_saved": settings_saved(saved()),
        "settings_saved_night": settings_saved(saved(**night, muted=["assigned"])),
        "settings_form_own_hour": settings_form(
            own_settings(Role.MANAGER, **night, kinds=EVERY, summary_at=time(6, 30))
        ),
        "settings_saved_manager": settings_saved(saved(kinds=EVERY)),
        "settings_saved_own_hour": settings_saved(saved(**night, kinds=EVERY, summary_at=time(6, 30))),
        "settings_saved_no_hour": settings_saved(saved(kinds=EVERY, shop_summary_at=None)),
        "settings_saved_silent": settings_saved(saved(**night, **silent)),
    }
    never: Mapping[str, Any] = {"hours": {}, "holidays": [], "settings": {}}
    many = [Holiday(day=date(2026, 12, 25) + timedelta(days=n), name="😀" * 100) for n in range(14)]
    modals = {
        **modals,
        "hours_form": hours_form(shop_hours()),
        "hours_form_empty": hours_form(shop_hours(**never)),
        "hours_form_longest": hours_form(shop_hours(holidays=many, zone=LONGEST)),
        "hours_saved": hours_saved(HoursSaved(**dict(shop_hours()), repeated=False)),
        "hours_saved_longest": hours_saved(HoursSaved(**dict(shop_hours(holidays=many)), repeated=False)),
        "hours_saved_never": hours_saved(HoursSaved(**dict(shop_hours(**never)), repeated=False)),
    }
    made: dict[str, tuple[str, Mapping[str, Any]]] = {name: ("modal", payload) for name, payload in modals.items()}
    return made | {"offer_settings": ("message", settings_offer()), "offer_hours": ("message", hours_offer())}
