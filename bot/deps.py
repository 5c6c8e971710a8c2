"""What handlers and jobs are given: everything that they need from outside, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.settings import Settings
from bot.slack import Slack
from db.pool import Database


@dataclass(frozen=True, slots=True)
class Deps:
    """The settings, the database, Slack, and the clock (UTC, timezone-aware)."""

    settings: Settings
    database: Database
    slack: Slack
    now: Callable[[], datetime]
