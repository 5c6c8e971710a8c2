"""Messages that didn't reach Slack: what, to whom, why in words, and what to do about it."""

import re
from collections.abc import Mapping
from typing import Final

from bot.errors import NoLongerThere
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, Button, Message
from bot.views.kit import (
    Markup,
    actions,
    button,
    context,
    date,
    header,
    join,
    markup,
    message,
    mrkdwn,
    private,
    section,
    sentence,
)
from bot.views.phrases import TITLE_IN_LIST, count
from bot.wording import worded
from db.models import Notification, NotificationKind, Undelivered, UndeliveredMessage

_NAME: Final = 80  # characters: Slack's own limit for names
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_LOGGED: Final = re.compile(r"\w+, logged as (\w+)")  # bot.jobs.announcements

# kind -> what it is, where it is about no ticket or is more than a word about one
_WHAT: Final[Mapping[NotificationKind, str]] = {
    "card": "The card",
    "thread": "A reply under the card",
    "summary": "The daily summary",
    "access_requested": "The question about a request for access",
    "access_decided": "The answer to their request for access",
    "access_changed": "Word that their access changed",
    "undeliverable": "Word that messages don't arrive",
}
_INVITE: Final = "Type `/invite @tickets` in the channel, or have TICKETS_CHANNEL corrected."
_PERSON: Final = "Are they still in the workspace? Deactivate them at the shop if they have left."
_TOKEN: Final = ("Slack refused the app's token.", "Whoever operates the app sets SLACK_BOT_TOKEN anew.")
_RULES: Final = ("The workspace's rules don't let the app write there.", "An admin of the workspace can change that.")
# Slack's code -> why, and what to do: docs.slack.dev/reference/methods/chat.postMessage
_WHY: Final[Mapping[str, tuple[str, str]]] = {
    "channel_not_found": ("Slack doesn't find the channel, or the app isn't in it.", _INVITE),
    "not_in_channel": ("The app isn't in the channel.", _INVITE),
    "is_archived": ("The channel is archived.", "Restore it in Slack, or have TICKETS_CHANNEL name another one."),
    "user_not_found": ("Slack doesn't know the account.", _PERSON),
    "users_not_found": ("Slack doesn't know the account.", _PERSON),
    "user_disabled": ("Their Slack account is deactivated.", _PERSON),
    "messages_tab_disabled": ("The app's own conversation is switched off.", "Update the app from its manifest."),
    "missing_scope": ("The app lacks a permission.", "Update the app from its manifest, and install it again."),
    **dict.fromkeys(("restricted_action", "ekm_access_denied", "is_inactive"), _RULES),
    **dict.fromkeys(("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"), _TOKEN),
}


def undelivered(page: Undelivered, *, replace: bool = False) -> Message:
    """Return a page of what was given up, with a button to retry each, and all."""
    said = _said(page)
    blocks: list[Block] = [header("Undelivered messages"), section(mrkdwn(said)), *map(_line, page.messages)]
    if page.messages:
        advice = (
            "What is tried again tells how things are then. A ticket's card comes back with its next change anyway."
        )
        blocks.append(context(mrkdwn(sentence(advice))))
    return private(said, [*blocks, *actions(_buttons(page))], replace=replace)


def undeliverable(notification: Notification) -> Message:
    """Return what tells a Manager that messages to somebody, or to the channel, don't arrive."""
    facts = notification.facts
    destination, to = int(facts["destination"] or 0), facts.get("to")
    error, whom = str(facts["error"]), _whom(destination, to)
    why, advice = reason(error, to_channel=destination == 0)
    said = markup("A message to {whom} didn't arrive. {why}", whom=whom, why=why)
    if error in _WHY:  # whatever it is that is to be said
        said = markup("Messages to {whom} don't arrive. {why}", whom=whom, why=why)
    blocks: list[Block] = [section(mrkdwn(said)), section(mrkdwn(advice))]
    return message(join(" ", [said, advice]), [*blocks, *actions([button("Undelivered", ids.UNDELIVERED_PAGE)])])


def reason(error: str, *, to_channel: bool) -> tuple[Markup, Markup]:
    """Return why a message was given up, and what to do, each as a sentence."""
    if (logged := _LOGGED.fullmatch(error)) is not None:
        where = markup("Whoever operates it finds the cause in the log by `{reference}`.", reference=logged[1])
        return sentence("The app failed at it 8 times."), where
    if not to_channel and error in {"channel_not_found", "not_in_channel", "is_archived"}:
        return sentence("Slack doesn't let the app write to them."), sentence(_PERSON)
    if error not in _WHY:
        advice = sentence("Retry it; if that fails, tell whoever operates the app.")
        return markup("Slack refused it: `{code}`.", code=error), advice
    why, advised = _WHY[error]
    return sentence(why), sentence(advised)


def read_number(value: str) -> int:
    """Return the message that a button carries. Raises ``NoLongerThere``."""
    if not _NUMBER.fullmatch(value):
        raise NoLongerThere
    return int(value)


def _said(page: Undelivered) -> Markup:
    left = markup("{number} didn't reach Slack.", number=count(page.total, "message"))
    if page.total == 0:
        left = markup("Nothing is undelivered.")
    match page.retried:
        case None:
            return left
        case 0:
            return join(" ", [markup("There was nothing to try again: it was retried before."), left])
        case retried:
            return join(" ", [markup("{number} will be tried again now.", number=count(retried, "message")), left])


def _line(each: UndeliveredMessage) -> Block:
    why, advice = reason(each.error, to_channel=each.destination == 0)
    words = markup(
        "*{what}* to {whom} · {moment}\n{why} {advice}",
        what=_what(each),
        whom=_whom(each.destination, each.to),
        moment=date(each.given_up_at),
        why=why,
        advice=advice,
    )
    return section(
        mrkdwn(words),
        accessory=button(
            "Retry", ids.UNDELIVERED_RETRY, each.id, spoken=worded("Retry message {number}", number=each.id)
        ),
    )


def _what(each: UndeliveredMessage) -> Markup:
    what = _WHAT.get(each.kind, "A message")
    if each.ticket_id is None:
        return markup("{what}", what=what)
    title = "" if each.title is None else f" {shorten(each.title, TITLE_IN_LIST)}"
    return markup("{what} about #{number}{title}", what=what, number=each.ticket_id, title=title)


def _whom(destination: int, name: str | int | None) -> Markup:
    if destination == 0:
        return markup("the shop's channel")
    return markup("{name}", name=shorten(str(name or "somebody"), _NAME))


def _buttons(page: Undelivered) -> list[Button]:
    buttons = []
    if page.total > 1:
        buttons.append(button("Retry all", ids.UNDELIVERED_RETRY_ALL, style="primary"))
    if page.has_previous:
        buttons.append(button("First page", ids.UNDELIVERED_FIRST))
    if page.has_next and page.messages:
        buttons.append(button("Next", ids.UNDELIVERED_PAGE, page.messages[-1].id))
    return buttons
