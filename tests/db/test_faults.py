from collections.abc import AsyncIterator
from decimal import Decimal

import asyncpg
import pytest

from bot.errors import (
    CustomerExists,
    CustomerInactive,
    CustomerNotFound,
    DatabaseAway,
    FieldRefused,
    HoursChangedMeanwhile,
    NotLinked,
    NotTheWorker,
    OutcomeUnknown,
    PersonAmbiguous,
    PersonTakesNoTickets,
    PersonUnknown,
    ReminderGone,
    RoleForbidden,
    SearchTooCommon,
    TicketAlreadyCompleted,
    TicketAlreadyTaken,
    TicketChangedMeanwhile,
    TicketNotFound,
    TicketNotTaken,
    TicketStillOpen,
)
from db.faults import FIELDS, refusal_for
from db.pool import Database
from tests.shop import Connection, Shop

RAISED = (
    ("ticket_not_found", '{"ticket": 42}', TicketNotFound(42)),
    ("ticket_taken", '{"ticket": 42, "worker": "Ana", "by_you": false}', TicketAlreadyTaken(42, "Ana", by_you=False)),
    ("ticket_taken", '{"ticket": 42, "worker": "Ana", "by_you": true}', TicketAlreadyTaken(42, "Ana", by_you=True)),
    ("ticket_completed", '{"ticket": 42}', TicketAlreadyCompleted(42)),
    ("ticket_in_queue", '{"ticket": 42}', TicketNotTaken(42)),
    ("ticket_not_yours", '{"ticket": 42, "worker": "Ana"}', NotTheWorker(42, "Ana")),
    ("ticket_not_yours", '{"ticket": 42, "worker": null}', NotTheWorker(42, None)),
    ("ticket_open", '{"ticket": 42}', TicketStillOpen(42)),
    (
        "ticket_changed",
        '{"ticket": 42, "who": "Ana", "fields": ["priority", "tech"]}',
        TicketChangedMeanwhile(42, "Ana", ["priority", "tech"]),
    ),
    ("person_unknown", '{"who": "bob"}', PersonUnknown("bob")),
    ("person_ambiguous", '{"who": "ana", "names": ["Ana", "Ana L"]}', PersonAmbiguous("ana", ["Ana", "Ana L"])),
    ("person_not_working", '{"name": "Rita"}', PersonTakesNoTickets("Rita")),
    ("customer_not_found", '{"customer": 7}', CustomerNotFound(7)),
    ("customer_exists", '{"customer": 7, "name": "Grace"}', CustomerExists(7, "Grace")),
    ("customer_inactive", '{"ticket": 42, "customer": 7}', CustomerInactive(42, 7)),
    ("role_forbidden", '{"role": "Viewer"}', RoleForbidden("Viewer")),
    ("not_linked", '{"reason": "guest"}', NotLinked("guest")),
    ("search_too_common", "{}", SearchTooCommon()),
    ("reminder_gone", "{}", ReminderGone()),
    ("hours_changed", "{}", HoursChangedMeanwhile([])),
)


@pytest.fixture
async def admin(owner_url: str) -> AsyncIterator[Database]:
    async with Database.connect(owner_url, pool_max=1, statement_timeout=20, command_timeout=20) as database:
        yield database


def error_with(state: str) -> asyncpg.PostgresError:
    return asyncpg.PostgresError.new({"S": "ERROR", "C": state, "M": "made up"})


async def test_what_a_function_refuses_arrives_as_its_refusal(admin: Database) -> None:
    for constraint, detail, expected in RAISED:
        with pytest.raises(type(expected)) as caught:
            await admin.value(
                f"DO $$ BEGIN RAISE EXCEPTION 'no' USING CONSTRAINT = '{constraint}', DETAIL = '{detail}'; END $$"
            )

        assert caught.value.sentence == expected.sentence


async def test_a_value_that_the_table_refuses_names_its_field(admin: Database, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    values: tuple[tuple[str, object, str], ...] = (
        ("title", "  ", "title"),
        ("description", "", "description"),
        ("priority", "extreme", "priority"),
        ("category", " ", "category"),
        ("estimated_hours", Decimal(0), "estimated_hours"),
        ("actual_hours", Decimal(-1), "hours"),
        ("customer_id", 999_999, "customer_id"),
        ("tech", "stranger@shop.example", "assign"),
    )
    for column, value, field in values:
        with pytest.raises(FieldRefused) as caught:
            await admin.value(f"UPDATE tickets SET {column} = $1 WHERE id = $2", value, ticket)  # noqa: S608 - as listed above

        assert caught.value.field == field
        assert caught.value.message, field


async def test_every_constraint_that_is_translated_exists(owner: Connection) -> None:
    existing = await owner.fetch(
        "SELECT conname AS name FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
    )
    raised = (
        "SELECT string_agg(prosrc, '') FROM pg_proc WHERE pronamespace IN ('app'::regnamespace, 'public'::regnamespace)"
    )
    source = await owner.fetchval(raised)
    names = {row["name"] for row in existing}

    assert [name for name in FIELDS if name not in names and f"'{name}'" not in source] == []


@pytest.mark.parametrize("state", ["57014", "57P01", "57P03", "55P03", "40P01", "40001", "53300", "25006"])
@pytest.mark.parametrize("writes", [False, True])
def test_a_statement_that_was_stopped_changed_nothing(state: str, writes: bool) -> None:
    assert isinstance(refusal_for(error_with(state), writes=writes), DatabaseAway)


@pytest.mark.parametrize("state", ["08003", "08006", "57P02"])
def test_a_write_whose_connection_broke_is_unknown(state: str) -> None:
    assert isinstance(refusal_for(error_with(state), writes=True), OutcomeUnknown)
    assert isinstance(refusal_for(error_with(state), writes=False), DatabaseAway)


@pytest.mark.parametrize("state", ["42501", "42883", "23505", "XX000"])
def test_what_only_a_fault_in_the_program_causes_is_not_translated(state: str) -> None:
    assert refusal_for(error_with(state), writes=True) is None
