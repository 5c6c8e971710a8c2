import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from bot.errors import NotLinked, RoleForbidden, TicketNotFound
from bot.roles import Role
from db.customers import suggest_customers
from db.members import claim_workspace, link_slack_user, read_actor, refresh_slack_user
from db.models import Asker, Cursor, Row, TicketId
from db.pool import Database
from db.preferences import read_clock, read_settings
from db.tickets import (
    complete_ticket,
    file_ticket,
    read_my_tickets,
    read_panel,
    read_queue,
    read_ticket,
    read_ticket_form,
    release_ticket,
    take_ticket,
)
from tests.shop import TEAM, Connection, Shop
from tests.wire import Wire

Query = Callable[[Database, Asker, int], Awaitable[Row]]


async def file_another(db: Database, asker: Asker, number: int) -> Row:
    return await file_ticket(
        db,
        asker,
        f"file {number}",
        customer_id=1,
        title="Screen flickers",
        description="Only on battery.",
        priority="high",
        category="hardware",
        estimated_hours=Decimal("1.5"),
        assign="queue",
    )


async def take_and_release(db: Database, asker: Asker, number: int) -> Row:
    """Two writes, so that it can be done again."""
    await take_ticket(db, asker, f"take {number}", 1)
    return await release_ticket(db, asker, f"release {number}", 1)


async def file_and_complete(db: Database, asker: Asker, number: int) -> Row:
    """Three writes."""
    await file_another(db, asker, number)
    await take_ticket(db, asker, f"take {number}", number)
    return await complete_ticket(db, asker, f"complete {number}", number, Decimal("0.25"), "Replaced the cable.")


QUERIES: dict[str, tuple[Query, int]] = {
    "actor": (lambda db, asker, _: read_actor(db, asker), 1),
    "panel": (lambda db, asker, _: read_panel(db, asker), 1),
    "ticket": (lambda db, asker, _: read_ticket(db, asker, 1), 1),
    "mine": (lambda db, asker, _: read_my_tickets(db, asker, None), 1),
    "queue": (lambda db, asker, _: read_queue(db, asker, None), 1),
    "ticket form": (lambda db, asker, _: read_ticket_form(db, asker), 1),
    "customers": (lambda db, asker, _: suggest_customers(db, asker, "gra"), 1),
    "file": (file_another, 1),
    "take, release": (take_and_release, 2),
    "file, take, complete": (file_and_complete, 3),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_is_one_round_trip(shop: Shop, wire: Wire, name: str) -> None:
    await shop.add_ticket()
    query, trips = QUERIES[name]
    async with Database.connect(wire.url, pool_min=1, pool_max=1, statement_timeout=20, command_timeout=20) as database:
        asker = shop.technician.asker()
        await query(database, asker, 2)
        wire.reset()

        await query(database, asker, 3)

        assert wire.round_trips == trips


async def test_a_page_can_be_turned_forward_and_back(shop: Shop, database: Database) -> None:
    for _ in range(12):
        await shop.add_ticket()
    asker = shop.manager.asker()

    first = await read_queue(database, asker, None)
    last = first.tickets[-1]
    edge = Cursor(rank=3, created_at=last.created_at, id=last.id)
    second = await read_queue(database, asker, edge)
    after = second.tickets[0]
    back = await read_queue(database, asker, Cursor(rank=3, created_at=after.created_at, id=after.id, backwards=True))

    assert [len(page.tickets) for page in (first, second)] == [10, 2]
    assert (first.has_previous, first.has_next, second.has_previous, second.has_next) == (False, True, True, False)
    assert back == first


async def test_a_number_that_no_ticket_can_have_is_a_missing_ticket(shop: Shop, database: Database) -> None:
    for number in (0, -1, 2**31, 10**30):
        with pytest.raises(TicketNotFound) as caught:
            await read_ticket(database, shop.manager.asker(), number)

        assert caught.value.sentence == TicketNotFound(number).sentence


async def test_who_is_linked_is_known_from_then_on(shop: Shop, database: Database) -> None:
    newcomer = await shop.add_member("Nora Quill", Role.REGULAR_USER, linked=False)

    actor = await link_slack_user(database, TEAM, "U0NORA", newcomer.email, "Nora")

    asker = Asker(team=TEAM, slack_user="U0NORA", roles=tuple(Role), source="slack:command")
    assert (await read_actor(database, asker)).actor == actor
    assert (actor.id, actor.name) == (newcomer.id, "Nora")


@pytest.mark.usefixtures("shop")
async def test_a_strangers_address_links_nobody(database: Database) -> None:
    with pytest.raises(NotLinked) as caught:
        await link_slack_user(database, TEAM, "U0NORA", "nora@elsewhere.example", "Nora")

    assert caught.value.reason == "unknown"


async def test_a_guest_is_refused_from_the_next_request_on(shop: Shop, database: Database) -> None:
    person = shop.technician
    assert person.slack_user_id

    assert await refresh_slack_user(database, TEAM, person.slack_user_id, "Tom", "guest", None)

    with pytest.raises(NotLinked) as caught:
        await read_actor(database, person.asker())
    assert caught.value.reason == "guest"
    assert not await refresh_slack_user(database, TEAM, "U0STRANGER", "Nobody", "member", None)


async def test_a_persons_clock_is_their_slack_accounts_unless_they_set_another(shop: Shop, database: Database) -> None:
    person, other = shop.technician, shop.manager
    for zone in ("Asia/Kolkata", "Mars/Olympus", None):
        await refresh_slack_user(database, TEAM, str(person.slack_user_id), "Tom", "member", None, zone)

    assert (await read_clock(database, person.asker())).zone == "Asia/Kolkata"
    assert (await read_settings(database, person.asker())).preferences.own_zone == "Asia/Kolkata"
    assert (await read_clock(database, other.asker())).zone == (await read_clock(database, other.asker())).shop_zone
    await shop.owner.execute("INSERT INTO preferences (user_id, time_zone) VALUES ($1, 'Europe/Berlin')", person.id)
    assert (await read_clock(database, person.asker())).zone == "Europe/Berlin"


async def test_everybody_is_answered_as_themselves_on_a_shared_connection(shop: Shop, bot_url: str) -> None:
    """People, strangers and forbidden requests take turns on one connection, all sent at once."""
    stranger = shop.viewer.asker().model_copy(update={"slack_user": "U0STRANGER"})

    async def ask(database: Database, number: int) -> None:
        person = shop.people[number % len(shop.people)]
        match number % 3:
            case 0:
                assert (await read_actor(database, person.asker())).actor.id == person.id
            case 1:
                with pytest.raises(NotLinked):
                    await read_actor(database, stranger)
            case _:
                nobody_has = person.asker(*(role for role in Role if role != person.role))
                with pytest.raises(RoleForbidden):
                    await read_actor(database, nobody_has)

    async with Database.connect(
        bot_url, pool_max=1, acquire_timeout=30, statement_timeout=30, command_timeout=30
    ) as database:
        await asyncio.gather(*(ask(database, number) for number in range(300)))

        assert await database.value("SELECT count(*) FROM tickets") == 0
        assert await database.value("SELECT coalesce(current_setting('app.current_user_id', true), '')") == ""


async def test_the_first_workspace_stays_the_one(database: Database, owner: Connection) -> None:
    await owner.execute("DELETE FROM shop_settings WHERE key = 'slack_team_id'")

    assert await claim_workspace(database, TEAM) == TEAM
    assert await claim_workspace(database, "T0OTHER") == TEAM


async def test_the_ticket_of_a_cursor_need_not_exist_any_more(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    line = (await read_queue(database, shop.manager.asker(), None)).tickets[0]
    await shop.owner.execute("DELETE FROM tickets WHERE id = $1", ticket)
    await shop.add_ticket()

    page = await read_queue(
        database, shop.manager.asker(), Cursor(rank=3, created_at=line.created_at, id=TicketId(line.id))
    )

    assert len(page.tickets) == 1
