"""A completion is taken back for ten minutes, as long as nothing else has changed."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.errors import (
    CompletionStays,
    CustomerInactive,
    NotTheWorker,
    Overwritten,
    Refusal,
    RoleForbidden,
    TicketChangedMeanwhile,
    TicketStillOpen,
)
from db.approvals import decide_approval, read_ticket_approval
from db.completions import read_checklist, save_checklist, undo_completion
from db.models import TicketChanged, TicketId
from db.pool import Database
from db.tickets import (
    add_note,
    complete_ticket,
    edit_ticket,
    read_history,
    read_ticket,
    reopen_ticket,
    set_bench_status,
)
from db.timers import start_timer, stop_timer
from tests.shop import Member, Shop

UNDOABLE = timedelta(minutes=9, seconds=50)


async def done(
    shop: Shop, database: Database, ticket: int, hours: str = "2", who: Member | None = None
) -> TicketChanged:
    who = who or shop.technician
    return await complete_ticket(database, who.asker(), f"done {ticket}", ticket, Decimal(hours), "New fan.")


async def went_by(shop: Shop, passed: timedelta) -> None:
    """Let every completion have been made so long ago, and what was said of it have been sent then."""
    await shop.owner.execute("UPDATE ticket_completions SET completed_at = completed_at - $1::interval", passed)
    await shop.owner.execute(
        "ALTER TABLE tickets DISABLE TRIGGER USER; UPDATE tickets SET created_at = created_at - interval '1 day'"
    )
    await shop.owner.execute("UPDATE tickets SET completed_at = completed_at - $1::interval WHERE completed", passed)
    await shop.owner.execute("ALTER TABLE tickets ENABLE TRIGGER USER")


async def deliver(shop: Shop, ago: timedelta = timedelta()) -> None:
    """Have everything said that is to be said, so long ago."""
    await shop.owner.execute(
        "UPDATE notifications SET state = 'sent', channel = 'D1', ts = id::text, sent_at = now() - $1::interval,"
        " created_at = now() - $1::interval",
        ago,
    )


async def told(shop: Shop, who: Member) -> list[tuple[str, str, bool]]:
    rows = await shop.owner.fetch(
        "SELECT kind, state, facts ? 'undone' AS undone FROM notifications WHERE recipient_id = $1 ORDER BY id", who.id
    )
    return [tuple(row) for row in rows]


async def test_what_was_there_before_is_there_again(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(
        worker=shop.technician, bench_status="quality_check", actual_hours=Decimal("0.50"), filer=shop.regular_user
    )
    due = await shop.owner.fetchval("SELECT due_at FROM tickets")
    changed = await done(shop, database, ticket)
    await went_by(shop, UNDOABLE)

    undone = (await undo_completion(database, shop.technician.asker(), "undo", ticket)).ticket

    assert (changed.ticket.undoable, undone.undoable) == (True, False)
    assert (undone.completed, undone.bench_status, undone.actual_hours) == (False, "quality_check", Decimal("0.50"))
    assert (undone.worker_name, undone.completed_at, undone.due_at) == ("Tom Reed", None, due)
    assert [(note.kind, note.body) for note in undone.notes] == [("withdrawn", "New fan.")]
    history = await read_history(database, shop.technician.asker(), ticket)
    assert [entry.kind for entry in history.entries] == ["undone", "changed", "resolution", "filed"]


async def test_without_hours_before_there_are_none_again(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await done(shop, database, ticket)

    undone = await undo_completion(database, shop.technician.asker(), "undo", ticket)

    assert (undone.timed, undone.ticket.actual_hours) == (False, None)


async def test_what_was_declined_is_taken_back_in_the_same_way(shop: Shop, database: Database) -> None:
    tom = shop.technician.asker()
    ticket = await shop.add_ticket(worker=shop.technician, bench_status="diagnosing", actual_hours=Decimal("0.50"))
    seen = (await read_checklist(database, shop.manager.asker(), None)).checklist.shown
    await save_checklist(database, shop.manager.asker(), "list", None, ["Fans"], seen)

    declined = (await set_bench_status(database, tom, "decline", ticket, "declined")).ticket
    undone = await undo_completion(database, tom, "undo", ticket)

    assert (declined.undoable, declined.checks) == (True, [])
    assert (undone.ticket.bench_status, undone.ticket.actual_hours, undone.timed) == (
        "diagnosing",
        Decimal("0.50"),
        False,
    )


async def test_who_takes_a_customers_no_back_has_to_ask_again(shop: Shop, database: Database) -> None:
    manager = shop.manager.asker()
    ticket = await shop.add_ticket(worker=shop.technician, estimated_hours=Decimal(10))
    asked = await read_ticket_approval(database, manager, TicketId(ticket))
    await decide_approval(database, manager, "no", asked.approval.id, approved=False, how="phone", said="")

    undone = (await undo_completion(database, manager, "undo", ticket)).ticket

    assert undone.bench_status == "waiting_approval"
    assert (await read_ticket_approval(database, manager, TicketId(ticket))).approval.id > asked.approval.id


@pytest.mark.parametrize("said", [True, False])
async def test_whoever_was_told_of_a_customers_no_hears_that_it_was_taken_back(
    shop: Shop, database: Database, *, said: bool
) -> None:
    manager = shop.manager.asker()
    ticket = await shop.add_ticket(
        worker=shop.technician, filer=shop.regular_user, estimated_hours=Decimal(10), bench_status="diagnosing"
    )
    await deliver(shop)
    asked = await read_ticket_approval(database, manager, TicketId(ticket))
    await decide_approval(database, manager, "no", asked.approval.id, approved=False, how="phone", said="")
    if said:
        await deliver(shop, timedelta(minutes=5))

    await undo_completion(database, manager, "undo", ticket)

    decided = ("approval_decided", "sent" if said else "dropped", False)
    again = [("reopened", "waiting", True)] if said else []
    assert await told(shop, shop.technician) == [("assigned", "sent", False), decided, *again]
    completed = ("completed", "sent" if said else "dropped", False)
    assert await told(shop, shop.regular_user) == [completed, *again]


async def test_a_due_date_by_default_stays_where_it_was(shop: Shop, database: Database) -> None:
    await shop.keep_hours()
    ticket = await shop.add_ticket(worker=shop.technician)
    await shop.owner.execute(
        "ALTER TABLE tickets DISABLE TRIGGER USER; UPDATE tickets SET due_at = '2026-01-05 12:00Z'"
    )
    await shop.owner.execute("ALTER TABLE tickets ENABLE TRIGGER USER")
    before = await shop.owner.fetchval("SELECT due_at FROM tickets")
    await done(shop, database, ticket)

    undone = await undo_completion(database, shop.technician.asker(), "undo", ticket)

    assert undone.ticket.due_at == before
    assert await shop.owner.fetchval("SELECT due_by_default FROM tickets")


async def test_the_timer_stays_stopped_and_what_it_measured_is_booked(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, actual_hours=Decimal(1))
    await start_timer(database, shop.technician.asker(), "start", ticket)
    await shop.owner.execute("UPDATE labour_entries SET started_at = now() - interval '30 minutes'")
    await done(shop, database, ticket, "7")

    undone = await undo_completion(database, shop.technician.asker(), "undo", ticket)

    assert (undone.timed, undone.ticket.actual_hours, undone.ticket.timer_since) == (True, Decimal("1.50"), None)


async def refusal(database: Database, who: Member, ticket: int) -> Refusal:
    with pytest.raises(Refusal) as refused:
        await undo_completion(database, who.asker(), f"{who.id} {ticket} {id(object())}", ticket)
    return refused.value


async def test_after_ten_minutes_it_stays(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await done(shop, database, ticket)
    await went_by(shop, timedelta(minutes=10))

    assert "ten minutes" in (await refusal(database, shop.technician, ticket)).sentence
    assert not (await read_ticket(database, shop.manager.asker(), ticket)).ticket.undoable


async def test_whoever_changed_the_ticket_since_keeps_it_completed(shop: Shop, database: Database) -> None:
    asker = shop.technician.asker()
    edited, collected, web, noted = [await shop.add_ticket(worker=shop.technician) for _ in range(4)]
    for ticket in (edited, collected, web, noted):
        await done(shop, database, ticket)
    await edit_ticket(database, shop.manager.asker(), "edit", edited, {"priority": "high"})
    await set_bench_status(database, asker, "collected", collected, "collected")
    await shop.owner.execute("UPDATE tickets SET completed = false WHERE id = $1", web)
    still_open = await refusal(database, shop.technician, web)
    await shop.owner.execute("UPDATE tickets SET completed = true WHERE id = $1", web)
    await add_note(database, asker, "note", noted, "Called.")

    assert isinstance(still_open, TicketStillOpen)
    assert "changed since" in (await refusal(database, shop.technician, edited)).sentence
    assert "changed since" in (await refusal(database, shop.technician, collected)).sentence
    assert "in Slack" in (await refusal(database, shop.technician, web)).sentence
    assert not (await undo_completion(database, asker, "undo", noted)).ticket.completed


async def test_only_who_completed_it_or_a_manager_takes_it_back(shop: Shop, database: Database) -> None:
    hers, bosss = [await shop.add_ticket(worker=shop.technician, filer=shop.colleague) for _ in range(2)]
    await done(shop, database, hers)
    await done(shop, database, bosss, who=shop.manager)

    assert isinstance(await refusal(database, shop.colleague, hers), NotTheWorker)
    assert isinstance(await refusal(database, shop.viewer, hers), RoleForbidden)
    assert isinstance(await refusal(database, shop.regular_user, hers), RoleForbidden)
    assert isinstance(await refusal(database, shop.technician, bosss), CompletionStays)
    assert not (await undo_completion(database, shop.manager.asker(), "undo", hers)).ticket.completed


async def test_a_customer_who_was_deactivated_since_is_named(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await done(shop, database, ticket)
    await shop.owner.execute("UPDATE customers SET active = false WHERE id = $1", shop.customers[0])

    assert isinstance(await refusal(database, shop.manager, ticket), CustomerInactive)


async def test_two_at_once_and_a_double_click_take_it_back_once(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await done(shop, database, ticket)

    async def undo(who: Member, key: str) -> str:
        try:
            return f"repeated {(await undo_completion(database, who.asker(), key, ticket)).repeated}"
        except TicketStillOpen:
            return "open"

    answers = await asyncio.gather(
        undo(shop.technician, "click"), undo(shop.technician, "click"), undo(shop.manager, "other")
    )

    assert sum(answer == "repeated False" for answer in answers) == 1
    assert await shop.owner.fetchval("SELECT count(*) FROM ticket_events WHERE kind = 'undone'") == 1


async def test_an_undo_and_a_reopening_at_once_leave_one_of_them(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await done(shop, database, ticket)

    answers = await asyncio.gather(
        undo_completion(database, shop.technician.asker(), "undo", ticket),
        reopen_ticket(database, shop.manager.asker(), "reopen", ticket, "It fails again."),
        return_exceptions=True,
    )

    assert sum(isinstance(answer, TicketStillOpen) for answer in answers) == 1
    assert await shop.owner.fetchval("SELECT count(*) FROM ticket_events WHERE kind IN ('undone', 'reopened')") == 1


@pytest.mark.parametrize(
    ("ago", "then"),
    [
        (None, [("completed", "dropped", False)]),
        (timedelta(seconds=30), [("completed", "waiting", True)]),
        (timedelta(minutes=5), [("completed", "sent", False), ("reopened", "waiting", True)]),
    ],
)
async def test_who_was_told_hears_of_it(
    shop: Shop, database: Database, ago: timedelta | None, then: list[tuple[str, str, bool]]
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    await done(shop, database, ticket)
    if ago is not None:
        await deliver(shop, ago)

    await undo_completion(database, shop.technician.asker(), "undo", ticket)

    assert await told(shop, shop.regular_user) == then


async def test_the_thread_says_so_and_the_card_is_edited(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await done(shop, database, ticket)
    await deliver(shop, timedelta(minutes=2))

    await undo_completion(database, shop.manager.asker(), "undo", ticket)

    waiting = await shop.owner.fetch(
        "SELECT kind, facts -> 'events' -> 0 ->> 'event' FROM notifications WHERE state = 'waiting' ORDER BY id"
    )
    assert [tuple(row) for row in waiting] == [("card", None), ("thread", "undone")]


async def test_hours_booked_while_the_form_was_open_are_replaced_only_knowingly(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    asker = shop.manager.asker()
    seen = (await read_ticket(database, asker, ticket)).ticket.updated_at
    await start_timer(database, shop.technician.asker(), "start", ticket)
    await stop_timer(database, shop.technician.asker(), "stop", None, Decimal("1.50"))

    with pytest.raises(TicketChangedMeanwhile) as caught:
        await complete_ticket(database, asker, "one", ticket, Decimal("0.25"), "New fan.", seen=seen)

    assert caught.value.changes == (Overwritten("actual_hours", "Tom Reed", None, "1.50"),)
    still = (await read_ticket(database, asker, ticket)).ticket
    assert (still.completed, still.actual_hours, still.notes) == (False, Decimal("1.50"), [])
    decided = await complete_ticket(database, asker, "two", ticket, Decimal("1.75"), "New fan.", seen=caught.value.seen)
    assert decided.ticket.actual_hours == Decimal("1.75")
