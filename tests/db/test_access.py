"""Requests for access in the database: when Managers are asked, what a decision does, and what settles itself."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import (
    AccessChanged,
    AccessDecidedAlready,
    AccessInactive,
    AccessRequestGone,
    AccountKnown,
    Asked,
    LastManager,
    NotLinked,
    RoleForbidden,
)
from bot.roles import Role
from db.housekeeping import keep_house
from db.members import decide_access, link_slack_user, read_actor, refresh_slack_user
from db.models import Asker, Notification, SlackState
from db.notifications import claim_notifications, finish_notification
from db.pool import Database
from tests.shop import TEAM, Connection, Member, Shop

SID = "U0STRANGER"
ZONE = "Asia/Kolkata"
EMAIL = "sid@elsewhere.example"


async def ask(database: Database, user: str = SID, email: str = EMAIL) -> Asked | None:
    """Try to be linked, in vain; return what the Managers were asked."""
    with pytest.raises(NotLinked) as caught:
        await link_slack_user(database, TEAM, user, email, "Sid Stranger")
    return caught.value.asked


async def request_id(owner: Connection, user: str = SID) -> int:
    number: int = await owner.fetchval("SELECT id FROM app.access_requests WHERE slack_user_id = $1", user)
    return number


async def request(owner: Connection) -> tuple[Any, ...]:
    row = await owner.fetchrow("SELECT state, role, decided_by FROM app.access_requests")
    assert row is not None
    return tuple(row)


async def told(owner: Connection) -> list[tuple[Any, ...]]:
    """Return what was, or is to be, said of requests."""
    found = await owner.fetch(
        "SELECT kind, recipient_id, state FROM notifications WHERE kind <> 'access_changed' ORDER BY id"
    )
    return [tuple(row) for row in found]


async def deliver(database: Database) -> list[Notification]:
    """Say what is due as the dispatcher does; return it."""
    said = []
    for notification in await claim_notifications(database, None, 10, timedelta(seconds=30)):
        assert isinstance(notification, Notification)
        where = notification.channel or f"D{notification.recipient_slack_user_id}"
        assert await finish_notification(database, notification, where, f"{notification.id}.1", timedelta())
        said.append(notification)
    return said


async def decide(  # noqa: PLR0917 - as the function
    database: Database,
    who: Member,
    number: int,
    role: Role | None,
    key: str = "key",
    account: str = SID,
    state: SlackState = "member",
) -> Role | None:
    asker = who.asker(Role.MANAGER, source="slack:button")
    decided = await decide_access(database, asker, key, number, role, account, state, ZONE)
    return decided.request.role


async def test_managers_are_asked_once(shop: Shop, database: Database, owner: Connection) -> None:
    second = await shop.add_member("Bo Boss", Role.MANAGER)
    await shop.add_member("Ida Off", Role.MANAGER, active=False)
    await shop.add_member("Una Linked", Role.MANAGER, linked=False)
    first = await ask(database)
    again = await asyncio.gather(*(ask(database) for _ in range(3)))

    assert first is not None
    assert (first.first, first.managers) == (True, 2)
    assert [asked and asked.first for asked in again] == [False] * 3
    assert await told(owner) == [("access_requested", person.id, "waiting") for person in (shop.manager, second)]


async def test_first_tries_at_the_same_moment_are_one_request(
    shop: Shop, database: Database, owner: Connection
) -> None:
    asked = await asyncio.gather(*(ask(database) for _ in range(4)))

    assert sorted(tried.first for tried in asked if tried) == [False, False, False, True]
    assert await told(owner) == [("access_requested", shop.manager.id, "waiting")]


async def test_nobody_is_asked_where_no_manager_could_help(shop: Shop, database: Database, owner: Connection) -> None:
    gone = await shop.add_member("Ina Gone", Role.TECHNICIAN, linked=False, active=False)

    for email in (gone.email, "no address", "\u212aarl@shop.example", "e" * 300):
        assert await ask(database, email=email) is None
    with pytest.raises(NotLinked):
        await link_slack_user(database, "T0OTHER", SID, EMAIL, "Sid")

    assert await owner.fetchval("SELECT count(*) FROM app.access_requests") == 0


async def test_who_is_approved_is_added_linked_and_told(shop: Shop, database: Database, owner: Connection) -> None:
    await ask(database)
    [question] = await deliver(database)
    assert question.access is not None
    assert (question.recipient_slack_user_id, question.access.email) == (shop.manager.slack_user_id, EMAIL)

    for _ in range(2):  # by the same key: once
        assert await decide(database, shop.manager, question.access.id, Role.TECHNICIAN) is Role.TECHNICIAN

    asker = Asker(team=TEAM, slack_user=SID, roles=tuple(Role), source="slack:command")
    actor = (await read_actor(database, asker)).actor
    assert (actor.name, actor.role, actor.email) == ("Sid Stranger", Role.TECHNICIAN, EMAIL)
    row = await owner.fetchrow("SELECT kinde_user_id, slack_time_zone FROM user_permissions WHERE id = $1", actor.id)
    assert row is not None
    assert tuple(row) == (f"slack:{TEAM}:{SID}", ZONE)
    logged = await owner.fetchrow(
        "SELECT user_id, action, user_agent FROM activity_log"
        " WHERE resource_type = 'user' AND resource_id = $1 AND action = 'INSERT'",
        actor.id,
    )
    assert logged is not None
    assert tuple(logged) == (shop.manager.web_id, "INSERT", "slack:button")
    edited, answer = sorted(await deliver(database), key=lambda said: said.kind, reverse=True)
    assert (edited.kind, edited.ts, edited.access and edited.access.decided_by) == (
        "access_requested",
        f"{edited.id}.1",
        "Maria Francisco",
    )
    assert (answer.kind, answer.recipient_slack_user_id, answer.ts) == ("access_decided", SID, None)
    assert await deliver(database) == []


async def test_two_managers_at_once_decide_once(shop: Shop, database: Database, owner: Connection) -> None:
    second = await shop.add_member("Bo Boss", Role.MANAGER)
    await ask(database)
    number = await request_id(owner)

    results = await asyncio.gather(
        decide(database, shop.manager, number, Role.VIEWER, "a"),
        decide(database, second, number, None, "b"),
        return_exceptions=True,
    )

    state, role, decided_by = await request(owner)
    winner, loser = (0, 1) if decided_by == shop.manager.id else (1, 0)
    assert (state, role) == (("approved", "Viewer") if winner == 0 else ("refused", None))
    assert results[winner] == role
    assert isinstance(results[loser], AccessDecidedAlready)
    assert await told(owner) == [
        ("access_requested", shop.manager.id, "dropped"),
        ("access_requested", second.id, "dropped"),
        ("access_decided", None, "waiting"),
    ]


async def test_refusal_holds_for_thirty_days(shop: Shop, database: Database, owner: Connection) -> None:
    await ask(database)
    assert await decide(database, shop.manager, await request_id(owner), None) is None
    logged = await owner.fetchrow("SELECT user_id, action, metadata::text FROM activity_log ORDER BY id DESC LIMIT 1")
    assert logged is not None
    assert tuple(logged) == (shop.manager.web_id, "REFUSE_ACCESS", '{"slack_user_id": "U0STRANGER"}')

    await owner.execute("UPDATE app.access_requests SET decided_at = now() - interval '29 days'")
    assert (await keep_house(database)).access_requests == 0
    refused = await ask(database)
    assert refused is not None
    assert (refused.state, refused.first, refused.by) == ("refused", False, "Maria Francisco")

    await owner.execute("UPDATE app.access_requests SET decided_at = now() - interval '31 days'")
    anew = await ask(database)
    assert anew is not None
    assert (anew.state, anew.first) == ("open", True)
    assert await told(owner) == [("access_requested", shop.manager.id, "waiting")]


async def test_managers_row_is_linked_in_the_role_that_was_chosen(
    shop: Shop, database: Database, owner: Connection
) -> None:
    boss = await shop.add_member("Bo Boss", Role.MANAGER, linked=False)
    people = await owner.fetchval("SELECT count(*) FROM user_permissions")
    await ask(database, email=boss.email)

    assert await decide(database, shop.manager, await request_id(owner), Role.MANAGER) is Role.MANAGER

    row = await owner.fetchrow(
        "SELECT slack_user_id, role, display_name, slack_time_zone FROM user_permissions WHERE id = $1", boss.id
    )
    assert row is not None
    assert tuple(row) == (SID, "Manager", "Sid Stranger", ZONE)
    assert await owner.fetchval("SELECT count(*) FROM user_permissions") == people


async def test_link_is_taken_from_another_account_only_if_the_managers_were_told(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await ask(database)
    number = await request_id(owner)
    await deliver(database)
    await owner.execute("UPDATE user_permissions SET email = $2 WHERE id = $1", shop.technician.id, EMAIL)

    with pytest.raises(AccessChanged):
        await decide(database, shop.manager, number, Role.TECHNICIAN)

    await ask(database)
    [question] = await deliver(database)
    assert question.ts is not None  # the same message, edited
    assert question.access is not None
    assert (question.access.obstacle, question.access.known_name) == ("ambiguous", "Tom Reed")
    await owner.execute("UPDATE user_permissions SET slack_state = 'deleted' WHERE id = $1", shop.technician.id)
    assert await decide(database, shop.manager, number, Role.TECHNICIAN) is Role.TECHNICIAN
    row = await owner.fetchrow("SELECT slack_user_id, slack_state FROM user_permissions WHERE email = $1", EMAIL)
    assert row is not None
    assert tuple(row) == (SID, "member")


async def test_approval_switches_nobody_on_and_takes_no_last_manager_away(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await ask(database)
    number = await request_id(owner)
    await owner.execute(
        "UPDATE user_permissions SET email = $2, is_active = false WHERE id = $1", shop.viewer.id, EMAIL
    )
    with pytest.raises(AccessInactive):
        await decide(database, shop.manager, number, Role.VIEWER)

    await ask(database, user="U0SECOND", email=shop.manager.email)
    with pytest.raises(LastManager):
        await decide(database, shop.manager, await request_id(owner, "U0SECOND"), Role.VIEWER, account="U0SECOND")

    states = await owner.fetch("SELECT state FROM app.access_requests")
    assert [row[0] for row in states] == ["open", "open"]
    assert await decide(database, shop.manager, number, None) is None


async def test_others_decide_nothing(shop: Shop, database: Database, owner: Connection) -> None:
    await ask(database)
    number = await request_id(owner)

    for who in (shop.technician, shop.regular_user, shop.viewer):
        for roles in ((Role.MANAGER,), tuple(Role)):  # the bot's own check, and without it
            with pytest.raises(RoleForbidden):
                await decide_access(database, who.asker(*roles), "key", number, Role.MANAGER, SID, "member")
    with pytest.raises(AccessRequestGone):
        await decide(database, shop.manager, number + 1, Role.VIEWER)

    assert await request(owner) == ("open", None, None)


async def test_manager_who_comes_later_is_asked_too(shop: Shop, database: Database, owner: Connection) -> None:
    await owner.execute("UPDATE user_permissions SET slack_user_id = NULL WHERE id = $1", shop.manager.id)
    asked = await ask(database)
    assert asked is not None
    assert asked.managers == 0
    assert await told(owner) == []

    await owner.execute("SELECT app.grant_access($1, 'Manager', 'U0MARIA')", shop.manager.email)
    await owner.execute("UPDATE user_permissions SET role = 'Manager' WHERE id = $1", shop.technician.id)

    assert [row[:2] for row in await told(owner)] == [
        ("access_requested", shop.manager.id),
        ("access_requested", shop.technician.id),
    ]
    await owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.technician.id)
    said = [each for _ in range(3) for each in await deliver(database)]  # her access was taken and given, too
    assert [each.recipient_id for each in said if each.access] == [shop.manager.id]
    assert [row[2] for row in await told(owner)] == ["sent", "dropped"]
    await owner.execute("UPDATE user_permissions SET role = 'Manager' WHERE id = $1", shop.technician.id)
    assert [row[2] for row in await told(owner)] == ["sent", "waiting"]


async def test_request_is_settled_when_the_account_is_linked_otherwise(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await ask(database)
    await deliver(database)
    await owner.execute(
        "UPDATE user_permissions SET email = $2, slack_user_id = NULL WHERE id = $1", shop.viewer.id, EMAIL
    )

    await link_slack_user(database, TEAM, SID, EMAIL, "Sid")

    assert await request(owner) == ("approved", "Viewer", None)
    assert await told(owner) == [("access_requested", shop.manager.id, "waiting")]


async def test_who_becomes_a_guest_can_not_be_let_in(shop: Shop, database: Database, owner: Connection) -> None:
    await ask(database)
    number = await request_id(owner)

    assert not await refresh_slack_user(database, TEAM, SID, "Sid", "guest", None)

    with pytest.raises(AccessDecidedAlready):
        await decide(database, shop.manager, number, Role.VIEWER)
    assert await told(owner) == [("access_requested", shop.manager.id, "dropped")]


async def test_old_requests_are_thrown_away_with_what_belongs_to_them(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await ask(database)
    assert await decide(database, shop.manager, await request_id(owner), None) is None
    assert [said.kind for said in await deliver(database)] == ["access_decided"]
    await ask(database, user="U0SECOND", email="second@shop.example")
    await owner.execute(
        "UPDATE app.access_requests SET decided_at = now() - interval '31 days' WHERE state = 'refused'"
    )
    await owner.execute("UPDATE app.access_requests SET asked_at = now() - interval '31 days'")

    assert (await keep_house(database)).access_requests == 2

    assert await told(owner) == []
    assert await owner.fetchval("SELECT count(*) FROM notification_destinations WHERE recipient_id < 0") == 0


async def test_who_became_a_guest_unheard_is_refused_at_the_approval(
    shop: Shop, database: Database, owner: Connection
) -> None:
    await ask(database)
    number = await request_id(owner)

    for _ in range(2):  # by the same key: once
        assert await decide(database, shop.manager, number, Role.TECHNICIAN, state="guest") is None
    with pytest.raises(AccessRequestGone):
        await decide(database, shop.manager, number, Role.TECHNICIAN, "key-2", account="U0OTHER")

    assert await request(owner) == ("refused", None, None)
    assert await owner.fetchval("SELECT count(*) FROM user_permissions WHERE slack_user_id = $1", SID) == 0


async def test_who_was_added_from_the_account_once_is_linked_again(
    shop: Shop, database: Database, owner: Connection
) -> None:
    known = await owner.fetchval(
        "INSERT INTO user_permissions (kinde_user_id, display_name, email, role, slack_user_id)"
        " VALUES ($1, 'Sid Before', 'before@shop.example', 'Viewer', 'U0SECOND') RETURNING id",
        f"slack:{TEAM}:{SID}",
    )
    await ask(database)
    [question] = await deliver(database)
    assert question.access is not None
    assert (question.access.known_name, question.access.known_again) == ("Sid Before", True)
    with pytest.raises(AccountKnown, match="Sid Before is here already"):
        await decide(database, shop.manager, question.access.id, Role.TECHNICIAN)

    await owner.execute("UPDATE user_permissions SET slack_user_id = NULL WHERE id = $1", known)
    await decide(database, shop.manager, question.access.id, Role.TECHNICIAN)

    rows = await owner.fetch("SELECT id, email, role FROM user_permissions WHERE slack_user_id = $1", SID)
    assert [tuple(row) for row in rows] == [(known, "before@shop.example", "Technician")]
