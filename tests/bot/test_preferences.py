"""How a person wants to be told, as they enter it."""

from datetime import time

import pytest

from bot.clocks import find_zone
from bot.errors import FieldsRefused
from bot.views.preferences import read_preferences, settings_form
from tests.bot.desk import state_of
from tests.bot.settings_screens import EVERY, own_settings


def test_form_gives_back_what_it_began_with() -> None:
    form = settings_form(
        own_settings(
            quiet_from=time(22),
            quiet_until=time(7, 30),
            time_zone="Asia/Kolkata",
            urgent_passes=False,
            kinds=EVERY,
            muted=["assigned", "summary"],
        )
    )
    read = read_preferences(state_of(form, {}))

    assert read.quiet_hours == (time(22), time(7, 30))
    assert read.time_zone == "Asia/Kolkata"
    assert not read.urgent_passes
    assert read.heard == set(EVERY) - {"assigned", "summary"}


def test_empty_form_is_no_quiet_hours_by_the_shops_clock() -> None:
    read = read_preferences(state_of(settings_form(own_settings()), {}))

    assert read.quiet_hours is None
    assert read.time_zone is None
    assert read.urgent_passes


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [
        ("22:00", None, "quiet_until"),
        (None, "07:00", "quiet_from"),
        ("22:00", "22:00", "quiet_until"),
        ("25:00", "07:00", "quiet_from"),
        ("22:00+02:00", "07:00", "quiet_from"),
    ],
)
def test_half_or_no_quiet_hours_are_refused_beside_the_field(begin: str | None, end: str | None, field: str) -> None:
    values = state_of(settings_form(own_settings()), {"quiet_from": begin, "quiet_until": end})

    with pytest.raises(FieldsRefused) as caught:
        read_preferences(values)

    assert list(caught.value.messages) == [field]


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/berlin ", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("utc", "UTC"),
        ("Mars", None),
        ("+02:00", None),
        ("Pacific", None),  # the United States' and Canada's
        ("../../etc/passwd", None),
    ],
)
def test_time_zone_is_found_by_name_or_city(typed: str, zone: str | None) -> None:
    assert find_zone(typed) == zone
