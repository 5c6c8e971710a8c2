"""What handlers and jobs are given: everything that they need from outside, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.settings import Settings
from bot.slack import Slack
from db.keys import Keys
from db.pool import Database


@dataclass(frozen=True, slots=True)
class Deps:
    """The settings, the database, Slack, the clock (UTC, timezone-aware), and what passcodes are encrypted with."""

    settings: Settings
    database: Database
    slack: Slack
    now: Callable[[], datetime]
    keys: Keys
