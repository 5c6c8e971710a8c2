"""Requests for access: what Managers decide on, what they read afterwards, and what the person is told."""

import re
from typing import Final

from bot.errors import NoLongerThere
from bot.roles import Role
from bot.text import shorten
from bot.views.blocks import Block, Message
from bot.views.ids import ACCESS_APPROVE, ACCESS_REFUSE
from bot.views.kit import (
    Markup,
    actions,
    button,
    confirm,
    context,
    join,
    markup,
    message,
    mrkdwn,
    option,
    private,
    section,
    select,
)
from bot.wording import worded
from db.models import AccessDecided, AccessRequest, Notification

_NAME: Final = 80  # characters: Slack's own limit for names
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_OFFERED: Final = (Role.TECHNICIAN, Role.REGULAR_USER, Role.VIEWER, Role.MANAGER)


def access_requested(request: AccessRequest) -> Message:
    """Return a Manager's message: a question as long as nobody has decided, and then what came of it."""
    who = markup("{name} ({email})", name=_short(request.name), email=request.email)
    if request.state != "open":
        said = join("\n", [markup("{who} asked for access.", who=who), _outcome(request)])
        return message(said, [section(mrkdwn(said))])
    said = markup("{who} asks for access.", who=who)
    name = shorten(request.name, _NAME)
    approve = select(
        ACCESS_APPROVE,
        [option(role, f"{request.id} {request.slack_user_id} {role}") for role in _OFFERED],
        placeholder="Approve as …",
        asked=confirm(
            "Give access?",
            worded(
                "{name} can use this app from now on, in the role that you chose. "
                "A Manager sees and may do everything.",
                name=name,
            ),
            "Give access",
        ),
    )
    refuse = button(
        "Refuse",
        ACCESS_REFUSE,
        request.id,
        style="danger",
        spoken=worded("Refuse {name} access", name=name),
        asked=confirm(
            "Refuse access?",
            worded("{name} is told so, and the app asks you again in 30 days at the earliest.", name=name),
            "Refuse",
            style="danger",
        ),
    )
    blocks: list[Block] = [section(mrkdwn(said)), context(mrkdwn(_circumstances(request)))]
    return message(said, [*blocks, *actions([approve, refuse])])


def access_decided(request: AccessRequest) -> Message:
    """Return what the person who asked is told."""
    by = _short(request.decided_by or "A Manager")
    if request.state == "refused":
        said = markup(
            "{by} said no to your request for access. Please speak to them if you need it all the same.", by=by
        )
    else:
        said = markup(
            "{by} has given you access. Your role is {role}; `/ticket help` lists what you can do.",
            by=by,
            role=request.role or "",
        )
    return message(said, [section(mrkdwn(said))])


def access_changed(notification: Notification) -> Message:
    """Return what somebody is told whose access a Manager, the shop's web application or an operator has changed."""
    by, role = _short(notification.actor_name or ""), str(notification.facts["role"])
    match notification.facts["change"], bool(by):
        case "taken", True:
            said = markup("{by} has switched off your access. Please speak to them if you need it all the same.", by=by)
        case "taken", False:
            said = markup("Your access has been switched off. Please speak to a Manager if you need it all the same.")
        case "given", True:
            said = markup(
                "{by} has given you access. Your role is {role}; `/ticket help` lists what you can do.",
                by=by,
                role=role,
            )
        case "given", False:
            said = markup("You have access now. Your role is {role}; `/ticket help` lists what you can do.", role=role)
        case _, True:
            said = markup(
                "{by} has changed your role to {role}; `/ticket help` lists what you can do.", by=by, role=role
            )
        case _:
            said = markup("Your role is {role} now; `/ticket help` lists what you can do.", role=role)
    return message(said, [section(mrkdwn(said))])


def decision(decided: AccessDecided) -> Message:
    """Return the answer to the Manager who has decided."""
    request = decided.request
    name = _short(request.name)
    if request.state == "refused" and request.decided_by is None:
        return private(markup("{name} gets no access: the account isn't a full member's by now.", name=name))
    if request.state == "refused":
        return private(markup("{name} has no access, and is told so.", name=name))
    return private(markup("{name} has access now, as {role}, and is told so.", name=name, role=request.role or ""))


def read_request(value: str) -> int:
    """Return the request that a button carries. Raises ``NoLongerThere``."""
    if not _NUMBER.fullmatch(value):
        raise NoLongerThere
    return int(value)


def read_approval(value: str) -> tuple[int, str, Role]:
    """Return the request, whose account made it, and the role that a choice carries. Raises ``NoLongerThere``."""
    number, _, rest = value.partition(" ")
    account, _, role = rest.partition(" ")
    if role not in set(Role) or not _ACCOUNT.fullmatch(account):
        raise NoLongerThere
    return read_request(number), account, Role(role)


def _circumstances(request: AccessRequest) -> Markup:
    known, role = _short(request.known_name or ""), request.known_role
    match request.obstacle:
        case _ if role is None:
            return markup("Nobody in the database has this e-mail address; who is approved is added.")
        case _ if request.known_again:
            return markup(
                "This account was {known}'s before, as {role}, with another e-mail address; approved, it is again.",
                known=known,
                role=role,
            )
        case "ambiguous":
            return markup(
                "This e-mail address is {known}'s in the database, as {role}, linked with another Slack account. "
                "Approved, this account takes its place, and the other one has no access any more.",
                known=known,
                role=role,
            )
        case _:
            return markup(
                "This e-mail address is {known}'s in the database, as {role}; approved, the account is linked with it.",
                known=known,
                role=role,
            )


def _outcome(request: AccessRequest) -> Markup:
    by = _short(request.decided_by or "")
    match request.state, bool(request.decided_by):
        case "approved", True:
            return markup("Approved by {by} as {role}.", by=by, role=request.role or "")
        case "approved", False:
            return markup("Linked by now, as {role}.", role=request.role or "")
        case _, True:
            return markup("Refused by {by}.", by=by)
        case _:
            return markup("Refused: the account is no longer a full member's.")


def _short(text: str) -> Markup:
    return markup("{text}", text=shorten(text, _NAME))
