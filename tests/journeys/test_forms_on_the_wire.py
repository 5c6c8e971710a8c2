"""Forms while the database is away, and how often they ask it: what is typed is never lost, and nothing done twice."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from tests.journeys.floor import Floor, open_floor
from tests.journeys.test_forms import PERSON, account, open_card_form, typed
from tests.shop import Member, Shop
from tests.wire import Fault, Wire

FAULTS: Final[tuple[Fault, ...]] = ("lose_request", "lose_answer", "hold_answer")
FORMS_OF_A_TICKET: Final = {
    "ticket.note": {"body": "Two hours of notes."},
    "ticket.change": {"title": "No power", "description": "Two hours of notes."},
    "ticket.hand": {"who": "me"},
    "ticket.finish": {"hours": "2", "resolution": "Two hours of notes."},
}


@pytest.fixture
async def floor(shop: Shop, wire: Wire) -> AsyncIterator[Floor]:
    """A front without a worker, whose database is reached by a wire that can be cut."""
    async with open_floor(shop, wire.url, worker=False) as opened:
        yield opened


async def submit_through(floor: Floor, wire: Wire, who: Member, fault: Fault, values: dict[str, Any]) -> None:
    """Submit a form while the database is away, see that all of it is still there, and submit it once it is back."""
    wire.fault = fault
    refused = await floor.sandbox.submit(account(who), values)
    first = next(iter(typed(floor, who)))
    assert set(refused.errors) == {first}
    assert "The shop's database" in refused.errors[first]
    kept = typed(floor, who)
    assert {field: kept[field] for field in values if isinstance(values[field], str)} == {
        field: value for field, value in values.items() if isinstance(value, str)
    }
    wire.fault = None
    wire.cut()
    sent = await floor.sandbox.submit(account(who))
    assert sent.errors == {}, sent


async def test_ticket_sent_while_the_database_is_away_is_filed_once_when_it_is_sent_again(
    floor: Floor, wire: Wire
) -> None:
    who = floor.shop.regular_user
    for number, fault in enumerate(FAULTS, 1):
        await floor.ticket(who, "new")
        customers = await floor.sandbox.suggest(account(who), "customer.choose", "grace")
        values = {"customer_id": customers[0], "title": "Hinge", "description": "Broken.", "priority": "high"}
        await submit_through(floor, wire, who, fault, values)
        await floor.sandbox.close(account(who))

        assert await floor.shop.owner.fetchval("SELECT count(*) FROM tickets") == number, fault


async def test_customer_sent_while_the_database_is_away_is_added_once_and_chosen(floor: Floor, wire: Wire) -> None:
    who = floor.shop.regular_user
    for fault in FAULTS:
        await floor.ticket(who, "new Hinge")
        await floor.press(who, "customer.new")
        email = f"Grace.{fault}@Example.com"
        await submit_through(floor, wire, who, fault, {**PERSON, "email": email})

        added = await floor.shop.owner.fetch("SELECT id FROM customers WHERE email = $1", email.lower())
        assert len(added) == 1, fault
        assert typed(floor, who)[f"customer_id:{added[0]['id']}"] == str(added[0]["id"]), fault
        await floor.sandbox.close(account(who))


@pytest.mark.parametrize("fault", FAULTS[:2])  # a held answer ends as a lost one does, after two seconds
async def test_every_form_of_a_ticket_keeps_what_was_typed_and_is_carried_out_once(
    floor: Floor, wire: Wire, fault: Fault
) -> None:
    shop, who = floor.shop, floor.shop.manager
    written = {}
    for action, values in FORMS_OF_A_TICKET.items():
        ticket_id = await shop.add_ticket(worker=shop.technician)
        await open_card_form(floor, who, ticket_id, action)
        before = await shop.owner.fetchval("SELECT count(*) FROM activity_log WHERE user_id = $1", who.web_id)
        await submit_through(floor, wire, who, fault, values)
        await floor.sandbox.close(account(who))

        after = await shop.owner.fetchval("SELECT count(*) FROM activity_log WHERE user_id = $1", who.web_id)
        written[action] = after - before

    # the ticket, and the note of what was done
    assert written == {action: 2 if action == "ticket.finish" else 1 for action in FORMS_OF_A_TICKET}


async def test_form_that_cannot_be_opened_while_the_database_is_away_says_so(floor: Floor, wire: Wire) -> None:
    who = floor.shop.regular_user
    wire.fault = "hold_answer"
    answer = await floor.ticket(who, "new Hinge")
    wire.fault = "lose_request"
    shortcut = await floor.sandbox.shortcut(account(who), "shortcut.new")

    assert "The shop's database isn't answering" in answer
    assert shortcut.ok
    view = floor.sandbox.view(account(who))
    assert view is not None
    assert "The shop's database isn't answering" in str(view.blocks)


async def test_new_customer_wanted_while_the_database_is_away_leaves_the_form_as_it_is(
    floor: Floor, wire: Wire
) -> None:
    who = floor.shop.regular_user
    await floor.ticket(who, "new Hinge")
    floor.sandbox.fill(account(who), {"description": "Broken."})
    wire.fault = "lose_request"
    await floor.press(who, "customer.new")
    await floor.sandbox.close(account(who))
    wire.fault = None

    assert typed(floor, who)["description"] == "Broken."
    await floor.press(who, "customer.new")
    assert "first_name" in typed(floor, who)


async def test_opening_a_form_asks_once(floor: Floor, wire: Wire) -> None:
    who = floor.shop.manager
    ticket_id = await floor.shop.add_ticket()
    await floor.ticket(who, f"show {ticket_id}")
    for action in ("ticket.hand", "ticket.change", "ticket.note"):
        for _ in range(3):
            wire.reset()
            await floor.press(who, action, ticket_id)

        assert wire.round_trips == 1, action


async def test_opening_customers_forms_and_shortcuts_asks_once(floor: Floor, wire: Wire) -> None:
    shop, who = floor.shop, floor.shop.manager
    await floor.ticket(who, f"customer {shop.customers[0]}")
    counted = {}
    for _ in range(3):
        wire.reset()
        await floor.press(who, "customer.change", shop.customers[0])
        counted["customer.change"] = wire.round_trips
        wire.reset()
        await floor.sandbox.shortcut(account(who), "shortcut.new")
        counted["shortcut.new"] = wire.round_trips
        wire.reset()
        await floor.press(who, "customer.new")
        counted["customer.new"] = wire.round_trips

    assert counted == {"customer.change": 1, "shortcut.new": 1, "customer.new": 1}


async def test_sending_a_form_asks_at_most_twice(floor: Floor, wire: Wire) -> None:
    shop, who = floor.shop, floor.shop.manager
    counted: dict[str, int] = {}

    async def send(name: str, values: dict[str, Any]) -> None:
        wire.reset()
        outcome = await floor.sandbox.submit(account(who), values)
        assert outcome.errors == {}, outcome
        counted[name] = wire.round_trips

    for number in range(3):
        ticket_id = await shop.add_ticket()
        for action, values in (
            ("ticket.hand", {"who": str(shop.technician.id)}),
            ("ticket.change", {"title": f"Title {number}"}),
            ("ticket.note", {"body": "A note."}),
        ):
            await open_card_form(floor, who, ticket_id, action)
            await send(action, values)
        await floor.ticket(who, "new")
        await floor.press(who, "customer.new")
        await send("customer over ticket", {**PERSON, "email": f"grace{number}@example.com"})
        await floor.ticket(who, f"customer {shop.customers[0]}")
        await floor.press(who, "customer.change", shop.customers[0])
        await send("customer.change", {"city": f"City {number}"})

    assert all(count <= 2 for count in counted.values()), counted
    assert counted["ticket.note"] == 1
