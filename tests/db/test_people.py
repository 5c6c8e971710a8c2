"""People who come and go: the last Manager, and the tickets of those who leave."""

import asyncio

import asyncpg
import pytest

from bot.roles import Role
from tests.db.sessions import acting_as
from tests.db.test_requests import waiting_for_lock
from tests.shop import Connection, Shop

LAST = "last active Manager"


async def test_last_manager_stays(shop: Shop, owner: Connection) -> None:
    statements = (
        "UPDATE user_permissions SET role = 'Technician' WHERE role = 'Manager'",
        "UPDATE user_permissions SET is_active = false WHERE role = 'Manager'",
        "DELETE FROM user_permissions WHERE role = 'Manager'",
    )
    for statement in statements:
        with pytest.raises(asyncpg.CheckViolationError, match=LAST) as refused:
            await owner.execute(statement)
        assert refused.value.constraint_name == "user_permissions_last_manager", statement

    await shop.add_member("Mo Second", Role.MANAGER)
    await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.manager.id)
    for statement in statements:
        with pytest.raises(asyncpg.CheckViolationError, match=LAST):
            await owner.execute(statement)


async def test_inactive_manager_does_not_count(shop: Shop, owner: Connection) -> None:
    await shop.add_member("Mo Second", Role.MANAGER, active=False)

    with pytest.raises(asyncpg.CheckViolationError, match=LAST):
        await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.manager.id)


async def test_two_managers_cannot_demote_each_other(shop: Shop, owner: Connection, owner_url: str) -> None:
    second = await shop.add_member("Mo Second", Role.MANAGER)
    demote = "UPDATE user_permissions SET role = 'Viewer' WHERE id = $1"
    other = await asyncpg.connect(owner_url)
    try:
        async with owner.transaction():
            await owner.execute(demote, second.id)
            slower = asyncio.create_task(other.execute(demote, shop.manager.id))
            await waiting_for_lock(owner)
        with pytest.raises(asyncpg.CheckViolationError, match=LAST):
            await slower
    finally:
        await other.close()


async def test_stricter_isolation_cannot_get_round_the_last_manager(shop: Shop, owner: Connection) -> None:
    await shop.add_member("Mo Second", Role.MANAGER)

    with pytest.raises(asyncpg.FeatureNotSupportedError):
        async with owner.transaction(isolation="repeatable_read"):
            await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.manager.id)


@pytest.mark.parametrize("change", ["is_active = false", "role = 'Viewer'", "role = 'Regular User'"])
async def test_open_tickets_return_to_the_queue(change: str, shop: Shop, owner: Connection) -> None:
    for _ in range(2):
        await shop.add_ticket(worker=shop.technician)
    done = await shop.add_ticket(worker=shop.technician, completed=True)
    anas = await shop.add_ticket(worker=shop.colleague)
    await owner.execute(f"UPDATE user_permissions SET {change} WHERE id = $1", shop.technician.id)  # noqa: S608 - above

    tech = {row["id"]: row["tech"] for row in await owner.fetch("SELECT id, tech FROM tickets")}
    assert sorted(tech.values()) == sorted(["unassigned", "unassigned", shop.technician.email, shop.colleague.email])
    assert (tech[done], tech[anas]) == (shop.technician.email, shop.colleague.email)
    told = await owner.fetch("SELECT recipient_id, facts FROM notifications WHERE kind = 'returned_to_queue'")
    assert [row["recipient_id"] for row in told] == [shop.manager.id]


async def test_promotion_keeps_the_tickets(shop: Shop, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    await owner.execute("UPDATE user_permissions SET role = 'Manager' WHERE id = $1", shop.technician.id)

    assert await owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket) == shop.technician.email


async def test_manager_deactivates_a_technician(shop: Shop, bot: Connection, owner: Connection) -> None:
    await shop.add_ticket(worker=shop.technician)
    async with acting_as(bot, shop.manager):
        await bot.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)

    assert await owner.fetchval("SELECT tech FROM tickets") == "unassigned"
    assert await owner.fetchval("SELECT user_id FROM activity_log ORDER BY id DESC LIMIT 1") == shop.manager.web_id


async def test_assignment_at_the_moment_of_leaving_returns_too(shop: Shop, owner: Connection, owner_url: str) -> None:
    """Whichever comes first: no open ticket stays with somebody who left."""
    other = await asyncpg.connect(owner_url)
    leave = "UPDATE user_permissions SET is_active = false WHERE id = $1"
    assign = "UPDATE tickets SET tech = $2 WHERE id = $1"
    try:
        first = await shop.add_ticket()
        async with owner.transaction():
            await owner.execute(assign, first, shop.technician.email)
            leaving = asyncio.create_task(other.execute(leave, shop.technician.id))
            await waiting_for_lock(owner)
        await leaving
        assert await owner.fetchval("SELECT tech FROM tickets WHERE id = $1", first) == "unassigned"

        second = await shop.add_ticket(worker=shop.colleague)
        queued = await shop.add_ticket()
        async with owner.transaction():
            await owner.execute(leave, shop.colleague.id)
            assigning = asyncio.create_task(other.execute(assign, queued, shop.colleague.email))
            await waiting_for_lock(owner)
        with pytest.raises(asyncpg.CheckViolationError, match="unknown or inactive"):
            await assigning
        assert await owner.fetchval("SELECT tech FROM tickets WHERE id = $1", second) == "unassigned"
    finally:
        await other.close()


async def test_ticket_of_somebody_who_left_reopens_into_the_queue(shop: Shop, owner: Connection) -> None:
    ticket = await shop.add_ticket(worker=shop.technician, completed=True, filer=shop.regular_user)
    await owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)
    async with acting_as(owner, shop.regular_user):
        await owner.execute("SET LOCAL ROLE repair_bot")
        await owner.execute("UPDATE tickets SET completed = false WHERE id = $1", ticket)

    assert await owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket) == "unassigned"


async def test_new_address_carries_the_tickets_along(shop: Shop, bot: Connection, owner: Connection) -> None:
    await shop.add_ticket(worker=shop.technician)
    await shop.add_ticket(worker=shop.technician, completed=True)
    async with acting_as(bot, shop.manager):
        assert await bot.fetchval("SELECT change_user_email($1, 'Thomas@Shop.example')", shop.technician.web_id) == 2

    assert await owner.fetchval("SELECT array_agg(DISTINCT tech) FROM tickets") == ["thomas@shop.example"]


async def test_name_is_the_mail_boxes_until_slack_tells_it(owner: Connection) -> None:
    await owner.execute("INSERT INTO user_permissions (kinde_user_id, email) VALUES ('k', ' Jo.Doe@Shop.example')")

    assert await owner.fetchval("SELECT display_name FROM user_permissions") == "Jo.Doe"


async def test_deactivating_a_customer_meets_a_new_ticket(shop: Shop, bot: Connection, owner: Connection) -> None:
    async with owner.transaction():
        await shop.add_ticket(customer=shop.customers[1])

        async def deactivate() -> str:
            async with acting_as(bot, shop.manager):
                return str(await bot.fetchval("SELECT message FROM deactivate_customer($1)", shop.customers[1]))

        slower = asyncio.create_task(deactivate())
        await waiting_for_lock(owner)

    assert await slower == "Cannot deactivate customer with open tickets: 1"


async def test_web_application_is_trusted_with_all_rows_and_audited(
    shop: Shop, owner: Connection, owner_url: str
) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    web = await asyncpg.connect(owner_url)
    try:
        await web.execute("SET ROLE repair_web")
        assert await web.fetchval("SELECT count(*) FROM customers") == 3
        await web.execute(
            "UPDATE tickets SET title = 'From the web', completed = true, actual_hours = 2 WHERE id = $1", ticket
        )
        async with web.transaction():
            await web.execute("SELECT set_config('app.current_user_id', $1, true)", shop.manager.web_id)
            await web.execute("UPDATE customers SET active = false WHERE id = $1", shop.customers[2])
            await web.execute("DELETE FROM tickets WHERE id = $1", ticket)
        for table in ("notifications", "app.request_keys", "ticket_secrets"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await web.execute(f"SELECT * FROM {table}")  # noqa: S608 - from the line above
    finally:
        await web.close()

    log = await owner.fetch("SELECT user_id, action, resource_type FROM activity_log ORDER BY id DESC LIMIT 3")
    assert [tuple(row) for row in reversed(log)] == [
        ("system", "UPDATE", "ticket"),
        (shop.manager.web_id, "UPDATE", "customer"),
        (shop.manager.web_id, "DELETE", "ticket"),
    ]
