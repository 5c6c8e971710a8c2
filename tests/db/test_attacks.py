"""What somebody tries who got hold of the bot's connection, or makes it send SQL: each is refused, or shows nothing."""

import io
import re

import asyncpg
import pytest

from bot.roles import Role
from tests.db.sessions import acting_as
from tests.shop import Connection, Member, Shop

RESERVED = ("INSERT", "UPDATE", "DELETE", "update ", "REVEAL_PASSCODE", "REFUSE_ACCESS", "MAINTENANCE")


async def test_what_the_database_logs_cannot_be_said_by_hand(shop: Shop, bot: Connection, owner: Connection) -> None:
    """Else histories would tell of changes that nobody made, and an edit could be refused because of one."""
    ticket = await shop.add_ticket(worker=shop.technician)
    metadata = '{"table": "tickets", "old": {"title": "x"}, "new": {"title": "y"}}'
    for action in RESERVED:
        with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
            async with acting_as(bot, shop.manager):
                await bot.execute("SELECT log_activity($1, 'ticket', $2, $3)", action, ticket, metadata)
        assert refused.value.constraint_name == "activity_log_action_reserved"
    async with acting_as(bot, shop.technician):
        await bot.execute("SELECT log_activity('UPDATE\t', 'ticket', $1, $2)", ticket, metadata)
        assert await bot.fetchval("SELECT app.changed_since($1, '2020-01-01', 'title')", ticket) is None

    assert await owner.fetchval("SELECT count(*) FROM activity_log WHERE action = 'UPDATE'") == 0


PEEK = """
CREATE FUNCTION pg_temp.peek(p text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001
AS $$ BEGIN RAISE NOTICE 'seen: %', p; RETURN true; END $$
"""
PEEKED_AT = (
    "SELECT FROM customers WHERE pg_temp.peek(first_name || email)",
    "SELECT FROM tickets WHERE pg_temp.peek(title)",
    "SELECT FROM ticket_notes WHERE pg_temp.peek(body)",
    "SELECT FROM user_permissions WHERE pg_temp.peek(email)",
    "SELECT FROM activity_log WHERE pg_temp.peek(metadata::text)",
    "SELECT FROM shop_settings WHERE pg_temp.peek(value)",
    "SELECT FROM customer_names WHERE pg_temp.peek(name)",
    "SELECT FROM customer_summary WHERE pg_temp.peek(first_name || email)",
    "SELECT FROM customer_summary_live WHERE pg_temp.peek(first_name || phone)",
    "SELECT FROM customer_lifetime_value WHERE pg_temp.peek(customer_name || email)",
    "UPDATE tickets SET title = title WHERE pg_temp.peek(title)",
    "SELECT FROM tickets JOIN customers c ON pg_temp.peek(c.first_name || title)",
)


async def test_a_condition_that_tells_what_it_sees_is_shown_nothing_hidden(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    """A function that is cheaper than every rule and leaks its argument: policies and barriers come before it."""
    await shop.add_customer("Hidden", "Away", active=False)
    hidden = await shop.add_ticket(worker=shop.colleague, title="Hidden laptop", completed=True)
    await owner.execute("INSERT INTO ticket_notes (ticket_id, body) VALUES ($1, 'Hidden note')", hidden)
    await owner.execute("INSERT INTO shop_settings (key, value) VALUES ('colour', 'Hidden blue')")
    await owner.execute("REFRESH MATERIALIZED VIEW customer_ticket_stats")
    seen: list[str] = []
    bot.add_log_listener(lambda _, notice: seen.append(str(notice)))
    await bot.execute(PEEK)
    for person in (shop.technician, shop.regular_user):
        for statement in PEEKED_AT:
            async with acting_as(bot, person):
                await bot.execute(statement)

    assert any("Grace" in text for text in seen)
    assert [text for text in seen if "Hidden" in text] == []
    assert [text for text in seen if shop.manager.email in text or shop.viewer.email in text] == []


async def test_what_stands_before_it_on_the_search_path_misleads_no_definer_function(
    shop: Shop, bot: Connection
) -> None:
    await bot.execute("CREATE TEMP TABLE user_permissions AS SELECT * FROM public.user_permissions")
    await bot.execute(
        "INSERT INTO user_permissions (id, kinde_user_id, email, role, is_active)"
        " VALUES (99, 'mallory', 'mallory@shop.example', 'Manager', true)"
    )
    await bot.execute(
        "CREATE FUNCTION pg_temp.user_role() RETURNS text LANGUAGE sql AS $$ SELECT 'Manager'::text $$;"
        "CREATE FUNCTION pg_temp.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'x'::text $$;"
        "SET search_path = pg_temp, public, app"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="unknown or inactive"):
        await bot.execute("SELECT app.set_session('mallory')")
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.viewer.web_id)
        assert await bot.fetchval("SELECT count(*) FROM public.user_permissions") == 1
        assert await bot.fetchval("SELECT count(*) FROM public.staff_directory") == len(shop.people)


FORBIDDEN = (
    "SET ROLE repair_owner",
    "SET ROLE repair_web",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE repair_bot BYPASSRLS",
    "ALTER ROLE repair_bot SET app.user_role = 'Manager'",
    "ALTER ROLE repair_bot SET session_replication_role = 'replica'",
    "CREATE SCHEMA mine",
    "CREATE PUBLICATION mine FOR TABLE customers",
    "GRANT repair_web TO repair_bot",
    "ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
    "CREATE POLICY mine ON customers USING (true)",
    "ALTER FUNCTION app.user_role() RESET ALL",
    "ALTER DATABASE postgres SET app.user_role = 'Manager'",
    "TRUNCATE activity_log",
    "CREATE TRIGGER mine BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION dblink",
    "SELECT nextval('tickets_id_seq')",
    "SELECT last_value FROM customers_id_seq",
    "SELECT setval('activity_log_id_seq', 1)",
    "COPY customers TO PROGRAM 'cat'",
    "COPY customers TO '/tmp/customers'",
    "COPY tickets (customer_id, title, description) FROM PROGRAM 'true'",
    "LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT * FROM activity_log_default",
    "SELECT * FROM customer_ticket_stats",
    "SELECT * FROM notifications",
    "SELECT * FROM app.request_keys",
    "SELECT * FROM ticket_secrets",
    "SELECT stavalues1 FROM pg_statistic",
    "SELECT rolpassword FROM pg_authid",
    "SELECT app.decrypt('v1:x')",
    "SELECT app.open_session(u, NULL, '') FROM user_permissions u",
    "SELECT app.grant_access('x@shop.example', 'Manager', 'U0X')",
    "SELECT app.add_notification('card', 1, NULL)",
    "SELECT drop_old_activity_log_partitions('0')",
    "SELECT test.create_test_customer()",
)


async def test_what_no_session_opens(shop: Shop, bot: Connection) -> None:
    """Not even a Manager's: these need another role of the database."""
    done = []
    for statement in FORBIDDEN:
        try:
            async with acting_as(bot, shop.manager):
                await bot.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            continue
        except asyncpg.PostgresError as error:
            done.append(f"{statement}: {error}")
            continue
        done.append(statement)

    assert done == []


async def test_row_level_security_cannot_be_switched_off_in_the_session(shop: Shop, bot: Connection) -> None:
    async with bot.transaction():
        await bot.execute("SET LOCAL row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await bot.fetch("SELECT * FROM customers")
    assert shop.people


async def test_statistics_tell_nothing_of_rows(shop: Shop, bot: Connection, owner: Connection) -> None:
    """ANALYZE keeps the commonest values of each column and indexed expression."""
    await shop.add_ticket()
    await owner.execute("ANALYZE")
    async with acting_as(bot, shop.regular_user):
        for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            told = await bot.fetch(f"SELECT tablename FROM {view} WHERE schemaname IN ('public', 'app')")  # noqa: S608
            assert [row["tablename"] for row in told if row["tablename"] != "alembic_version"] == []


async def said_by(bot: Connection, person: Member | None, statement: str, *args: object) -> str:
    """Return all that the database's refusal says."""
    async with bot.transaction():
        if person is not None:
            await bot.execute("SELECT app.set_session($1)", person.web_id)
        with pytest.raises(asyncpg.PostgresError) as refused:
            await bot.execute(statement, *args)
        await bot.execute("ROLLBACK; BEGIN")
    return repr(sorted(refused.value.as_dict().items()))


async def test_a_refusal_shows_no_row(shop: Shop, bot: Connection) -> None:
    """Definer functions are past row-level security, so a table's own refusal would show the row that it refuses."""
    nina = await shop.add_member("Nina New", shop.technician.role, linked=False)
    boss = shop.manager.slack_user_id
    said = [
        await said_by(bot, None, "SELECT app.refresh_slack_user('T0SHOP', 'U0TOMREED', 'Tom', 'gone', NULL)"),
        await said_by(bot, None, "SELECT app.refresh_slack_user('T0SHOP', 'U0TOMREED', $1, 'member', NULL)", "x" * 300),
        await bot.fetchval("SELECT app.link_slack_user('T0SHOP', 'U 0', $1, 'Nina')", nina.email),
        await bot.fetchval("SELECT app.link_slack_user('T0SHOP', $2, $1, 'Nina')", nina.email, "U" * 33),
        await said_by(bot, None, "SELECT app.decide_access('T0SHOP', $1, '{Manager}', 'x', 'k', 1, 'Owner')", boss),
        await said_by(bot, shop.technician, "INSERT INTO customers (first_name, last_name, email, phone, address1,"
            " city, state, zip) VALUES ('A', 'B', 'grace.hill@example.com', '5', '1', 'x', 'CA', '94607')"),
        await said_by(bot, shop.technician, "UPDATE customers SET zip = '1'"),
    ]  # fmt: skip

    for text in said:
        assert "@" not in text
        assert "Failing row" not in text


async def test_a_ticket_does_not_tell_which_customers_there_are(shop: Shop, bot: Connection) -> None:
    """Not by moving one's own completed ticket either, nor by counting tickets."""
    gone = await shop.add_customer("Gone", "Away", active=False)
    done = await shop.add_ticket(worker=shop.technician, completed=True)
    await shop.add_ticket(customer=gone, worker=shop.technician, completed=True)
    move = "UPDATE tickets SET customer_id = $1 WHERE id = $2"
    said = [re.sub(rf"\b{who}\b", "N", await said_by(bot, shop.technician, move, who, done)) for who in (gone, 987_654)]
    async with acting_as(bot, shop.technician):
        counted = await bot.fetch("SELECT * FROM app.customer_ticket_counts($1)", [1, gone])
    async with acting_as(bot, shop.manager):
        counted_by_manager = await bot.fetch("SELECT * FROM app.customer_ticket_counts($1)", [1, gone])

    assert said[0] == said[1]
    assert {row["customer_id"] for row in counted} == {1}
    assert {row["customer_id"] for row in counted_by_manager} == {1, gone}


async def test_a_passcode_is_put_by_whom_the_ticket_concerns(shop: Shop, bot: Connection, owner: Connection) -> None:
    """Not by another technician where nobody is named to have filed it, nor by who was its technician once."""
    former = await shop.add_member("Fay Former", Role.TECHNICIAN)
    anothers, once = await shop.add_ticket(worker=shop.colleague), await shop.add_ticket(worker=former, completed=True)
    await owner.execute("UPDATE user_permissions SET role = 'Regular User' WHERE id = $1", former.id)
    put = "SELECT app.put_passcode($1, '4711'), set_config('app.encryption_key', $2, true)"

    for person, ticket in ((shop.technician, anothers), (shop.regular_user, anothers), (former, once)):
        assert "that you may see" in await said_by(bot, person, put, ticket, "k" * 32)
    assert await owner.fetchval("SELECT count(*) FROM ticket_secrets") == 0


async def test_copying_out_shows_what_selecting_shows(shop: Shop, bot: Connection) -> None:
    await shop.add_customer("Hidden", "Away", active=False)
    await shop.add_ticket(title="Hidden laptop", worker=shop.colleague)
    copied = io.BytesIO()
    async with acting_as(bot, shop.regular_user):
        for table in ("customers", "tickets", "user_permissions", "activity_log"):
            await bot.copy_from_table(table, output=copied)
    text = copied.getvalue().decode()

    assert "Grace" in text
    assert shop.regular_user.email in text
    for hidden in ("Hidden", shop.manager.email):
        assert hidden not in text


async def test_rows_copied_in_keep_the_rules(shop: Shop, bot: Connection, owner: Connection) -> None:
    rows = [(1, "In another's queue", "x", shop.colleague.email, True)]
    columns = ["customer_id", "title", "description", "tech", "completed"]
    for person in shop.people[1:]:
        with pytest.raises(asyncpg.PostgresError):
            async with acting_as(bot, person):
                await bot.copy_records_to_table("tickets", records=rows, columns=columns)

    assert await owner.fetchval("SELECT count(*) FROM tickets") == 0
