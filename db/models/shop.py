"""When the shop is open, and what is counted in its hours."""

from datetime import date, time

from db.models.base import Actor, Row


class Holiday(Row):
    """A day on which the shop is closed."""

    day: date
    name: str


class ShopHours(Row):
    """``hours``: by day of the week, 1 is Monday; ``settings``: hours, or 'off'; ``mark``: what to compare by."""

    actor: Actor
    hours: dict[int, tuple[time, time]]
    holidays: list[Holiday]  # the next 14
    settings: dict[str, str]
    zone: str
    mark: str


class HoursSaved(ShopHours):
    """A write's answer. ``repeated``: the same request had been carried out before."""

    repeated: bool
