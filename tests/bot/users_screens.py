"""People as a Manager sees them, and the forms for their access."""

from collections.abc import Mapping
from typing import Any, Final

from bot.roles import Role
from bot.views import offers, person_form
from bot.views.users import people
from db.models import People, PersonChanged, PersonFacts
from tests.bot import rows
from tests.bot.access_screens import HOSTILE, asked_for

LONGEST: Final = {"name": "&" * 255, "email": "e" * 255, "open_tickets": 1_000_000}


def person(number: int = 3, **changed: Any) -> PersonFacts:  # noqa: ANN401 - any field
    facts = {
        "id": number,
        "name": "Tom Reed",
        "email": "tom.reed@shop.example",
        "role": "Technician",
        "is_active": True,
        "slack_user_id": "U0TOM",
        "slack_state": "member",
        "open_tickets": 3,
    }
    return PersonFacts.model_validate(facts | changed)


def page(*found: PersonFacts, **changed: Any) -> People:  # noqa: ANN401 - any field
    facts = {"total": len(found), "has_next": False, "has_previous": False, "words": "", "requests": []}
    known = {"actor": rows.actor(Role.MANAGER), "people": list(found), "requests_total": 0}
    return People.model_validate(known | facts | changed)


def saved(returned: int = 0, **changed: Any) -> PersonChanged:  # noqa: ANN401 - any field
    return PersonChanged(actor=rows.actor(Role.MANAGER), person=person(**changed), returned=returned, repeated=False)


KINDS: Final = (
    person(rows.actor().id, name="Maria Francisco", role="Manager", open_tickets=0),
    person(2, name="محمد عبد الرحمن", open_tickets=1),
    person(3, name="Rita Bell", role="Regular User", slack_user_id=None, open_tickets=0),
    person(4, name="Gus Guest", role="Viewer", slack_state="guest", open_tickets=0),
    person(5, name="Dee Gone", slack_state="deleted"),
    person(6, name="Ida Off", is_active=False, open_tickets=0),
)


def users_screens() -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return what ``tests.bot.screens`` returns, of people."""
    ten = [person(10 + number, name=f"Person {number}") for number in range(10)]
    longest = [person(2**30 + number, **LONGEST) for number in range(10)]
    asked = [asked_for(id=number, name="&" * 255, email="e" * 255) for number in range(1, 6)]
    messages = {
        "users": people(page(*KINDS)),
        "users_one": people(page(KINDS[0], requests=[asked_for()], requests_total=1)),
        "users_middle": people(page(*ten, total=250, has_next=True, has_previous=True), replace=True),
        "users_found": people(page(person(), words="tom")),
        "users_not_found": people(page(words="smith")),
        "users_not_found_hostile": people(page(words=HOSTILE)),
        "users_gone": people(page(total=7, has_previous=True)),
        "users_hostile": people(page(person(name=HOSTILE), words=HOSTILE, requests=[asked_for()], requests_total=1)),
        "users_longest": people(page(*longest, total=10**6, has_next=True, requests=asked, requests_total=10**6)),
        "offer_person": offers.person_offer(person(name="Ana Lopez")),
        "offer_person_hostile": offers.person_offer(person(name=HOSTILE)),
        "offer_person_new": offers.new_person_offer("U0NEW"),
    }
    modals = {
        "form_person": person_form.person_form(person(), yourself=False),
        "form_person_one_ticket": person_form.person_form(person(open_tickets=1, role="Manager"), yourself=False),
        "form_person_off": person_form.person_form(
            person(is_active=False, slack_user_id=None, open_tickets=0), yourself=False
        ),
        "form_person_hostile": person_form.person_form(person(name=HOSTILE), yourself=False),
        "form_person_longest": person_form.person_form(person(2**31 - 1, **LONGEST), yourself=False),
        "form_person_yourself": person_form.person_form(KINDS[0], yourself=True),
        "form_person_new": person_form.new_person_form(),
        "form_person_new_chosen": person_form.new_person_form("U0NEW"),
        "form_person_saved": person_form.person_changed(saved(role="Viewer", open_tickets=0)),
        "form_person_saved_off": person_form.person_changed(
            saved(3, is_active=False, open_tickets=0, name="Ana Lopez")
        ),
        "form_person_saved_off_hostile": person_form.person_changed(
            saved(3, is_active=False, open_tickets=0, name=HOSTILE)
        ),
        "form_person_saved_nothing": person_form.nothing_changed(),
        "form_person_added": person_form.person_added(saved(name="&" * 255)),
    }
    made: dict[str, tuple[str, Mapping[str, Any]]] = {name: ("message", screen) for name, screen in messages.items()}
    return made | {name: ("modal", screen) for name, screen in modals.items()}
