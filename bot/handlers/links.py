"""Addresses of tickets that people share: shown with what everybody in the conversation may read of the ticket.

Only where who shared it sees the ticket. A hidden and a missing one, and whatever is no ticket's address, stay as they
were posted, and nobody is told why. Slack puts a preview that comes again in the place of the first. The pane that
opens from a Work Object is one person's: it is read as they see the ticket.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.deps import Deps
from bot.errors import NoLongerThere
from bot.links import linked_ticket, ticket_link
from bot.previewing import show_previews
from bot.roles import Ability, roles_with
from bot.routes import DetailsRequest, EventRequest, Routes
from bot.views.entities import Entity, detailed_entity, shared_entity
from bot.views.links import preview
from db.models import Asker, CardTicket
from db.tickets import read_cards, read_ticket

_PREVIEWS: Final = 5  # under one message


def register(routes: Routes, deps: Deps) -> None:
    """Route the events that tell of shared links and of opened panes."""
    database, slack, settings = deps.database, deps.slack, deps.settings
    base = settings.public_url

    async def show_shared(request: EventRequest) -> None:
        event = request.event
        user, unfurl_id, source = (event.get(name) for name in ("user", "unfurl_id", "source"))
        if request.leaves_workspace or not (isinstance(user, str) and unfurl_id and source):
            return
        named = shared_tickets(base, event)
        if base is None or not named:
            return
        asker = Asker(
            team=request.team,
            slack_user=user,
            roles=tuple(sorted(roles_with(Ability.SEE_TICKET))),
            source="slack:link",
        )
        cards = (await read_cards(database, asker, named.values())).tickets
        seen: dict[int, CardTicket] = {card.id: card for card in cards}
        shown = {address: seen[number] for address, number in named.items() if number in seen}
        if shown:
            previews = {address: preview(card) for address, card in shown.items()}
            objects = shown.items() if settings.work_objects else ()
            entities = [shared_entity(card, ticket_link(base, card.id), address) for address, card in objects]
            await show_previews(slack, str(unfurl_id), str(source), previews, entities)

    async def show_details(request: DetailsRequest) -> Entity:
        number = None if base is None else linked_ticket(base, request.address)
        if base is None or number is None:
            raise NoLongerThere
        seen = await read_ticket(database, request.asker, number)
        return detailed_entity(seen, ticket_link(base, seen.ticket.id))

    routes.event("link_shared", show_shared)
    routes.detail("entity_details_requested", show_details)


def shared_tickets(base: str | None, event: Mapping[str, Any]) -> dict[str, int]:
    """Return the addresses of tickets, as they were posted, and which tickets those are. ``base`` None: none are."""
    links = event.get("links")
    if base is None or not isinstance(links, list):
        return {}
    addresses = [link["url"] for link in links if isinstance(link, dict) and isinstance(link.get("url"), str)]
    named = {address: number for address in addresses if (number := linked_ticket(base, address)) is not None}
    return dict(list(named.items())[:_PREVIEWS])
