"""Customers: found, read, added, edited, switched off and on."""

import itertools
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from bot.errors import CustomerChangedMeanwhile, CustomerExists, CustomerNotFound, FieldRefused, RoleForbidden
from bot.roles import Role
from db.customers import (
    add_customer,
    deactivate_customer,
    edit_customer,
    find_customers,
    reactivate_customer,
    read_customer,
    suggest_customers,
)
from db.models import Asker, CustomerChanged
from db.pool import Database
from tests.db.test_day_roles import NEW_CUSTOMER
from tests.shop import Connection, Member, Shop

BOUNDARIES = (0, -1, 2**31, 10**30)


async def found(database: Database, person: Member, term: str) -> list[str]:
    return [customer.name for customer in (await find_customers(database, person.asker(), term)).customers]


async def test_customers_are_found_by_name_phone_and_email(shop: Shop, database: Database) -> None:
    await shop.add_ticket(worker=shop.colleague)
    for term in ("grace", "Hill gr", "GRACE.HILL@example.com", "555-0000", "(510) 555 0000", "ace h"):
        assert await found(database, shop.regular_user, term) == ["Grace Hill"], term
    for term in ("", "  ", "%", "_", "'; --", "zzz", "🔧"):
        assert await found(database, shop.regular_user, term) == [], term
    await shop.add_customer("Will", "Don")  # English drops both; "don will" runs from the name into the e-mail
    assert await found(database, shop.regular_user, "do wil") == ["Will Don"]
    hit = (await find_customers(database, shop.regular_user.asker(), "grace")).customers[0]
    assert (hit.total_tickets, hit.open_tickets, hit.phone) == (1, 1, "(510) 555-0000")


async def test_ten_are_shown_and_more_are_said(shop: Shop, database: Database) -> None:
    for number in range(10):
        await shop.add_customer(f"Sam{number}", "Woods")
    ten = await find_customers(database, shop.technician.asker(), "woods")
    await shop.add_customer("Sam10", "Woods")
    eleven = await find_customers(database, shop.technician.asker(), "woods")

    assert [(len(hits.customers), hits.more) for hits in (ten, eleven)] == [(10, False), (10, True)]


async def test_managers_find_deactivated_customers_last(shop: Shop, database: Database) -> None:
    """Nobody else does, and a ticket is filed for none of them."""
    gone = await shop.add_customer("Grace", "Hill-Away", active=False)
    hits = await find_customers(database, shop.manager.asker(), "grace")
    offered = await suggest_customers(database, shop.manager.asker(), "grace")

    assert [(hit.id, hit.active) for hit in hits.customers] == [(shop.customers[0], True), (gone, False)]
    assert [hit.id for hit in offered.customers] == [shop.customers[0]]
    for person in (shop.technician, shop.regular_user):
        assert await found(database, person, "grace") == ["Grace Hill"]


async def test_customer_has_all_numbers_but_only_the_tickets_one_sees(shop: Shop, database: Database) -> None:
    anas = await shop.add_ticket(worker=shop.colleague)
    done = await shop.add_ticket(worker=shop.technician, completed=True, actual_hours=Decimal("1.50"))
    queued = await shop.add_ticket(filer=shop.regular_user)
    await shop.add_ticket(customer=shop.customers[1])
    shown = {}
    for person in (shop.manager, shop.technician, shop.regular_user):
        seen = await read_customer(database, person.asker(), shop.customers[0])
        assert (seen.customer.total_tickets, seen.customer.open_tickets) == (3, 2)
        assert (seen.customer.total_hours, seen.customer.email) == (Decimal("1.50"), "grace.hill@example.com")
        shown[person.role.value] = [line.id for line in seen.tickets]

    assert shown == {"Manager": [queued, anas, done], "Technician": [queued, done], "Regular User": [queued]}


async def test_customer_shows_the_ten_newest_tickets(shop: Shop, database: Database) -> None:
    tickets = [await shop.add_ticket() for _ in range(12)]
    seen = await read_customer(database, shop.manager.asker(), shop.customers[0])

    assert [line.id for line in seen.tickets] == tickets[:1:-1]


async def test_number_that_no_customer_can_have_is_a_missing_customer(shop: Shop, database: Database) -> None:
    for number in BOUNDARIES:
        with pytest.raises(CustomerNotFound) as caught:
            await read_customer(database, shop.manager.asker(), number)

        assert caught.value.sentence == CustomerNotFound(number).sentence


async def test_deactivated_customer_is_the_managers_alone(shop: Shop, database: Database) -> None:
    gone = await shop.add_customer("Gone", "Away", active=False)

    assert not (await read_customer(database, shop.manager.asker(), gone)).customer.active
    for person in (shop.technician, shop.regular_user):
        with pytest.raises(CustomerNotFound):
            await read_customer(database, person.asker(), gone)


async def test_added_customer_is_kept_as_typed(shop: Shop, database: Database, owner: Connection) -> None:
    values = NEW_CUSTOMER | {"email": " Nora.Quill@Example.com ", "address2": " ", "notes": "Knocks <twice> & waits"}
    added = (await add_customer(database, shop.regular_user.asker(), "key", values)).customer

    assert added.model_dump(exclude={"id", "updated_at"}) == NEW_CUSTOMER | {
        "address2": None,
        "country": "US",
        "notes": "Knocks <twice> & waits",
        "active": True,
        "total_tickets": 0,
        "open_tickets": 0,
        "total_hours": Decimal(0),
        "value": None,
        "erased_at": None,
        "approval_limit": None,
        "spending_limit": Decimal(150),
    }
    assert await owner.fetchval("SELECT user_id FROM activity_log ORDER BY id DESC LIMIT 1") == "kp_rita.bell"


async def test_only_what_is_given_is_edited(shop: Shop, database: Database) -> None:
    before = (await read_customer(database, shop.technician.asker(), 1)).customer
    changes = {"phone": "+1 510 555 7777", "address2": "Flat 3", "email": "grace@example.com"}
    after = (await edit_customer(database, shop.technician.asker(), "one", 1, changes)).customer
    assert after == before.model_copy(update=changes | {"updated_at": after.updated_at})

    emptied = await edit_customer(
        database, shop.technician.asker(), "two", 1, {"address2": None, "email": "grace@example.com"}
    )
    assert emptied.customer == after.model_copy(update={"address2": None, "updated_at": emptied.customer.updated_at})


async def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(shop: Shop, database: Database) -> None:
    seen = (await read_customer(database, shop.technician.asker(), 1)).customer.updated_at
    await edit_customer(database, shop.manager.asker(), "one", 1, {"phone": "510 1", "city": "Berkeley"}, seen=seen)
    with pytest.raises(CustomerChangedMeanwhile) as caught:
        await edit_customer(database, shop.technician.asker(), "two", 1, {"phone": "510 2", "zip": "94608"}, seen=seen)
    both = await edit_customer(database, shop.technician.asker(), "three", 1, {"zip": "94608"}, seen=seen)

    assert caught.value.fields == ("phone",)
    assert caught.value.sentence.startswith("Maria Francisco has changed the phone number of customer 1 meanwhile")
    assert (both.customer.phone, both.customer.zip) == ("510 1", "94608")


WRONG: list[tuple[str, Any]] = [
    *((field, value) for field in NEW_CUSTOMER for value in (None, "", " \n", "x" * 256)),
    ("email", "nora"),
    ("email", "nora@example"),
    ("email", "nora@-x..com"),
    ("email", "Nora <nora@example.com>"),
    ("phone", "none"),
    ("zip", "9460"),
    ("zip", "94607-12345"),
    ("country", "United States"),
    ("country", ""),
    ("address2", "x" * 256),
    ("notes", "x" * 10_001),
]


async def test_wrong_values_are_refused_at_their_field(shop: Shop, database: Database, owner: Connection) -> None:
    asker = shop.manager.asker()
    before = await owner.fetch("SELECT * FROM customers ORDER BY id")
    wrong = {}
    for verb, (field, value) in itertools.product(("add", "edit"), WRONG):
        try:
            if verb == "add":
                await add_customer(database, asker, "key", NEW_CUSTOMER | {field: value})
            else:
                await edit_customer(database, asker, "key", 1, {"notes": "changed", field: value})
        except FieldRefused as refusal:
            if refusal.field == field and refusal.message:
                continue
            wrong[verb, field, repr(value)[:40]] = refusal.field
        else:
            wrong[verb, field, repr(value)[:40]] = "was accepted"

    assert wrong == {}
    assert await owner.fetch("SELECT * FROM customers ORDER BY id") == before


async def test_what_is_left_out_is_asked_for(shop: Shop, database: Database) -> None:
    for field in NEW_CUSTOMER:
        with pytest.raises(FieldRefused) as caught:
            await add_customer(
                database,
                shop.manager.asker(),
                "key",
                {name: NEW_CUSTOMER[name] for name in NEW_CUSTOMER if name != field},
            )
        assert caught.value.field == field


async def test_columns_that_no_form_has_are_refused(shop: Shop, database: Database) -> None:
    for column in ("active", "id", "search_text", "created_at", "unheard_of"):
        with pytest.raises(asyncpg.UndefinedColumnError):
            await edit_customer(database, shop.manager.asker(), "key", 1, {column: "1"})
        with pytest.raises(asyncpg.UndefinedColumnError):
            await add_customer(database, shop.manager.asker(), "key", NEW_CUSTOMER | {column: "1"})


async def test_address_that_another_customer_has_says_whose_it_is(shop: Shop, database: Database) -> None:
    taken = {"email": "GRACE.Hill@example.com "}
    with pytest.raises(CustomerExists) as added:
        await add_customer(database, shop.regular_user.asker(), "key", NEW_CUSTOMER | taken)
    with pytest.raises(CustomerExists) as edited:
        await edit_customer(database, shop.technician.asker(), "key", 2, taken)

    for refusal in (added.value, edited.value):
        assert (refusal.field, refusal.customer_id, refusal.name) == ("email", 1, "Grace Hill")
    own = await edit_customer(database, shop.technician.asker(), "key", 1, taken)
    assert own.customer.email == "grace.hill@example.com"


async def test_former_customers_name_stays_the_managers(shop: Shop, database: Database) -> None:
    await shop.add_customer("Gone", "Away", active=False)
    values = NEW_CUSTOMER | {"email": "gone.away@example.com"}
    said = {}
    for person in (shop.manager, shop.technician, shop.regular_user):
        with pytest.raises(CustomerExists) as caught:
            await add_customer(database, person.asker(), "key", values)
        said[person.role.value] = caught.value.name

    assert said == {"Manager": "Gone Away", "Technician": "a former customer", "Regular User": "a former customer"}


async def test_switching_off_and_on_says_what_came_of_it(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket()
    asker = shop.manager.asker()
    said = []

    async def switch(call: Callable[..., Awaitable[CustomerChanged]], key: str) -> None:
        answer = await call(database, asker, key, shop.customers[0])
        said.append((answer.success, answer.message, answer.customer.active))

    await switch(deactivate_customer, "one")
    await owner.execute("UPDATE tickets SET completed = true WHERE id = $1", ticket)
    await switch(deactivate_customer, "two")
    await switch(deactivate_customer, "three")
    await switch(reactivate_customer, "four")
    await switch(reactivate_customer, "five")

    assert said == [
        (False, "Cannot deactivate customer with open tickets: 1", True),
        (True, "Customer deactivated successfully", False),
        (False, "Customer is already inactive", False),
        (True, "Customer reactivated successfully", True),
        (False, "Customer is already active", True),
    ]
    for call in (deactivate_customer, reactivate_customer):
        with pytest.raises(CustomerNotFound):
            await call(database, asker, "six", 999_999)


Write = Callable[[Database, Asker, str], Awaitable[CustomerChanged]]
WRITES: dict[str, Write] = {
    "add": lambda db, asker, key: add_customer(db, asker, key, NEW_CUSTOMER),
    "edit": lambda db, asker, key: edit_customer(db, asker, key, 1, {"city": "Berkeley"}),
    "deactivate": lambda db, asker, key: deactivate_customer(db, asker, key, 1),
}


async def test_same_key_twice_has_one_effect_and_one_answer(shop: Shop, database: Database, owner: Connection) -> None:
    asker = shop.manager.asker()
    for name, write in WRITES.items():
        first = await write(database, asker, f"key of {name}")
        before = await owner.fetchval("SELECT count(*) FROM activity_log")
        second = await write(database, asker, f"key of {name}")

        assert (first.repeated, second) == (False, first.model_copy(update={"repeated": True})), name
        assert await owner.fetchval("SELECT count(*) FROM activity_log") == before, name


async def test_viewer_gets_no_contact_data_from_what_the_day_adds(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    """Whatever roles the bot lets in: the functions for customers refuse, the others don't have it."""
    await owner.execute(
        "UPDATE customers SET email = 'hush' || id || '@example.com', phone = '999 777', address1 = 'HushStreet',"
        " notes = 'Hush'"
    )
    await owner.execute("UPDATE user_permissions SET role = 'Manager' WHERE id = $1", shop.viewer.id)
    ticket = await shop.add_ticket(filer=shop.viewer)
    asker = shop.viewer.asker()
    await bot.execute(
        "SELECT app.edit_customer($1, $2, $3, 'x', 'a', 1, '{\"city\": \"HushCity\"}')",
        asker.team,
        asker.slack_user,
        asker.roles,
    )
    await bot.execute(
        "SELECT app.edit_ticket($1, $2, $3, 'x', 'b', $4, '{\"customer_id\": 2}')",
        asker.team,
        asker.slack_user,
        asker.roles,
        ticket,
    )
    await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.viewer.id)
    seen = ""
    for call in (
        "read_list($1, $2, $3, 'x', 'all', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        "read_list($1, $2, $3, 'x', 'all', NULL, NULL, NULL, 2, 'laptop', NULL, NULL, NULL)",
        "search($1, $2, $3, 'x', 'laptop')",
        f"read_history($1, $2, $3, 'x', {ticket})",
        f"read_edit_form($1, $2, $3, 'x', {ticket})",
    ):
        seen += await bot.fetchval(f"SELECT app.{call}", asker.team, asker.slack_user, asker.roles)
    assert "Omar Diaz" in seen
    assert "hush" not in seen.lower()
    assert "999 777" not in seen

    for call in (
        "find_customers($1, $2, $3, 'x', 'grace')",
        "read_customer($1, $2, $3, 'x', 1)",
        "add_customer($1, $2, $3, 'x', 'c', '{\"email\": \"hush1@example.com\"}')",
        "edit_customer($1, $2, $3, 'x', 'c', 1, '{}')",
        "deactivate_customer($1, $2, $3, 'x', 'c', 1)",
        "reactivate_customer($1, $2, $3, 'x', 'c', 1)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
            await bot.execute(f"SELECT app.{call}", asker.team, asker.slack_user, asker.roles)
        assert refused.value.constraint_name == "role_forbidden"


async def test_helpers_refuse_whoever_may_not_know(shop: Shop, bot: Connection) -> None:
    """Called alone, under a session or none, the definer functions behind it all say nothing."""
    helpers = (
        "app.refuse_taken_email('grace.hill@example.com')",
        "app.find_colleague('ana')",
        "app.pick_tickets(1, 'x')",
    )
    for helper in helpers:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bot.execute(f"SELECT {helper}")
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.viewer.web_id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bot.execute(f"SELECT {helpers[0]}")


async def test_repeat_is_refused_to_who_lost_the_role(shop: Shop, database: Database, owner: Connection) -> None:
    await edit_customer(database, shop.technician.asker(), "key", 1, {"city": "Berkeley"})
    await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.technician.id)

    with pytest.raises(RoleForbidden):
        await edit_customer(database, shop.technician.asker(Role.TECHNICIAN), "key", 1, {"city": "Berkeley"})
