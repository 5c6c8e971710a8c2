"""The same rules against plain SQL under row-level security: what holds if the bot is wrong."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

import asyncpg
import pytest

from bot.roles import Ability, Relation, Role, may
from tests.db.sessions import REFUSED, acting_as, try_as
from tests.db.test_roles import CELLS, WORKERS, person_of, relations_of, ticket_of
from tests.shop import Connection, Member, Shop

TAKE = "UPDATE tickets SET tech = current_setting('app.current_user_email') WHERE id = $1"
RELEASE = "UPDATE tickets SET tech = 'unassigned' WHERE id = $1 AND tech <> 'unassigned'"
COMPLETE = "UPDATE tickets SET completed = true, actual_hours = 2 WHERE id = $1"
REOPEN = "UPDATE tickets SET completed = false WHERE id = $1"
EDIT = "UPDATE tickets SET title = 'Something else' WHERE id = $1"
MOVE = "UPDATE tickets SET customer_id = (SELECT max(id) FROM customers) WHERE id = $1"
BOOK = "UPDATE tickets SET actual_hours = 5 WHERE id = $1"
DELETE = "DELETE FROM tickets WHERE id = $1"
NOTE = "INSERT INTO ticket_notes (ticket_id, body) SELECT $1, 'Called back.'"
RESOLVE = "INSERT INTO ticket_notes (ticket_id, kind, body) SELECT $1, 'resolution', 'New fan.'"
ATTACH = (
    "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size)"
    " SELECT $1, 'a.jpg', 'a.jpg', 'image/jpeg', 10"
)

Rule: TypeAlias = Mapping[Role, frozenset[Relation]]
NOBODY: Rule = {}
WORKER = frozenset({Relation.WORKER})
FILER = frozenset({Relation.FILER})
QUEUE = frozenset({Relation.QUEUE})
SEERS: Rule = {
    role: relations
    for role in Role
    if (relations := frozenset(r for r in Relation if may(role, Ability.SEE_TICKET, [r])))
}
WRITERS: Rule = {role: relations for role, relations in SEERS.items() if role is not Role.VIEWER}

# statement -> who may make it of which open ticket, besides Managers, who may make all but DELETE
OPEN: dict[str, Rule] = {
    TAKE: {Role.TECHNICIAN: QUEUE | WORKER},  # taking one's own changes nothing
    RELEASE: {Role.TECHNICIAN: WORKER},
    COMPLETE: {Role.TECHNICIAN: WORKER},
    EDIT: {Role.TECHNICIAN: WORKER, Role.REGULAR_USER: FILER},
    MOVE: {Role.TECHNICIAN: WORKER, Role.REGULAR_USER: FILER},
    BOOK: {Role.TECHNICIAN: WORKER},
    NOTE: WRITERS,
    RESOLVE: {Role.TECHNICIAN: WORKER},
    ATTACH: WRITERS,
}
COMPLETED: dict[str, Rule] = {
    REOPEN: {Role.TECHNICIAN: WORKER, Role.REGULAR_USER: FILER},
    EDIT: {Role.TECHNICIAN: WORKER, Role.REGULAR_USER: FILER},
    BOOK: {Role.TECHNICIAN: WORKER},
    RELEASE: NOBODY,
    NOTE: WRITERS,
}


def is_allowed(role: Role, rule: Rule, cell: str, *, completed: bool) -> bool:
    if cell == "missing":
        return False
    return role is Role.MANAGER or not rule.get(role, frozenset()).isdisjoint(relations_of(cell, completed=completed))


@pytest.mark.parametrize("completed", [False, True], ids=["open", "completed"])
@pytest.mark.parametrize("role", Role)
async def test_plain_sql_changes_what_the_rules_allow(
    role: Role, completed: bool, shop: Shop, bot: Connection, owner: Connection
) -> None:
    person = person_of(shop, role)
    wrong = {}
    for statement, rule in (COMPLETED if completed else OPEN).items():
        for cell in CELLS:
            if "own" in cell and role not in WORKERS:
                continue
            ticket = await ticket_of(shop, cell, person, completed=completed)
            want = is_allowed(role, rule, cell, completed=completed) and (statement != RELEASE or "queue" not in cell)
            if want is not bool(await try_as(bot, person, statement, ticket)):
                wrong[statement, cell] = want

    assert wrong == {}
    assert await owner.fetchval("SELECT count(*) FROM tickets") > 0


@pytest.mark.parametrize("role", Role)
async def test_plain_sql_shows_what_the_rules_show(role: Role, shop: Shop, bot: Connection) -> None:
    """By the policies, by the function that repeats them, and by the full-text search that uses it."""
    person = person_of(shop, role)
    want = set()
    for completed in (False, True):
        for cell in CELLS[:-1]:
            if "own" in cell and role not in WORKERS:
                continue
            ticket = await ticket_of(shop, cell, person, completed=completed)
            if may(role, Ability.SEE_TICKET, relations_of(cell, completed=completed)):
                want.add(ticket)
    async with acting_as(bot, person):
        by_policy = {row["id"] for row in await bot.fetch("SELECT id FROM tickets")}
        by_search = {row["id"] for row in await bot.fetch("SELECT id FROM search_tickets('laptop', 100)")}

    assert (by_policy, by_search) == (want, want)


FILINGS = {
    "to the queue": "(customer_id, title, description) VALUES (1, 'No sound', 'None')",
    "to a technician": "(customer_id, title, description, tech) VALUES (1, 'No', 'None', 'tom.reed@shop.example')",
    "completed": "(customer_id, title, description, completed) VALUES (1, 'No sound', 'None', true)",
    "with hours": "(customer_id, title, description, actual_hours) VALUES (1, 'No sound', 'None', 3)",
    "to somebody unknown": "(customer_id, title, description, tech) VALUES (1, 'No sound', 'None', 'x@shop.example')",
    "to the front desk": "(customer_id, title, description, tech) VALUES (1, 'No', 'No', 'rita.bell@shop.example')",
    "in another's name": "(customer_id, title, description, created_by) VALUES (1, 'No', 'None', 'kp_tom.reed')",
}


@pytest.mark.parametrize("role", Role)
async def test_filing_by_plain_sql(role: Role, shop: Shop, bot: Connection) -> None:
    filed = {
        what
        for what, values in FILINGS.items()
        if await try_as(bot, person_of(shop, role), f"INSERT INTO tickets {values}")
    }

    allowed = {"to the queue", "to a technician"}
    assert (
        filed
        == {
            Role.MANAGER: allowed | {"completed", "with hours"},
            Role.TECHNICIAN: allowed,
            Role.REGULAR_USER: allowed,
            Role.VIEWER: set(),
        }[role]
    )


async def test_customers_by_plain_sql(shop: Shop, bot: Connection) -> None:
    """Who reads, adds, edits and switches off customers, in the order of the shop's people."""
    gone = await shop.add_customer("Gone", "Away", active=False)
    add = (
        "INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip)"
        " VALUES ('New', 'One', gen_random_uuid() || '@example.com', '555-0100', '1 St', 'Oakland', 'CA', '94607')"
    )
    statements = {
        "read": "SELECT id FROM customers WHERE id = 1",
        "read a deactivated one": f"SELECT id FROM customers WHERE id = {gone}",  # noqa: S608 - a number
        "name": "SELECT name FROM customer_names WHERE id = 1",
        "name of a deactivated one": f"SELECT name FROM customer_names WHERE id = {gone}",  # noqa: S608 - a number
        "add": add,
        "edit": "UPDATE customers SET city = 'Berkeley' WHERE id = 1",
        "switch off by hand": "UPDATE customers SET active = false WHERE id = 1",
    }
    able = {
        what: [bool(await try_as(bot, p, statement)) for p in shop.people] for what, statement in statements.items()
    }

    yes, no = True, False  # Manager, two technicians, front desk, Viewer
    assert able == {
        "read": [yes, yes, yes, yes, no],
        "read a deactivated one": [yes, no, no, no, no],
        "name": [yes, yes, yes, yes, yes],
        "name of a deactivated one": [yes, no, no, no, no],
        "add": [yes, yes, yes, yes, no],
        "edit": [yes, yes, yes, no, no],
        "switch off by hand": [no, no, no, no, no],
    }


ME = "email = current_setting('app.current_user_email')"


async def test_people_and_settings_by_plain_sql(shop: Shop, bot: Connection) -> None:
    statements = {
        "directory": "SELECT id FROM staff_directory WHERE display_name = 'Ana Lopez'",
        "another's row": "SELECT id FROM user_permissions WHERE display_name = 'June Nobody' OR email LIKE 'ana.%'",
        "add": "INSERT INTO user_permissions (kinde_user_id, email, role)"
        " SELECT 'k' || n, 'p' || n || '@shop.example', 'Viewer'"
        " FROM (SELECT (random() * 1e9)::bigint) x (n)",
        "promote oneself": f"UPDATE user_permissions SET role = 'Manager' WHERE {ME}",  # noqa: S608 - above
        "settings": "UPDATE shop_settings SET value = '80' WHERE key = 'hourly_rate'",
        "another workspace": "UPDATE shop_settings SET value = 'T0OTHER' WHERE key = 'slack_team_id'",
        "own preferences": "INSERT INTO preferences (user_id, quiet_from, quiet_until) SELECT id, '22:00', '07:00'"  # noqa: S608 - above
        f" FROM user_permissions WHERE {ME} ON CONFLICT (user_id) DO NOTHING",
        "another's preferences": "INSERT INTO preferences (user_id) SELECT id FROM staff_directory"
        " WHERE role = 'Regular User' AND current_setting('app.user_role') <> 'Regular User'",
        "log": "SELECT log_activity('PRINTED', 'system')",
    }
    able = {
        what: [bool(await try_as(bot, p, statement)) for p in shop.people] for what, statement in statements.items()
    }

    yes, no = True, False
    assert able == {
        "directory": [yes, yes, yes, yes, yes],
        "another's row": [yes, no, yes, no, no],  # the third is Ana
        "add": [yes, no, no, no, no],
        "promote oneself": [yes, no, no, no, no],
        "settings": [yes, no, no, no, no],
        "another workspace": [no, no, no, no, no],
        "own preferences": [yes, yes, yes, yes, yes],
        "another's preferences": [no, no, no, no, no],
        "log": [yes, yes, yes, yes, no],
    }


RELATIONS = """
SELECT c.oid::regclass::text FROM pg_class c
 WHERE c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND has_any_column_privilege('repair_bot', c.oid, 'SELECT') AND c.relname NOT LIKE 'pg_stat_statements%'
 ORDER BY 1
"""
# what the server, not the shop, is like
ABOUT_THE_SERVER = {"connection_metrics", "index_usage", "maintenance_statements", "server_settings_check",
                    "storage_analytics", "unused_indexes"}  # fmt: skip


async def test_without_a_session_there_are_no_rows_and_no_writes(shop: Shop, bot: Connection) -> None:
    await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    for (relation,) in await bot.fetch(RELATIONS):
        if relation in ABOUT_THE_SERVER | {"slow_queries", "alembic_version"}:
            continue
        assert await bot.fetch(f"SELECT * FROM {relation}") == [], relation  # noqa: S608 - from the catalogue
    for statement in (TAKE, RELEASE, COMPLETE, EDIT, NOTE, RESOLVE, ATTACH, DELETE):
        try:
            status = await bot.execute(statement, 1)
        except (*REFUSED, asyncpg.UndefinedObjectError):
            continue
        assert status.endswith(" 0"), statement
    for call in ("search_customers('grace')", "search_tickets('laptop')", "daily_summary()", "auto_assign_ticket(1)",
                 "assign_ticket(1, 'tom.reed@shop.example')", "log_activity('X', 'system')", "slow_queries",
                 "deactivate_customer(1)", "reactivate_customer(1)", "change_user_email('kp_tom.reed', 'a@b.co')",
                 "app.reveal_passcode(1)", "app.lock_ticket(1)", "app.least_busy_technician()", "app.worker_email(2)",
                 "app.customer_ticket_counts('{1}')"):  # fmt: skip
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.NoDataFoundError)):
            await bot.execute(f"SELECT * FROM {call}")  # noqa: S608 - from the line above


STATISTICS = """
SELECT attname, most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename LIKE 'customer%'
"""


async def test_viewer_sees_no_contact_data_by_any_path(shop: Shop, bot: Connection, owner: Connection) -> None:
    """A Viewer who was a Manager before, and changed a customer then, reads all there is to read."""
    await owner.execute(
        "UPDATE customers SET email = 'hushmail@example.com', phone = '999 777 5551', address1 = 'HushStreet 1',"
        " notes = 'HushNotes' WHERE id = 1"
    )
    ticket = await shop.add_ticket(filer=shop.viewer, completed=True, actual_hours=Decimal(2))
    await shop.add_ticket(filer=shop.viewer)
    await owner.execute("UPDATE user_permissions SET role = 'Manager' WHERE id = $1", shop.viewer.id)
    await try_as(bot, shop.viewer, "UPDATE customers SET zip = '94608', city = 'HushCity' WHERE id = 1")
    await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.viewer.id)
    await owner.execute("REFRESH MATERIALIZED VIEW customer_ticket_stats")
    await owner.execute("ANALYZE customers")
    seen: list[object] = []
    async with acting_as(bot, shop.viewer):
        for (relation,) in await bot.fetch(RELATIONS):
            if relation != "slow_queries":
                seen += [tuple(row) for row in await bot.fetch(f"SELECT * FROM {relation}")]  # noqa: S608 - from the catalogue
        for term in ("grace", "hushmail@example.com", "hush", "9997775551", "555", "hill", "example.com"):
            found = [tuple(row) for row in await bot.fetch("SELECT * FROM search_customers($1)", term)]
            if term not in {"grace", "hill"}:
                assert found == [], f"searched by contact data: {term}"
            seen += found
        seen += [tuple(row) for row in await bot.fetch("SELECT * FROM search_tickets('laptop')")]
        seen += [tuple(row) for row in await bot.fetch(STATISTICS)]
    asker = shop.viewer.asker()
    for call in (
        "read_panel($1, $2, $3, 'x')",
        "read_my_tickets($1, $2, $3, 'x', NULL, NULL, NULL, NULL)",
        "read_queue($1, $2, $3, 'x', NULL, NULL, NULL, NULL)",
        f"read_ticket($1, $2, $3, 'x', {ticket})",
    ):
        seen.append(await bot.fetchval(f"SELECT app.{call}", asker.team, asker.slack_user, asker.roles))
    text = repr(seen).lower()

    assert "grace hill" in text
    assert "hush" not in text
    assert "999 777" not in text


async def test_viewer_reads_the_reports(shop: Shop, bot: Connection) -> None:
    async with acting_as(bot, shop.viewer):
        for report in ("daily_summary()", "technician_performance", "monthly_performance", "customer_lifetime_value"):
            await bot.fetch(f"SELECT * FROM {report}")  # noqa: S608 - from the line above


async def test_session_ends_with_its_transaction(shop: Shop, bot: Connection) -> None:
    await shop.add_ticket()
    async with acting_as(bot, shop.manager):
        assert await bot.fetchval("SELECT count(*) FROM tickets") == 1

    assert await bot.fetchval("SELECT count(*) FROM tickets") == 0


async def handed(bot: Connection, person: Member, ticket: int, technician: str | None) -> str | None:
    """Return the refusal's name, None where it worked."""
    try:
        async with acting_as(bot, person):
            await bot.execute("SELECT assign_ticket($1, $2)", ticket, technician)
    except asyncpg.PostgresError as error:
        return error.constraint_name
    return None


async def test_handing_over(shop: Shop, bot: Connection) -> None:
    ana, tom = shop.colleague, shop.technician
    own, anothers, queue = [await shop.add_ticket(worker=worker) for worker in (tom, ana, None)]
    done = await shop.add_ticket(worker=tom, completed=True)

    assert await handed(bot, tom, anothers, tom.email) == "ticket_not_found"
    assert await handed(bot, tom, own, None) == "tickets_tech_active"
    assert await handed(bot, tom, queue, ana.email) == "ticket_in_queue"
    assert await handed(bot, tom, done, ana.email) == "ticket_completed"
    assert await handed(bot, tom, own, shop.regular_user.email) == "tickets_tech_active"
    assert await handed(bot, shop.regular_user, own, ana.email) == "role_forbidden"
    assert await handed(bot, tom, own, ana.email) is None
    assert await handed(bot, tom, own, tom.email) == "ticket_not_found"
    assert await handed(bot, shop.manager, own, tom.email) is None
    assert await handed(bot, tom, queue, tom.email) is None


async def test_assigning_automatically(shop: Shop, bot: Connection) -> None:
    ana, tom = shop.colleague, shop.technician
    await shop.add_ticket(worker=ana)
    anothers, own, queue = [await shop.add_ticket(worker=worker) for worker in (ana, tom, None)]
    filed = await shop.add_ticket(filer=shop.regular_user)

    async def assigned(person: Member, ticket: int) -> str:
        try:
            async with acting_as(bot, person):
                return str(await bot.fetchval("SELECT auto_assign_ticket($1)", ticket))
        except asyncpg.PostgresError as error:
            return str(error.constraint_name)

    assert await assigned(tom, anothers) == "ticket_not_found"
    assert await assigned(tom, 999_999) == "ticket_not_found"
    assert await assigned(tom, own) == ana.email
    assert await assigned(tom, queue) == "ticket_in_queue"
    assert await assigned(shop.regular_user, queue) == "ticket_not_found"
    assert await assigned(shop.viewer, queue) == "role_forbidden"
    assert await assigned(shop.regular_user, filed) == tom.email
    assert await assigned(shop.manager, filed) == tom.email
    assert await assigned(shop.manager, queue) in {tom.email, ana.email}
