"""When somebody means, in their own words: ``fri 17:00``, ``tomorrow``, ``in 3 days``, ``30.11.``, ``2026-11-30 9am``.

Words are read by dateparser, in English, by the writer's clock. What only names a day means the end of that day in the
shop. Dates with dots are day first, others month first.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateparser.date import DateDataParser

from bot.errors import CommandNotUnderstood
from bot.text import clean_line, quoted
from bot.wording import weekday_words
from db.models import Clock

_LONGEST: Final = 60  # characters; dateparser takes milliseconds more for each
_FARTHEST: Final = timedelta(days=5 * 366)
_CLOSING: Final = time(18)  # of a day on which the shop isn't open
_NONE: Final = frozenset({"none", "never", "no", "off", "remove", "nothing", "-"})
_DAYS: Final = frozenset({"day", "week"})  # what names a day, and no time
_TOO_WIDE: Final = frozenset({"month", "year"})
_HOW: Final = "Write it like `fri 17:00`, `tomorrow`, `in 3 days` or `2026-11-30 9am`."


def means_none(typed: str) -> bool:
    """Tell whether the words take a date away."""
    return clean_line(typed).casefold() in _NONE


def read_moment(typed: str, clock: Clock) -> datetime:
    """Return the moment that is meant, to come and within five years. Raises ``CommandNotUnderstood``."""
    words = clean_line(typed)
    found, kind = _parse(words, clock.now.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None))
    if found is None or kind in _TOO_WIDE:
        raise CommandNotUnderstood(
            "{words} is no day or time that can be read here. {how}", words=quoted(words), how=_HOW
        )
    if kind in _DAYS:
        closing = clock.closes.get(found.isoweekday(), _CLOSING)
        moment = datetime.combine(found.date(), closing, ZoneInfo(clock.shop_zone))
    else:
        moment = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(clock.zone))
    moment = moment.astimezone(UTC)
    if not clock.now < moment < clock.now + _FARTHEST:
        local = moment.astimezone(ZoneInfo(clock.zone))
        wrong = "which is past" if moment <= clock.now else "more than five years away"
        raise CommandNotUnderstood(
            "{words} is {day}, {year}, {time}, {wrong}. {how}",
            words=quoted(words),
            day=weekday_words(local),
            year=local.year,
            time=f"{local:%H:%M}",
            wrong=wrong,
            how=_HOW,
        )
    return moment


def _parse(words: str, base: datetime) -> tuple[datetime | None, str]:
    if not words or len(words) > _LONGEST or re.fullmatch(r"[\d\s]+", words):
        return None, ""
    parser = DateDataParser(
        languages=["en"],
        settings={
            "RELATIVE_BASE": base,
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "DMY" if re.search(r"\d\.\d", words) else "MDY",
            "RETURN_TIME_AS_PERIOD": True,
        },
    )
    data = parser.get_date_data(words)
    return data.date_obj, str(data.period)
