"""What was given up: Managers are told once a day and destination, see it, and have it tried again."""

from datetime import timedelta

import pytest

from bot.errors import RoleForbidden
from bot.roles import Role
from db.home import read_home
from db.models import Notification
from db.notifications import (
    bury_notification,
    claim_notifications,
    read_undelivered,
    retry_notification,
    revive_notifications,
)
from db.pool import Database
from tests.shop import Connection, Shop

LEASE = timedelta(seconds=30)
STATES = "SELECT state, count(*) FROM notifications WHERE kind = 'card' GROUP BY 1 ORDER BY 1"


async def claim(database: Database) -> list[Notification]:
    found = await claim_notifications(database, "C0SHOP", 10, LEASE)
    return [claimed for claimed in found if isinstance(claimed, Notification)]


async def bury_all(database: Database, error: str, *, kinds: tuple[str, ...] = ()) -> None:
    """Give up whatever is due, or only what is of ``kinds``."""
    for each in await claim(database):
        if not kinds or each.kind in kinds:
            assert await bury_notification(database, each, error)


async def told(owner: Connection) -> list[tuple[int, str | None, str]]:
    found = await owner.fetch(
        "SELECT recipient_id, facts ->> 'to' AS whom, state FROM notifications WHERE kind = 'undeliverable' ORDER BY id"
    )
    return [tuple(row) for row in found]


async def test_managers_see_ten_a_page_and_retry_one_or_all(owner: Connection, shop: Shop, database: Database) -> None:
    tickets = [await shop.add_ticket(title=f"Ticket {number}") for number in range(12)]
    await owner.execute("UPDATE notifications SET state = 'dead', error = 'is_archived'")
    who = shop.manager.asker()
    first = await read_undelivered(database, who, None)
    second = await read_undelivered(database, who, first.messages[-1].id)

    assert [each.ticket_id for each in (*first.messages, *second.messages)] == tickets[::-1]
    assert (first.total, first.has_next, first.has_previous) == (12, True, False)
    assert (second.total, second.has_next, second.has_previous) == (12, False, True)
    assert (first.messages[0].title, first.messages[0].error, first.messages[0].to) == (
        "Ticket 11",
        "is_archived",
        None,
    )
    assert (await read_home(database, who, opened=False)).undelivered == 12
    assert (await read_home(database, shop.viewer.asker(), opened=False)).undelivered is None

    one = await retry_notification(database, who, "key-1", first.messages[0].id)
    again = await retry_notification(database, who, "key-1", first.messages[0].id)
    gone = await retry_notification(database, who, "key-2", first.messages[0].id)

    assert (one.retried, one.total, one.repeated) == (1, 11, False)
    assert (again.retried, again.repeated) == (1, True)
    assert gone.retried == 0
    assert (await retry_notification(database, who, "key-3", None)).retried == 11
    assert [tuple(row) for row in await owner.fetch(STATES)] == [("waiting", 12)]
    assert {each.kind for each in await claim(database)} == {"card"}  # at once


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
async def test_nobody_else_retries(shop: Shop, database: Database, role: Role) -> None:
    person = next(each for each in shop.people if each.role is role)
    with pytest.raises(RoleForbidden):
        await retry_notification(database, person.asker(), "key-1", None)


async def test_managers_are_told_once_a_day_and_destination_and_not_about_themselves(
    owner: Connection, shop: Shop, database: Database
) -> None:
    second = await shop.add_member("Mona Gray", Role.MANAGER)
    for _ in range(2):
        await shop.add_ticket(worker=shop.technician)
    for _ in range(2):
        await bury_all(database, "channel_not_found", kinds=("card", "assigned"))

    assert set(await told(owner)) == {
        (manager.id, whom, "waiting") for manager in (shop.manager, second) for whom in (None, "Tom Reed")
    }

    await owner.execute("UPDATE notification_destinations SET next_at = now(), claimed_id = NULL")
    for _ in range(2):
        await bury_all(database, "channel_not_found", kinds=("undeliverable",))

    assert [state for _, _, state in await told(owner)] == ["dead"] * 4  # what says so dies as well, and that is all

    await owner.execute("DELETE FROM notifications")
    await owner.execute(
        "INSERT INTO notifications (kind, ticket_id, recipient_id) VALUES ('completed', 1, $1)", shop.manager.id
    )
    await owner.execute("UPDATE notification_destinations SET next_at = now(), claimed_id = NULL")
    await bury_all(database, "channel_not_found")

    assert await told(owner) == [(second.id, "Maria Francisco", "waiting")]


async def test_word_of_it_is_dropped_where_all_was_delivered_meanwhile(
    owner: Connection, shop: Shop, database: Database
) -> None:
    await shop.add_ticket()
    await bury_all(database, "not_in_channel")

    assert await revive_notifications(database, errors=["is_archived"]) == 0
    assert await revive_notifications(database, errors=["not_in_channel"]) == 1

    await claim(database)

    assert await told(owner) == [(shop.manager.id, None, "dropped")]


async def test_retried_reply_brings_its_card_back(owner: Connection, shop: Shop, database: Database) -> None:
    ticket, other = await shop.add_ticket(), await shop.add_ticket()
    for number in (ticket, other):
        await owner.execute("UPDATE tickets SET priority = 'urgent' WHERE id = $1", number)
    await owner.execute("UPDATE notifications SET state = 'dead', error = 'is_archived'")
    reply = await owner.fetchval(
        "SELECT id FROM notifications WHERE kind = 'thread' AND ticket_id = $1 ORDER BY id LIMIT 1", ticket
    )

    assert (await retry_notification(database, shop.manager.asker(), "key-1", reply)).retried == 2
    assert [(each.kind, each.ticket_id) for each in await claim(database)] == [("card", ticket)]
