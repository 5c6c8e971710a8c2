"""Who hears of a ticket because they watch it, or because a note mentions them."""

from typing import Any, Final

import asyncpg
import pytest

from bot.errors import TicketNotFound
from bot.roles import Role
from db.models import Notification
from db.pool import Database
from db.tickets import add_note, assign_ticket, read_ticket, watch_ticket
from tests.db.test_events import MINUTE_AGO, note
from tests.db.test_notifications import CHANNEL, act_as, claim, update
from tests.shop import Connection, Member, Shop


async def watch(database: Database, person: Member, ticket: int, *, watches: bool = True) -> bool:
    changed = await watch_ticket(database, person.asker(), f"{person.id} {watches}", ticket, watches=watches)
    return changed.ticket.watched


async def told(owner: Connection, kind: str) -> list[tuple[Any, ...]]:
    """Return who was sent how many events in a message of this kind."""
    rows = await owner.fetch(
        "SELECT recipient_id, COALESCE(jsonb_array_length(facts -> 'events'), 0) FROM notifications"
        " WHERE kind = $1 AND state <> 'dropped' ORDER BY id",
        kind,
    )
    return [tuple(row) for row in rows]


async def claimed_for(database: Database, person: Member) -> list[Notification]:
    return [message for message in await claim(database) if message.recipient_id == person.id]


async def test_watching_is_a_setting_that_shows_and_ends(shop: Shop, database: Database) -> None:
    ticket = await shop.add_ticket()

    assert await watch(database, shop.viewer, ticket)
    assert (await read_ticket(database, shop.viewer.asker(), ticket)).ticket.watched
    assert not (await read_ticket(database, shop.manager.asker(), ticket)).ticket.watched
    assert not await watch(database, shop.viewer, ticket, watches=False)


async def test_only_what_one_sees_can_be_watched(shop: Shop, database: Database, owner: Connection) -> None:
    hidden = await shop.add_ticket(worker=shop.colleague)
    with pytest.raises(TicketNotFound):
        await watch(database, shop.technician, hidden)
    with pytest.raises(TicketNotFound):
        await watch(database, shop.regular_user, 999_999)

    assert await owner.fetchval("SELECT count(*) FROM ticket_watchers") == 0


async def test_watchers_rows_are_their_own(shop: Shop, database: Database, bot: Connection) -> None:
    ticket = await shop.add_ticket()
    for person in (shop.viewer, shop.technician):
        await watch(database, person, ticket)
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.technician.web_id)
        seen = await bot.fetch("SELECT user_id FROM ticket_watchers")
        changed = await bot.execute("UPDATE ticket_watchers SET watches = false")

    assert ([row["user_id"] for row in seen], changed) == ([shop.technician.id], "UPDATE 1")
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.technician.web_id)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bot.execute(
                "INSERT INTO ticket_watchers (ticket_id, user_id) VALUES ($1, $2)", ticket, shop.manager.id
            )


async def test_watcher_hears_what_others_do_in_one_message_a_minute(
    shop: Shop, database: Database, owner: Connection
) -> None:
    ticket = await shop.add_ticket()
    for person in (shop.viewer, shop.manager):
        await watch(database, person, ticket)
    await act_as(owner, shop.manager)
    await update(owner, ticket, priority="high", tech=shop.technician.email)
    await note(owner, ticket, "Call 555-0100.")

    assert await told(owner, "watched") == [(shop.viewer.id, 3)]
    [message] = await claimed_for(database, shop.viewer)
    assert [event.body for event in message.events] == [None, None, "Call 555-0100."]

    await owner.execute(MINUTE_AGO)
    await watch(database, shop.viewer, ticket, watches=False)
    await note(owner, ticket)
    await watch_ticket(database, shop.viewer.asker(), "again", ticket, watches=True)
    await note(owner, ticket)
    assert await told(owner, "watched") == [(shop.viewer.id, 3), (shop.viewer.id, 1)]


async def test_nobody_hears_twice_of_the_same(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket(filer=shop.regular_user)
    for person in (shop.regular_user, shop.technician):
        await watch(database, person, ticket)
    await update(owner, ticket, tech=shop.technician.email)
    await update(owner, ticket, completed=True)
    await note(owner, ticket, "For @rita.bell")

    assert await told(owner, "watched") == [(shop.regular_user.id, 1), (shop.technician.id, 2)]
    assert await told(owner, "assigned") == [(shop.technician.id, 0)]
    assert await told(owner, "completed") == [(shop.regular_user.id, 0)]
    assert await told(owner, "mentioned") == [(shop.regular_user.id, 1)]


async def test_who_no_longer_sees_the_ticket_is_not_told(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket()
    await watch(database, shop.technician, ticket)
    await assign_ticket(database, shop.manager.asker(), "key", ticket, str(shop.colleague.id))
    await note(owner, ticket, "For nobody else.")

    assert await claimed_for(database, shop.technician) == []
    row = await owner.fetchrow("SELECT state, error FROM notifications WHERE kind = 'watched'")
    assert row is not None
    assert tuple(row) == ("dropped", "recipient does not see the ticket")


async def test_whom_a_ticket_is_visible_to_is_what_the_policies_say(
    shop: Shop, bot: Connection, owner: Connection
) -> None:
    for worker in (None, shop.technician, shop.colleague, shop.manager):
        for filer in (None, shop.regular_user, shop.technician, shop.viewer):
            for completed in (False, True):
                await shop.add_ticket(worker=worker, filer=filer, completed=completed)
    for person in shop.people:
        async with bot.transaction():
            await bot.execute("SELECT app.set_session($1)", person.web_id)
            seen = [row[0] for row in await bot.fetch("SELECT id FROM tickets ORDER BY id")]
        visible = await owner.fetch(
            "SELECT t.id FROM tickets t, user_permissions u WHERE u.id = $1 AND app.is_visible_to(t, u) ORDER BY t.id",
            person.id,
        )
        assert seen == [row[0] for row in visible], person.name


async def test_note_tells_whom_it_mentions_and_its_writer_whom_not(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await shop.add_member("Ann Lopez", Role.TECHNICIAN)
    await shop.add_member("Otto Weiss", Role.MANAGER, linked=False)
    ticket = await shop.add_ticket(filer=shop.regular_user, worker=shop.technician)
    body = (
        "@U0TOMREED, @maria: @Victor Hale and @ana, @otto, @lopez? See rita.bell@shop.example, @home,"
        " @U0STRANGER, @U0TOMREED again."
    )
    added = await add_note(database, shop.technician.asker(), "key", ticket, body)

    assert await told(owner, "mentioned") == [(shop.manager.id, 1), (shop.viewer.id, 1)]
    assert [(mention.name, mention.why) for mention in added.missed] == [
        ("Ana Lopez", "hidden"),
        ("Otto Weiss", "unreachable"),
        ("lopez", "unclear"),
        ("U0STRANGER", "unknown"),
    ]
    assert added.ticket.notes[-1].body == body.replace("@U0TOMREED", "@Tom Reed")
    [message] = await claimed_for(database, shop.viewer)
    assert (message.kind, message.events[0].body) == ("mentioned", added.ticket.notes[-1].body)
    await note(owner, ticket, "@victor once more")
    assert await told(owner, "mentioned") == [(shop.manager.id, 1), (shop.viewer.id, 2)]  # within the minute
    assert "@" not in str([message for message in await claim(database) if message.channel == CHANNEL])


async def test_who_does_not_see_a_ticket_learns_nothing_of_who_does(shop: Shop, bot: Connection) -> None:
    hidden = await shop.add_ticket(worker=shop.colleague)
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.technician.web_id)
        assert await bot.fetchval("SELECT app.missed_mentions($1, '@rita @ana')", hidden) == "[]"


async def test_note_mentions_ten_people_at_most(shop: Shop, database: Database, owner: Connection) -> None:
    people = [await shop.add_member(f"Helper{number} Hand", Role.MANAGER) for number in range(12)]
    ticket = await shop.add_ticket()
    await add_note(
        database, shop.manager.asker(), "key", ticket, " ".join(f"@{person.name}" for person in people) + " @" * 4000
    )

    assert len(await told(owner, "mentioned")) == 10


ODD: Final = ("@", "@@@", "a@b", "@(ana", "@\\1 @.*", "<!channel> @tom.reed_", "<@U0TOMREED>")


async def test_odd_names_are_no_mentions(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket()
    for body in ODD:
        added = await add_note(database, shop.manager.asker(), body, ticket, body)

        assert (added.ticket.notes[-1].body, added.missed) == (body, [])
    assert await told(owner, "mentioned") == []
    await add_note(database, shop.manager.asker(), "key", ticket, "@ana\n")
    assert await told(owner, "mentioned") == [(shop.colleague.id, 1)]


async def test_removed_note_is_not_told(shop: Shop, database: Database, owner: Connection) -> None:
    ticket = await shop.add_ticket()
    await note(owner, ticket, "@maria look")
    await owner.execute("DELETE FROM ticket_notes")

    assert await claimed_for(database, shop.manager) == []
