"""Customers who are one person: found, merged with nothing lost, made two again."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.errors import CustomersChanged, CustomersNotTwo, MergeNotLast, MergeUndone, RoleForbidden
from db.customers import add_contact, edit_customer, find_customers, reactivate_customer, read_customer
from db.merges import merge_customers, read_duplicates, read_pair, tell_customers_apart, undo_merge
from db.models import CustomersMerged, TicketFilter
from db.pool import Database
from db.tickets import edit_ticket, read_list
from tests.shop import Connection, Shop

ALL = ("name", "email", "phone", "address", "both notes")


async def merge(shop: Shop, database: Database, kept: int, merged: int, *taken: str) -> CustomersMerged:
    asker = shop.manager.asker()
    pair = await read_pair(database, asker, kept, merged)
    sides = (kept, pair.first.updated_at), (merged, pair.second.updated_at)
    return await merge_customers(database, asker, f"{kept}-{merged}", *sides, taken=taken)


async def row(shop: Shop, customer: int) -> dict[str, object]:
    """What a customer's row says, moments of change apart."""
    found = await shop.owner.fetchrow("SELECT * FROM customers WHERE id = $1", customer)
    assert found is not None
    return {name: value for name, value in found.items() if name != "updated_at"}


async def test_everything_moves_and_comes_back(shop: Shop, database: Database, owner: Connection) -> None:
    kept, merged = shop.customers[:2]
    manager = shop.manager.asker()
    stays = await shop.add_ticket(customer=kept)
    opened, done = [await shop.add_ticket(customer=merged, completed=completed) for completed in (False, True)]
    await add_contact(database, manager, "contact", merged, "called", body="Moves to Berlin.")
    await edit_customer(database, manager, "notes", merged, {"notes": "Rings twice", "address2": "Flat 3"})
    before = [await row(shop, customer) for customer in (kept, merged)]
    await owner.execute("UPDATE notifications SET state = 'sent'")

    done_merge = await merge(shop, database, kept, merged, *ALL)

    assert (done_merge.moved, done_merge.customer.total_tickets) == (2, 3)
    assert [contact.body for contact in done_merge.contacts] == ["Moves to Berlin."]
    assert [(each.customer_id, each.email) for each in done_merge.merges] == [(merged, "grace.hill@example.com")]
    assert (done_merge.customer.first_name, done_merge.customer.email) == ("Omar", "omar.diaz@example.com")
    assert (done_merge.customer.notes, done_merge.customer.address2) == ("Rings twice", "Flat 3")
    # the same person's still: nobody is told in the channel that the customer was changed
    assert await owner.fetchval("SELECT count(*) FROM notifications WHERE state = 'waiting'") == 0
    assert (
        await merge_customers(database, manager, f"{kept}-{merged}", (kept, MOMENT), (merged, MOMENT), taken=())
    ).repeated

    filed = await shop.add_ticket(customer=kept)
    undone = await undo_merge(database, manager, "undo", done_merge.merge_id)

    assert (undone.moved, undone.left, undone.left_fields) == (2, [], [])
    assert [await row(shop, customer) for customer in (kept, merged)] == before
    whose = {row["id"]: row["customer_id"] for row in await owner.fetch("SELECT id, customer_id FROM tickets")}
    assert whose == {stays: kept, opened: merged, done: merged, filed: kept}
    assert [contact.body for contact in undone.contacts] == ["Moves to Berlin."]
    with pytest.raises(MergeUndone):
        await undo_merge(database, manager, "again", done_merge.merge_id)


MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


async def test_what_was_changed_since_stays_and_is_said(shop: Shop, database: Database) -> None:
    kept, merged, third = shop.customers
    moved, elsewhere = [await shop.add_ticket(customer=merged) for _ in range(2)]
    manager = shop.manager.asker()
    done = await merge(shop, database, kept, merged, "email", "phone")
    await edit_customer(database, manager, "e", kept, {"phone": "510 555 7777", "email": "new@example.com"})
    await edit_ticket(database, manager, "t", elsewhere, {"customer_id": third})

    undone = await undo_merge(database, manager, "undo", done.merge_id)

    assert (undone.moved, undone.left, undone.left_fields) == (1, [elsewhere], ["email", "phone"])
    assert undone.customer.email == "omar.diaz@example.com"  # their own again
    assert (await read_customer(database, manager, kept)).customer.email == "new@example.com"
    assert [line.id for line in undone.tickets] == [moved]


async def test_old_name_phone_and_number_lead_to_who_stays(shop: Shop, database: Database) -> None:
    kept, merged, last = shop.customers
    first = await merge(shop, database, kept, merged)
    second = await merge(shop, database, last, kept)
    tom = shop.technician.asker()
    for term in ("omar", "omar.diaz@example.com", "5550001", "grace"):
        assert [hit.id for hit in (await find_customers(database, tom, term)).customers] == [last], term
        assert [hit.id for hit in (await find_customers(database, shop.manager.asker(), term)).customers] == [last]
    seen = await read_customer(database, tom, merged)
    assert (seen.customer.id, seen.led_from, seen.merges) == (last, merged, [])
    hers = await shop.add_ticket(customer=last)
    for who in (shop.manager, shop.viewer):
        found = await read_list(database, who.asker(), TicketFilter(customer_id=merged), None)
        assert ([ticket.id for ticket in found.tickets], found.led_to) == ([hers], last)
    refused = await reactivate_customer(database, shop.manager.asker(), "on", merged)
    assert not refused.success
    assert "merged" in (refused.message or "")

    with pytest.raises(MergeNotLast):
        await undo_merge(database, shop.manager.asker(), "early", first.merge_id)
    await undo_merge(database, shop.manager.asker(), "second", second.merge_id)
    assert (await read_customer(database, tom, merged)).customer.id == kept
    await undo_merge(database, shop.manager.asker(), "first", first.merge_id)
    assert (await read_customer(database, tom, merged)).customer.id == merged


async def test_two_managers_merge_the_same_pair_in_both_directions(shop: Shop, database: Database) -> None:
    """While somebody files for one of them: the ticket is refused, or moves."""
    kept, merged = shop.customers[:2]
    asker = shop.manager.asker()
    pair = await read_pair(database, asker, kept, merged)
    one, other = (kept, pair.first.updated_at), (merged, pair.second.updated_at)

    done = await asyncio.gather(
        merge_customers(database, asker, "a", one, other, taken=()),
        merge_customers(database, asker, "b", other, one, taken=()),
        shop.add_ticket(customer=merged),
        return_exceptions=True,
    )

    assert sorted(isinstance(each, CustomersMerged) for each in done[:2]) == [False, True]
    assert all(isinstance(each, CustomersMerged | CustomersNotTwo) for each in done[:2])
    assert await shop.owner.fetchval(
        "SELECT count(*) FROM tickets t JOIN customers c ON c.id = t.customer_id WHERE NOT c.active"
    ) == 0  # fmt: skip


async def test_only_two_active_customers_as_they_were_seen_are_merged(shop: Shop, database: Database) -> None:
    kept, merged = shop.customers[:2]
    manager = shop.manager.asker()
    pair = await read_pair(database, manager, kept, merged)
    gone = await shop.add_customer("Gone", "Away", active=False)
    for one, other in ((kept, kept), (kept, gone), (gone, kept)):
        with pytest.raises(CustomersNotTwo):
            await read_pair(database, manager, one, other)
        with pytest.raises(CustomersNotTwo):
            await merge_customers(
                database, manager, "x", (one, pair.first.updated_at), (other, pair.first.updated_at), taken=()
            )
    await edit_customer(database, manager, "e", merged, {"city": "Berkeley"})
    with pytest.raises(CustomersChanged):
        await merge_customers(
            database, manager, "y", (kept, pair.first.updated_at), (merged, pair.second.updated_at), taken=()
        )


async def test_merging_is_for_managers(shop: Shop, database: Database) -> None:
    done = await merge(shop, database, shop.customers[0], shop.customers[1])
    for person in (shop.technician, shop.regular_user, shop.viewer):
        asker = person.asker()
        for call in (
            read_pair(database, asker, 1, 3),
            read_duplicates(database, asker, None, None),
            tell_customers_apart(database, asker, person.name, 1, 3),
            merge_customers(database, asker, person.name, (1, MOMENT), (3, MOMENT), taken=()),
            undo_merge(database, asker, person.name, done.merge_id),
        ):
            with pytest.raises(RoleForbidden):
                await call


async def test_duplicates_are_those_of_the_same_name_phone_or_address(shop: Shop, database: Database) -> None:
    async def add(first: str, last: str, email: str, phone: str) -> int:
        customer: int = await shop.owner.fetchval(
            "INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip)"
            " VALUES ($1, $2, $3, $4, '1 St', 'Oakland', 'CA', '94607') RETURNING id",
            first,
            last,
            email,
            phone,
        )
        return customer

    manager = shop.manager.asker()
    assert (await read_duplicates(database, manager, None, None)).pairs == []
    jose = await add("José", "Ñandú", "jose.n@gmail.com", "+1 (415) 555-0199")
    plus = await add("JOSE", "Nandu", "j.o.s.e.n+repairs@googlemail.com", "415 555 0199")
    phone = await add("Ana", "Ñandú", "ana@example.com", "415.555.0199")
    for number in range(12):
        await add("Short", f"Phone {number}", f"s{number}@example.com", "555")
    found = await read_duplicates(database, manager, None, None)
    of_jose = await read_duplicates(database, manager, jose, None)

    assert [([c.id for c in pair.customers], pair.why) for pair in found.pairs] == [
        ([jose, plus], ["e-mail", "name", "phone"]),
        ([plus, phone], ["phone"]),
    ]
    assert {frozenset(c.id for c in pair.customers) for pair in of_jose.pairs} == {
        frozenset({jose, plus}), frozenset({jose, phone})
    }  # fmt: skip
    left = await tell_customers_apart(database, manager, "apart", plus, jose)
    assert [[c.id for c in pair.customers] for pair in left.pairs] == [[plus, phone]]


async def test_a_thousand_of_one_number_are_a_thousand_pairs_ten_a_page(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await owner.execute(
        "INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip)"
        " SELECT 'Sam', 'Woods ' || n, 'sam' || n || '@example.com', '000-000-0000', '1 St', 'Oakland', 'CA', '94607'"
        " FROM generate_series(1, 1000) n"
    )
    first = await read_duplicates(database, shop.manager.asker(), None, None)
    last = first.pairs[-1]
    after = (len(last.why), last.customers[1].id, last.customers[0].id)
    second = await read_duplicates(database, shop.manager.asker(), None, after)

    assert (first.total, len(first.pairs), first.has_next, first.has_previous) == (999, 10, True, False)
    assert second.has_previous
    assert second.pairs[0].customers[1].id == last.customers[0].id
