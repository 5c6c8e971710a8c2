"""Lists, page by page: nothing twice, nothing left out, whatever changes meanwhile; and the documents' models."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.roles import Role
from db.customers import suggest_customers
from db.models import Cursor, TicketPage
from db.pool import Database
from db.tickets import read_my_tickets, read_panel, read_queue, read_ticket, read_ticket_form
from tests.db.sessions import acting_as
from tests.shop import Connection, Member, Shop

PRIORITIES = ("urgent", "high", "medium", "low")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def fill(shop: Shop, number: int, worker: Member | None = None, filer: Member | None = None) -> list[int]:
    """Add tickets, several with the same moment; return them in the order of the lists."""
    added = []
    for n in range(number):
        created_at = START + timedelta(hours=n % 3)
        ticket = await shop.add_ticket(worker=worker, filer=filer, priority=PRIORITIES[n % 4], created_at=created_at)
        added.append((n % 4, created_at, ticket))
    return [ticket for _, _, ticket in sorted(added)]


def edge(page: TicketPage, *, backwards: bool = False) -> Cursor:
    line = page.tickets[0 if backwards else -1]
    rank = PRIORITIES.index(line.priority) + 1
    return Cursor(rank=rank, created_at=line.created_at, id=line.id, backwards=backwards)


def ids(page: TicketPage) -> list[int]:
    return [line.id for line in page.tickets]


@pytest.mark.parametrize("of", ["queue", "mine"])
async def test_pages_forth_and_back(of: str, shop: Shop, database: Database) -> None:
    for number in (0, 1, 10, 11, 25):
        await shop.owner.execute("DELETE FROM tickets")
        tickets = await fill(shop, number, worker=None if of == "queue" else shop.technician)
        await leaf_through(database, shop, of, tickets)


async def leaf_through(database: Database, shop: Shop, of: str, tickets: list[int]) -> None:
    """See that a list's pages hold these tickets, forth and back."""
    asker = shop.technician.asker()
    read = read_queue if of == "queue" else read_my_tickets
    page = await read(database, asker, None)
    seen, pages = ids(page), [page]
    while page.has_next:
        page = await read(database, asker, edge(page))
        seen += ids(page)
        pages.append(page)

    assert seen == tickets
    assert [p.total for p in pages] == [len(tickets)] * len(pages)
    assert [p.has_previous for p in pages] == [False, *[True] * (len(pages) - 1)]
    for earlier in reversed(pages[:-1]):
        page = await read(database, asker, edge(page, backwards=True))
        assert (ids(page), page.has_next, page.has_previous) == (ids(earlier), True, earlier.has_previous)


async def test_page_behind_what_was_taken_meanwhile(shop: Shop, database: Database, owner: Connection) -> None:
    tickets = await fill(shop, 12)
    first = await read_queue(database, shop.technician.asker(), None)
    await owner.execute("UPDATE tickets SET tech = $1 WHERE id = ANY ($2)", shop.colleague.email, tickets[:11])
    second = await read_queue(database, shop.technician.asker(), edge(first))

    assert (ids(second), second.has_previous, second.has_next, second.total) == (tickets[11:], False, False, 1)


async def test_queue_is_read_from_its_index(shop: Shop, bot: Connection, owner: Connection) -> None:
    """A page reads its ten rows and no more, however long the queue: the plan says so."""
    await owner.execute(
        "INSERT INTO tickets (customer_id, title, description) SELECT 1, 'n' || n, 'x' FROM generate_series(1, 2000) n"
    )
    await owner.execute("ANALYZE tickets")
    async with acting_as(bot, shop.technician):
        plan = await bot.fetch(
            "EXPLAIN SELECT id FROM tickets WHERE NOT completed AND tech = 'unassigned'"
            " AND (priority_rank, created_at, id) > (3::smallint, now(), 7)"
            " ORDER BY priority_rank, created_at, id LIMIT 11"
        )
    text = "\n".join(row[0] for row in plan)

    assert "tickets_queue_idx" in text
    assert "Index Cond: (ROW(priority_rank, created_at, id) > " in text
    assert "Sort" not in text


async def test_mine_are_those_i_work_on_or_filed(shop: Shop, database: Database) -> None:
    own = await shop.add_ticket(worker=shop.technician)
    both = await shop.add_ticket(worker=shop.technician, filer=shop.technician)
    filed = await shop.add_ticket(worker=shop.colleague, filer=shop.technician)
    queued = await shop.add_ticket(filer=shop.technician)
    await shop.add_ticket(worker=shop.technician, completed=True)
    await shop.add_ticket(worker=shop.colleague)
    await shop.add_ticket()

    assert ids(await read_my_tickets(database, shop.technician.asker(), None)) == [own, both, filed, queued]


async def test_panel(shop: Shop, database: Database) -> None:
    tickets = await fill(shop, 7, worker=shop.technician)
    await fill(shop, 3)
    panel = await read_panel(database, shop.technician.asker())
    front_desk = await read_panel(database, shop.regular_user.asker())
    viewer = await read_panel(database, shop.viewer.asker())

    assert ([line.id for line in panel.mine], panel.mine_total, panel.queue_length) == (tickets[:5], 7, 3)
    assert (front_desk.mine, front_desk.mine_total, front_desk.queue_length) == ([], 0, None)
    assert (viewer.mine_total, viewer.queue_length) == (0, 3)


async def test_ticket_names_everybody(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.colleague, filer=shop.regular_user, customer=shop.customers[1])
    for n in range(7):
        await owner.execute(
            "INSERT INTO ticket_notes (ticket_id, body, author, created_at) VALUES ($1, $2, $3, $4)",
            ticket,
            f"Note {n}",
            shop.manager.web_id if n % 2 else None,
            START + timedelta(minutes=n),
        )
    seen = (await read_ticket(database, shop.regular_user.asker(), ticket)).ticket

    assert (seen.worker_name, seen.worker_slack_user_id, seen.filed_by_name) == ("Ana Lopez", "U0ANALOPEZ", "Rita Bell")
    assert (seen.customer.name, seen.customer.phone, seen.customer.email) == (
        "Omar Diaz",
        "(510) 555-0001",
        "omar.diaz@example.com",
    )
    assert [(note.author, note.body) for note in seen.notes] == [
        ("the system", "Note 2"),
        ("Maria Francisco", "Note 3"),
        ("the system", "Note 4"),
        ("Maria Francisco", "Note 5"),
        ("the system", "Note 6"),
    ]
    assert seen.created_at.tzinfo is not None


async def test_viewer_gets_the_customers_name_alone(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    customer = (await read_ticket(database, shop.viewer.asker(), ticket)).ticket.customer

    assert (customer.name, customer.phone, customer.email) == ("Grace Hill", None, None)


async def test_deactivated_customer_has_a_name_for_managers_alone(
    shop: Shop, database: Database, owner: Connection, bot: Connection
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, completed=True)
    await owner.execute("UPDATE customers SET active = false WHERE id = 1")
    named = {}
    for person in (shop.manager, shop.technician, shop.viewer):
        seen = (await read_ticket(database, person.asker(), ticket)).ticket
        async with acting_as(bot, person):
            found = await bot.fetchval("SELECT customer_name FROM search_tickets('laptop')")
        named[person.role.value] = (seen.customer.name, seen.customer_name, found)

    assert named == {
        "Manager": ("Grace Hill", "Grace Hill", "Grace Hill"),
        "Technician": ("a former customer", "a former customer", None),
        "Viewer": ("a former customer", "a former customer", None),
    }


async def test_form_offers_active_technicians_by_name(shop: Shop, database: Database) -> None:
    await shop.add_member("Ina Gone", Role.TECHNICIAN, active=False)
    facts = await read_ticket_form(database, shop.regular_user.asker())

    assert [person.name for person in facts.technicians] == ["Ana Lopez", "Tom Reed"]


async def test_customers_are_suggested(shop: Shop, database: Database) -> None:
    await shop.add_ticket(worker=shop.colleague)
    await shop.add_ticket(completed=True)
    await shop.add_customer("Gone", "Hill", active=False)

    async def suggested(term: str) -> list[tuple[str, int, int]]:
        found = await suggest_customers(database, shop.technician.asker(), term)
        return [(customer.name, customer.total_tickets, customer.open_tickets) for customer in found.customers]

    grace = ("Grace Hill", 2, 1)  # all of the customer's tickets, also a colleague's
    for term in ("grace", "Gr", "hill gra", "GRACE.HILL@EXAMPLE.COM", "555-0000", "5550000", "ace h"):
        assert await suggested(term) == [grace], term
    for term in ("%", "_", "''", "'; --", "\\", "zzz", "unassigned", "🔧"):
        assert await suggested(term) == [], term
    assert await suggested("") == [("June Park", 0, 0), ("Omar Diaz", 0, 0), grace]
    assert len(await suggested("example.com")) == 3
