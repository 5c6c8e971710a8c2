"""Addresses of tickets that people share: shown with what everybody in the conversation may read of the ticket.

Only where who shared it sees the ticket. A hidden and a missing one, and whatever is no ticket's address, stay as they
were posted, and nobody is told why. Slack puts a preview that comes again in the place of the first.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.deps import Deps
from bot.links import linked_ticket
from bot.roles import Ability, roles_with
from bot.routes import EventRequest, Routes
from bot.views.links import preview
from db.models import Asker, CardTicket
from db.tickets import read_cards

_PREVIEWS: Final = 5  # under one message


def register(routes: Routes, deps: Deps) -> None:
    """Route the event that tells of shared links."""
    database, slack, base = deps.database, deps.slack, deps.settings.public_url

    async def show_previews(request: EventRequest) -> None:
        event = request.event
        user, unfurl_id, source = (event.get(name) for name in ("user", "unfurl_id", "source"))
        if request.leaves_workspace or not (isinstance(user, str) and unfurl_id and source):
            return
        shared = shared_tickets(base, event)
        if not shared:
            return
        asker = Asker(
            team=request.team,
            slack_user=user,
            roles=tuple(sorted(roles_with(Ability.SEE_TICKET))),
            source="slack:link",
        )
        seen: dict[int, CardTicket] = {
            card.id: card for card in (await read_cards(database, asker, shared.values())).tickets
        }
        previews = {address: preview(seen[number]) for address, number in shared.items() if number in seen}
        if previews:
            await slack.unfurl(str(unfurl_id), str(source), previews)

    routes.event("link_shared", show_previews)


def shared_tickets(base: str | None, event: Mapping[str, Any]) -> dict[str, int]:
    """Return the addresses of tickets, as they were posted, and which tickets those are. ``base`` None: none are."""
    links = event.get("links")
    if base is None or not isinstance(links, list):
        return {}
    addresses = [link["url"] for link in links if isinstance(link, dict) and isinstance(link.get("url"), str)]
    named = {address: number for address in addresses if (number := linked_ticket(base, address)) is not None}
    return dict(list(named.items())[:_PREVIEWS])
