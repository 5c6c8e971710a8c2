"""What can go wrong with people and their access."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from bot.errors.base import FieldRefused, Overtaken, Overwritten, Refusal
from bot.wording import day_words, listed, worded


class PersonUnknown(Refusal):
    """Nobody is meant by what was typed, or by the Slack id of a mention."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.sentence = (
            "This person has no access here yet, so nothing was done. A Manager can give it."
            if re.fullmatch(r"[UW][A-Z0-9]{5,}", who)
            else worded(
                "Nobody here is called “{who}”. Write the name as in Slack, or choose the person after typing @.",
                who=who,
            )
        )


class PersonAmbiguous(Refusal):
    """More than one person is meant by what was typed. ``names``: whom it fits, at most five."""

    def __init__(self, who: str, names: Sequence[str]) -> None:
        self.who = who
        self.names = tuple(names)
        self.sentence = worded(
            "By “{who}” you may mean {names}. Write the whole name, or choose the person after typing @.",
            who=who,
            names=listed(names, "or"),
        )


class PersonTakesNoTickets(Refusal):
    """Tickets are for active Technicians and Managers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sentence = worded(
            "{name} takes no tickets: only active Technicians and Managers do. "
            "Nothing was changed; please choose somebody else.",
            name=name,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the Managers were asked for somebody without access. ``first``: just now, by this very try.

    ``on`` is the shop's date of the refusal, or else of the request; ``by`` who refused; ``managers`` how many there
    are to decide.
    """

    state: Literal["open", "approved", "refused"]
    first: bool
    on: date
    by: str | None
    managers: int

    @property
    def sentence(self) -> str:
        """What the person reads about it."""
        if self.state == "refused":
            return worded(
                "{by} said no to that on {day}. Please speak to them if you need it all the same.",
                by=self.by or "A Manager",
                day=day_words(self.on),
            )
        if not self.managers:
            return (
                "No Manager is here yet to be asked; your request is kept. "
                "Whoever runs this app lets the first one in, by `python -m bot grant`."
            )
        if self.first:
            return (
                "The Managers have been asked to give you access; you hear from the app when one of them has decided."
            )
        return worded(
            "The Managers were asked on {day}, and none has decided yet. "
            "You hear from the app then; if it can't wait, speak to one of them.",
            day=day_words(self.on),
        )


class NotLinked(Refusal):
    """The Slack account has no access here. ``reason`` is one of ``REASONS``; ``asked``: where the Managers were."""

    REASONS: ClassVar[dict[str, str]] = {
        "unknown": "Your Slack account isn't linked to anybody at the shop.",
        "inactive": "Your access has been switched off.",
        "guest": "Guest accounts have no access.",
        "deleted": "Your Slack account is deactivated.",
        "bot": "Bots have no access.",
        "other_workspace": "Your account belongs to another workspace.",
        "email_unconfirmed": "Your e-mail address in Slack isn't confirmed yet.",
        "ambiguous": "More than one person at the shop matches your e-mail address.",
        "manager_by_email": "A Manager's access is never given by e-mail alone.",
    }

    # where it isn't a Manager of the shop who can change it
    NEXT_STEPS: ClassVar[dict[str, str]] = {
        "guest": "An admin of the workspace can make you a full member; then please ask a Manager of the shop.",
        "deleted": "An admin of the workspace can switch it on again; then please ask a Manager of the shop.",
        "email_unconfirmed": "Confirm it by Slack's e-mail to you and try again, or please ask a Manager of the shop.",
    }

    def __init__(self, reason: str, asked: Asked | None = None) -> None:
        self.reason = reason
        self.asked = asked
        ask = self.NEXT_STEPS.get(reason, "Please ask a Manager of the shop to give you access.")
        next_step = asked.sentence if asked else ask
        self.sentence = f"{self.REASONS[reason]} {next_step}"


class AccessDecidedAlready(Refusal):
    """Another Manager was quicker. ``role`` None: they refused; ``by`` None: it settled itself."""

    def __init__(self, name: str, by: str | None, role: str | None) -> None:
        self.name = name
        who = worded(" (by {by})", by=by) if by else ""
        self.sentence = (
            worded("{name} has access already, as {role}{who}; nothing was changed.", name=name, role=role, who=who)
            if role
            else worded("{name} has been refused already{who}; nothing was changed.", name=name, who=who)
        )


class AccessRequestGone(Refusal):
    """The request was thrown away: it is too old, or the person has made another one since."""

    sentence = (
        "That request is out of date and no longer kept; nothing was changed. "
        "When they type `/ticket` again, you are asked anew."
    )


class AccessInactive(Refusal):
    """Whoever has the asker's e-mail address was switched off by a Manager."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sentence = worded(
            "{name} is somebody here whose access has been switched off; nothing was changed. "
            "`/ticket users` switches it on again; or refuse this.",
            name=name,
        )


class AccessChanged(Refusal):
    """Something else is so by now than what the Managers were told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sentence = worded(
            "Somebody else has been given {name}'s e-mail address meanwhile, so nothing was changed. "
            "When they type `/ticket` again, you are asked anew.",
            name=name,
        )


class PersonGone(Refusal):
    """The person has been removed from the database."""

    sentence = "That person isn't there any more; nothing was changed. `/ticket users` shows who is."


class PersonYourself(Refusal):
    """A Manager would change their own access, and might lock themselves out."""

    sentence = "You can't change your own access, so nothing was changed. Please ask another Manager."


class PersonChangedMeanwhile(Overtaken):
    """Another Manager has changed the same person since the form was opened."""

    def __init__(self, name: str, changes: Sequence[Overwritten]) -> None:
        super().__init__(changes)
        self.name = name
        self.sentence = worded(
            "Meanwhile {who} changed the access of {name}, so nothing of yours was saved. "
            "`/ticket users` shows how it is now.",
            who=self.who,
            name=name,
        )


class LastManager(Refusal):
    """Without a Manager nobody could let anybody in."""

    sentence = "That would leave the shop without an active Manager, so nothing was changed."


class AccountRefused(FieldRefused):
    """A Slack account that nobody can be linked with. ``reason`` is one of ``REASONS``."""

    REASONS: ClassVar[dict[str, str]] = {
        "bot": "This account is a bot. Choose a person's.",
        "other_workspace": "This account belongs to another workspace. Choose one of your own.",
        "guest": "This account is a guest's, and guests have no access. An admin of the workspace can change that.",
        "deleted": "This account is deactivated in Slack. An admin of the workspace can switch it on again.",
        "email": "This account has no confirmed e-mail address, by which the shop would know its owner.",
    }

    def __init__(self, reason: str) -> None:
        super().__init__("slack_user_id", self.REASONS[reason])
        self.reason = reason


class AccountKnown(FieldRefused):
    """Somebody has the Slack account; or, not ``linked``, its e-mail address, or had the account before."""

    def __init__(self, name: str, *, linked: bool) -> None:
        known = (
            worded("This is {name}'s account already.", name=name)
            if linked
            else worded(
                "{name} is here already, with this account's e-mail address or formerly the account itself. "
                "Find them by `/ticket users` to link it.",
                name=name,
            )
        )
        super().__init__("slack_user_id", known)
        self.name = name
