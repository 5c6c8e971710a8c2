import asyncio
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.errors import DatabaseAway, NotLinked, OutcomeUnknown, ValueRefused
from bot.roles import Role
from db.embedded import OWNER, EmbeddedPostgres
from db.faults import UnfitDatabase
from db.models import Row
from db.pool import Database
from tests.shop import TEAM, Connection, Shop
from tests.wire import Wire, wire_to


class Answer(Row):
    number: int


@pytest.fixture
def scratch_url(postgres: EmbeddedPostgres) -> str:
    """A database that these tests only compute in."""
    return postgres.dsn(OWNER)


@pytest.fixture
async def wire(scratch_url: str) -> AsyncIterator[Wire]:
    async with wire_to(scratch_url) as proxy:
        yield proxy


@pytest.fixture
def own_server() -> Iterator[EmbeddedPostgres]:
    """A server that no other test uses."""
    folder = Path(tempfile.mkdtemp(prefix="tickets-test-"))
    folder.chmod(0o711)
    with EmbeddedPostgres(folder / "postgres", {"fsync": "off"}) as server:
        yield server
    shutil.rmtree(folder)


async def test_a_document_is_read_into_its_model(scratch_url: str) -> None:
    async with Database.connect(scratch_url, pool_max=1) as database:
        assert await database.document("SELECT jsonb_build_object('number', $1::int)", 7, answer=Answer) == Answer(
            number=7
        )


async def test_a_known_statement_costs_one_round_trip(wire: Wire) -> None:
    async with Database.connect(wire.url, pool_max=1) as database:
        await database.value("SELECT $1::int", 1)
        wire.reset()

        for number in range(10):
            assert await database.value("SELECT $1::int", number) == number

    assert wire.round_trips == 10


ASK = """
SELECT json_build_array(nullif(current_setting('app.current_user_id', true), ''),
                        app.read_actor($1, $2, $3, 'test') -> 'actor',
                        CASE $4 WHEN 'fail' THEN (1 / (length($4) - 4))::text WHEN 'wait' THEN pg_sleep(0.3)::text END,
                        nullif(current_setting('app.current_user_id', true), ''))
"""
HOW = {0: "wait", 1: "fail", 2: "refused", 3: "given up in the queue", 4: "fail"}  # the rest is answered


async def test_who_is_asking_never_reaches_the_next_one_on_the_same_connection(
    shop: Shop, bot_url: str, owner: Connection
) -> None:
    """3,000 requests of five people through one connection, interleaved, some failing and some given up half-way."""
    numbers = iter(range(3_000))
    ended: Counter[str] = Counter()

    async def one(database: Database, number: int) -> None:
        person, how = shop.people[number % 5], HOW.get(number % 97, "answer")
        slack_user = "U0STRANGER" if how == "refused" else person.slack_user_id
        try:
            async with asyncio.timeout({"wait": 0.01, "given up in the queue": 0}.get(how, 30)):
                text = await database.value(ASK, TEAM, slack_user, list(Role), how)
        except (asyncpg.DivisionByZeroError, NotLinked, TimeoutError) as error:
            assert how != "answer"
            ended[type(error).__name__] += 1
        else:
            before, actor, _, after = json.loads(text)
            assert (before, actor["id"], after) == (None, person.id, person.web_id)
            ended["answered"] += 1

    async def keep_asking(database: Database) -> None:
        for number in numbers:
            await one(database, number)

    async with Database.connect(
        bot_url, pool_max=1, acquire_timeout=30, statement_timeout=30, command_timeout=30
    ) as database:
        await asyncio.gather(*(keep_asking(database) for _ in range(8)))

        assert await database.value("SELECT current_setting('app.user_role', true)") in {None, ""}
    assert ended["answered"] > 2_800
    assert min(ended["DivisionByZeroError"], ended["NotLinked"], ended["TimeoutError"]) > 20
    assert await owner.fetchval("SELECT count(*) FROM user_permissions WHERE last_login IS NOT NULL") == len(
        shop.people
    )


async def test_waiting_is_first_in_first_out(scratch_url: str) -> None:
    order: list[int] = []

    async def one(database: Database, number: int) -> None:
        await database.value("SELECT pg_sleep(0.005)")
        order.append(number)

    async with Database.connect(scratch_url, pool_max=1, acquire_timeout=20) as database:
        await asyncio.gather(*(one(database, number) for number in range(30)))

    assert order == list(range(30))


async def test_waiting_for_a_connection_ends_in_a_refusal(scratch_url: str) -> None:
    async with Database.connect(scratch_url, pool_max=1, acquire_timeout=0.1, statement_timeout=20) as database:
        slow = asyncio.create_task(database.value("SELECT pg_sleep(0.6)"))
        await asyncio.sleep(0.05)

        with pytest.raises(DatabaseAway):
            await database.value("SELECT 1")
        await slow

        assert await database.value("SELECT 1") == 1


async def test_a_slow_statement_is_stopped_by_the_server_and_undone(scratch_url: str) -> None:
    async with Database.connect(scratch_url, pool_max=1, statement_timeout=0.1) as database:
        with pytest.raises(DatabaseAway):
            await database.value("SELECT pg_sleep(10)", writes=True)

        assert await database.value("SELECT 1") == 1


@pytest.mark.parametrize(("writes", "refusal"), [(False, DatabaseAway), (True, OutcomeUnknown)])
async def test_a_silent_server_ends_in_a_refusal_within_the_time_limits(
    wire: Wire, writes: bool, refusal: type[Exception]
) -> None:
    async with Database.connect(
        wire.url, pool_max=1, acquire_timeout=0.5, statement_timeout=0.1, command_timeout=0.2
    ) as database:
        wire.fault = "hold_answer"
        started = asyncio.get_running_loop().time()
        with pytest.raises(refusal):
            await database.value("SELECT 1", writes=writes)
        assert asyncio.get_running_loop().time() - started < 1

        wire.fault = None
        assert await database.value("SELECT 1") == 1


@pytest.mark.parametrize(("writes", "refusal"), [(False, DatabaseAway), (True, OutcomeUnknown)])
async def test_a_connection_lost_after_the_statement_was_sent_leaves_a_write_unknown(
    wire: Wire, writes: bool, refusal: type[Exception]
) -> None:
    async with Database.connect(wire.url, pool_max=1) as database:
        await database.value("SELECT 1")
        wire.fault = "lose_answer"
        with pytest.raises(refusal):
            await database.value("SELECT 1", writes=writes)

        wire.fault = None
        assert await database.value("SELECT 1") == 1


async def test_a_connection_that_broke_while_idle_is_replaced_unnoticed(wire: Wire) -> None:
    async with Database.connect(wire.url, pool_max=1) as database:
        await database.value("SELECT 1")
        wire.cut()
        await asyncio.sleep(0.05)

        assert await database.value("SELECT 1", writes=True) == 1


@pytest.mark.parametrize(("writes", "refusal"), [(False, DatabaseAway), (True, OutcomeUnknown)])
async def test_a_server_that_says_goodbye_on_a_connection_that_seems_open_is_away(
    writes: bool, refusal: type[Exception], wire: Wire, scratch_url: str
) -> None:
    async with Database.connect(wire.url, pool_max=1) as database:
        served_by = await database.value("SELECT pg_backend_pid()")
        wire.fault = "hold_end"
        admin = await asyncpg.connect(scratch_url)
        await admin.execute("SELECT pg_terminate_backend($1, 10000)", served_by)
        await admin.close()
        await asyncio.sleep(0.1)  # for the goodbye to have come
        with pytest.raises(refusal):
            await database.value("SELECT 1", writes=writes)
        wire.fault = None

        assert await database.value("SELECT 1") == 1


async def test_text_that_cannot_be_stored_is_refused_in_words(scratch_url: str) -> None:
    async with Database.connect(scratch_url, pool_max=1) as database:
        for text in ("NUL \0", "half a character \ud800"):
            with pytest.raises(ValueRefused):
                await database.value("SELECT $1::text", text)
        with pytest.raises(ValueRefused):
            await database.value("SELECT $1::int", 2**40)


async def test_a_fault_in_the_program_is_not_dressed_up(scratch_url: str) -> None:
    async with Database.connect(scratch_url, pool_max=1) as database:
        with pytest.raises(asyncpg.InterfaceError):
            await database.value("SELECT $1::int", 1, 2)
        with pytest.raises(asyncpg.UndefinedFunctionError):
            await database.value("SELECT no_such_function()")

        assert await database.value("SELECT 1") == 1


async def test_nobody_there_is_said_at_once(scratch_url: str) -> None:
    with pytest.raises(DatabaseAway):
        async with Database.connect(scratch_url.replace("/run", "/nowhere")):
            pass


async def test_a_refused_log_in_is_no_absence(scratch_url: str) -> None:
    for wrong in (scratch_url.replace("postgres@", "stranger@"), scratch_url.replace("/postgres?", "/nothing?")):
        with pytest.raises(UnfitDatabase):
            async with Database.connect(wrong):
                pass


async def refused_for(url: str) -> str | None:
    """Return why the bot would not start with this log-in, None where it would."""
    async with Database.connect(url, pool_max=1, statement_timeout=20, command_timeout=20) as database:
        try:
            await database.check_security()
        except UnfitDatabase as unfit:
            return str(unfit)
    return None


async def test_the_bots_role_is_fit(bot_url: str) -> None:
    assert await refused_for(bot_url) is None


LOG_INS = {
    OWNER: "is no superuser",
    "repair_maintenance": "owns nothing here",
    "repair_web": "is not the web application's",
}


@pytest.mark.parametrize("role", LOG_INS)
async def test_the_shops_other_log_ins_are_refused(role: str, postgres: EmbeddedPostgres, database_name: str) -> None:
    assert f'"{LOG_INS[role]}"' in str(await refused_for(postgres.dsn(role, database_name)))


async def test_a_role_with_too_few_rights_is_refused(owner: Connection, bot_url: str) -> None:
    await owner.execute("REVOKE USAGE ON SCHEMA app FROM authenticated_users")

    assert "may not use the shop's functions" in str(await refused_for(bot_url))


TOO_MUCH = {
    "GRANT postgres TO {}": "is no superuser",
    "ALTER ROLE {} BYPASSRLS": "has no BYPASSRLS",
    "GRANT repair_owner TO {}": "owns nothing here",
    "GRANT CREATE ON SCHEMA public TO {}": "creates nothing here",
    "ALTER ROLE {} CREATEROLE": "makes no roles and copies no server",
    "ALTER ROLE {} REPLICATION": "makes no roles and copies no server",
    "GRANT repair_web TO {}": "is not the web application's",
    "SET LOCAL app.user_role = 'Manager'": "logs in with nobody asking",  # as ALTER ROLE ... SET would
    "GRANT pg_read_all_data TO {}": "is no member of pg_read_all_data",
    "GRANT pg_execute_server_program TO {}": "is no member of pg_execute_server_program",
    "GRANT TRUNCATE ON activity_log TO {}": "may not truncate, delete from, refer to or put triggers on activity_log",
    "GRANT DELETE ON tickets TO {}": "may not truncate, delete from, refer to or put triggers on tickets",
    "ALTER TABLE customers DISABLE ROW LEVEL SECURITY": "is under row-level security on customers",
}


async def test_whatever_is_granted_beyond_the_bots_rights_is_noticed(owner: Connection) -> None:
    """Each grant to another log-in with the bot's rights, rolled back: what may be become by SET ROLE counts too."""
    login = f"another_bot_{os.getpid()}"
    found = {}
    for grant in ("", *TOO_MUCH):
        await owner.execute(f"BEGIN; CREATE ROLE {login} LOGIN; GRANT repair_bot TO {login}; {grant.format(login)}")
        await owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login}")
        checks = await owner.fetch("SELECT check_name FROM app.security_self_check() WHERE NOT ok")
        found[grant] = [row["check_name"] for row in checks][:1]
        await owner.execute("ROLLBACK")

    assert found == {"": []} | {grant: [check] for grant, check in TOO_MUCH.items()}


async def test_migrations_that_the_database_lacks_are_named(database: Database, empty_url: str) -> None:
    assert await database.pending_migrations() == ()
    async with Database.connect(empty_url, pool_max=1) as empty:
        assert (await empty.pending_migrations())[:1] == ("0001",)


async def test_it_heals_after_the_database_restarts(own_server: EmbeddedPostgres) -> None:
    async with Database.connect(own_server.dsn(OWNER), pool_max=3) as database:
        await asyncio.gather(*(database.value("SELECT pg_sleep(0.01)") for _ in range(3)))
        on_its_way = asyncio.create_task(database.value("SELECT pg_sleep(1)", writes=True))
        await asyncio.sleep(0.1)
        assert await asyncio.to_thread(own_server.stop)
        with pytest.raises(DatabaseAway):
            await on_its_way
        for _ in range(5):
            with pytest.raises(DatabaseAway):
                await database.value("SELECT 1", writes=True)

        await asyncio.to_thread(own_server.start)
        assert await asyncio.gather(*(database.value("SELECT 1") for _ in range(9))) == [1] * 9
