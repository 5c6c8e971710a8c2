"""Handing over, reopening, noting and editing: what each does, and what it refuses."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from bot.errors import (
    CustomerInactive,
    FieldRefused,
    NotTheWorker,
    Overwritten,
    PersonAmbiguous,
    PersonTakesNoTickets,
    PersonUnknown,
    Refusal,
    TicketAlreadyTaken,
    TicketChangedMeanwhile,
    ValueRefused,
)
from bot.roles import Relation, Role
from db.models import Asker, TicketChanged
from db.pool import Database
from db.tickets import (
    add_note,
    assign_ticket,
    edit_ticket,
    read_edit_form,
    read_ticket,
    release_ticket,
    reopen_ticket,
    take_ticket,
)
from tests.shop import KEYS, Connection, Shop

TRACES = (
    "SELECT (SELECT jsonb_agg(to_jsonb(t) ORDER BY id) FROM tickets t), (SELECT count(*) FROM activity_log),"
    " (SELECT count(*) FROM ticket_notes), (SELECT count(*) FROM ticket_events),"
    " (SELECT count(*) FROM app.request_keys), (SELECT sum(version) FROM notifications)"
)


async def traces(owner: Connection) -> tuple[Any, ...]:
    """Return all that a change of a ticket leaves behind."""
    row = await owner.fetchrow(TRACES)
    assert row is not None
    return tuple(row)


async def test_people_are_found_as_they_are_called(shop: Shop, database: Database) -> None:
    for typed in (
        "Ana Lopez",
        "ana",
        "@Ana",
        "LOPEZ",
        "  ana   lopez ",
        "ana.lopez",
        "@ana.lopez",
        "U0ANALOPEZ",
        "u0analopez",
        f"{shop.colleague.id}",
    ):
        ticket = await shop.add_ticket()
        answer = await assign_ticket(database, shop.manager.asker(), f"as {typed}", ticket, typed)

        assert (answer.ticket.worker_name, answer.ticket.worker_slack_user_id) == ("Ana Lopez", "U0ANALOPEZ"), typed
        assert (answer.repeated, answer.no_technician) == (False, False), typed


async def test_who_takes_tickets_is_meant_before_who_does_not(shop: Shop, database: Database) -> None:
    """A namesake at the front desk, or who left, is in nobody's way."""
    await shop.add_member("Ana Front", Role.REGULAR_USER)
    await shop.add_member("Ana Gone", Role.TECHNICIAN, active=False)
    ticket = await shop.add_ticket()

    answer = await assign_ticket(database, shop.manager.asker(), "key", ticket, "ana")

    assert answer.ticket.worker_name == "Ana Lopez"


async def test_who_cannot_be_meant_is_said(shop: Shop, database: Database, owner: Connection) -> None:
    for name in ("Ana Ruiz", "Ana Stone"):
        await shop.add_member(name, Role.TECHNICIAN)
    await shop.add_member("Ina Gone", Role.TECHNICIAN, active=False)
    ticket = await shop.add_ticket()
    before = await traces(owner)
    cases: tuple[tuple[str, type[Refusal], str], ...] = (
        ("Bob", PersonUnknown, "“Bob”"),
        ("", PersonUnknown, "Nobody here"),
        ("%", PersonUnknown, "“%”"),
        ("an", PersonUnknown, "“an”"),
        ("U0STRANGER", PersonUnknown, "no access here yet"),
        ("0", PersonUnknown, "“0”"),
        ("99999999999999999999", PersonUnknown, "“999"),
        ("x" * 5000, PersonUnknown, "xxx"),
        ("ana", PersonAmbiguous, "By “ana” you may mean Ana Lopez, Ana Ruiz or Ana Stone."),
        ("Rita", PersonTakesNoTickets, "Rita Bell takes no tickets"),
        ("victor hale", PersonTakesNoTickets, "Victor Hale takes no tickets"),
        ("Ina", PersonTakesNoTickets, "Ina Gone takes no tickets"),
    )
    for typed, refusal, words in cases:
        with pytest.raises(refusal) as caught:
            await assign_ticket(database, shop.manager.asker(), "key", ticket, typed)

        assert words in caught.value.sentence
        assert await traces(owner) == before, typed


async def test_whoever_handed_over_still_gets_the_card(shop: Shop, database: Database) -> None:
    """A technician doesn't see a colleague's ticket: the answer is the last that they see of it."""
    ticket = await shop.add_ticket(worker=shop.technician)
    answer = await assign_ticket(database, shop.technician.asker(), "key", ticket, "ana")

    assert (answer.ticket.worker_name, answer.ticket.relations) == ("Ana Lopez", frozenset({Relation.OTHER}))
    with pytest.raises(Refusal, match="that you can see"):
        await read_ticket(database, shop.technician.asker(), ticket)


async def test_to_hand_a_ticket_to_who_has_it_is_refused(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)

    with pytest.raises(TicketAlreadyTaken, match="Tom Reed's already"):
        await assign_ticket(database, shop.manager.asker(), "key", ticket, "tom")
    with pytest.raises(TicketAlreadyTaken, match="yours already"):
        await assign_ticket(database, shop.technician.asker(), "key", ticket, "me")


async def test_me_is_whoever_asks(shop: Shop, database: Database) -> None:
    anas, queued = await shop.add_ticket(worker=shop.colleague), await shop.add_ticket()
    managers = await assign_ticket(database, shop.manager.asker(), "one", anas, "me")
    technicians = await assign_ticket(database, shop.technician.asker(), "two", queued, "me")

    assert (managers.ticket.worker_name, technicians.ticket.worker_name) == ("Maria Francisco", "Tom Reed")


async def test_automatically_is_to_the_least_busy(shop: Shop, database: Database) -> None:
    await shop.add_ticket(worker=shop.colleague)
    anas = await shop.add_ticket(worker=shop.colleague)
    queued, own = await shop.add_ticket(), await shop.add_ticket(worker=shop.technician)
    manager, technician = shop.manager.asker(), shop.technician.asker()

    assert (await assign_ticket(database, manager, "one", queued, "auto")).ticket.worker_name == "Tom Reed"
    assert (await assign_ticket(database, technician, "two", own, "auto")).ticket.worker_name == "Ana Lopez"
    with pytest.raises(TicketAlreadyTaken, match="Ana Lopez's"):
        await assign_ticket(database, manager, "three", anas, "auto")


@pytest.mark.parametrize("own", [False, True], ids=["from the queue", "one's own"])
async def test_without_a_technician_nothing_is_changed(
    own: bool, shop: Shop, database: Database, owner: Connection
) -> None:
    person = shop.technician if own else shop.manager
    ticket = await shop.add_ticket(worker=person if own else None)
    await owner.execute(
        "UPDATE user_permissions SET is_active = false WHERE role = 'Technician' AND id <> $1", person.id
    )
    before = await owner.fetchrow("SELECT * FROM tickets")
    log = await owner.fetchval("SELECT count(*) FROM activity_log")

    answer = await assign_ticket(database, person.asker(), "key", ticket, "auto")

    assert (answer.no_technician, answer.ticket.worker_name) == (True, person.name if own else None)
    assert await owner.fetchrow("SELECT * FROM tickets") == before
    assert await owner.fetchval("SELECT count(*) FROM activity_log") == log


async def test_reopened_ticket_stays_with_who_finished_it(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, completed=True, actual_hours=Decimal(2))
    answer = (await reopen_ticket(database, shop.technician.asker(), "key", ticket, "It is dark again.")).ticket

    assert (answer.completed, answer.completed_at, answer.worker_name) == (False, None, "Tom Reed")
    assert answer.actual_hours == Decimal(2)
    assert [(note.author, note.kind, note.body) for note in answer.notes] == [
        ("Tom Reed", "note", "It is dark again."),
    ]


async def test_reopened_ticket_of_who_left_is_the_queues(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user, completed=True)
    await owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)
    answer = (await reopen_ticket(database, shop.regular_user.asker(), "key", ticket, " ")).ticket

    assert (answer.completed, answer.worker_name, answer.notes) == (False, None, [])


async def test_ticket_of_a_former_customer_stays_closed(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, completed=True)
    await owner.execute("UPDATE customers SET active = false WHERE id = 1")
    for person in (shop.manager, shop.technician):
        with pytest.raises(CustomerInactive):
            await reopen_ticket(database, person.asker(), "key", ticket, "why")


async def test_what_a_manager_finished_from_the_queue_is_nobodys(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(filer=shop.technician, completed=True)

    with pytest.raises(NotTheWorker, match="is nobody's"):
        await reopen_ticket(database, shop.technician.asker(), "key", ticket, "why")


async def test_note_or_reason_that_cannot_be_kept(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(completed=True)
    for body in ("", " \n\t", "x" * 10_001):
        with pytest.raises(FieldRefused) as caught:
            await add_note(database, shop.manager.asker(), "key", ticket, body)
        assert caught.value.field == "body", body[:10]

    with pytest.raises(FieldRefused) as caught:
        await reopen_ticket(database, shop.manager.asker(), "key", ticket, "x" * 10_001)
    assert caught.value.field == "why"


async def test_note_stands_on_the_ticket(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    answer = await add_note(database, shop.technician.asker(), "key", ticket, "Waits for a part & <more>.")

    assert [(note.author, note.body) for note in answer.ticket.notes] == [("Tom Reed", "Waits for a part & <more>.")]


async def test_only_what_is_given_is_edited(shop: Shop, database: Database, owner: Connection) -> None:
    await owner.execute("UPDATE shop_settings SET value = 'off' WHERE key = 'approval_limit'")  # or more would follow
    ticket = await shop.add_ticket(worker=shop.technician, estimated_hours=Decimal(3))
    edits: list[dict[str, Any]] = [
        {"title": "Fan is loud"},
        {"description": "Only when it is warm."},
        {"priority": "urgent", "category": None},
        {"estimated_hours": Decimal("2.50")},
        {"estimated_hours": None},
        {"customer_id": shop.customers[1]},
    ]
    for number, changes in enumerate(edits):
        before = (await read_ticket(database, shop.technician.asker(), ticket)).ticket
        after = (await edit_ticket(database, shop.technician.asker(), f"{number}", ticket, changes)).ticket
        old, new = before.model_dump(), after.model_dump()
        old["customer_id"], new["customer_id"] = before.customer.id, after.customer.id
        derived = {"updated_at", "version", "customer", "customer_name", "estimated_cost"}

        assert {name: new[name] for name in new if new[name] != old[name] and name not in derived} == changes
    row = await owner.fetchrow(
        "SELECT title, description, priority, category, estimated_hours, customer_id FROM tickets"
    )
    assert row is not None
    assert tuple(row) == ("Fan is loud", "Only when it is warm.", "urgent", None, None, shop.customers[1])


async def test_edit_of_nothing_leaves_nothing_behind(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, priority="high")
    before = await traces(owner)
    for number, changes in enumerate(({}, {"priority": "high"})):
        await edit_ticket(database, shop.technician.asker(), f"{number}", ticket, changes)
    after = await traces(owner)

    assert after[:4] == before[:4]
    assert after[5] == before[5]


WRONG: list[tuple[str, Any]] = [
    *(("title", value) for value in [None, "", " \n", "x" * 256]),
    *(("description", value) for value in [None, "", "x" * 10_001]),
    *(("priority", value) for value in [None, "", "soon", "x" * 300]),
    *(("category", value) for value in ["", " ", "x" * 101]),
    *(("estimated_hours", Decimal(value)) for value in ["0", "-1", "1000", "999.995", "NaN", "Infinity", "0.004"]),
    *(("customer_id", value) for value in [0, 999_999, 2**31 - 1]),
]


async def test_edit_refuses_each_wrong_value_at_its_field(shop: Shop, database: Database, owner: Connection) -> None:
    tickets = {completed: await shop.add_ticket(completed=completed) for completed in (False, True)}
    before = await traces(owner)
    wrong = {}
    for completed, (field, value) in itertools.product(tickets, WRONG):
        changes = {"priority": "high", field: value}
        try:
            await edit_ticket(database, shop.manager.asker(), "key", tickets[completed], changes)
        except FieldRefused as refusal:
            if refusal.field == field:
                continue
            wrong[completed, field, repr(value)[:40]] = refusal.field
        else:
            wrong[completed, field, repr(value)[:40]] = "was accepted"

    assert wrong == {}
    assert await traces(owner) == before


async def test_edit_refuses_what_no_form_sends(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    for changes in ({"tech": "tom.reed@shop.example"}, {"completed": 1}, {"id": 7}, {"created_by": None}):
        with pytest.raises(asyncpg.UndefinedColumnError):
            await edit_ticket(database, shop.manager.asker(), "key", ticket, changes)
    for changes in ({"customer_id": 2**40}, {"title": "NUL \0"}):
        with pytest.raises(ValueRefused):
            await edit_ticket(database, shop.manager.asker(), "key", ticket, changes)


async def test_edit_form_knows_the_ticket_and_the_technicians(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    facts = await read_edit_form(database, shop.regular_user.asker(), ticket)

    assert facts.ticket.id == ticket
    assert facts.ticket.relations == {Relation.FILER, Relation.QUEUE}
    assert [person.name for person in facts.technicians] == ["Ana Lopez", "Tom Reed"]


async def seen_by(database: Database, asker: Asker, ticket: int) -> datetime:
    return (await read_ticket(database, asker, ticket)).ticket.updated_at


async def test_form_does_not_overwrite_what_changed_while_it_was_open(
    shop: Shop, database: Database, owner: Connection
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    asker = shop.regular_user.asker()
    seen = await seen_by(database, asker, ticket)
    await edit_ticket(database, shop.technician.asker(), "one", ticket, {"priority": "low", "title": "Fan"})
    before = await traces(owner)

    with pytest.raises(TicketChangedMeanwhile) as caught:
        await edit_ticket(database, asker, "two", ticket, {"priority": "high", "description": "Loud."}, seen=seen)

    assert "Tom Reed has changed the priority of ticket" in caught.value.sentence
    assert await traces(owner) == before
    again = await seen_by(database, asker, ticket)
    answer = await edit_ticket(database, asker, "three", ticket, {"priority": "high"}, seen=again)
    assert answer.ticket.priority == "high"


async def test_form_is_kept_where_something_else_changed_meanwhile(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    asker = shop.regular_user.asker()
    seen = await seen_by(database, asker, ticket)
    await take_ticket(database, shop.technician.asker(), "one", ticket)
    await edit_ticket(database, shop.technician.asker(), "two", ticket, {"priority": "low", "estimated_hours": 2})

    answer = await edit_ticket(database, asker, "three", ticket, {"title": "Fan"}, seen=seen)

    assert (answer.ticket.title, answer.ticket.priority, answer.ticket.worker_name) == ("Fan", "low", "Tom Reed")


async def test_plain_sql_counts_as_a_change_too(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    asker = shop.regular_user.asker()
    seen = await seen_by(database, asker, ticket)
    await owner.execute("UPDATE tickets SET estimated_hours = 4, customer_id = 2")

    with pytest.raises(TicketChangedMeanwhile, match="The system has changed the customer and estimate of"):
        await edit_ticket(database, asker, "key", ticket, {"customer_id": 3, "estimated_hours": 1}, seen=seen)


async def test_who_was_overtaken_is_told_each_change_in_words_and_may_go_on_from_there(
    shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    asker = shop.technician.asker()
    seen = await seen_by(database, asker, ticket)
    other = shop.manager.asker()
    for number, priority in enumerate(("low", "urgent")):
        await edit_ticket(database, other, f"{number}", ticket, {"priority": priority})
    await edit_ticket(
        database, other, "2", ticket, {"customer_id": shop.customers[1]}, passcode=SecretStr("4711"), keys=KEYS
    )
    wanted: dict[str, str | int | Decimal | None] = {
        "priority": "high",
        "customer_id": shop.customers[0],
        "title": "Fan",
    }

    with pytest.raises(TicketChangedMeanwhile) as caught:
        await edit_ticket(database, asker, "3", ticket, wanted, seen=seen, passcode=SecretStr("0815"), keys=KEYS)

    assert caught.value.changes == (
        Overwritten("customer_id", "Maria Francisco", "Grace Hill", "Omar Diaz"),
        Overwritten("device_passcode", "Maria Francisco"),
        Overwritten("priority", "Maria Francisco", "medium", "urgent"),
    )
    answer = await edit_ticket(database, asker, "4", ticket, wanted, seen=caught.value.seen)
    assert (answer.ticket.priority, answer.ticket.title) == ("high", "Fan")


async def test_assign_form_is_told_who_took_the_ticket_meanwhile(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    asker = shop.manager.asker()
    seen = await seen_by(database, asker, ticket)
    await take_ticket(database, shop.technician.asker(), "one", ticket)

    with pytest.raises(TicketAlreadyTaken, match="Tom Reed's already"):
        await assign_ticket(database, asker, "two", ticket, "tom", seen=seen)
    with pytest.raises(TicketChangedMeanwhile) as caught:
        await assign_ticket(database, asker, "three", ticket, "ana", seen=seen)
    assert caught.value.changes == (Overwritten("tech", "Tom Reed", None, "Tom Reed"),)
    decided = await assign_ticket(database, asker, "four", ticket, "ana", seen=caught.value.seen)
    assert decided.ticket.worker_name == "Ana Lopez"


async def test_assign_form_goes_through_where_the_ticket_is_back_in_the_queue(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    asker = shop.manager.asker()
    seen = await seen_by(database, asker, ticket)
    await take_ticket(database, shop.technician.asker(), "one", ticket)
    await release_ticket(database, shop.technician.asker(), "two", ticket)

    assert (await assign_ticket(database, asker, "three", ticket, "ana", seen=seen)).ticket.worker_name == "Ana Lopez"


Write = Callable[[Database, Asker, str, int], Awaitable[TicketChanged]]
WRITES: dict[str, Write] = {
    "assign": lambda db, asker, key, ticket: assign_ticket(db, asker, key, ticket, "ana"),
    "assign automatically": lambda db, asker, key, ticket: assign_ticket(db, asker, key, ticket, "auto"),
    "reopen": lambda db, asker, key, ticket: reopen_ticket(db, asker, key, ticket, "why"),
    "note": lambda db, asker, key, ticket: add_note(db, asker, key, ticket, "Called."),
    "edit": lambda db, asker, key, ticket: edit_ticket(db, asker, key, ticket, {"title": "Fan", "priority": "low"}),
}


async def test_same_key_twice_has_one_effect_and_one_answer(shop: Shop, database: Database, owner: Connection) -> None:
    asker = shop.technician.asker()
    for name, write in WRITES.items():
        ticket = await shop.add_ticket(worker=shop.technician, completed=name == "reopen")
        first = await write(database, asker, f"key of {name}", ticket)
        after = await traces(owner)
        second = await write(database, asker, f"key of {name}", ticket)

        assert (first.repeated, second) == (False, first.model_copy(update={"repeated": True})), name
        assert await traces(owner) == after, name
