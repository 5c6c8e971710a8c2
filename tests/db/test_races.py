"""Two hundred calls at once on twenty connections: loads stay even, nothing is lost, nobody waits in a ring."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal

import asyncpg

from bot.errors import DatabaseAway, Refusal, TicketAlreadyTaken
from bot.roles import Role
from db.customers import deactivate_customer, reactivate_customer
from db.housekeeping import keep_house
from db.models import CustomerChanged, TicketChanged
from db.pool import Database
from db.tickets import (
    add_note,
    assign_ticket,
    complete_ticket,
    edit_ticket,
    file_ticket,
    release_ticket,
    reopen_ticket,
    take_ticket,
)
from tests.db.test_requests import waiting_for_lock
from tests.shop import Connection, Member, Shop

CALLS = 200
CONNECTIONS = 20

DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
LOADS = """
SELECT count(t.id) FROM user_permissions u LEFT JOIN tickets t ON t.tech = u.email AND NOT t.completed
 WHERE u.role = 'Technician' GROUP BY u.email ORDER BY 1
"""
FINISH = "SELECT app.finish_notification($1, $2, $3, 'C1', '1.1', '0')"
# what may never be, whoever was quicker
BROKEN = """
SELECT 'open ticket of an inactive customer' AS fault, t.id
  FROM tickets t JOIN customers c ON c.id = t.customer_id WHERE NOT t.completed AND NOT c.active
UNION ALL
SELECT 'open ticket with somebody who takes none', t.id FROM tickets t
 WHERE NOT t.completed AND t.tech <> 'unassigned'
   AND NOT EXISTS (SELECT FROM user_permissions u WHERE u.email = t.tech AND app.may_work(u.role, u.is_active))
UNION ALL
-- each change began where the one before it had ended
SELECT 'lost update of ' || x.field, x.id
  FROM (SELECT a.resource_id AS id, f.field, a.metadata -> 'old' -> f.field AS old,
               lag(a.metadata -> 'new' -> f.field) OVER (PARTITION BY a.resource_id, f.field ORDER BY a.id) AS before
          FROM activity_log a, jsonb_object_keys(a.metadata -> 'new') f (field)
         WHERE a.resource_type = 'ticket' AND a.metadata ->> 'table' = 'tickets'
           AND f.field IN ('tech', 'completed', 'actual_hours')) x
 WHERE x.old <> x.before
"""


@asynccontextmanager
async def racing(bot_url: str, owner: Connection) -> AsyncIterator[Database]:
    """Open all connections; afterwards the shop must be whole."""
    name = await owner.fetchval("SELECT current_database()")
    await owner.execute(f"ALTER ROLE repair_bot IN DATABASE {name} SET lock_timeout = 0")  # however slow the machine is
    async with Database.connect(
        bot_url,
        pool_min=CONNECTIONS,
        pool_max=CONNECTIONS,
        acquire_timeout=120,
        statement_timeout=120,
        command_timeout=120,
    ) as database:
        yield database
    assert await owner.fetch(BROKEN) == []


async def all_at_once(calls: Iterable[Awaitable[object]]) -> list[object]:
    """Return what each call answered or raised: answers and refusals in words alone."""
    got: list[object] = list(await asyncio.gather(*calls, return_exceptions=True))
    unexpected = [
        outcome
        for outcome in got
        if isinstance(outcome, DatabaseAway)
        or (isinstance(outcome, BaseException) and not isinstance(outcome, Refusal))
    ]
    assert unexpected == []
    return got


async def file_for(database: Database, person: Member, key: str, customer: int, assign: str) -> TicketChanged:
    return await file_ticket(
        database,
        person.asker(),
        key,
        customer_id=customer,
        title="No sound",
        description="None",
        priority="low",
        category=None,
        estimated_hours=None,
        assign=assign,
    )


async def test_loads_stay_even_and_one_ticket_has_one_answer(shop: Shop, bot_url: str, owner: Connection) -> None:
    """Queue tickets assigned, tickets filed, and a quarter of the calls for the same ticket."""
    for name in ("Ida Stone", "Ben Ash"):
        await shop.add_member(name, Role.TECHNICIAN)
    queue = [await shop.add_ticket() for _ in range(CALLS // 2 + 1)]
    boss = shop.manager.asker()

    async with racing(bot_url, owner) as database:
        got = await all_at_once(
            [assign_ticket(database, boss, f"a{ticket}", ticket, "auto") for ticket in queue]
            + [file_for(database, shop.regular_user, f"f{n}", 1, "auto") for n in range(CALLS // 4)]
            + [assign_ticket(database, boss, f"same {n}", queue[0], "auto") for n in range(CALLS // 4 - 1)]
        )

    loads = [row[0] for row in await owner.fetch(LOADS)]
    refused = {str(outcome) for outcome in got if isinstance(outcome, Refusal)}
    name = await owner.fetchval(
        "SELECT u.display_name FROM tickets t JOIN user_permissions u ON u.email = t.tech WHERE t.id = $1", queue[0]
    )
    assert sum(loads) == len(queue) + CALLS // 4
    assert loads[-1] - loads[0] <= 1
    assert refused == {str(TicketAlreadyTaken(queue[0], name, by_you=False))}
    assert await owner.fetchval(DEADLOCKS) == 0


async def test_web_applications_callers_are_all_told_the_same(shop: Shop, bot_url: str, owner: Connection) -> None:
    """``auto_assign_ticket`` itself: who comes second gets the technician whom the first one got."""
    ticket = await shop.add_ticket()

    async def assign(sql: "asyncpg.Pool[asyncpg.Record]") -> object:
        async with sql.acquire() as connection, connection.transaction():
            await connection.execute("SELECT app.set_session($1)", shop.manager.web_id)
            return await connection.fetchval("SELECT auto_assign_ticket($1)", ticket)

    async with asyncpg.create_pool(bot_url, min_size=12, max_size=12) as pool:
        told = set(await asyncio.gather(*(assign(pool) for _ in range(24))))

    assert told == {await owner.fetchval("SELECT tech FROM tickets")}


async def test_people_tickets_and_customers_at_once(
    shop: Shop, bot_url: str, owner_url: str, owner: Connection
) -> None:
    """Technicians are switched off and on and get other addresses while their tickets change hands, all announced."""
    staff = [shop.manager, shop.technician, shop.colleague]
    tickets = [
        await shop.add_ticket(worker=worker, customer=customer)
        for worker in (shop.technician, shop.colleague, None)
        for customer in shop.customers[:2]
    ]
    chance = random.Random("races")  # noqa: S311 - the same requests each time
    boss = shop.manager.asker()

    async def switch(person: Member) -> None:
        async with plain.acquire() as sql:
            await sql.execute("UPDATE user_permissions SET is_active = NOT is_active WHERE id = $1", person.id)

    async def rename(person: Member, number: int) -> None:
        async with plain.acquire() as sql, sql.transaction():
            await sql.execute("SELECT app.set_session($1)", shop.manager.web_id)
            await sql.execute("SELECT change_user_email($1, $2)", person.web_id, f"{number}@shop.example")

    async def announce(database: Database) -> None:
        for claim in json.loads(await database.value("SELECT app.claim_notifications('C1', 9, '1 minute')")):
            await database.value(FINISH, claim["id"], claim["attempts"], claim["version"])

    def one(number: int, database: Database) -> Awaitable[object]:
        ticket, customer, key = chance.choice(tickets), chance.choice(shop.customers), f"{number}"
        person, technician = chance.choice(staff), chance.choice(staff[1:])
        asker, who = person.asker(), chance.choice(("auto", "me", "ana", "tom"))
        filed = who if who in {"auto", "me"} else "queue"
        return chance.choice(
            (
                lambda: take_ticket(database, asker, key, ticket),
                lambda: release_ticket(database, asker, key, ticket),
                lambda: assign_ticket(database, asker, key, ticket, who),
                lambda: assign_ticket(database, boss, key, ticket, chance.choice(("ana", "tom"))),
                lambda: complete_ticket(database, boss, key, ticket, Decimal(1), ""),
                lambda: reopen_ticket(database, boss, key, ticket, ""),
                lambda: edit_ticket(database, asker, key, ticket, {"priority": chance.choice(("low", "high"))}),
                lambda: add_note(database, asker, key, ticket, "Called."),
                lambda: file_for(database, person, key, customer, filed),
                lambda: deactivate_customer(database, boss, key, customer),
                lambda: reactivate_customer(database, boss, key, customer),
                lambda: switch(technician),
                lambda: rename(technician, number),
                lambda: announce(database),
                lambda: keep_house(database),
            )
        )()

    async with asyncpg.create_pool(owner_url, min_size=4, max_size=4) as plain, racing(bot_url, owner) as database:
        got = await all_at_once([one(number, database) for number in range(CALLS)])

    done = Counter(kind for outcome in got for kind in (TicketChanged, CustomerChanged) if isinstance(outcome, kind))
    assert await owner.fetchval("SELECT count(*) FROM app.request_keys") == done[TicketChanged] + done[CustomerChanged]
    assert min(done[TicketChanged], done[CustomerChanged]) > 0


async def test_who_is_thrown_out_of_a_ring_is_served_all_the_same(
    bot_url: str, owner: Connection, owner_url: str, database_name: str
) -> None:
    """The one of the bot gives way here at once; it has got 1 and waits for 3, then for 2, which the other one has."""
    await owner.execute(f"ALTER ROLE repair_bot IN DATABASE {database_name} SET deadlock_timeout = '10ms'")
    other = await asyncpg.connect(owner_url, server_settings={"deadlock_timeout": "1min"})
    await owner.execute("SELECT pg_advisory_lock(3)")
    async with Database.connect(bot_url, acquire_timeout=20, statement_timeout=20, command_timeout=20) as database:
        async with other.transaction():
            await other.execute("SELECT pg_advisory_xact_lock(2)")
            asking = asyncio.create_task(
                database.value("SELECT count(*) FROM (VALUES (1), (3), (2)) v (n), pg_advisory_xact_lock(v.n)")
            )
            await waiting_for_lock(owner)
            waiting = asyncio.create_task(other.execute("SELECT pg_advisory_xact_lock(1)"))
            await waiting_for_lock(owner, many=2)
            await owner.execute("SELECT pg_advisory_unlock(3)")
            await waiting

        assert await asking == 3
    await other.close()


LEAVE = "UPDATE user_permissions SET is_active = false WHERE id = $1"


async def test_reopened_while_its_technician_leaves(shop: Shop, owner: Connection, owner_url: str) -> None:
    """Who leaves waits for the ticket; so who has the ticket doesn't wait for them, and puts it into the queue."""
    await shop.add_ticket(worker=shop.technician)
    async with asyncpg.create_pool(owner_url, min_size=1, max_size=1) as other:
        async with owner.transaction():
            await owner.execute("UPDATE tickets SET completed = true")
            leaving = asyncio.create_task(other.execute(LEAVE, shop.technician.id))
            await waiting_for_lock(owner)
            await owner.execute("UPDATE tickets SET completed = false")
        await leaving

    assert await owner.fetchval("SELECT tech FROM tickets") == "unassigned"


async def test_handed_back_while_its_technician_gets_another_address(
    shop: Shop, owner: Connection, owner_url: str
) -> None:
    """Who has the ticket refers to the person by a message; so the person's row is still free for that."""
    ticket = await shop.add_ticket(worker=shop.technician)
    await owner.execute("UPDATE notifications SET state = 'sent', channel = 'D1', ts = '1.1' WHERE kind = 'assigned'")
    rename = "SELECT change_user_email($1, 'thomas@shop.example') FROM app.set_session($2)"
    async with asyncpg.create_pool(owner_url, min_size=1, max_size=1) as other:
        async with owner.transaction():
            await owner.execute("SELECT FROM tickets WHERE id = $1 FOR NO KEY UPDATE", ticket)
            renaming = asyncio.create_task(other.fetchval(rename, shop.technician.web_id, shop.manager.web_id))
            await waiting_for_lock(owner)
            await owner.execute("UPDATE tickets SET tech = 'unassigned' WHERE id = $1", ticket)
        moved = await renaming

    assert moved == 0
    assert await owner.fetchval("SELECT count(*) FROM notifications WHERE kind = 'unassigned'") == 1


# as a foreign key's check does: finds the person, waits, and then locks what they have become
REFER = """
WITH waited AS MATERIALIZED (SELECT pg_advisory_xact_lock(1))
SELECT u.id FROM waited, user_permissions u WHERE u.id = $1 FOR KEY SHARE OF u
"""
HAVE = "SELECT FROM tickets WHERE id = $1 FOR NO KEY UPDATE"


async def test_who_refers_to_somebody_just_renamed_does_not_wait_for_their_leaving(
    shop: Shop, owner: Connection, owner_url: str
) -> None:
    """PostgreSQL waits there for any change of the row; the leaving one waits for who waits for the first."""
    ticket, person = await shop.add_ticket(), shop.technician.id
    async with (
        asyncpg.create_pool(owner_url, min_size=3, max_size=3) as pool,
        pool.acquire() as writer,
        pool.acquire() as giver,
    ):
        writing, giving = writer.transaction(), giver.transaction()
        await writing.start()
        await giving.start()
        await writer.execute(HAVE, ticket)
        await owner.execute("SELECT pg_advisory_lock(1)")
        referring = asyncio.create_task(writer.fetchval(REFER, person))
        await waiting_for_lock(owner)
        await owner.execute("UPDATE user_permissions SET email = 'thomas@shop.example' WHERE id = $1", person)
        await giver.execute("SELECT app.hold_technician('thomas@shop.example')")
        leaving = asyncio.create_task(pool.execute(LEAVE, person))
        await waiting_for_lock(owner, many=2)
        having = asyncio.create_task(giver.execute(HAVE, ticket))
        await waiting_for_lock(owner, many=3)
        await owner.execute("SELECT pg_advisory_unlock(1)")

        assert await referring == person

        await writing.commit()
        await having
        await giving.commit()
        await leaving

    assert await owner.fetchval("SELECT is_active FROM user_permissions WHERE id = $1", person) is False


async def test_automatic_assignment_passes_over_who_is_leaving(
    shop: Shop, owner: Connection, database: Database
) -> None:
    ticket = await shop.add_ticket()
    await shop.add_ticket(worker=shop.technician)
    async with owner.transaction():
        await owner.execute(LEAVE, shop.colleague.id)  # the less busy one
        answer = await assign_ticket(database, shop.manager.asker(), "key", ticket, "auto")

    assert answer.ticket.worker_name == shop.technician.name
