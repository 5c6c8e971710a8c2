"""What the bot's role changes by plain SQL under row-level security, against a brute-force reference.

Statement by statement, for whoever asks; everything is undone. A table that the bot may reach needs its rule here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from tests.db.random_shop import ask_as, askers, fill, read_world
from tests.db.reference import (
    STAFF,
    Asking,
    Row,
    World,
    may_add_note,
    may_add_to,
    may_edit_customer,
    may_edit_ticket,
    person_of,
    sees_customer,
    sees_ticket,
)
from tests.shop import Connection, Shop

# a statement, what stands in the place of %s or %L, and how many rows it may change
Attempt: TypeAlias = tuple[str, object, int]

ATTEMPT = """
CREATE FUNCTION pg_temp.attempt(p_statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE p_statement;
    GET DIAGNOSTICS n = ROW_COUNT;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1', MESSAGE = n;
EXCEPTION
    WHEN SQLSTATE 'UNDO1' THEN RETURN SQLERRM::bigint;
    WHEN insufficient_privilege OR check_violation OR foreign_key_violation THEN RETURN 0;
END $$
"""
ADD_CUSTOMER = (
    "INSERT INTO customers (first_name, last_name, email, phone, address1, city, state, zip)"
    " VALUES ('New', 'One', 'new.one@example.com', '555-0100', '1 St', 'Oakland', 'CA', '94607')"
)
ATTACH = (
    "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size)"
    " VALUES (%L, 'b', 'b', 'x', 1)"
)
WATCH = (
    "INSERT INTO ticket_watchers (ticket_id, user_id)"
    " SELECT %L, id FROM user_permissions WHERE kinde_user_id = app.user_id() ON CONFLICT DO NOTHING"
)
# tables that the bot's role may read or write in any way; the others take nothing from it at all
REACHED = {"activity_log", "approvals", "checklist_items", "customer_contacts", "customers", "labour_entries",
           "preferences", "shop_settings", "ticket_attachments", "ticket_checks", "ticket_completions",
           "ticket_events", "ticket_notes", "ticket_secrets", "ticket_watchers", "tickets",
           "user_permissions"}  # fmt: skip
NEVER_ADDED = {"activity_log", "approvals", "checklist_items", "labour_entries", "ticket_checks", "ticket_completions",
               "ticket_events"}  # fmt: skip
NEVER_CHANGED = NEVER_ADDED | {"customer_contacts", "ticket_attachments", "ticket_notes", "ticket_secrets"}
REACH = """
SELECT c.oid::regclass::text AS name,
       has_any_column_privilege('repair_bot', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
           OR has_table_privilege('repair_bot', c.oid, 'DELETE, TRUNCATE, TRIGGER') AS reached,
       (SELECT a.attname::text FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
         ORDER BY a.attnum LIMIT 1) AS column
  FROM pg_class c WHERE c.oid = ANY ($1::text[]::regclass[])
"""


def about_tickets(world: World, who: Asking, tickets: Sequence[Row]) -> Iterator[Attempt]:
    me = person_of(world, who)
    watched = {row["ticket_id"] for row in world["ticket_watchers"] if me is not None and row["user_id"] == me["id"]}
    other = next(person["id"] for person in world["user_permissions"] if person is not me)
    has_passcode = {row["ticket_id"] for row in world["ticket_secrets"]}
    for ticket in tickets:
        number, sees = ticket["id"], may_add_to(who, ticket)
        signed = sees and person_of(world, who) is not None  # a note and a file have an author
        yield "UPDATE tickets SET title = 'Other' WHERE id = %L", number, may_edit_ticket(who, ticket)
        yield "UPDATE tickets SET created_by = NULL WHERE id = %L", number, False
        yield "INSERT INTO ticket_notes (ticket_id, body) VALUES (%L, 'x')", number, signed
        resolve = "INSERT INTO ticket_notes (ticket_id, kind, body) VALUES (%L, 'resolution', 'x')"
        yield resolve, number, signed and may_add_note(who, ticket, "resolution")
        yield "INSERT INTO ticket_notes (ticket_id, body, author) VALUES (%L, 'x', 'kp_ana.lopez')", number, False
        yield ATTACH, number, signed
        yield WATCH, number, me is not None and sees_ticket(who, ticket) and number not in watched
        yield "UPDATE ticket_watchers SET watches = false WHERE ticket_id = %L", number, number in watched
        yield f"INSERT INTO ticket_watchers VALUES (%L, {other}) ON CONFLICT DO NOTHING", number, False  # noqa: S608
        if number not in has_passcode:
            yield "INSERT INTO ticket_secrets VALUES (%L, 'v1:x')", number, sees


def about_customers(world: World, who: Asking) -> Iterator[Attempt]:
    yield ADD_CUSTOMER, None, who.role in STAFF
    for customer in world["customers"]:
        number = customer["id"]
        # a Manager's service session files in nobody's name
        files = who.role == "Manager" or (who.role in STAFF and person_of(world, who) is not None)
        yield "UPDATE customers SET city = 'Other' WHERE id = %L", number, may_edit_customer(who, customer)
        yield "UPDATE customers SET active = NOT active WHERE id = %L", number, False
        speaks = "INSERT INTO customer_contacts (customer_id, way) VALUES (%L, 'called')"
        yield speaks, number, sees_customer(who, customer) and person_of(world, who) is not None
        file = "INSERT INTO tickets (customer_id, title, description) VALUES (%L, 'x', 'x')"
        yield file, number, files and customer["active"]


def about_all_rows(world: World, who: Asking) -> Iterator[Attempt]:
    """Without a condition a statement reads nothing, so the rules of reading don't help those of changing."""
    manager = who.role == "Manager"
    editable = sum(may_edit_customer(who, customer) for customer in world["customers"])
    yield "UPDATE customers SET city = 'Other'", None, editable
    yield "UPDATE user_permissions SET display_name = 'Other'", None, len(world["user_permissions"]) * manager
    mine = person_of(world, who) or {"id": None}
    own = sum(row["user_id"] == mine["id"] for row in world["preferences"])
    yield "UPDATE preferences SET summary_at = '07:00'", None, own
    if who.role != "Technician":  # theirs is refused as a whole, because of the queue's
        yield "UPDATE tickets SET title = 'Other'", None, sum(may_edit_ticket(who, t) for t in world["tickets"])


def about_people_and_settings(world: World, who: Asking) -> Iterator[Attempt]:
    me, manager = person_of(world, who), who.role == "Manager"
    have_preferences = {row["user_id"] for row in world["preferences"]}
    for person in world["user_permissions"]:
        number, mine = person["id"], person is me
        yield "UPDATE user_permissions SET display_name = 'Other' WHERE id = %L", number, manager
        yield "UPDATE user_permissions SET email = 'other@shop.example' WHERE id = %L", number, False
        known = number in have_preferences
        yield "UPDATE preferences SET summary_at = '07:00' WHERE user_id = %L", number, mine and known
        if not known:
            yield "INSERT INTO preferences (user_id) VALUES (%L)", number, mine
    yield "INSERT INTO user_permissions (kinde_user_id, email) VALUES ('k', 'k@shop.example')", None, manager
    for setting in world["shop_settings"]:
        served = setting["key"] == "slack_team_id"
        change = "UPDATE shop_settings SET value = value || ' ' WHERE key = %L"
        yield change, setting["key"], manager and not served
    yield "INSERT INTO shop_settings VALUES ('colour', 'blue')", None, manager


def for_nobody(columns: Mapping[str, str]) -> Iterator[Attempt]:
    for table, column in columns.items():
        yield "DELETE FROM %s", table, False
        if table in NEVER_CHANGED or table not in REACHED:
            yield "UPDATE %s", f"{table} SET {column} = {column}", False
        if table in NEVER_ADDED or table not in REACHED:
            yield "INSERT INTO %s DEFAULT VALUES", table, False


async def test_each_table_takes_the_changes_that_the_reference_allows(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    await fill(shop)
    world = await read_world(owner)
    tables = await owner.fetch(REACH, list(world))
    assert {row["name"] for row in tables if row["reached"]} == REACHED
    columns = {row["name"]: row["column"] for row in tables}
    await bot.execute(ATTEMPT)
    wrong, refused, done = [], 0, 0
    for turn, who in enumerate(askers(world)):
        tried = [
            *about_tickets(world, who, world["tickets"][turn % 3 :: 3]),  # each ticket by a third of them
            *about_customers(world, who),
            *about_people_and_settings(world, who),
            *about_all_rows(world, who),
            *for_nobody(columns),
        ]
        async with bot.transaction():
            await ask_as(bot, who)
            rows = await bot.fetch(
                "SELECT pg_temp.attempt(format(x.statement, x.place))"
                " FROM unnest($1::text[], $2::text[]) WITH ORDINALITY x (statement, place, n) ORDER BY n",
                [statement for statement, _, _ in tried],
                [None if place is None else str(place) for _, place, _ in tried],
            )
        for attempt, (touched,) in zip(tried, rows, strict=True):
            refused, done = refused + (touched == 0), done + (touched > 0)
            if touched != attempt[-1]:
                wrong.append((who, attempt, touched))

    assert wrong == []
    assert min(refused, done) > 300
    assert await read_world(owner) == world
