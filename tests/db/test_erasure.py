"""Erasure of a customer's personal data: gone from the whole database, the shop's figures stay."""

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from bot.errors import (
    CustomerHasOpenTickets,
    CustomerIsErased,
    FieldRefused,
    RequestErased,
    RoleForbidden,
)
from db.customers import add_contact, add_customer, edit_customer, find_customers, reactivate_customer, read_customer
from db.erasure import erase_customer, read_erasure
from db.files import attach_files
from db.merges import merge_customers, read_pair
from db.models import TicketId
from db.pool import Database
from db.tickets import add_note, complete_ticket, edit_ticket, read_history, read_ticket, watch_ticket
from tests.db.random_shop import TABLES
from tests.shop import Connection, Shop

TRACES = (
    "zelda",
    "quux",
    "4155550177",
    "555-0177",
    "zelda@",
    "zq.old@",
    "17 erasure",
    "xyzzytown",
    "twins",
    "plugh",
    "dragon",
    "4711x",
)
KEPT_FILE = "slack/" + "0" * 32
ZELDA = {
    "first_name": "Zelda",
    "last_name": "Quux",
    "email": "zelda@example.com",
    "phone": "(415) 555-0177",
    "address1": "17 Erasure Rd",
    "city": "Xyzzytown",
    "state": "CA",
    "zip": "94999",
    "notes": "Has twins",
}


async def whole(owner: Connection) -> Iterator[tuple[str, str]]:
    """Return every row of every table, and of the statistics that PostgreSQL shows, as text in lower case."""
    found = []
    for (name,) in await owner.fetch(TABLES + " UNION ALL SELECT 'customer_ticket_stats'"):
        rows = await owner.fetch(f"SELECT lower(to_jsonb(x)::text) FROM {name} x")  # noqa: S608 - from the catalogue
        found += [(name, row[0]) for row in rows]
    return iter(found)


async def left_of(owner: Connection, *traces: str) -> set[tuple[str, str]]:
    return {(name, trace) for name, text in await whole(owner) for trace in traces if trace in text}


async def make_zelda(shop: Shop, database: Database) -> tuple[int, int, list[int]]:
    """Enter a customer as two, with her name wherever somebody may write; return both, and her tickets."""
    manager, tom = shop.manager.asker(), shop.technician.asker()
    zelda = int((await add_customer(database, manager, "a", ZELDA)).customer.id)
    again = ZELDA | {"email": "zq.old@example.com", "last_name": "Quux-Plugh", "notes": "Dragon tattoo"}
    twice = int((await add_customer(database, manager, "b", again)).customer.id)
    kept = await shop.add_ticket(customer=zelda, worker=shop.technician, title="Zelda's laptop")
    plain = await shop.add_ticket(customer=zelda, worker=shop.technician, title="Hinge broken")
    other = await shop.add_ticket(customer=twice, worker=shop.technician, description="Call 415-555-0177")
    await watch_ticket(database, manager, "w", kept, watches=True)
    await add_note(database, tom, "c", kept, "Mrs Quux has twins and a dragon.")
    await edit_ticket(database, tom, "d", kept, {"title": "Zelda Quux: laptop"})
    await edit_ticket(
        database, tom, "d2", kept, {"device_serial": "SN-PLUGH-1", "device_condition": "As Zelda left it"}
    )
    await edit_ticket(database, tom, "d3", kept, {"device_type": "Laptop", "device_model": "Zelda's ThinkPad"})
    await shop.owner.execute(
        "INSERT INTO ticket_attachments (ticket_id, file_name, file_path, file_type, file_size, uploaded_by)"
        " VALUES ($1, 'zelda.jpg', $2, 'image/jpeg', 10, 'kp_tom.reed')",
        plain,
        KEPT_FILE,
    )
    await attach_files(database, tom, "files", plain, ["F0COMING"], own=True)
    await shop.owner.execute("INSERT INTO ticket_secrets VALUES ($1, 'v1:4711x')", plain)
    await add_contact(database, tom, "e", zelda, "called", body="Zelda's twins", ticket_id=TicketId(kept))
    await edit_customer(database, manager, "f", zelda, {"phone": "+1 415 555 0177", "first_name": "Zélda"})
    for number, ticket in enumerate((kept, plain, other)):
        await complete_ticket(
            database, tom, f"g{number}", ticket, Decimal(1), "Told Zelda" if ticket == kept else "New part"
        )
    pair = await read_pair(database, manager, zelda, twice)
    both = (zelda, pair.first.updated_at), (twice, pair.second.updated_at)
    await merge_customers(database, manager, "merge", *both, taken=("email", "notes", "name"))
    await shop.owner.execute("SELECT refresh_customer_stats()")
    return zelda, twice, [kept, plain, other]


async def test_nothing_of_the_person_is_left_in_the_whole_database(
    shop: Shop, database: Database, owner: Connection
) -> None:
    zelda, twice, (kept, plain, other) = await make_zelda(shop, database)
    manager = shop.manager.asker()
    before = await left_of(owner, *TRACES)
    assert {trace for _, trace in before} == set(TRACES)
    facts = await read_erasure(database, manager, zelda)
    assert (facts.telling, facts.merged, facts.contacts) == ([kept, other], 1, 1)
    assert (facts.passcodes, facts.attachments) == (1, 1)

    done = await erase_customer(
        database, manager, "erase", twice, texts="telling", reason="asked"
    )  # who was merged leads there

    assert (done.customer_id, done.tickets, done.blanked, done.contacts) == (zelda, 3, 2, 1)
    assert await left_of(owner, *TRACES) == set()
    assert (await erase_customer(database, manager, "erase", twice, texts="telling", reason="asked")).repeated
    line = await owner.fetchrow(
        "SELECT user_id, resource_id, metadata FROM activity_log WHERE action = 'ERASE_CUSTOMER'"
    )
    assert line is not None
    assert (line[0], line[1], json.loads(line[2])) == (
        shop.manager.web_id,
        zelda,
        {"reason": "asked", "texts": "telling"},
    )
    # the kept file goes, the one on its way isn't fetched any more
    errands = await owner.fetch("SELECT errand, file_path FROM app.file_errands")
    assert [tuple(errand) for errand in errands] == [("remove", KEPT_FILE)]
    # what remains: tickets, their dates and hours, who worked on them, the texts that don't name her
    seen = await read_customer(database, manager, zelda)
    assert (seen.customer.total_tickets, seen.customer.active) == (3, False)
    assert seen.customer.erased_at is not None
    assert (await read_ticket(database, manager, plain)).ticket.title == "Hinge broken"
    assert (await read_ticket(database, manager, kept)).ticket.title == "Erased"
    assert len((await read_history(database, manager, kept)).entries) > 3
    events = await owner.fetchval("SELECT facts FROM notifications WHERE kind = 'watched' AND ticket_id = $1", kept)
    assert {"event": "title", "actor": "Tom Reed", "old": None, "new": None} in json.loads(events)["events"]
    # who repeats a request about her learns that it is gone; nobody finds or changes her any more
    with pytest.raises(RequestErased):
        await add_customer(database, manager, "a", ZELDA)
    for term in ("zelda", "zq.old@example.com", "5550177"):
        assert (await find_customers(database, manager, term)).customers == []
    for attempt in (
        edit_customer(database, manager, "h", zelda, {"city": "Oakland"}),
        add_contact(database, manager, "i", zelda, "called"),
        read_erasure(database, manager, zelda),
    ):
        with pytest.raises(CustomerIsErased):
            await attempt
    assert not (await reactivate_customer(database, manager, "j", zelda)).success


# table -> its columns that may hold words about a customer, and what app.erase_customer makes of them
HELD = {
    "activity_log": {"metadata"},
    "approvals": {"said"},
    "app.customer_merges": {"old", "new"},
    "app.request_keys": {"result"},
    "customer_contacts": {"body"},
    "customers": {"first_name", "last_name", "email", "phone", "address1", "address2", "city", "state", "zip",
                  "country", "notes", "search_text", "search", "phone_digits", "name_key", "phone_key", "email_key"},
    "notifications": {"facts"},
    "ticket_attachments": {"file_name", "file_path"},
    "ticket_notes": {"body"},
    "ticket_secrets": {"device_passcode"},
    "tickets": {"title", "description", "category", "device_type", "device_model", "device_serial",
                "device_condition", "device_accessories", "device_key", "search"},
}  # fmt: skip
# table -> its columns that say something else: about the staff, Slack, or one of a few words
ELSE = {
    "activity_log": {"user_id", "action", "resource_type", "user_agent"},
    "approvals": {"state", "asked_how"},
    "app.file_errands": {"errand", "slack_file_id", "file_path", "source", "state", "reason"},
    "app.request_keys": {"key", "user_id"},
    "checklist_items": {"category", "text"},
    "customer_contacts": {"way", "author"},
    "notifications": {"kind", "dedupe_key", "state", "actor_name", "channel", "ts", "error"},
    "ticket_attachments": {"file_type", "uploaded_by"},
    "ticket_checks": {"text"},
    "ticket_completions": {"bench_status"},
    "ticket_events": {"kind"},
    "ticket_notes": {"kind", "author"},
    "tickets": {"tech", "tech_ref", "priority", "created_by", "bench_status"},
}
NOT_OF_CUSTOMERS = {"app.access_requests", "app.maintenance_runs", "app.ticket_reminders", "home_openings",
                    "notification_destinations", "preferences", "shop_holidays", "shop_settings",
                    "user_permissions"}  # fmt: skip
WORDS = """
SELECT c.oid::regclass::text AS name, array_agg(a.attname::text) AS columns
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace) AND c.relkind IN ('r', 'p')
   AND NOT c.relispartition AND c.relname <> 'alembic_version'
   AND format_type(a.atttypid, NULL) ~ 'char|text|json|tsvector'
 GROUP BY c.oid
"""


async def test_every_column_with_words_is_known_to_the_erasure(owner: Connection) -> None:
    """A new one has its place here, and in app.erase_customer where it may tell of a customer."""
    found = {name: set(columns) for name, columns in await owner.fetch(WORDS) if name not in NOT_OF_CUSTOMERS}

    assert found == {name: HELD.get(name, set()) | ELSE.get(name, set()) for name in HELD.keys() | ELSE.keys()}


async def test_texts_are_left_or_erased_as_chosen(shop: Shop, database: Database, owner: Connection) -> None:
    manager = shop.manager.asker()
    one, other = shop.customers[:2]
    named, plain = [
        await shop.add_ticket(customer=customer, title=f"{name}'s printer", completed=True)
        for customer, name in ((one, "Grace"), (other, "Nobody"))
    ]
    await erase_customer(database, manager, "a", one, texts="none", reason="law")
    await erase_customer(database, manager, "b", other, texts="all", reason="mistake")

    titles = dict([tuple(row) for row in await owner.fetch("SELECT id, title FROM tickets")])
    assert titles == {named: "Grace's printer", plain: "Erased"}
    with pytest.raises(FieldRefused):
        await erase_customer(database, manager, "c", shop.customers[2], texts="some", reason="asked")  # type: ignore[arg-type]


async def test_text_names_a_customer_by_name_or_number(shop: Shop) -> None:
    tried = [
        (("Will", "An"), "It will start after an hour", False),
        (("Will", "An"), "WILL AN called", True),
        (("Grace", "Hill"), "Graceful shutdown, uphill", False),
        (("Grace", "Hill"), "asked for Hill's charger", True),
        (("李", "小龙"), "请给李小龙打电话", True),
        (("Zoë", "O'Brien (Jr)"), "zoë o'brien (jr) waits", True),
        (("Grace", "Hill"), "call 1-510-555-0000 again", True),
        (("Grace", "Hill"), "paid 510 and 555", False),
    ]
    for name, text, told in tried:
        await shop.owner.execute("UPDATE customers SET first_name = $1, last_name = $2 WHERE id = 1", *name)
        await shop.owner.execute("DELETE FROM activity_log")  # what they were called before counts as well
        tells = await shop.owner.fetchval("SELECT app.tells_of($1, app.person_traces(ARRAY[1]))", text)
        assert tells is told, (name, text)


async def test_open_tickets_come_first_and_only_managers_erase(shop: Shop, database: Database) -> None:
    opened = await shop.add_ticket()
    with pytest.raises(CustomerHasOpenTickets, match=f"#{opened}"):
        await read_erasure(database, shop.manager.asker(), 1)
    with pytest.raises(CustomerHasOpenTickets):
        await erase_customer(database, shop.manager.asker(), "a", 1, texts="all", reason="asked")
    for person in (shop.technician, shop.regular_user, shop.viewer):
        with pytest.raises(RoleForbidden):
            await read_erasure(database, person.asker(), 2)
        with pytest.raises(RoleForbidden):
            await erase_customer(database, person.asker(), "b", 2, texts="all", reason="asked")


async def test_what_is_written_at_the_same_moment_is_erased_or_refused(
    shop: Shop, database: Database, owner: Connection
) -> None:
    manager, tom = shop.manager.asker(), shop.technician.asker()
    await asyncio.gather(
        erase_customer(database, manager, "a", 1, texts="all", reason="asked"),
        add_contact(database, tom, "b", 1, "called", body="Grace called"),
        edit_customer(database, manager, "c", 1, {"city": "Gracetown"}),
        return_exceptions=True,
    )

    assert await left_of(owner, "grace") == set()
