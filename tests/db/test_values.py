"""Values that the tables don't take, refused by constraints with a name that a form can show beside its field."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from bot.errors import FieldRefused
from db.pool import Database
from db.tickets import complete_ticket, file_ticket
from tests.shop import Connection, Shop

BLANK = ["", " ", "\n\t "]
WRONG_HOURS = ["0", "-1", "1000", "999.995", "NaN", "Infinity", "-Infinity", "0.004", "1e10"]

FILED: list[tuple[str, Any]] = [
    *(("title", value) for value in [*BLANK, "x" * 256]),
    *(("description", value) for value in [*BLANK, "x" * 10_001]),
    *(("priority", value) for value in ["", "soon", "URGENT", "x" * 300]),
    *(("category", value) for value in ["", " ", "x" * 101]),
    *(("estimated_hours", Decimal(value)) for value in WRONG_HOURS),
    *(("customer_id", value) for value in [0, -1, 999_999, 2**31 - 1]),
    *(("assign", value) for value in ["", "0", "-1", "999999", "99999999999999", "1; DROP TABLE x", "nobody"]),
]


async def refused(database: Database, shop: Shop, **changed: object) -> tuple[str, str]:
    ticket: dict[str, Any] = {
        "customer_id": shop.customers[0],
        "title": "No sound",
        "description": "None at all",
        "priority": "low",
        "category": "hardware",
        "estimated_hours": Decimal(1),
        "assign": "queue",
    }
    with pytest.raises(FieldRefused) as refusal:
        await file_ticket(database, shop.manager.asker(), "key", **(ticket | changed))
    return refusal.value.field, refusal.value.message


async def test_filing_refuses_each_wrong_value_at_its_field(shop: Shop, database: Database, owner: Connection) -> None:
    wrong = {}
    for field, value in FILED:
        try:
            at, message = await refused(database, shop, **{field: value})
        except Exception as error:  # noqa: BLE001 - all of them are listed at the end
            wrong[field, repr(value)[:40]] = repr(error)
            continue
        if at != field or not message:
            wrong[field, repr(value)[:40]] = at

    assert wrong == {}
    assert await owner.fetchval("SELECT count(*) FROM tickets") == 0
    assert await owner.fetchval("SELECT count(*) FROM app.request_keys") == 0


async def test_completing_refuses_wrong_hours(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    for hours in WRONG_HOURS:
        with pytest.raises(FieldRefused) as refusal:
            await complete_ticket(database, shop.technician.asker(), "key", ticket, Decimal(hours), "Done.")
        assert refusal.value.field == "hours", hours

    assert not await owner.fetchval("SELECT completed FROM tickets")
    assert await owner.fetchval("SELECT count(*) FROM ticket_notes") == 0


async def test_deactivated_people_and_customers_take_no_ticket(shop: Shop, database: Database) -> None:
    gone = await shop.add_customer("Gone", "Away", active=False)

    assert (await refused(database, shop, customer_id=gone))[0] == "customer_id"
    assert (await refused(database, shop, assign=str(shop.viewer.id)))[0] == "assign"


async def test_longest_and_strangest_values_are_kept(shop: Shop, database: Database) -> None:
    title = "🔧 <!channel> “x” \u202eabc & <b> '; --" + "x" * 200
    answer = await file_ticket(
        database,
        shop.manager.asker(),
        "key",
        customer_id=1,
        title=title,
        description="é" * 10_000,
        priority="urgent",
        category=None,
        estimated_hours=Decimal("999.99"),
        assign="me",
    )

    assert (answer.ticket.title, answer.ticket.estimated_hours) == (title, Decimal("999.99"))


async def test_completion_time_is_the_databases(shop: Shop, owner: Connection) -> None:
    ticket = await shop.add_ticket(completed=True)
    assert await owner.fetchval("SELECT completed_at >= created_at FROM tickets WHERE id = $1", ticket)
    await owner.execute("UPDATE tickets SET completed = false WHERE id = $1", ticket)
    assert await owner.fetchval("SELECT completed_at FROM tickets WHERE id = $1", ticket) is None

    await owner.execute("UPDATE tickets SET completed = true, completed_at = '1999-01-01'")  # the moment itself counts
    assert await owner.fetchval("SELECT completed_at >= created_at FROM tickets WHERE id = $1", ticket)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("UPDATE tickets SET completed_at = '1999-01-01'")


async def test_completion_time_of_an_insert_is_now_or_what_it_says(shop: Shop, owner: Connection) -> None:
    """A ticket that comes completed, from another program, may say when it was."""
    insert = (
        "INSERT INTO tickets (customer_id, title, description, completed, created_at, completed_at)"
        " VALUES (1, 'x', 'x', $1, $2, $3) RETURNING completed_at"
    )
    then, later = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)

    assert await owner.fetchval(insert, False, then, None) is None
    assert await owner.fetchval(insert, True, then, None) > later
    assert await owner.fetchval(insert, True, then, later) == later
    assert shop.people


KEEPS_TIME = """
SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'updated_at'
 WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace)
"""
BY_ITS_FUNCTIONS = {"notifications", "file_errands"}


async def test_updated_at_is_the_moment_of_the_change(shop: Shop, owner: Connection) -> None:
    await shop.add_ticket()
    await owner.execute("INSERT INTO preferences (user_id) VALUES (1)")
    await owner.execute("INSERT INTO ticket_watchers (ticket_id, user_id) VALUES (1, 1)")
    tables = {row[0] for row in await owner.fetch(KEEPS_TIME)} - BY_ITS_FUNCTIONS
    assert tables == {"customers", "preferences", "ticket_watchers", "tickets", "user_permissions"}
    for table in tables:
        change = f"UPDATE {table} SET updated_at = '2000-01-01' RETURNING updated_at = now()"  # noqa: S608 - as above
        assert await owner.fetchval(change), table


async def test_history_outlives_what_it_tells_of(shop: Shop, owner: Connection) -> None:
    """The web application may remove rows: never those that others' history hangs on, and what is removed is told."""
    filed = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    await owner.execute("INSERT INTO ticket_notes (ticket_id, body, author) VALUES (1, 'Called.', 'kp_victor.hale')")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute("DELETE FROM customers WHERE id = 1")
    for person in (shop.technician, shop.regular_user, shop.viewer):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await owner.execute("DELETE FROM user_permissions WHERE id = $1", person.id)

    await owner.execute("DELETE FROM tickets")
    await owner.execute("DELETE FROM user_permissions WHERE id IN ($1, $2)", shop.technician.id, shop.viewer.id)
    await owner.execute("DELETE FROM customers WHERE id = 1")
    events = await owner.fetch("SELECT kind, worker_id FROM ticket_events WHERE ticket_id = $1 ORDER BY id", filed)
    log = await owner.fetch(
        "SELECT metadata ->> 'table', metadata #>> '{old,body}' FROM activity_log WHERE action = 'DELETE' ORDER BY id"
    )

    assert [tuple(event) for event in events] == [("filed", shop.technician.id), ("removed", None)]
    assert sorted((table, note) for table, note in log) == [
        ("customers", None),
        ("ticket_notes", "Called."),
        ("tickets", None),
        ("user_permissions", None),
        ("user_permissions", None),
    ]
