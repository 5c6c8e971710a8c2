"""Tickets' addresses as Work Objects: what Slack is sent when they are shared, and when their pane is opened."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.app import routes_for
from bot.deps import Deps
from bot.errors import NotLinked
from bot.identity import Workspace
from bot.listeners import Listeners
from bot.payloads import BlockActions, EventCallback, read_document
from bot.settings import Settings
from bot.slack import Slack
from db.pool import Database
from tests.bot.slack_stand_in import SlackStandIn, refused, slack_stand_in
from tests.shop import KEYS, TEAM, Member, Shop

BASE = "https://tickets.example.com/"


class Nobody:
    """A linker to whom Slack says that nobody may be linked."""

    async def link(self, _team: str, _user: str) -> None:
        raise NotLinked("unknown")

    look_again = link


@dataclass(frozen=True)
class Front:
    """The listeners, on the real database; Slack answers over HTTP."""

    listeners: Listeners
    slack: SlackStandIn

    async def hear(self, **event: Any) -> None:  # noqa: ANN401 - what events hold
        document = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
        delivered = read_document("event", document)
        assert isinstance(delivered, EventCallback)
        assert (await self.listeners.answer(delivered, deadline=float("inf"))).status == 200

    async def share(self, who: Member, *addresses: str, source: str = "conversations_history") -> list[dict[str, Any]]:
        """Have somebody post links, or type them; return what Slack was asked to show."""
        links = [{"url": address, "domain": "tickets.example.com"} for address in addresses]
        channel = "COMPOSER" if source == "composer" else "C0REPAIRS"
        event = {"user": who.slack_user_id, "channel": channel, "message_ts": "1.2", "links": links}
        await self.hear(type="link_shared", unfurl_id="unfurl 1", source=source, **event)
        return self.slack.called("chat.unfurl")

    async def open(self, user: str | None, address: object) -> dict[str, Any]:
        """Have somebody open the pane of a Work Object; return what it was filled with."""
        link = {"url": BASE, "domain": "tickets.example.com"}
        event = {"user": user, "trigger_id": "1.2.pane", "entity_url": address, "link": link}
        await self.hear(type="entity_details_requested", **event)
        return self.slack.called("entity.presentDetails")[-1]


@pytest.fixture
async def front(database: Database, shop: Shop, request: pytest.FixtureRequest) -> AsyncIterator[Front]:  # noqa: ARG001
    settings = Settings.model_construct(public_url=BASE, work_objects=getattr(request, "param", True))
    async with slack_stand_in() as stand_in, Slack.connect("xoxb-secret", stand_in.url, budget=5) as slack:
        routes = routes_for(Deps(settings, database, slack, lambda: datetime.now(UTC), KEYS))
        workspace = Workspace(team_id=TEAM, bot_user_id="U0BOT", bot_id="B0BOT")
        yield Front(Listeners(routes, slack, Nobody(), workspace), stand_in)  # type: ignore[arg-type]


async def test_shared_links_become_work_objects_for_who_sees_the_tickets(front: Front, shop: Shop) -> None:
    seen = [await shop.add_ticket(worker=shop.technician) for _ in range(2)]
    hidden = await shop.add_ticket(worker=shop.colleague)
    posted = [f"{BASE}t/{seen[1]}?from=mail", f"{BASE}t/{hidden}", f"{BASE}t/{seen[0]}"]

    for source in ("composer", "conversations_history"):
        shown = (await front.share(shop.technician, *posted, source=source))[-1]
        entities = shown.pop("metadata")["entities"]
        assert shown == {"unfurl_id": "unfurl 1", "source": source}
        assert [(each["app_unfurl_url"], each["url"], each["external_ref"]["id"]) for each in entities] == [
            (posted[0], f"{BASE}t/{seen[1]}", str(seen[1])),
            (posted[2], f"{BASE}t/{seen[0]}", str(seen[0])),
        ]
        assert "Grace" not in str(entities)


@pytest.mark.parametrize("front", [False], indirect=True)
async def test_links_are_shown_as_blocks_where_the_app_has_no_work_objects(front: Front, shop: Shop) -> None:
    address = f"{BASE}t/{await shop.add_ticket()}"

    [shown] = await front.share(shop.technician, address)
    assert shown.keys() == {"unfurl_id", "source", "unfurls"}
    assert shown["unfurls"].keys() == {address}


def _warned() -> web.Response:
    return web.json_response({"ok": True, "warning": "invalid_metadata_format"})


async def test_links_are_shown_as_blocks_where_slack_takes_no_work_objects(front: Front, shop: Shop) -> None:
    address = f"{BASE}t/{await shop.add_ticket()}"

    for fault in (refused("feature_not_enabled"), refused("invalid_metadata_format"), _warned):
        front.slack.faults["chat.unfurl"] = [fault]
        front.slack.calls.clear()
        [_, shown] = await front.share(shop.technician, address)
        assert shown["unfurls"].keys() == {address}

    front.slack.faults["chat.unfurl"] = [refused("cannot_find_message")]  # it is gone: nothing helps
    front.slack.calls.clear()
    assert len(await front.share(shop.technician, address)) == 1


async def test_pane_shows_each_person_the_ticket_as_they_see_it(front: Front, shop: Shop) -> None:
    queued, hidden = await shop.add_ticket(), await shop.add_ticket(worker=shop.colleague)
    tom, boss = shop.technician.slack_user_id, shop.manager.slack_user_id

    shown = await front.open(tom, f"{BASE}t/{queued}")
    assert shown["trigger_id"] == "1.2.pane"
    assert (shown["metadata"]["url"], shown["metadata"]["external_ref"]) == (f"{BASE}t/{queued}", {"id": str(queued)})
    assert "app_unfurl_url" not in shown["metadata"]
    buttons = shown["metadata"]["entity_payload"]["actions"]["primary_actions"]
    assert [button["action_id"] for button in buttons] == ["ticket.take", "ticket.open"]
    assert "Grace" not in str(shown)

    shown = await front.open(boss, f"{BASE}t/{hidden}")
    assert shown["metadata"]["entity_payload"]["fields"]["assignee"]["user"] == {
        "user_id": shop.colleague.slack_user_id
    }


async def test_pane_says_why_it_shows_nothing_and_a_hidden_ticket_is_like_a_missing_one(
    front: Front, shop: Shop
) -> None:
    hidden = await shop.add_ticket(worker=shop.colleague)
    tom = shop.technician.slack_user_id
    said = []
    for number in (hidden, 999_999):
        shown = await front.open(tom, f"{BASE}t/{number}")
        assert shown.keys() == {"trigger_id", "error"}
        said.append(shown["error"]["custom_message"].replace(str(number), "N"))
    assert said[0] == said[1]
    assert said[0].startswith("There is no ticket")

    for who, address in ((tom, "https://evil.example/t/42"), ("U0STRANGER", f"{BASE}t/{hidden}")):
        shown = await front.open(who, address)
        assert shown["error"]["status"] == "custom"
        assert shown["error"]["custom_message"]


async def test_request_for_details_that_names_nobody_or_nothing_is_passed_over(front: Front) -> None:
    for event in ({"user": None}, {"entity_url": 7}, {"trigger_id": None}):
        whole = {"user": "U0TOM", "trigger_id": "1.2.pane", "entity_url": f"{BASE}t/1"}
        await front.hear(type="entity_details_requested", **whole | event)

    assert front.slack.called("entity.presentDetails") == []


@pytest.mark.parametrize("container", ["message_attachment", "entity_detail"])
async def test_buttons_of_a_work_object_are_answered_in_a_modal_for_who_presses(
    front: Front, shop: Shop, container: str
) -> None:
    number = await shop.add_ticket()
    entity = {
        "entity_url": f"{BASE}t/{number}",
        "external_ref": {"id": str(number)},
        "app_unfurl_url": f"{BASE}t/{number}",
    }
    pressed = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": shop.technician.slack_user_id},
        "trigger_id": "1.2.press",
        "container": {"type": container, **entity},
        "actions": [{"type": "button", "action_id": "ticket.take", "value": str(number)}],
    }
    delivered = read_document("interaction", pressed)
    assert isinstance(delivered, BlockActions)
    await front.listeners.answer(delivered, deadline=float("inf"))

    [shown] = front.slack.called("views.open")
    assert shown["trigger_id"] == "1.2.press"
    assert f"Ticket #{number} is yours now." in str(shown["view"])
