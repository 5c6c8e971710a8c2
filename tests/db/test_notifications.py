"""The outbox in the database: what is written by whom, and how claims hold."""

from datetime import timedelta
from typing import Any, TypeAlias

import asyncpg
import pytest

from bot.roles import Role
from db.models import Notification
from db.notifications import (
    bury_notification,
    claim_notifications,
    confirm_notification,
    finish_notification,
    next_notification_due,
    postpone_notification,
)
from db.pool import Database
from tests.shop import Member, Shop

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
CHANNEL = "C0SHOP"
LEASE = timedelta(seconds=30)
NOW = timedelta()


async def claim(database: Database, limit: int = 10, lease: timedelta = LEASE) -> list[Notification]:
    return [
        claimed
        for claimed in await claim_notifications(database, CHANNEL, limit, lease)
        if isinstance(claimed, Notification)
    ]


async def finish(database: Database, claimed: Notification, ts: str = "1.1") -> bool:
    return await finish_notification(database, claimed, claimed.channel or "D1", ts, NOW)


async def rows(owner: Connection) -> list[tuple[Any, ...]]:
    """Return cards and direct messages: test_events has the threads, test_undelivered word of what dies."""
    found = await owner.fetch(
        "SELECT kind, recipient_id, state FROM notifications WHERE kind NOT IN ('thread', 'undeliverable') ORDER BY id"
    )
    return [tuple(row) for row in found]


async def waiting(owner: Connection) -> list[tuple[Any, ...]]:
    return [(kind, recipient) for kind, recipient, state in await rows(owner) if state == "waiting"]


async def send_all(owner: Connection) -> None:
    await owner.execute(
        "UPDATE notifications SET state = 'sent', channel = 'C0SHOP', ts = id::text, uncertain_since = NULL"
    )


async def act_as(owner: Connection, person: Member | None) -> None:
    await owner.execute("SELECT set_config('app.current_user_id', $1, false)", person.web_id if person else "")


async def update(owner: Connection, ticket: int, **changes: object) -> None:
    names = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, 2))
    await owner.execute(f"UPDATE tickets SET {names} WHERE id = $1", ticket, *changes.values())  # noqa: S608 - own names


async def test_filed_ticket_gets_a_card(owner: Connection, shop: Shop) -> None:
    await shop.add_ticket()

    assert await rows(owner) == [("card", None, "waiting")]


async def test_new_technician_is_told_of_the_assignment(owner: Connection, shop: Shop) -> None:
    await shop.add_ticket(worker=shop.technician)

    assert ("assigned", shop.technician.id) in await waiting(owner)


async def test_handing_over_tells_both_technicians(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await send_all(owner)
    await update(owner, ticket, tech=shop.colleague.email)

    assert [
        ("card", None),
        ("assigned", shop.technician.id),  # is edited to where it has gone
        ("unassigned", shop.technician.id),
        ("assigned", shop.colleague.id),
    ] == await waiting(owner)


async def test_nobody_is_told_of_what_they_did(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(filer=shop.technician)
    await act_as(owner, shop.technician)
    await update(owner, ticket, tech=shop.technician.email)
    await update(owner, ticket, completed=True)

    assert await waiting(owner) == [("card", None)]


async def test_filer_is_told_of_completion_and_reopening(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user)
    await send_all(owner)
    await update(owner, ticket, completed=True)

    assert ("completed", shop.regular_user.id) in await waiting(owner)

    await send_all(owner)
    await update(owner, ticket, completed=False)

    assert ("reopened", shop.regular_user.id) in await waiting(owner)


async def test_managers_hear_of_urgent_completions_only(owner: Connection, shop: Shop) -> None:
    urgent, ordinary = await shop.add_ticket(priority="urgent"), await shop.add_ticket(priority="high")
    await update(owner, ordinary, completed=True)

    assert ("completed", shop.manager.id) not in await waiting(owner)

    await update(owner, urgent, completed=True)

    assert ("completed", shop.manager.id) in await waiting(owner)


async def test_who_cannot_read_is_not_told(owner: Connection, shop: Shop) -> None:
    for filer in (
        await shop.add_member("Nora Gray", Role.REGULAR_USER, linked=False),
        await shop.add_member("Ina Gone", Role.REGULAR_USER, active=False),
        await shop.add_member("Gus Guest", Role.REGULAR_USER, slack_state="guest"),
    ):
        await send_all(owner)
        ticket = await shop.add_ticket(filer=filer)
        await update(owner, ticket, completed=True)

        assert await waiting(owner) == [("card", None)], filer.name


async def test_a_change_of_nothing_says_nothing(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await send_all(owner)
    await update(owner, ticket, title="Laptop does not start")

    assert await waiting(owner) == []
    assert await owner.fetchval("SELECT count(*) FROM ticket_events") == 1


async def test_what_the_card_does_not_show_leaves_it_alone(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await send_all(owner)
    await update(owner, ticket, description="It smells burnt.")

    assert await waiting(owner) == []


async def test_changes_are_recorded_in_the_tickets_history(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await act_as(owner, shop.manager)
    await update(owner, ticket, tech=shop.technician.email, title="Dead laptop")
    await update(owner, ticket, completed=True)
    await act_as(owner, None)
    await update(owner, ticket, completed=False)
    await update(owner, ticket, tech="unassigned")
    await owner.execute("DELETE FROM tickets")
    events = await owner.fetch("SELECT kind, actor_id, worker_id FROM ticket_events ORDER BY id")

    manager, worker = shop.manager.id, shop.technician.id
    assert [
        ("filed", None, None),
        ("assigned", manager, worker),
        ("changed", manager, worker),
        ("completed", manager, worker),
        ("reopened", None, worker),
        ("released", None, None),
        ("removed", None, None),
    ] == [tuple(event) for event in events]


async def test_actor_is_named_where_a_person_did_it(owner: Connection, shop: Shop, database: Database) -> None:
    await act_as(owner, shop.manager)
    await shop.add_ticket(worker=shop.technician)

    assert {"Maria Francisco"} == {claimed.actor_name for claimed in await claim(database)}


async def test_only_the_newest_of_contradicting_messages_is_said(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await update(owner, ticket, tech="unassigned")
    await update(owner, ticket, tech=shop.technician.email)

    assert [("card", None), ("assigned", shop.technician.id)] == await waiting(owner)


async def test_what_may_have_arrived_is_followed_by_its_opposite(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    for claimed in await claim(database):
        assert await confirm_notification(database, claimed, LEASE)
    await update(owner, ticket, tech="unassigned")

    person = shop.technician.id
    assert [("card", None), ("assigned", person), ("unassigned", person)] == await waiting(owner)


async def test_overtaken_claim_frees_its_destination(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    claims = await claim(database)
    await update(owner, ticket, tech="unassigned")
    held = {claimed.kind: await confirm_notification(database, claimed, LEASE) for claimed in claims}
    await shop.add_ticket(worker=shop.technician, title="Another")
    again = await claim(database)

    assert held == {"card": True, "assigned": False}
    assert [(claimed.kind, claimed.ticket and claimed.ticket.title) for claimed in again] == [("assigned", "Another")]


async def test_new_address_of_a_technician_is_no_assignment(owner: Connection, shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await send_all(owner)
    async with owner.transaction():
        await owner.execute("SET CONSTRAINTS tickets_tech_fk DEFERRED")
        await owner.execute("UPDATE user_permissions SET email = 'tom@shop.example' WHERE id = $1", shop.technician.id)
        await owner.execute("UPDATE tickets SET tech = 'tom@shop.example' WHERE id = $1", ticket)

    assert await waiting(owner) == [("card", None)]


async def test_removed_ticket_is_said_on_a_card_that_stands(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    await send_all(owner)
    await owner.execute("DELETE FROM tickets WHERE id = $1", ticket)
    [card] = await claim(database)

    assert (card.ticket, card.facts, card.channel) == (None, {"title": "Laptop does not start"}, "C0SHOP")


async def test_removed_ticket_that_nobody_heard_of_is_not_mentioned(owner: Connection, shop: Shop) -> None:
    await shop.add_ticket(worker=shop.technician)
    await owner.execute("DELETE FROM tickets")

    assert await waiting(owner) == []


async def test_rolled_back_change_says_nothing(owner: Connection, shop: Shop) -> None:
    transaction = owner.transaction()
    await transaction.start()
    await shop.add_ticket()
    await transaction.rollback()

    assert await rows(owner) == []


async def test_managers_hear_of_tickets_that_return(owner: Connection, shop: Shop, database: Database) -> None:
    await shop.add_ticket(worker=shop.technician)
    await send_all(owner)
    await owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)
    told = [claimed for claimed in await claim(database) if claimed.kind not in {"card", "access_changed"}]

    assert [("returned_to_queue", shop.manager.id)] == [(claimed.kind, claimed.recipient_id) for claimed in told]
    assert told[0].facts == {"name": "Tom Reed", "count": 1}


async def test_claim_has_what_the_card_shows(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user, category=None)
    card = next(claimed for claimed in await claim(database) if claimed.kind == "card")

    assert card.ticket is not None
    assert (card.channel, card.recipient_slack_user_id) == (CHANNEL, None)
    assert (ticket, "Tom Reed", "Rita Bell") == (card.ticket.id, card.ticket.worker_name, card.ticket.filed_by_name)


async def test_completion_carries_what_was_done(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await send_all(owner)
    async with owner.transaction():
        await owner.execute(
            "INSERT INTO ticket_notes (ticket_id, kind, body) VALUES ($1, 'resolution', 'New fan.')", ticket
        )
        await update(owner, ticket, completed=True)
    told = next(claimed for claimed in await claim(database) if claimed.kind == "completed")

    assert told.facts == {"resolution": "New fan."}


async def test_one_message_a_destination_is_on_its_way(shop: Shop, database: Database) -> None:
    for _ in range(3):
        await shop.add_ticket()

    assert len(await claim(database)) == 1
    assert await claim(database) == []


async def test_messages_to_a_destination_keep_their_order(shop: Shop, database: Database) -> None:
    tickets = [await shop.add_ticket() for _ in range(3)]
    said = []
    while claimed := await claim(database):
        said += [card.ticket_id for card in claimed]
        assert [await finish(database, card) for card in claimed] == [True]

    assert tickets == said


async def test_later_message_about_a_ticket_waits_for_the_earlier(
    owner: Connection, shop: Shop, database: Database
) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await send_all(owner)
    await update(owner, ticket, completed=True)
    [_, told] = await claim(database)
    await confirm_notification(database, told, LEASE)
    await postpone_notification(database, told, timedelta(hours=1), "a fault", uncertain=True, destination_too=False)
    await update(owner, ticket, completed=False)

    assert await claim(database) == []


async def test_destination_rests_between_messages(shop: Shop, database: Database) -> None:
    for _ in range(2):
        await shop.add_ticket()
    [card] = await claim(database)
    await finish_notification(database, card, CHANNEL, "1.1", timedelta(seconds=20))
    due = await next_notification_due(database)

    assert await claim(database) == []
    assert due is not None
    assert 15 < due <= 20


async def test_lost_claim_comes_back_after_its_lease_and_is_fenced(shop: Shop, database: Database) -> None:
    await shop.add_ticket()
    [first] = await claim(database, lease=NOW)
    [second] = await claim(database)

    assert first.id == second.id
    assert not await confirm_notification(database, first, LEASE)
    assert not await finish(database, first)
    assert not await bury_notification(database, first, "no")
    assert await finish(database, second)


async def test_claim_after_an_unconfirmed_send_says_so(shop: Shop, database: Database) -> None:
    await shop.add_ticket()
    [first] = await claim(database)
    await confirm_notification(database, first, NOW)
    [second] = await claim(database)

    assert first.uncertain_since is None
    assert second.uncertain_since is not None


async def test_change_during_a_send_leads_to_an_edit(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    [card] = await claim(database)
    await update(owner, ticket, priority="urgent")
    await finish(database, card, "1.1")
    [again] = await claim(database)

    assert (card.id, "1.1", "urgent") == (again.id, again.ts, again.ticket and again.ticket.priority)
    assert await finish(database, again, "1.1")
    assert await rows(owner) == [("card", None, "sent")]


async def test_changes_before_a_send_are_one_message(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    for priority in ("low", "high", "urgent"):
        await update(owner, ticket, priority=priority)
    [card] = await claim(database)
    await finish(database, card)

    assert await rows(owner) == [("card", None, "sent")]


async def test_postponed_destination_gets_nothing_else(shop: Shop, database: Database) -> None:
    for _ in range(2):
        await shop.add_ticket()
    [card] = await claim(database)
    hour = timedelta(hours=1)
    await postpone_notification(database, card, hour, "limited", uncertain=False, destination_too=True)

    assert await claim(database) == []


async def test_postponed_message_goes_first_when_its_destination_is_free_again(
    owner: Connection, shop: Shop, database: Database
) -> None:
    for _ in range(2):
        await shop.add_ticket()
    [card] = await claim(database)
    await postpone_notification(database, card, timedelta(hours=1), "away", uncertain=True, destination_too=True)
    await owner.execute("UPDATE notification_destinations SET next_at = now()")
    [again] = await claim(database)

    assert again.id == card.id  # or each try while Slack is away would leave one more that may have arrived


async def test_fault_of_one_message_lets_others_overtake(shop: Shop, database: Database) -> None:
    for _ in range(2):
        await shop.add_ticket()
    [card] = await claim(database)
    hour = timedelta(hours=1)
    await postpone_notification(database, card, hour, "a fault", uncertain=False, destination_too=False)
    [other] = await claim(database)

    assert other.id != card.id


async def test_buried_card_comes_back_with_the_next_change(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    [card] = await claim(database)
    await bury_notification(database, card, "is_archived")

    assert await rows(owner) == [("card", None, "dead")]

    await update(owner, ticket, priority="low")

    assert [card.id] == [again.id for again in await claim(database)]


async def test_cards_are_dropped_without_a_shop_channel(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    claimed = await claim_notifications(database, None, 10, LEASE)

    assert [told.kind for told in claimed] == ["assigned"]
    assert ("card", None, "dropped") in await rows(owner)

    await update(owner, ticket, priority="low")

    assert ("card", None) in await waiting(owner)


async def test_messages_to_who_left_are_dropped_at_the_claim(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    await update(owner, ticket, completed=True)
    await owner.execute("UPDATE user_permissions SET slack_state = 'deleted' WHERE id = $1", shop.regular_user.id)
    claimed = await claim(database)

    assert [told.kind for told in claimed] == ["card"]
    assert ("completed", shop.regular_user.id, "dropped") in await rows(owner)


async def test_card_of_another_channel_is_posted_anew(owner: Connection, shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()
    [card] = await claim(database)
    await finish(database, card)
    await update(owner, ticket, priority="low")
    [moved] = await claim_notifications(database, "C0NEW", 10, LEASE)

    assert isinstance(moved, Notification)
    assert (moved.channel, moved.ts) == ("C0NEW", None)


async def test_direct_channel_is_remembered_for_a_person(shop: Shop, database: Database) -> None:
    await shop.add_ticket(worker=shop.technician)
    told = next(claimed for claimed in await claim(database) if claimed.kind == "assigned")
    await finish_notification(database, told, "D0TOM", "1.1", NOW)
    await shop.add_ticket(worker=shop.technician)
    again = next(claimed for claimed in await claim(database) if claimed.kind == "assigned")

    assert (told.channel, again.channel, again.ts) == (None, "D0TOM", None)


async def test_nothing_is_due_when_nothing_waits(shop: Shop, database: Database) -> None:
    assert shop.people
    assert await next_notification_due(database) is None


@pytest.mark.usefixtures("shop")
async def test_the_bot_cannot_write_the_outbox_itself_nor_say_what_did_not_happen(bot: Connection) -> None:
    for statement in (
        "DELETE FROM notifications",
        "DELETE FROM notification_destinations",
        "DELETE FROM ticket_events",
        "SELECT app.add_notification('card', 1, NULL)",
        "SELECT app.notify_managers_of_return('x', 1, 1)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bot.execute(statement)


async def test_group_cannot_claim(owner: Connection, shop: Shop) -> None:
    assert shop.people
    for function in ("claim_notifications", "confirm_notification", "finish_notification", "postpone_notification",
                     "bury_notification", "next_notification_due", "keep_house"):  # fmt: skip
        allowed = await owner.fetchval(
            "SELECT has_function_privilege('authenticated_users', p.oid, 'EXECUTE') FROM pg_proc p WHERE proname = $1",
            function,
        )
        assert allowed is False, function
