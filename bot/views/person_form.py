"""The forms for somebody's access: role, on or off, Slack account; and for somebody new."""

from collections.abc import Mapping
from typing import Any, Final

from bot.errors import FormValue
from bot.forms import NewPerson, PersonEntry
from bot.roles import Role
from bot.text import shorten
from bot.views import ids
from bot.views.blocks import Block, View
from bot.views.changes import Shown
from bot.views.entries import entered
from bot.views.kit import context, form, input_block, markup, mrkdwn, notice, option, section, select, users_select
from bot.views.phrases import count
from bot.views.users import NAME, standing
from bot.wording import worded
from db.models import PersonChanged, PersonFacts

_ROLES: Final = (
    (Role.TECHNICIAN, "Works on tickets"),
    (Role.REGULAR_USER, "Files tickets at the front desk"),
    (Role.VIEWER, "Sees tickets and figures, changes nothing"),
    (Role.MANAGER, "Sees and may do everything"),
)
_WORKING: Final = frozenset({Role.MANAGER, Role.TECHNICIAN})  # app.may_work
_FIELDS: Final = ("role", "access", "slack_user_id")


def changes(shown: Shown, entry: PersonEntry) -> dict[str, FormValue]:
    """Return what of role, access and account is to be different from what the form showed, by the columns' names."""
    wanted: dict[str, FormValue] = {
        "role": entry.role.value,
        "is_active": entry.access == "on",
        "slack_user_id": entry.slack_user_id,
    }
    return {column: value for column, value in wanted.items() if value != shown.seen.get(column)}


def person_form(person: PersonFacts, *, yourself: bool) -> View:
    """Return the form, or only what is so where it is one's own access."""
    about: list[Block] = [
        section(mrkdwn(markup("*{name}*\n{email}", name=shorten(person.name, NAME), email=person.email))),
        context(mrkdwn(standing(person))),
    ]
    if yourself:
        own = markup("You can't change your own access. Another Manager can.")
        return notice("Your access", [*about, section(mrkdwn(own))])
    access = select(
        ids.enter("access"),
        [option("On", "on"), option("Switched off", "off")],
        initial="on" if person.is_active else "off",
    )
    account = users_select(ids.enter("slack_user_id"), initial=person.slack_user_id or "", placeholder="Nobody's")
    blocks: list[Block] = [
        *about,
        _role(person.role),
        input_block("access", "Access", access, hint=_consequence(person)),
        input_block(
            "slack_user_id",
            "Slack account",
            account,
            hint="Left empty, they are linked again when they use the app with their own e-mail address; "
            "to keep somebody out, switch their access off.",
            optional=True,
        ),
    ]
    return form(ids.PERSON_SAVE, "Access", "Save", blocks, private_metadata=_shown(person).pack())


def new_person_form(account: str = "") -> View:
    """Return the form for somebody new. ``account``: the Slack account that is chosen at the beginning."""
    chosen = users_select(ids.enter("slack_user_id"), initial=account, placeholder="Choose a person")
    hint = "A full member of this workspace with a confirmed e-mail address. They are told directly."
    blocks: list[Block] = [input_block("slack_user_id", "Slack account", chosen, hint=hint), _role(None)]
    return form(ids.PERSON_ADD, "Add somebody", "Give access", blocks)


def read_person_entry(values: Mapping[str, Mapping[str, Any]]) -> PersonEntry:
    """Return what stands in the form. Raises ``FieldsRefused``."""
    return PersonEntry.check(**{field: entered(values, field) for field in _FIELDS})


def read_new_person(values: Mapping[str, Mapping[str, Any]]) -> NewPerson:
    """Return what stands in the form for somebody new. Raises ``FieldsRefused``."""
    return NewPerson.check(**{field: entered(values, field) for field in ("role", "slack_user_id")})


def person_changed(changed: PersonChanged) -> View:
    """Return what the form becomes once the changes are saved."""
    person = changed.person
    blocks: list[Block] = [
        section(mrkdwn(markup("Saved for {name}.", name=shorten(person.name, NAME)))),
        context(mrkdwn(standing(person))),
    ]
    if changed.returned:
        back = count(changed.returned, "ticket of theirs is", "tickets of theirs are")
        blocks.append(section(mrkdwn(markup("{back} back in the queue.", back=back))))
    return notice("Access changed", blocks)


def person_added(changed: PersonChanged) -> View:
    """Return what the form becomes once somebody new has access."""
    name, role = shorten(changed.person.name, NAME), changed.person.role
    said = markup("{name} has access now, as {role}, and is told so.", name=name, role=role)
    return notice("Added", [section(mrkdwn(said))])


def nothing_changed() -> View:
    """Return what the form becomes where nothing in it was changed."""
    return notice(
        "Nothing changed", [section(mrkdwn(markup("Nothing in the form was different, so nothing was changed.")))]
    )


def _shown(person: PersonFacts) -> Shown:
    seen = person.model_dump(mode="json", include={"role", "is_active", "slack_user_id"})
    return Shown(id=person.id, seen=seen)


def _role(initial: Role | None) -> Block:
    roles = [option(role, role, does) for role, does in _ROLES]
    return input_block("role", "Role", select(ids.enter("role"), roles, initial=initial or ""))


def _consequence(person: PersonFacts) -> str:
    if not (person.is_active and person.role in _WORKING and person.open_tickets):
        return ""
    tickets = count(person.open_tickets, "open ticket goes", "open tickets go")
    return worded("Switched off, or as Regular User or Viewer: their {tickets} back to the queue.", tickets=tickets)
