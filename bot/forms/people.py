"""What may be entered about people and for oneself."""

import re
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator

from bot.clocks import Clock, Zone
from bot.errors import FieldsRefused
from bot.forms.base import Entered
from bot.roles import Role


def _read_account(entered: Any) -> str | None:  # noqa: ANN401 - whatever came in
    if entered is None:
        return None
    if isinstance(entered, str) and re.fullmatch(r"[A-Z0-9]{2,32}", entered):
        return entered
    raise ValueError("Choose a Slack account from the list.")


def _required_account(entered: Any) -> str:  # noqa: ANN401 - whatever came in
    account = _read_account(entered)
    if account is None:
        raise ValueError("Choose a Slack account from the list.")
    return account


Account = Annotated[str | None, BeforeValidator(_read_account)]
ChosenAccount = Annotated[str, BeforeValidator(_required_account)]


class PreferencesEntry(Entered):
    """How somebody wants to be told: quiet hours by their own clock, and the kinds of notification they want.

    ``time_zone`` None: their Slack account's, or else the shop's. ``summary_at`` None: when the shop has it.
    """

    quiet_from: Clock = None
    quiet_until: Clock = None
    urgent_passes: bool = False
    time_zone: Zone = None
    summary_at: Clock = None
    heard: frozenset[str] = frozenset()

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """Return when they begin and end."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return self.quiet_from, self.quiet_until

    @classmethod
    def check(cls, **entered: object) -> Self:
        """Return the cleaned values. Raises ``FieldsRefused``."""
        told = super().check(**entered)
        if (told.quiet_from is None) != (told.quiet_until is None):
            missing = "quiet_until" if told.quiet_until is None else "quiet_from"
            raise FieldsRefused({missing: "Choose both times, or neither."})
        if told.quiet_from is not None and told.quiet_from == told.quiet_until:
            raise FieldsRefused({"quiet_until": "That is the time at which they begin. Choose another one."})
        return told


class PersonEntry(Entered):
    """Somebody's access, as a Manager sets it. ``slack_user_id`` None: linked with no Slack account."""

    role: Role
    access: Literal["on", "off"] = "on"
    slack_user_id: Account = None


class NewPerson(Entered):
    """Somebody to be added from their Slack account."""

    role: Role
    slack_user_id: ChosenAccount
