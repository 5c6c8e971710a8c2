import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.errors import DatabaseAway, OutcomeUnknown, ValueRefused
from db.embedded import OWNER, EmbeddedPostgres
from db.faults import UnfitDatabase
from db.models import Row
from db.pool import Database
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


async def test_who_is_asking_never_reaches_the_next_one_on_the_same_connection(scratch_url: str) -> None:
    """Many users, interleaved on few connections, some failing and some given up half-way."""
    ask = """
    SELECT json_build_array(nullif(current_setting('app.user_role', true), ''),
                            set_config('app.user_role', $1, true),
                            CASE WHEN $2 = 'fail' THEN (1 / (length($2) - 4))::text
                                 WHEN $2 = 'wait' THEN pg_sleep(30)::text END)
    """

    async def one(database: Database, number: int) -> None:
        how = ("answer", "fail", "answer", "wait", "answer")[number % 5]
        try:
            async with asyncio.timeout(0.05 if how == "wait" else 30):
                before, mine, _ = json.loads(await database.value(ask, f"user {number}", how))
        except (asyncpg.DivisionByZeroError, TimeoutError):
            assert how != "answer"
        else:
            assert (before, mine) == (None, f"user {number}")

    for size in (1, 3):
        async with Database.connect(
            scratch_url, pool_max=size, acquire_timeout=30, statement_timeout=30, command_timeout=30
        ) as database:
            await asyncio.gather(*(one(database, number) for number in range(60)))

            assert await database.value("SELECT current_setting('app.user_role', true)") in {None, ""}


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


async def test_a_superuser_is_refused(scratch_url: str) -> None:
    async with Database.connect(scratch_url, pool_max=1) as database:
        with pytest.raises(UnfitDatabase, match="is a superuser"):
            await database.check_security()


async def test_the_bots_role_is_fit(database: Database) -> None:
    await database.check_security()


async def test_a_member_of_the_owner_is_refused(postgres: EmbeddedPostgres, database_name: str) -> None:
    async with Database.connect(postgres.dsn("repair_maintenance", database_name), pool_max=1) as database:
        with pytest.raises(UnfitDatabase, match="owns the tables"):
            await database.check_security()


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
