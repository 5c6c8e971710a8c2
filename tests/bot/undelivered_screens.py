"""What didn't reach Slack, as a Manager sees it."""

from collections.abc import Mapping
from typing import Any, Final

from bot.roles import Role
from bot.views.announcements import announcement
from bot.views.undelivered import undelivered
from db.models import Notification, Undelivered, UndeliveredMessage
from tests.bot import rows
from tests.bot.announcement_screens import notification

HOSTILE: Final = "<!channel> *bold* _em_ ~no~ `code` & <@U123> \u202egnp.exe"


def given_up(number: int = 7, **changed: Any) -> UndeliveredMessage:  # noqa: ANN401 - any field
    facts = {
        "id": number,
        "kind": "card",
        "ticket_id": 42,
        "title": "Laptop won't start",
        "destination": 0,
        "to": None,
        "error": "not_in_channel",
        "given_up_at": rows.FILED,
    }
    return UndeliveredMessage.model_validate(facts | changed)


def page(*messages: UndeliveredMessage, **changed: Any) -> Undelivered:  # noqa: ANN401 - any field
    facts = {"total": len(messages), "has_next": False, "has_previous": False}
    known = {"actor": rows.actor(Role.MANAGER), "messages": list(messages)}
    return Undelivered.model_validate(known | facts | changed)


def told(**facts: str | int | None) -> Notification:
    return notification("undeliverable", ticket=None, ticket_id=None, actor_name=None, facts=facts)


KINDS: Final = (
    given_up(9, kind="assigned", destination=3, to="Tom Reed", error="user_not_found"),
    given_up(8, kind="summary", ticket_id=None, title=None, destination=1, to="Maria", error="channel_not_found"),
    given_up(7, kind="thread", error="is_archived"),
    given_up(6, kind="card", title=None, error="token_revoked"),
    given_up(5, kind="access_decided", ticket_id=None, title=None, destination=-4, to="Nora", error="missing_scope"),
    given_up(4, kind="completed", destination=2, to=None, error="RuntimeError, logged as 7f3a9c"),
    given_up(3, error="invalid_blocks"),
    given_up(2, error="restricted_action"),
)
LONGEST: Final = [
    given_up(2**62 - number, title="&" * 255, destination=1, to="&" * 255, error="&" * 200) for number in range(10)
]


def undelivered_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of what didn't reach Slack."""
    made = {
        "undelivered_none": undelivered(page()),
        "undelivered_one": undelivered(page(given_up())),
        "undelivered_kinds": undelivered(page(*KINDS)),
        "undelivered_middle": undelivered(page(*KINDS, total=250, has_next=True, has_previous=True)),
        "undelivered_gone": undelivered(page(total=3, has_previous=True)),
        "undelivered_retried": undelivered(page(given_up(), retried=1), replace=True),
        "undelivered_retried_all": undelivered(page(retried=250), replace=True),
        "undelivered_retried_before": undelivered(page(retried=0), replace=True),
        "undelivered_hostile": undelivered(page(given_up(title=HOSTILE, destination=1, to=HOSTILE, error=HOSTILE))),
        "undelivered_longest": undelivered(page(*LONGEST)),
        "undeliverable_channel": announcement(told(destination=0, to=None, error="not_in_channel")),
        "undeliverable_person": announcement(told(destination=3, to="Tom Reed", error="user_disabled")),
        "undeliverable_hostile": announcement(told(destination=3, to=HOSTILE, error=HOSTILE)),
    }
    return {name: ("message", screen) for name, screen in made.items()}
