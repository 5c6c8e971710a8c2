"""What is written down of each change: who, from where, old and new; and who may read it."""

import json
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from bot.roles import Role
from db.pool import Database
from db.tickets import complete_ticket, file_ticket, take_ticket
from tests.db.sessions import acting_as
from tests.db.test_policies import SEERS
from tests.db.test_roles import CELLS, WORKERS, person_of, relations_of, ticket_of
from tests.shop import Connection, Member, Shop

KEY = "k" * 32
PASSCODE = "SELECT app.reveal_passcode($1)"


async def test_log_says_who_and_from_where(shop: Shop, database: Database, owner: Connection) -> None:
    filed = await file_ticket(
        database,
        shop.regular_user.asker(source="slack:view"),
        "one",
        customer_id=1,
        title="No sound",
        description="None at all",
        priority="low",
        category=None,
        estimated_hours=None,
        assign="queue",
    )
    ticket = filed.ticket.id
    await take_ticket(database, shop.technician.asker(source="slack:action"), "two", ticket)
    await complete_ticket(database, shop.technician.asker(), "three", ticket, Decimal("0.5"), "Plugged it in.")
    log = await owner.fetch(
        "SELECT user_id, user_agent, action, metadata ->> 'table' AS source, metadata -> 'new' AS new FROM activity_log"
        " WHERE resource_type = 'ticket' AND resource_id = $1 ORDER BY id",
        ticket,
    )

    assert [(row["user_id"], row["user_agent"], row["action"], row["source"]) for row in log] == [
        ("kp_rita.bell", "slack:view", "INSERT", "tickets"),
        ("kp_tom.reed", "slack:action", "UPDATE", "tickets"),
        ("kp_tom.reed", "slack:command", "INSERT", "ticket_notes"),
        ("kp_tom.reed", "slack:command", "UPDATE", "tickets"),
    ]
    assert json.loads(log[1]["new"]) == {"tech": "tom.reed@shop.example"}


async def test_web_requests_leave_their_address_and_the_beginning_of_their_user_agent(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    await bot.execute("SELECT set_config('app.user_agent', repeat('Web', 1000), false)")
    said = ("10.0.0.1, 10.0.0.2", "localhost:33", "", "2001:db8::1")
    for address in said:
        async with bot.transaction():
            await bot.execute("SELECT app.set_session($1, $2)", shop.manager.web_id, address)
            await bot.execute("UPDATE customers SET notes = $1", address)
    log = await owner.fetch(
        "SELECT DISTINCT host(ip_address) AS ip, user_agent FROM activity_log WHERE user_id = $1", shop.manager.web_id
    )

    assert {row["ip"] for row in log} == {"10.0.0.1", None, "2001:db8::1"}
    assert {row["user_agent"] for row in log} == {("Web" * 1000)[:500]}


# audited table -> column -> another value for it; what a trigger or the identity fills has none
NEW_VALUES: dict[str, dict[str, str]] = {
    "customers": {
        "first_name": "'Gracia'", "last_name": "'Hillman'", "email": "'other@example.com'", "phone": "'555 9'",
        "address1": "'2 Elm St'", "address2": "'Flat 3'", "city": "'Berkeley'", "state": "'NV'", "zip": "'89501'",
        "country": "'CA'", "notes": "'Rings at noon.'", "approval_limit": "99",
        "active": "false", "created_at": "'2020-01-01'",
        "merged_into": "2, active = false", "erased_at": "'2026-01-01', active = false",
    },
    "customer_contacts": {
        "customer_id": "2", "ticket_id": "2", "way": "'came by'", "body": "'Said.'", "author": "'kp_tom.reed'",
        "happened_at": "'2020-01-01'",
    },
    "tickets": {
        "customer_id": "2", "title": "'No sound'", "description": "'None'", "completed": "true",
        "tech": "'ana.lopez@shop.example'", "priority": "'high'", "category": "'software'", "estimated_hours": "2",
        "actual_hours": "3", "created_by": "'kp_tom.reed'", "created_at": "'2020-01-01'",
        "completed_at": "'2031-01-01'", "bench_status": "'in_repair'", "due_at": "'2031-01-01'",
        "device_type": "'Laptop'", "device_model": "'ThinkPad T14'", "device_serial": "'SN-1'",
        "device_condition": "'Scratched'", "device_accessories": "'Charger'",
    },
    "approvals": {
        "ticket_id": "2", "customer_id": "3", "hours": "3", "amount": "225", "spending_limit": "100",
        "state": "'approved'",
        "requested_by": "1", "requested_at": "'2020-01-01'", "decided_by": "1", "decided_at": "'2020-01-01'",
        "asked_how": "'message'", "said": "'No.'",
    },
    "ticket_notes": {
        "ticket_id": "2", "kind": "'resolution'", "body": "'New fan.'", "author": "'kp_tom.reed'",
        "created_at": "'2020-01-01'",
    },
    "ticket_attachments": {
        "ticket_id": "2", "file_name": "'b.jpg'", "file_path": "'b.jpg'", "file_type": "'image/png'", "file_size": "11",
        "uploaded_by": "'kp_tom.reed'", "created_at": "'2020-01-01'",
    },
    "ticket_secrets": {"ticket_id": "2", "device_passcode": "'v1:4712'"},
    "user_permissions": {
        "kinde_user_id": "'kp_maria'", "slack_user_id": "'U0MARIA'", "slack_state": "'guest'",
        "display_name": "'Maria'", "email": "'maria@shop.example'", "role": "'Technician'", "permissions": "'[1]'",
        "is_active": "false", "created_at": "'2020-01-01'",
    },
    "checklist_items": {"category": "'upgrade'", "position": "2", "text": "'Starts'", "active": "false"},
    "shop_hours": {"weekday": "2", "opens": "'10:00'", "closes": "'17:00'"},
    "shop_holidays": {"day": "'2026-12-26'", "name": "'Boxing Day'"},
    "shop_settings": {"key": "'colour'", "value": "'80'"},
}  # fmt: skip
# docs/security.md says why
NOT_SHOWN = {
    "customers": {"email", "phone", "address1", "address2", "city", "state", "zip", "notes"},
    "customer_contacts": {"body"},
    "approvals": {"said"},
    "ticket_secrets": {"device_passcode"},
}
NOT_LOGGED = {
    "id",
    "updated_at",
    "version",
    "due_by_default",
    "last_login",
    "slack_told_at",
    "slack_time_zone",
}  # of an update: they say nothing, or move by themselves
KEYS = {
    "ticket_secrets": "ticket_id = 1",
    "shop_hours": "weekday = 1",
    "shop_holidays": "name = 'Christmas'",
    "shop_settings": "key = 'hourly_rate'",
}
AUDITED = """
SELECT c.relname::text AS name, a.attname::text AS column
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 WHERE t.tgfoid = 'audit_trigger'::regproc AND NOT c.relispartition
"""


async def test_each_column_of_each_audited_table_is_logged_alone(shop: Shop, owner: Connection) -> None:
    """Old and new value, who, from where; or only that it changed, where the value need not be there."""
    await owner.execute("ALTER TABLE user_permissions DISABLE TRIGGER return_open_tickets")
    await owner.execute("ALTER TABLE customers DISABLE TRIGGER keep_open_tickets_customer")
    await shop.add_member("Mo Second", Role.MANAGER)
    for _ in range(2):
        await shop.add_ticket()
    await owner.execute("UPDATE tickets SET completed = true WHERE id = 2")
    await owner.execute("INSERT INTO ticket_notes (ticket_id, body) VALUES (1, 'Called.')")
    await owner.execute(
        "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by)"
        " VALUES (1, 'a.jpg', 'a.jpg', 'image/jpeg', 10, 'kp_ana.lopez')"
    )
    await owner.execute("INSERT INTO ticket_secrets VALUES (1, 'v1:4711')")
    await owner.execute(
        "INSERT INTO approvals (ticket_id, hours, amount, spending_limit, state, decided_at, asked_how)"
        " VALUES (1, 2.5, 187.5, 150, 'declined', now(), 'phone')"
    )
    await owner.execute("INSERT INTO customer_contacts (customer_id, way) VALUES (1, 'called')")
    await owner.execute("INSERT INTO checklist_items (position, text) VALUES (1, 'Cleaned')")
    await owner.execute("INSERT INTO shop_hours VALUES (1, '09:00', '18:00')")
    await owner.execute("INSERT INTO shop_holidays VALUES ('2026-12-25', 'Christmas')")
    columns: dict[str, set[str]] = {}
    for row in await owner.fetch(AUDITED):
        columns.setdefault(row["name"], set()).add(row["column"])
    for table, names in columns.items():
        assert names - NOT_LOGGED == NEW_VALUES[table].keys(), table
        key = KEYS.get(table, "id = 1")
        for column, value in NEW_VALUES[table].items():
            which = "id = 2" if column == "completed_at" else key
            logged = await logged_by(owner, f"UPDATE {table} SET {column} = {value} WHERE {which}")  # noqa: S608
            old, new = (logged["metadata"].pop(part) for part in ("old", "new"))
            named = logged["metadata"].pop("key", None)  # which row, where it has no number
            assert (named is not None) is (table in {"shop_holidays", "shop_settings"})
            assert logged == {"user_id": "kp_tom.reed", "metadata": {"table": table}, "ip": "10.0.0.1", "agent": "Web"}
            also = {
                "completed": {"completed_at", "bench_status"},
                "priority": {"due_at"},
                "merged_into": {"active"},
                "erased_at": {"active"},
            }.get(column, set())
            assert old.keys() == new.keys() == {column} | also, (table, column)
            assert old[column] != new[column] or "(not shown)" in (old[column], new[column])
            assert (new[column] == "(not shown)") is (column in NOT_SHOWN.get(table, ())), (table, column)


async def logged_by(owner: Connection, statement: str) -> dict[str, Any]:
    """Return the one line that a statement leaves, and undo it."""
    await owner.execute("BEGIN")
    await owner.execute(
        "SELECT set_config('app.current_user_id', 'kp_tom.reed', true), set_config('app.client_ip', '10.0.0.1', true),"
        " set_config('app.user_agent', 'Web', true)"
    )
    last = await owner.fetchval("SELECT max(id) FROM activity_log")
    await owner.execute(statement)
    rows = await owner.fetch(
        "SELECT user_id, metadata, host(ip_address) AS ip, user_agent AS agent FROM activity_log WHERE id > $1", last
    )
    await owner.execute("ROLLBACK")
    assert len(rows) == 1, statement
    return dict(rows[0]) | {"metadata": json.loads(rows[0]["metadata"])}


async def test_customers_contact_data_stands_in_no_line_of_the_log(shop: Shop, owner: Connection) -> None:
    await owner.execute("UPDATE customers SET email = 'new@example.com', phone = '555 1' WHERE id = 1")
    await owner.execute("DELETE FROM customers WHERE id = 1")
    log = await owner.fetchval(
        "SELECT string_agg(metadata::text, '') FROM activity_log WHERE resource_type = 'customer'"
    )

    assert '"first_name": "Grace"' in log
    for contact in ("@", "555-", "Main St", "94607", "Oakland"):
        assert contact not in log
    assert shop.people


async def test_change_of_nothing_is_not_logged(shop: Shop, owner: Connection) -> None:
    before = await owner.fetchval("SELECT count(*) FROM activity_log")
    await owner.execute("UPDATE customers SET city = city")

    assert await owner.fetchval("SELECT count(*) FROM activity_log") == before
    assert shop.customers


@pytest.mark.parametrize("role", Role)
async def test_history_is_for_whoever_sees_the_ticket(
    role: Role, shop: Shop, bot: Connection, owner: Connection
) -> None:
    person = person_of(shop, role)
    seen: set[int] = set()
    for completed in (False, True):
        for cell in CELLS[:-1]:
            if "own" in cell and role not in WORKERS:
                continue
            ticket = await ticket_of(shop, cell, person, completed=completed)
            await owner.execute("INSERT INTO ticket_notes (ticket_id, body) VALUES ($1, 'Called.')", ticket)
            if not SEERS[role].isdisjoint(relations_of(cell, completed=completed)):
                seen.add(ticket)
    async with acting_as(bot, person):
        by_log = await bot.fetch(
            "SELECT n FROM generate_series(1, 30) n WHERE EXISTS (SELECT FROM app.ticket_trail(n))"
        )
        by_events = await bot.fetch("SELECT ticket_id FROM ticket_events")
        by_notes = await bot.fetch("SELECT ticket_id FROM ticket_notes")

    assert {row[0] for row in by_log} == {row[0] for row in by_events} == {row[0] for row in by_notes} == seen


async def test_log_cannot_be_forged(shop: Shop, bot: Connection) -> None:
    for statement in (
        "INSERT INTO activity_log (user_id, action, resource_type) VALUES ('kp_tom.reed', 'X', 'system')",
        "UPDATE activity_log SET user_id = 'system'",
        "DELETE FROM activity_log",
        "INSERT INTO ticket_events (ticket_id, kind) VALUES (1, 'removed')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with acting_as(bot, shop.manager):
                await bot.execute(statement)


async def put_passcode(owner: Connection, ticket: int) -> None:
    async with owner.transaction():
        await owner.execute("SELECT set_config('app.encryption_key', $1, true)", KEY)
        await owner.execute("INSERT INTO ticket_secrets VALUES ($1, encrypt_sensitive_data('4711'))", ticket)


async def test_passcode_is_for_the_assignee_and_managers(shop: Shop, bot: Connection, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    queued = await shop.add_ticket(filer=shop.technician)
    anas = await shop.add_ticket(worker=shop.colleague, filer=shop.technician)
    for each in (ticket, queued, anas):
        await put_passcode(owner, each)
    got: dict[tuple[str, int], str | None] = {}
    for person in shop.people:
        for each in (ticket, queued, anas, 999_999):
            try:
                async with acting_as(bot, person):
                    await bot.execute("SELECT set_config('app.encryption_key', $1, true)", KEY)
                    got[person.name, each] = await bot.fetchval(PASSCODE, each)
            except asyncpg.PostgresError as error:
                got[person.name, each] = error.constraint_name
    found, forbidden = "4711", "role_forbidden"
    missing, in_queue, not_yours = "ticket_not_found", "ticket_in_queue", "ticket_not_yours"
    rows = {
        shop.manager: [found, found, found, missing],
        shop.technician: [found, in_queue, not_yours, missing],
        shop.colleague: [missing, in_queue, found, missing],
        shop.regular_user: [forbidden] * 4,
        shop.viewer: [forbidden] * 4,
    }

    assert got == {
        (person.name, each): outcome
        for person, outcomes in rows.items()
        for each, outcome in zip((ticket, queued, anas, 999_999), outcomes, strict=True)
    }
    log = await owner.fetch(
        "SELECT user_id, resource_id FROM activity_log WHERE action = 'REVEAL_PASSCODE' ORDER BY id"
    )
    assert [tuple(row) for row in log] == [
        (shop.manager.web_id, ticket),
        (shop.manager.web_id, queued),
        (shop.manager.web_id, anas),
        (shop.technician.web_id, ticket),
        (shop.colleague.web_id, anas),
    ]


async def test_passcode_stands_in_no_log_and_no_table(shop: Shop, bot: Connection, owner: Connection) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    async with acting_as(bot, shop.regular_user):
        await bot.execute("SELECT set_config('app.encryption_key', $1, true)", KEY)
        await bot.execute("INSERT INTO ticket_secrets VALUES ($1, encrypt_sensitive_data('4711'))", ticket)
    stored = await owner.fetchval("SELECT device_passcode FROM ticket_secrets")
    log = await owner.fetchval("SELECT string_agg(metadata::text, '') FROM activity_log")

    assert stored.startswith("v1:")
    assert "4711" not in stored
    assert stored not in log
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting_as(bot, shop.manager):
            await bot.execute("SELECT device_passcode FROM ticket_secrets")


async def test_encryption_takes_long_keys_and_survives_their_change(shop: Shop, bot: Connection) -> None:
    async with acting_as(bot, shop.manager):
        await bot.execute("SELECT set_config('app.encryption_key', $1, true)", KEY)
        secrets = [await bot.fetchval("SELECT encrypt_sensitive_data('C:\\101 é')") for _ in range(2)]
        await bot.execute("SELECT set_config('app.encryption_key', $1, true)", "n" * 40)
        await bot.execute("SELECT set_config('app.encryption_key_previous', $1, true)", KEY)
        assert await bot.fetchval("SELECT decrypt_sensitive_data($1)", secrets[0]) == "C:\\101 é"
    assert secrets[0] != secrets[1]

    async def decrypt(person: Member, key: str) -> None:
        async with acting_as(bot, person):
            await bot.execute("SELECT set_config('app.encryption_key', $1, true)", key)
            await bot.execute("SELECT decrypt_sensitive_data($1)", secrets[0])

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await decrypt(shop.technician, KEY)
    with pytest.raises(asyncpg.ExternalRoutineInvocationError):
        await decrypt(shop.manager, "w" * 32)


async def test_short_or_missing_key_encrypts_nothing(bot: Connection) -> None:
    for key in ("", "short", "x" * 31):
        await bot.execute("SELECT set_config('app.encryption_key', $1, false)", key)
        with pytest.raises(asyncpg.InvalidParameterValueError, match="32 characters"):
            await bot.execute("SELECT encrypt_sensitive_data('x')")
