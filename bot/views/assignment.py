"""The form that gives a ticket to somebody else, its way back, and what it becomes."""

from collections.abc import Mapping
from typing import Any, Final

from bot.forms import Assignment
from bot.roles import Ability, Relation, may
from bot.views import ids
from bot.views.blocks import Message, StaticSelect, View
from bot.views.changes import Begun
from bot.views.entries import entered
from bot.views.kit import (
    Markup,
    form,
    grouped_select,
    input_block,
    join,
    markup,
    mrkdwn,
    notice,
    option,
    option_group,
    section,
)
from bot.views.phrases import named, state
from bot.views.ticket import card
from bot.wording import worded
from db.models import Person, Ticket, TicketChanged, TicketEditFacts

_FIELDS: Final = tuple(Assignment.model_fields)


def assignment_form(facts: TicketEditFacts) -> View:
    """Return the form. Block ids are ``Assignment``'s field names."""
    ticket = facts.ticket
    return form(
        ids.TICKET_ASSIGN,
        worded("Assign #{ticket}", ticket=ticket.id),
        "Assign",
        [
            section(mrkdwn(join("\n", [named(ticket), markup("{state}", state=state(ticket))]))),
            input_block("who", "Who works on it", _who(facts)),
        ],
        private_metadata=Begun.of(ticket.id, seen=ticket.updated_at).pack(),
    )


def read_assignment(values: Mapping[str, Mapping[str, Any]]) -> Assignment:
    """Return what was chosen in the form. Raises ``FieldsRefused``."""
    return Assignment.check(**{field: entered(values, field) for field in _FIELDS})


def ticket_assigned(changed: TicketChanged) -> View:
    """Return what the form becomes once the ticket is assigned, or stays where it was."""
    title = "Not assigned" if changed.no_technician else "Ticket assigned"
    return notice(title, [section(mrkdwn(assigned(changed))), section(mrkdwn(named(changed.ticket)))])


def assigned_card(changed: TicketChanged) -> Message:
    """Return the card of a ticket that the asker has assigned by command, or that stays where it was."""
    return card(changed, said=assigned(changed))


def assigned(changed: TicketChanged) -> Markup:
    """Return the sentence on who has the ticket now."""
    ticket = changed.ticket
    if changed.no_technician:
        return markup("No technician is available, so ticket #{number} stays as it was.", number=ticket.id)
    if Relation.WORKER in ticket.relations:
        return markup("Ticket #{number} is yours now.", number=ticket.id)
    return markup("Ticket #{number} is assigned to {name}.", number=ticket.id, name=ticket.worker_name or "nobody")


def _who(facts: TicketEditFacts) -> StaticSelect:
    ticket, actor = facts.ticket, facts.actor
    ways = []
    if not ticket.relations.isdisjoint({Relation.QUEUE, Relation.WORKER}):
        ways.append(option("Assign it automatically", "auto"))
    if Relation.WORKER not in ticket.relations and may(actor.role, Ability.TAKE_TICKET):
        ways.append(option("Me", "me"))
    others = [person for person in facts.technicians if person.id != actor.id and not _works_on(person, ticket)]
    groups = [option_group("The shop decides" if "auto" in {way["value"] for way in ways} else "You", ways)]
    if others:
        groups.append(option_group("A technician", [option(person.name, person.id) for person in others]))
    return grouped_select(ids.enter("who"), groups)


def _works_on(person: Person, ticket: Ticket) -> bool:
    """Tell whether somebody has the ticket. Who isn't linked with Slack is known by name alone."""
    return (person.slack_user_id, person.name) == (ticket.worker_slack_user_id, ticket.worker_name)
