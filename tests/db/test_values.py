"""Values that the tables don't take, refused by constraints with a name that a form can show beside its field."""

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


MAIL = "UPDATE customers SET email = $1 WHERE id = 1"
RATE = "UPDATE shop_settings SET value = $1 WHERE key = 'hourly_rate'"
KEEP = "UPDATE shop_settings SET value = $1 WHERE key = 'activity_log_keep'"
ATTACH = (
    "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by)"
    " VALUES (1, 'a', $1, 'x', 1, 'kp_tom.reed')"
)
ATTACH_NAMED = ATTACH.replace("'a', $1", "$1, 'a'")
ATTACH_SIZED = ATTACH.replace("$1", "'a'").replace("'x', 1", "'x', $1")
LOG_OF_TICKETS = "INSERT INTO activity_log (user_id, action, resource_type) VALUES ('x', $1, 'ticket')"
PLAIN: list[tuple[str, object, str]] = [
    ("UPDATE tickets SET title = $1", "  ", "tickets_title_check"),
    ("UPDATE tickets SET description = $1", "", "tickets_description_check"),
    ("UPDATE tickets SET priority = $1", "soon", "tickets_priority_check"),
    ("UPDATE tickets SET category = $1", " ", "tickets_category_check"),
    ("UPDATE tickets SET estimated_hours = $1", Decimal(0), "tickets_estimated_hours_check"),
    ("UPDATE tickets SET actual_hours = $1", Decimal("NaN"), "tickets_actual_hours_check"),
    ("UPDATE tickets SET actual_hours = $1", Decimal(-1), "tickets_actual_hours_check"),
    ("UPDATE tickets SET tech = $1", "nobody", "tickets_tech_active"),
    ("UPDATE tickets SET customer_id = $1", 999, "tickets_customer_active"),
    ("UPDATE tickets SET created_at = $1::text::timestamptz", "infinity", "tickets_time_check"),
    ("UPDATE tickets SET created_at = $1::text::timestamptz", "0044-03-15 BC", "tickets_time_check"),
    ("UPDATE tickets SET completed = true, created_at = $1::text::timestamptz", "20000-01-01", "tickets_time_check"),
    (
        "INSERT INTO ticket_notes (ticket_id, body, created_at) VALUES (1, 'x', $1::text::timestamptz)",
        "infinity",
        "ticket_notes_time_check",
    ),
    ("UPDATE user_permissions SET kinde_user_id = $1 WHERE id = 5", "system", "user_permissions_id_check"),
    (MAIL, "a@-x..com", "customers_email_check"),
    (MAIL, "unassigned", "customers_email_check"),
    ("UPDATE customers SET first_name = $1", " ", "customers_first_name_check"),
    ("UPDATE customers SET zip = $1", "1234", "customers_zip_check"),
    ("UPDATE customers SET phone = $1", "none", "customers_phone_check"),
    ("UPDATE user_permissions SET email = $1 WHERE id = 1", "unassigned", "user_permissions_email_check"),
    ("UPDATE user_permissions SET role = $1 WHERE id = 2", "Boss", "user_permissions_role_check"),
    ("UPDATE user_permissions SET slack_user_id = $1 WHERE id = 2", "", "user_permissions_slack_user_id_check"),
    ("UPDATE user_permissions SET slack_state = $1 WHERE id = 2", "x", "user_permissions_slack_state_check"),
    ("INSERT INTO shop_settings VALUES ('time_zone', $1)", "Mars/Olympus", "shop_settings_time_zone_check"),
    ("INSERT INTO shop_settings VALUES ('time_zone', $1)", "+02:00", "shop_settings_time_zone_check"),
    ("INSERT INTO shop_settings VALUES ('summary_time', $1)", "8 o'clock", "shop_settings_summary_time_check"),
    (RATE, "NaN", "shop_settings_hourly_rate_check"),
    (RATE, "-5", "shop_settings_hourly_rate_check"),
    (KEEP, "x", "shop_settings_activity_log_keep_check"),
    (KEEP, "89 days", "shop_settings_activity_log_keep_check"),
    (KEEP, "-3000 months 90090 days", "shop_settings_activity_log_keep_check"),  # 90 days, if it is only compared
    ("INSERT INTO ticket_notes (ticket_id, body) VALUES (1, $1)", " ", "ticket_notes_body_check"),
    ("INSERT INTO ticket_secrets VALUES (1, $1)", "1234", "ticket_secrets_device_passcode_check"),
    (ATTACH, "../etc/passwd", "ticket_attachments_file_path_check"),
    (ATTACH_NAMED, " ", "ticket_attachments_file_name_check"),
    (ATTACH_NAMED, "../a.png", "ticket_attachments_file_name_check"),
    (ATTACH_SIZED, 0, "ticket_attachments_file_size_check"),
    (ATTACH_SIZED, 50 * 1024 * 1024 + 1, "ticket_attachments_file_size_check"),
    (
        "UPDATE user_permissions SET permissions = to_jsonb($1::text) WHERE id = 2",
        "x",
        "user_permissions_permissions_check",
    ),
    (LOG_OF_TICKETS, "", "activity_log_action_check"),
    (
        "INSERT INTO activity_log (user_id, action, resource_type) VALUES ('x', 'x', $1)",
        "tickets",
        "activity_log_resource_type_check",
    ),
]


async def test_plain_sql_is_refused_by_named_constraints(shop: Shop, owner: Connection) -> None:
    await shop.add_ticket()
    got = []
    for statement, value, _ in PLAIN:
        with pytest.raises(asyncpg.CheckViolationError) as refusal:
            await owner.execute(statement, value)
        got.append(refusal.value.constraint_name)

    assert got == [constraint for _, _, constraint in PLAIN]


async def test_completion_time_is_the_databases(shop: Shop, owner: Connection) -> None:
    ticket = await shop.add_ticket(completed=True)
    assert await owner.fetchval("SELECT completed_at >= created_at FROM tickets WHERE id = $1", ticket)
    await owner.execute("UPDATE tickets SET completed = false WHERE id = $1", ticket)
    assert await owner.fetchval("SELECT completed_at FROM tickets WHERE id = $1", ticket) is None

    await owner.execute("UPDATE tickets SET completed = true, completed_at = '1999-01-01'")  # the moment itself counts
    assert await owner.fetchval("SELECT completed_at >= created_at FROM tickets WHERE id = $1", ticket)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("UPDATE tickets SET completed_at = '1999-01-01'")


async def test_updated_at_is_the_moment_of_the_change(shop: Shop, owner: Connection) -> None:
    """Whatever is written into it."""
    await shop.add_ticket()
    async with owner.transaction():
        for table in ("customers", "tickets", "user_permissions"):
            await owner.execute(f"UPDATE {table} SET updated_at = '1999-01-01'")  # noqa: S608 - from the line above
            assert await owner.fetchval(f"SELECT bool_and(updated_at = now()) FROM {table}")  # noqa: S608 - the same
