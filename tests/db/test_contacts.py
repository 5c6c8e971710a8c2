"""Contacts with a customer: noted by one press or with what was said, read by whoever sees the customer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from bot.errors import CustomerNotFound, FieldRefused
from db.customers import add_contact, read_customer
from db.models import TicketId
from db.pool import Database
from tests.shop import Connection, Shop

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


async def test_newest_contacts_are_shown_to_whoever_sees_the_customer(
    shop: Shop, database: Database, owner: Connection
) -> None:
    hidden = await shop.add_ticket(worker=shop.colleague)
    await add_contact(
        database, shop.manager.asker(), "a", 1, "e-mailed", body="Asked.", ticket_id=TicketId(hidden), at=YESTERDAY
    )
    for number in range(5):
        await add_contact(database, shop.technician.asker(), f"b{number}", 1, "called", body=f"Nobody {number}")
    seen = await read_customer(database, shop.technician.asker(), 1)
    await owner.execute("DELETE FROM customer_contacts WHERE way = 'called'")
    managers = (await read_customer(database, shop.manager.asker(), 1)).contacts
    technicians = (await read_customer(database, shop.technician.asker(), 1)).contacts

    assert [contact.body for contact in seen.contacts] == [f"Nobody {number}" for number in (4, 3, 2, 1, 0)]
    assert [(c.who, c.way, c.ticket_id, c.happened_at) for c in managers] == [
        ("Maria Francisco", "e-mailed", hidden, YESTERDAY)
    ]
    assert [contact.ticket_id for contact in technicians] == [None]  # they don't see the ticket
    log = await owner.fetch("SELECT metadata::text FROM activity_log WHERE resource_type = 'customer'")
    assert not any("Asked." in line[0] or "Nobody" in line[0] for line in log)


async def test_button_pressed_twice_notes_one_contact(shop: Shop, database: Database, owner: Connection) -> None:
    first, second = [await add_contact(database, shop.regular_user.asker(), key, 1, "called") for key in ("a", "b")]
    other = await add_contact(database, shop.regular_user.asker(), "c", 1, "came by")
    someone = await add_contact(database, shop.technician.asker(), "d", 1, "called")

    assert [answer.repeated for answer in (first, second, other, someone)] == [False, True, False, False]
    assert await owner.fetchval("SELECT count(*) FROM customer_contacts") == 3


async def test_what_cannot_be_is_refused_at_its_field(shop: Shop, database: Database) -> None:
    anothers = await shop.add_ticket(customer=shop.customers[1])
    unseen = await shop.add_ticket(worker=shop.colleague)
    gone = await shop.add_customer("Gone", "Away", active=False)
    asker = shop.technician.asker()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    tried = [
        partial(add_contact, ticket_id=TicketId(anothers)),
        partial(add_contact, ticket_id=TicketId(unseen)),
        partial(add_contact, at=tomorrow),
        partial(add_contact, body="x" * 10_001),
    ]
    fields = []
    for note in tried:
        with pytest.raises(FieldRefused) as caught:
            await note(database, asker, "key", 1, "called")
        fields.append(caught.value.field)
    with pytest.raises(CustomerNotFound):
        await add_contact(database, asker, "gone", gone, "called")

    assert fields == ["ticket_id", "ticket_id", "at", "body"]


async def test_profile_has_open_tickets_first_and_the_value_for_managers(shop: Shop, database: Database) -> None:
    waiting = await shop.add_ticket(created_at=YESTERDAY, worker=shop.technician)
    done = await shop.add_ticket(completed=True, actual_hours=Decimal("1.50"), worker=shop.technician)
    managers = await read_customer(database, shop.manager.asker(), 1)
    technicians = await read_customer(database, shop.technician.asker(), 1)

    assert [line.id for line in managers.tickets] == [waiting, done]
    assert (managers.customer.value, technicians.customer.value) == (Decimal("112.50"), None)
