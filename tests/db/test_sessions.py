"""Who is asking: the Slack account's link, its refusals, and how it comes about."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
import pytest

from bot.errors import NotLinked, RoleForbidden
from bot.roles import Role
from db.members import claim_workspace, link_slack_user, read_actor, refresh_slack_user
from db.pool import Database
from tests.shop import TEAM, Connection, Member, Shop


async def reason_of(call: Callable[[], Awaitable[object]]) -> str:
    with pytest.raises(NotLinked) as refused:
        await call()
    return refused.value.reason


async def test_actor_is_as_the_table_says(shop: Shop, database: Database) -> None:
    actor = (await read_actor(database, shop.technician.asker())).actor

    assert actor.model_dump() == {
        "id": shop.technician.id,
        "name": "Tom Reed",
        "role": Role.TECHNICIAN,
        "email": "tom.reed@shop.example",
        "slack_user_id": "U0TOMREED",
    }


async def test_who_has_no_access_hears_why(shop: Shop, database: Database) -> None:
    people = {
        "inactive": await shop.add_member("Ina Gone", Role.TECHNICIAN, active=False),
        "guest": await shop.add_member("Gus Guest", Role.TECHNICIAN, slack_state="guest"),
        "deleted": await shop.add_member("Del Eted", Role.MANAGER, slack_state="deleted"),
    }
    for reason, person in people.items():
        assert await reason_of(partial(read_actor, database, person.asker())) == reason
    stranger = shop.manager.asker().model_copy(update={"slack_user": "U0STRANGER"})
    assert await reason_of(lambda: read_actor(database, stranger)) == "unknown"
    elsewhere = shop.manager.asker().model_copy(update={"team": "T0OTHER"})
    assert await reason_of(lambda: read_actor(database, elsewhere)) == "other_workspace"


async def test_nobody_has_access_before_a_workspace_is_claimed(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await owner.execute("DELETE FROM shop_settings WHERE key = 'slack_team_id'")

    assert await reason_of(lambda: read_actor(database, shop.manager.asker())) == "other_workspace"


async def test_no_roles_let_nobody_in(shop: Shop, bot: Connection) -> None:
    none: tuple[list[str] | None, ...] = ([], None)
    for roles in none:
        with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
            await bot.execute("SELECT app.read_actor($1, $2, $3, 'x')", TEAM, shop.manager.slack_user_id, roles)
        assert refused.value.constraint_name == "role_forbidden"


async def test_role_is_read_with_each_request(shop: Shop, database: Database, owner: Connection) -> None:
    asker = shop.technician.asker(Role.TECHNICIAN)
    await read_actor(database, asker)
    await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.technician.id)

    with pytest.raises(RoleForbidden, match="Viewer"):
        await read_actor(database, asker)


async def test_link_by_the_one_matching_address(shop: Shop, database: Database, owner: Connection) -> None:
    await shop.add_member("Nina New", Role.TECHNICIAN, linked=False)
    linked = await link_slack_user(database, TEAM, "U0NINA", " Nina.New@Shop.example ", "Nina in Slack")
    again = await link_slack_user(database, TEAM, "U0NINA", "nina.new@shop.example", "Nina in Slack")

    assert (linked.name, linked.slack_user_id) == ("Nina in Slack", "U0NINA")
    assert again == linked
    logged = await owner.fetchrow(
        "SELECT user_id, user_agent, metadata #>> '{new,slack_user_id}' FROM activity_log ORDER BY id DESC LIMIT 1"
    )
    assert logged is not None
    assert tuple(logged) == ("kp_nina.new", "slack:link", "U0NINA")


async def test_link_at_the_same_moment(shop: Shop, database: Database, owner: Connection) -> None:
    nina = await shop.add_member("Nina New", Role.TECHNICIAN, linked=False)
    results = await asyncio.gather(
        *(link_slack_user(database, TEAM, user, nina.email, "Nina") for user in ("U0A", "U0A", "U0B", "U0B")),
        return_exceptions=True,
    )
    linked = await owner.fetchval("SELECT slack_user_id FROM user_permissions WHERE id = $1", nina.id)

    assert [isinstance(result, NotLinked) for result in results] == [
        linked != user for user in ("U0A", "U0A", "U0B", "U0B")
    ]


async def test_link_is_refused(shop: Shop, database: Database, owner: Connection) -> None:
    boss = await shop.add_member("Bea Boss", Role.MANAGER, linked=False)
    gone = await shop.add_member("Ina Gone", Role.TECHNICIAN, linked=False, active=False)

    async def link(email: str, team: str = TEAM) -> str:
        return await reason_of(lambda: link_slack_user(database, team, "U0NEW", email, "New"))

    assert await link("nobody@shop.example") == "unknown"
    assert await link("") == "unknown"
    assert await link(gone.email) == "inactive"
    assert await link(boss.email) == "manager_by_email"
    assert await link(shop.technician.email) == "ambiguous"
    assert await link(shop.technician.email, "T0OTHER") == "other_workspace"
    assert await owner.fetchval("SELECT count(*) FROM user_permissions WHERE slack_user_id = 'U0NEW'") == 0


async def test_refresh_takes_over_name_and_state(shop: Shop, database: Database, owner: Connection) -> None:
    async def state_of(person: Member) -> tuple[str, str]:
        row = await owner.fetchrow("SELECT display_name, slack_state FROM user_permissions WHERE id = $1", person.id)
        assert row is not None
        return row[0], row[1]

    assert await refresh_slack_user(database, TEAM, "U0TOMREED", "Tommy", "guest", None)
    assert await state_of(shop.technician) == ("Tommy", "guest")
    assert await refresh_slack_user(database, TEAM, "U0TOMREED", " ", "member", None)
    assert await state_of(shop.technician) == ("Tommy", "member")
    assert not await refresh_slack_user(database, TEAM, "U0NOBODY", "X", "member", None)
    assert not await refresh_slack_user(database, "T0OTHER", "U0TOMREED", "X", "deleted", None)
    assert await state_of(shop.technician) == ("Tommy", "member")


async def test_first_workspace_stays(database: Database) -> None:
    assert [await claim_workspace(database, team) for team in ("T0ONE", "T0TWO")] == ["T0ONE", "T0ONE"]


async def test_first_time_zone_stays(bot: Connection, owner: Connection) -> None:
    await bot.execute("SELECT app.claim_settings('Europe/Berlin', '07:30')")
    await bot.execute("SELECT app.claim_settings('UTC', '09:00')")

    rows = await owner.fetch("SELECT key, value FROM shop_settings WHERE key IN ('time_zone', 'summary_time')")
    stored = {row["key"]: row["value"] for row in rows}
    assert stored == {"time_zone": "Europe/Berlin", "summary_time": "07:30"}


async def test_grant_makes_the_first_manager_and_rescues(owner: Connection, bot: Connection) -> None:
    first = "SELECT app.grant_access('Boss@Shop.example', 'Manager', 'U0BOSS') ->> $1"
    assert await owner.fetchval(first, "created") == "true"
    assert await owner.fetchval(first, "created") == "false"
    await owner.execute("SELECT app.grant_access('second@shop.example', 'Manager', NULL)")
    await owner.execute("UPDATE user_permissions SET is_active = false, role = 'Viewer' WHERE slack_user_id = 'U0BOSS'")
    assert await owner.fetchval(first, "role") == "Manager"

    row = await owner.fetchrow(
        "SELECT kinde_user_id, is_active, role FROM user_permissions WHERE email = 'boss@shop.example'"
    )
    assert row is not None
    assert tuple(row) == ("email:boss@shop.example", True, "Manager")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await bot.execute(first, "role")


async def test_person_added_from_slack_is_named_after_their_account(shop: Shop, owner: Connection) -> None:
    await owner.execute("SELECT app.grant_access('new@shop.example', 'Viewer', 'U0NEW')")

    assert (
        await owner.fetchval("SELECT kinde_user_id FROM user_permissions WHERE slack_user_id = 'U0NEW'")
        == f"slack:{TEAM}:U0NEW"
    )
    assert shop.people


async def test_an_account_that_another_had_once_is_granted_to_somebody_new(shop: Shop, owner: Connection) -> None:
    await owner.execute("SELECT app.grant_access('first@shop.example', 'Viewer', 'U0SHARED')")
    await owner.execute("UPDATE user_permissions SET slack_user_id = NULL WHERE email = 'first@shop.example'")

    await owner.execute("SELECT app.grant_access('second@shop.example', 'Manager', 'U0SHARED')")

    rows = await owner.fetch("SELECT email, kinde_user_id FROM user_permissions WHERE slack_user_id = 'U0SHARED'")
    assert [tuple(row) for row in rows] == [("second@shop.example", "email:second@shop.example")]
    assert shop.people


async def test_web_session_takes_no_slack_id(shop: Shop, bot: Connection) -> None:
    for unknown in (shop.manager.slack_user_id, shop.manager.email, ""):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bot.execute("SELECT app.set_session($1)", unknown)


async def test_only_jobs_act_as_the_service(shop: Shop, bot: Connection, owner: Connection) -> None:
    await shop.add_ticket()
    async with bot.transaction():
        await bot.execute("SELECT app.set_service_session()")
        assert await bot.fetchval("SELECT count(*) FROM tickets") == 1
    for role in ("authenticated_users", "repair_web"):
        assert not await owner.fetchval(
            "SELECT has_function_privilege($1, 'app.set_service_session()', 'EXECUTE')", role
        )


async def test_last_login_is_noted(shop: Shop, database: Database, owner: Connection) -> None:
    await read_actor(database, shop.viewer.asker())
    noted = "SELECT last_login FROM user_permissions WHERE id = $1"
    first = await owner.fetchval(noted, shop.viewer.id)
    await read_actor(database, shop.viewer.asker())

    assert first is not None
    assert await owner.fetchval(noted, shop.viewer.id) == first


async def test_news_of_a_person_count_in_the_order_in_which_they_were_told(
    shop: Shop, database: Database, owner: Connection
) -> None:
    """Slack delivers an event again after a minute and after five: newer ones may have come in between."""
    then = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    for minutes, state in ((0, "member"), (5, "guest"), (1, "member")):
        told_at = then + timedelta(minutes=minutes)
        assert await refresh_slack_user(database, TEAM, "U0TOMREED", "Tom", state, told_at)  # type: ignore[arg-type]
    assert await owner.fetchval("SELECT slack_state FROM user_permissions WHERE id = $1", shop.technician.id) == "guest"

    assert await refresh_slack_user(database, TEAM, "U0TOMREED", "Tom", "member", then + timedelta(minutes=6))
    assert (
        await owner.fetchval("SELECT slack_state FROM user_permissions WHERE id = $1", shop.technician.id) == "member"
    )
