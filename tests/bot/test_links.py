"""Addresses of tickets: which they are, and what a browser finds there."""

import copy
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from bot.handlers.links import shared_tickets
from bot.http import health_application
from bot.identity import Workspace
from bot.links import linked_ticket, ticket_link
from bot.pages import HEADERS, add_ticket_page
from bot.views.announcements import announcement
from bot.views.blocks import BLOCKS_MESSAGE
from bot.views.kit import context, markup, mrkdwn, private, section
from bot.views.links import with_address
from db.models import TicketId
from tests.bot.announcement_screens import notification, ticket

BASE = "https://tickets.example.com/"


def test_address_names_its_ticket() -> None:
    assert linked_ticket(BASE, ticket_link(BASE, TicketId(42))) == 42


@pytest.mark.parametrize("address", ["t/42/", "t/42?from=mail", "t/42#notes", "T/42"])
def test_ticket_is_named_by_what_browsers_take_for_the_same(address: str) -> None:
    assert linked_ticket(BASE, BASE.upper() + address) == 42


@pytest.mark.parametrize(
    "address",
    [
        "https://tickets.example.com/t/",
        "https://tickets.example.com/t/0",
        "https://tickets.example.com/t/042",
        "https://tickets.example.com/t/-1",
        "https://tickets.example.com/t/42x",
        "https://tickets.example.com/t/42/edit",
        "https://tickets.example.com/t/٤٢",  # digits all the same
        "https://tickets.example.com/t/42\n",
        "https://tickets.example.com/t/" + "9" * 11,
        "https://tickets.example.com/x/t/42",
        "https://ticketsXexample.com/t/42",
        "https://tickets.example.com.evil.example/t/42",
        "https://evil.example/https://tickets.example.com/t/42",
        "http://tickets.example.com/t/42",
        "http://[",
        "",
    ],
)
def test_other_addresses_name_no_ticket(address: str) -> None:
    assert linked_ticket(BASE, address) is None


def test_five_links_of_a_message_are_looked_at_as_they_were_posted() -> None:
    links = [{"url": f"{BASE}t/{number}", "domain": "example.com"} for number in range(1, 8)]
    strange = [None, {"url": 7}, {}, {"url": "https://tickets.example.com/help"}]

    assert shared_tickets(BASE, {"links": [*strange, *links]}) == {f"{BASE}t/{n}": n for n in range(1, 6)}
    assert shared_tickets(BASE, {"links": "none"}) == {}
    assert shared_tickets(None, {"links": links}) == {}


@pytest.fixture
async def page() -> AsyncIterator[str]:
    application = health_application(list)
    workspace = Workspace(team_id="T1", bot_user_id="U0BOT", url='https://shop.slack.com/?"><script>')
    add_ticket_page(application, workspace)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_page_leads_into_slack_and_is_the_same_for_every_number(page: str) -> None:
    said = []
    async with ClientSession() as session:
        for number in ("1", "4294967296"):
            async with session.get(f"{page}/t/{number}") as answer:
                assert answer.status == 200
                assert HEADERS.items() <= dict(answer.headers).items()
                said.append((await answer.text()).replace(f"/ticket {number}", ""))
        async with session.get(f"{page}/t/42<script>") as answer:
            assert answer.status == 404

    assert said[0] == said[1]
    assert 'href="slack://user?team=T1&amp;id=U0BOT"' in said[0]
    assert "<script>" not in said[0]


def test_address_stands_in_the_small_print_where_tickets_have_one() -> None:
    said = private(markup("Hello."), [section(mrkdwn(markup("Hello."))), context(mrkdwn(markup("Filed by Ana")))])
    bare = private(markup("Hello."), [section(mrkdwn(markup("Hello.")))])
    address = "<https://tickets.example.com/t/42|tickets.example.com/t/42>"

    assert with_address(said, None, TicketId(42)) == said
    before = copy.deepcopy(said)
    *_, small_print = with_address(said, BASE, TicketId(42))["blocks"]
    assert small_print == context(mrkdwn(markup("Filed by Ana")), {"type": "mrkdwn", "text": address, "verbatim": True})
    assert said == before
    assert [block["type"] for block in with_address(bare, BASE, TicketId(42))["blocks"]] == ["section", "context"]


def test_address_gives_way_where_a_message_is_full() -> None:
    full = private(markup("Hello."), [section(mrkdwn(markup("Hello.")))] * BLOCKS_MESSAGE)

    assert with_address(full, BASE, TicketId(42)) == full


def test_message_of_a_ticket_that_its_reader_opens_no_more_has_no_address() -> None:
    handed_on = notification("assigned", ticket(), facts={"worker": "Ana Lopez"})

    assert announcement(handed_on, BASE) == announcement(handed_on)
    assert "t/42" in str(announcement(notification("assigned", ticket()), BASE))
