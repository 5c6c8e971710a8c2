"""Two people change the same list or settings: the second is told what, by whom and when, and other changes stay."""

import asyncio
from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest

from bot.errors import ChecklistChanged, FormValue, HoursChangedMeanwhile, Overtaken, SettingsChangedMeanwhile
from bot.roles import Role
from db.completions import read_checklist, save_checklist
from db.hours import read_hours, save_hours
from db.models import ShopHours
from db.pool import Database
from db.preferences import read_settings, save_settings
from tests.db.test_requests import waiting_for_lock
from tests.shop import Member, Shop


def told(refused: pytest.ExceptionInfo[Any]) -> list[tuple[str, FormValue, FormValue, str | None]]:
    assert isinstance(refused.value, Overtaken)
    assert all(change.at is not None for change in refused.value.changes)
    return [(change.field, change.old, change.new, change.who) for change in refused.value.changes]


async def keep(
    database: Database,
    who: Member,
    shown: ShopHours,
    seen: Mapping[str, FormValue] | None = None,
    **changed: Any,  # noqa: ANN401 - a field's value
) -> ShopHours:
    """Send the shop's form with other values in some fields."""
    entered: dict[str, Any] = {
        "hours": shown.hours,
        "holidays": {holiday.day: holiday.name for holiday in shown.holidays},
        "settings": shown.settings | changed.pop("settings", {}),
    }
    return await save_hours(
        database, who.asker(), uuid4().hex, seen=shown.shown if seen is None else seen, **entered | changed
    )


async def test_managers_who_change_different_settings_don_t_disturb_each_other(shop: Shop, database: Database) -> None:
    boss = await shop.add_member("Bo Boss", Role.MANAGER)
    shown = await read_hours(database, shop.manager.asker())

    await asyncio.gather(
        keep(database, boss, shown, settings={"hourly_rate": "80"}),
        keep(database, shop.manager, shown, settings={"approval_limit": "off"}),
        keep(database, boss, shown, hours={1: (time(8), time(12))}),
        keep(database, shop.manager, shown, holidays={date(2999, 1, 1): "New Year"}),
    )

    now = await read_hours(database, boss.asker())
    assert (now.settings["hourly_rate"], now.settings["approval_limit"]) == ("80", "off")
    assert (list(now.hours), [holiday.name for holiday in now.holidays]) == ([1], ["New Year"])


async def test_of_managers_who_change_the_same_setting_the_second_decides_knowingly(
    shop: Shop, database: Database
) -> None:
    boss = await shop.add_member("Bo Boss", Role.MANAGER)
    shown = await read_hours(database, shop.manager.asker())
    await keep(database, boss, shown, settings={"hourly_rate": "80", "remind_most": "3"})
    await keep(database, shop.manager, shown, holidays={date(2999, 1, 1): "x" * 100, date(2999, 1, 2): "New Year"})

    with pytest.raises(HoursChangedMeanwhile) as refused:
        await keep(database, shop.manager, shown, settings={"hourly_rate": "90"})
    assert told(refused) == [("hourly_rate", "75", "80", "Bo Boss")]

    known = shown.shown | {change.field: change.shown for change in refused.value.changes}
    saved = await keep(database, shop.manager, shown, known, settings={"hourly_rate": "90"})
    assert (saved.settings["hourly_rate"], saved.settings["remind_most"]) == ("90", "3")


async def test_a_change_that_began_earlier_and_is_not_committed_yet_is_waited_for_and_told(
    shop: Shop, database: Database
) -> None:
    """By the audit trail's time it came before the form was opened."""
    async with shop.owner.transaction():
        await shop.owner.execute("UPDATE shop_settings SET value = '80' WHERE key = 'hourly_rate'")
        shown = await read_hours(database, shop.manager.asker())
        saving = asyncio.create_task(keep(database, shop.manager, shown, settings={"hourly_rate": "90"}))
        await waiting_for_lock(shop.owner)

    with pytest.raises(HoursChangedMeanwhile) as refused:
        await saving
    assert told(refused) == [("hourly_rate", "75", "80", "The system")]


async def test_what_is_too_long_for_a_form_is_compared_all_the_same(shop: Shop, database: Database) -> None:
    """Slack lets a form carry 3,000 characters."""
    boss = shop.manager
    days = {date(2999, 1, day): "é" * 100 for day in range(1, 15)}
    shown = await keep(database, boss, await read_hours(database, boss.asker()), holidays=days)
    assert str(shown.shown["holidays"]).startswith("md5:")
    await keep(database, boss, shown, holidays={date(2999, 1, 1): "New Year"})

    with pytest.raises(HoursChangedMeanwhile) as refused:
        await keep(database, boss, shown, holidays={})
    assert told(refused) == [("holidays", None, {"2999-01-01": "New Year"}, "Maria Francisco")]


async def test_two_who_write_a_checklist_at_once_are_told_of_each_other(shop: Shop, database: Database) -> None:
    boss = await shop.add_member("Bo Boss", Role.MANAGER)
    seen = (await read_checklist(database, boss.asker(), None)).checklist.shown
    await save_checklist(database, boss.asker(), "other", "network", ["Wi-Fi"], {"items": []})
    pairs = {boss.name: ["Screws"], shop.manager.name: ["Fan"]}

    answers = await asyncio.gather(
        *(save_checklist(database, who.asker(), who.name, None, pairs[who.name], seen) for who in (boss, shop.manager)),
        return_exceptions=True,
    )

    [refused] = [answer for answer in answers if isinstance(answer, ChecklistChanged)]
    [change] = refused.changes
    assert change.new == pairs[str(change.who)] == (await read_checklist(database, boss.asker(), None)).checklist.items


async def test_own_settings_of_two_devices_join_and_the_same_is_asked_about(shop: Shop, database: Database) -> None:
    me = shop.technician.asker()
    seen = (await read_settings(database, me)).preferences.shown
    every = [str(kind) for kind in seen["heard"]] if isinstance(seen["heard"], list) else []
    as_shown: dict[str, Any] = {
        "quiet_hours": None,
        "urgent_passes": True,
        "time_zone": None,
        "summary_at": None,
        "heard": every,
    }

    await asyncio.gather(
        save_settings(database, me, "phone", seen=seen, **as_shown | {"quiet_hours": (time(22), time(7))}),
        save_settings(database, me, "desk", seen=seen, **as_shown | {"heard": []}),
    )
    now = (await read_settings(database, me)).preferences
    assert (now.quiet_from, now.quiet_until, now.muted) == (time(22), time(7), now.kinds)

    with pytest.raises(SettingsChangedMeanwhile) as refused:
        await save_settings(database, me, "k", seen=seen, **as_shown | {"quiet_hours": (time(23), time(7))})
    assert told(refused) == [("quiet_hours", None, ["22:00:00", "07:00:00"], None)]
