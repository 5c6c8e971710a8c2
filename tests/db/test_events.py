"""What happens to a ticket, as its thread and its people are told: how many messages, and which are edited."""

from typing import Any

import pytest

from bot.errors import NotTheWorker, TicketAlreadyCompleted, TicketNotFound, TicketNotTaken
from db.models import Notification
from db.notifications import claim_notifications, repost_card
from db.pool import Database
from db.tickets import accept_ticket, read_history, release_ticket
from tests.db.test_notifications import CHANNEL, LEASE, act_as, claim, finish, send_all, update
from tests.shop import Connection, Shop

MINUTE_AGO = "UPDATE notifications SET created_at = created_at - interval '61 s', sent_at = sent_at - interval '61 s'"


async def thread(owner: Connection) -> list[list[tuple[Any, ...]]]:
    """Return the events of each message in the thread, in the order of posting."""
    found = await owner.fetch(
        """SELECT n.id, e ->> 'event' AS event, e ->> 'old' AS old, e ->> 'new' AS new
             FROM notifications n, jsonb_array_elements(n.facts -> 'events') WITH ORDINALITY x (e, n)
            WHERE n.kind = 'thread' ORDER BY n.id, x.n"""
    )
    messages: dict[int, list[tuple[Any, ...]]] = {}
    for row in found:
        messages.setdefault(row["id"], []).append((row["event"], row["old"], row["new"]))
    return list(messages.values())


async def direct(owner: Connection, person: int) -> list[tuple[Any, ...]]:
    found = await owner.fetch(
        "SELECT kind, state, version, facts ->> 'worker' FROM notifications WHERE recipient_id = $1 ORDER BY id", person
    )
    return [tuple(row) for row in found]


async def note(owner: Connection, ticket: int, body: str = "Called.") -> None:
    await owner.execute("INSERT INTO ticket_notes (ticket_id, body) VALUES ($1, $2)", ticket, body)


async def test_filing_makes_a_card_and_nothing_else(owner: Connection, shop: Shop) -> None:
    await shop.add_ticket(worker=shop.technician)

    assert await thread(owner) == []


async def test_what_happens_within_a_minute_is_one_reply(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await update(owner, ticket, tech=shop.technician.email)
    await send_all(owner)
    await update(owner, ticket, title="Dead laptop", customer_id=shop.customers[1], description="It smells.")
    await note(owner, ticket)

    assert await thread(owner) == [
        [
            ("assigned", None, "Tom Reed"),
            ("title", "Laptop does not start", "Dead laptop"),
            ("description", None, None),
            ("customer", None, None),
            ("note", None, None),
        ]
    ]
    row = await owner.fetchrow("SELECT state, version FROM notifications WHERE kind = 'thread'")
    assert row is not None
    assert tuple(row) == ("waiting", 5)


async def test_what_happens_later_is_a_reply_of_its_own(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await note(owner, ticket)
    await owner.execute(MINUTE_AGO)
    await note(owner, ticket)

    assert len(await thread(owner)) == 2


async def test_a_reply_tells_a_bounded_number_of_events(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await owner.execute(
        "INSERT INTO ticket_notes (ticket_id, body) SELECT $1, 'Note ' || n FROM generate_series(1, 21) n", ticket
    )

    assert [len(message) for message in await thread(owner)] == [20, 1]


async def test_completed_reopened_and_urgent_are_replies_for_the_channel(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await update(owner, ticket, priority="high")
    await update(owner, ticket, priority="urgent")
    await update(owner, ticket, completed=True, actual_hours=2)
    await update(owner, ticket, completed=False)
    await note(owner, ticket)
    broadcast = await owner.fetch("SELECT facts ? 'broadcast' FROM notifications WHERE kind = 'thread' ORDER BY id")

    assert await thread(owner) == [
        [("priority", "medium", "high")],
        [("priority", "high", "urgent")],
        [("completed", None, "2.00")],
        [("reopened", None, None)],
        [("note", None, None)],
    ]
    assert [row[0] for row in broadcast] == [False, True, True, True, False]


async def test_what_was_done_is_told_by_the_completion_alone(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await owner.execute("INSERT INTO ticket_notes (ticket_id, kind, body) VALUES ($1, 'resolution', 'Fan.')", ticket)

    assert await thread(owner) == []


async def test_reply_comes_after_its_card_and_stands_under_it(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket()
    await act_as(owner, shop.manager)
    await note(owner, ticket, "Call 555-0100")
    [card] = await claim(database)
    await finish(database, card, "1.1")
    [reply] = await claim(database)

    assert (card.kind, reply.kind, reply.thread_ts, reply.broadcast) == ("card", "thread", "1.1", False)
    assert [(event.event, event.actor) for event in reply.events] == [("note", "Maria Francisco")]
    assert "555" not in reply.model_dump_json()


async def test_reply_is_dropped_where_there_is_no_card(owner: Connection, shop: Shop, database: Database) -> None:
    dead, removed = await shop.add_ticket(), await shop.add_ticket()
    for ticket in (dead, removed):
        await note(owner, ticket)
    await owner.execute("UPDATE notifications SET state = 'dead' WHERE kind = 'card'")
    await owner.execute("UPDATE notifications SET channel = 'C0SHOP', ts = '1.1' WHERE kind = 'thread'")
    await owner.execute("DELETE FROM tickets WHERE id = $1", removed)
    claimed = await claim(database)
    replies = await owner.fetch("SELECT state, error FROM notifications WHERE kind = 'thread' ORDER BY id")

    assert [tuple(row) for row in replies] == [("dropped", "no card to stand under"), ("waiting", None)]
    assert [card.kind for card in claimed] == ["card"]  # of the removed one: it says so
    await finish(database, claimed[0])
    assert await claim(database) == []


async def test_card_of_another_channel_is_posted_anew_before_its_reply(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket()
    await send_all(owner)
    await note(owner, ticket)
    [card] = await claim_notifications(database, "C0NEW", 10, LEASE)
    assert isinstance(card, Notification)
    await finish(database, card, "2.1")
    [reply] = await claim_notifications(database, "C0NEW", 10, LEASE)

    assert isinstance(reply, Notification)
    assert (card.kind, card.ts, reply.kind, reply.thread_ts) == ("card", None, "thread", "2.1")


async def test_reply_waits_for_a_new_card_where_the_old_one_is_gone(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket()
    await send_all(owner)
    await note(owner, ticket)
    [reply] = await claim(database)
    await repost_card(database, reply)
    [card] = await claim(database)
    await finish(database, card, "2.2")
    [again] = await claim(database)

    assert (reply.id, "2.2") == (again.id, again.thread_ts)
    assert (reply.channel, card.kind) == (CHANNEL, "card")


async def test_ticket_from_before_the_bot_gets_its_card_with_the_first_note(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket()
    await owner.execute("DELETE FROM notifications")
    await note(owner, ticket)

    assert [claimed.kind for claimed in await claim(database)] == ["card"]


async def test_technician_in_the_middle_reads_where_the_ticket_went(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await send_all(owner)
    await act_as(owner, shop.technician)
    await update(owner, ticket, tech=shop.colleague.email)

    assert await direct(owner, shop.technician.id) == [("assigned", "waiting", 2, "Ana Lopez")]
    assert await direct(owner, shop.colleague.id) == [("assigned", "waiting", 1, None)]


async def test_technician_who_had_not_heard_of_it_hears_nothing(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await update(owner, ticket, tech=shop.colleague.email)

    assert await direct(owner, shop.technician.id) == [("assigned", "dropped", 1, None)]


async def test_ticket_that_went_and_came_back_unheard_is_still_theirs(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await send_all(owner)
    await update(owner, ticket, tech=shop.colleague.email)
    await update(owner, ticket, tech=shop.technician.email)

    assert await direct(owner, shop.technician.id) == [
        ("assigned", "waiting", 3, None),
        ("unassigned", "dropped", 1, "Ana Lopez"),
    ]
    assert await direct(owner, shop.colleague.id) == [("assigned", "dropped", 1, None)]
    assert "assigned" in {claimed.kind for claimed in await claim(database)}


async def test_completion_taken_back_unheard_is_not_told(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await update(owner, ticket, completed=True)
    await update(owner, ticket, completed=False)

    assert await direct(owner, shop.regular_user.id) == [("completed", "dropped", 1, None)]


async def test_change_within_a_minute_edits_the_message_and_a_later_one_does_not(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await send_all(owner)
    await owner.execute("UPDATE notifications SET sent_at = now()")
    await update(owner, ticket, priority="high")

    assert await direct(owner, shop.technician.id) == [("assigned", "waiting", 2, None)]

    await send_all(owner)
    await owner.execute(MINUTE_AGO)
    await update(owner, ticket, priority="low")

    assert await direct(owner, shop.technician.id) == [("assigned", "sent", 2, None)]


async def test_reopening_within_a_minute_is_a_message_of_its_own(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await update(owner, ticket, completed=True)
    await send_all(owner)
    await owner.execute("UPDATE notifications SET sent_at = now()")
    await update(owner, ticket, completed=False)

    assert await direct(owner, shop.regular_user.id) == [
        ("completed", "sent", 1, None),
        ("reopened", "waiting", 1, None),
    ]


async def test_accepting_is_recorded_once_and_edits_the_message(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await send_all(owner)
    asker = shop.technician.asker()
    first = await accept_ticket(database, asker, "key-1", ticket)
    again = await accept_ticket(database, asker, "key-1", ticket)
    twice = await accept_ticket(database, asker, "key-2", ticket)

    assert (first.repeated, again.repeated, twice.repeated) == (False, True, False)
    assert await direct(owner, shop.technician.id) == [("assigned", "waiting", 2, None)]
    assert await thread(owner) == [[("accepted", None, None)]]
    events = await owner.fetch("SELECT kind, actor_id FROM ticket_events ORDER BY id")
    assert [tuple(row) for row in events] == [("filed", None), ("accepted", shop.technician.id)]
    history = await read_history(database, asker, ticket)
    assert [(entry.kind, entry.who) for entry in history.entries] == [("accepted", "Tom Reed"), ("filed", "system")]
    accepted = {told.kind: told.facts.get("accepted") for told in await claim(database)}
    assert accepted["assigned"] == 1


async def test_acceptance_does_not_outlast_a_hand_over(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await accept_ticket(database, shop.technician.asker(), "key-1", ticket)
    await release_ticket(database, shop.technician.asker(), "key-2", ticket)
    await update(owner, ticket, tech=shop.technician.email)
    told = {claimed.kind: claimed.facts for claimed in await claim(database)}

    assert told["assigned"] == {"accepted": 0}


async def test_only_the_tickets_technician_accepts_it(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.colleague, filer=shop.technician)
    with pytest.raises(NotTheWorker):
        await accept_ticket(database, shop.technician.asker(), "key-1", ticket)
    with pytest.raises(NotTheWorker):
        await accept_ticket(database, shop.manager.asker(), "key-2", ticket)
    await update(owner, ticket, tech="unassigned")
    with pytest.raises(TicketNotTaken):
        await accept_ticket(database, shop.colleague.asker(), "key-3", ticket)
    await update(owner, ticket, tech=shop.colleague.email, completed=True)
    with pytest.raises(TicketAlreadyCompleted):
        await accept_ticket(database, shop.colleague.asker(), "key-4", ticket)
    with pytest.raises(TicketNotFound):
        await accept_ticket(database, shop.technician.asker(), "key-5", 999_999)

    assert await owner.fetchval("SELECT count(*) FROM ticket_events WHERE kind = 'accepted'") == 0
