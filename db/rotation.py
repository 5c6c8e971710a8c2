"""``python -m db rotate-key``: every passcode under the present key, while people go on working.

A hundred at a time, each hundred a transaction of its own: what was done stays done if it is interrupted, and nobody
waits for long. The bot reads both keys meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from db.keys import Keys

_NEXT: Final = "SELECT app.rotate_passcodes(%s, %s)"


@dataclass(frozen=True, slots=True)
class Rotated:
    """How it ended: how many were encrypted anew, and how many are under the present key now."""

    changed: int
    present: int
    unreadable: list[int]  # the tickets whose passcode is under neither key


def rotate(url: str, keys: Keys, say: Callable[[str], None]) -> Rotated:
    """Encrypt every passcode with the present key, and ``say`` how far it is after each hundred.

    It goes round until nothing is left to change: a bot that has not been started again yet may have added one behind.
    """
    changed = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            before, present, unreadable = changed, 0, []
            for batch in _round(connection, keys):
                changed += batch["changed"]
                present += batch["kept"]
                unreadable += batch["unreadable"]
                if batch["changed"]:
                    say(f"{changed} so far ...")
            if changed == before:
                return Rotated(changed, present, unreadable)


def _round(connection: psycopg.Connection, keys: Keys) -> Iterator[dict[str, Any]]:
    last = 0
    while last is not None:
        row = connection.execute(_NEXT, [last, keys.given()]).fetchone()
        assert row is not None  # noqa: S101 - a function always answers
        yield row[0]
        last = row[0]["last"]
