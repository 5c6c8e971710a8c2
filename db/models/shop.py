"""When the shop is open, and what is counted in its hours."""

from datetime import date, time

from bot.errors import FormValue
from db.models.base import Actor, Row


class Holiday(Row):
    """A day on which the shop is closed."""

    day: date
    name: str


class ShopHours(Row):
    """``hours``: by day of the week, 1 is Monday; ``settings``: hours, or 'off'; ``shown``: what a form carries."""

    actor: Actor
    hours: dict[int, tuple[time, time]]
    holidays: list[Holiday]  # the next 14
    settings: dict[str, str]
    zone: str
    shown: dict[str, FormValue]


class HoursSaved(ShopHours):
    """A write's answer. ``repeated``: the same request had been carried out before."""

    repeated: bool
