"""Requests for access as the database answers them, and the screens made of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from bot.errors import Asked, NotLinked
from bot.roles import Role
from bot.views import access
from bot.views.blocks import Message
from bot.views.refusals import refusal_message
from db.models import AccessDecided, AccessRequest
from tests.bot import rows
from tests.bot.announcement_screens import notification

HOSTILE: Final = "<!channel> *bold* & <@U123> \u202egnp.exe"
REFUSED: Final = {"state": "refused", "decided_by": "Maria Francisco"}
APPROVED: Final = {"state": "approved", "decided_by": "Maria Francisco", "role": "Technician"}


def asked_for(**changed: Any) -> AccessRequest:  # noqa: ANN401 - any field
    facts = {
        "id": 17,
        "slack_user_id": "U0STRANGER",
        "name": "Sid Stranger",
        "email": "sid@elsewhere.example",
        "obstacle": "unknown",
        "known_name": None,
        "known_role": None,
        "known_again": False,
        "state": "open",
        "role": None,
        "decided_by": None,
    }
    return AccessRequest.model_validate(facts | changed)


def decided(**changed: Any) -> AccessDecided:  # noqa: ANN401 - any field
    return AccessDecided(actor=rows.actor(Role.MANAGER), request=asked_for(**changed), repeated=False)


def told(*, managers: int = 1, **changed: Any) -> Asked:  # noqa: ANN401 - any field
    facts = {"state": "open", "first": False, "on": date(2026, 11, 2), "by": None, "managers": managers}
    return TypeAdapter(Asked).validate_python(facts | changed)


def changed(change: str, by: str | None = "Maria Francisco") -> Message:
    facts = {"account": "U0TOM", "change": change, "role": "Technician"}
    return access.access_changed(
        notification("access_changed", ticket=None, ticket_id=None, actor_name=by, facts=facts)
    )


TOLD: Final = {
    "asked": told(first=True),
    "asked_before": told(),
    "nobody_to_ask": told(managers=0, first=True),
    "said_no": told(state="refused", by="Maria Francisco"),
}


def access_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of requests for access."""
    longest = "&" * 255
    manager = {"known_name": "Bo Boss", "known_role": "Manager", "obstacle": "manager_by_email"}
    anothers = {"known_name": "Tom Reed", "known_role": "Technician", "obstacle": "ambiguous"}
    hostile = {"name": HOSTILE, "known_name": HOSTILE}
    messages: Mapping[str, Mapping[str, Any]] = {
        "access_requested": access.access_requested(asked_for()),
        "access_requested_manager": access.access_requested(asked_for(**manager)),
        "access_requested_ambiguous": access.access_requested(asked_for(**anothers)),
        "access_requested_again": access.access_requested(asked_for(**(anothers | {"known_again": True}))),
        "access_requested_hostile": access.access_requested(asked_for(**(anothers | hostile))),
        "access_requested_longest": access.access_requested(
            asked_for(id=999_999_999, name=longest, email="e" * 255, **(anothers | {"known_name": longest}))
        ),
        "access_approved": access.access_requested(asked_for(**APPROVED)),
        "access_refused": access.access_requested(asked_for(**(REFUSED | {"decided_by": "Rita Bell"}))),
        "access_refused_hostile": access.access_requested(asked_for(**(REFUSED | {"decided_by": HOSTILE}))),
        "access_linked": access.access_requested(asked_for(state="approved", role="Viewer")),
        "access_of_guest": access.access_requested(asked_for(state="refused")),
        "access_given": access.access_decided(asked_for(**APPROVED)),
        "access_not_given": access.access_decided(asked_for(**(REFUSED | {"decided_by": "Rita Bell"}))),
        "access_not_given_hostile": access.access_decided(asked_for(**(REFUSED | {"decided_by": HOSTILE}))),
        "access_changed_role": changed("role"),
        "access_changed_given": changed("given", "Rita Bell"),
        "access_changed_given_hostile": changed("given", HOSTILE),
        "access_changed_taken": changed("taken", "&" * 255),
        "access_changed_role_outside": changed("role", None),
        "access_changed_given_outside": changed("given", None),
        "access_changed_taken_outside": changed("taken", None),
        "access_decision_approved": access.decision(decided(**APPROVED)),
        "access_decision_of_guest": access.decision(decided(state="refused")),
        "access_decision_refused": access.decision(decided(**(REFUSED | hostile))),
        **{f"refused_{name}": refusal_message(NotLinked("unknown", asked).sentence) for name, asked in TOLD.items()},
    }
    return {name: ("message", payload) for name, payload in messages.items()}
