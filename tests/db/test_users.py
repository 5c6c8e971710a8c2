"""The Managers' screen of people in the database: whom it shows, what a change does, and what is refused."""

import asyncio
import json
from typing import Any

import pytest

from bot.errors import (
    AccountKnown,
    FieldRefused,
    FormValue,
    LastManager,
    NotLinked,
    PersonChangedMeanwhile,
    PersonGone,
    PersonYourself,
    Refusal,
    RoleForbidden,
)
from bot.roles import Role
from db.members import add_person, change_person, link_slack_user, read_people, read_person
from db.models import PersonChanged
from db.pool import Database
from tests.shop import TEAM, Connection, Member, Shop

ZONE = "Asia/Kolkata"


def seen(who: Member, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - a column's value
    return {"role": who.role, "is_active": True, "slack_user_id": who.slack_user_id} | changed


async def change(
    database: Database,
    by: Member,
    who: Member,
    key: str = "key",
    was: dict[str, Any] | None = None,
    **changes: FormValue,
) -> PersonChanged:
    asker = by.asker(Role.MANAGER, source="slack:form")
    return await change_person(database, asker, key, who.id, was or seen(who), changes, "As in Slack", ZONE)


async def add(database: Database, shop: Shop, account: str, email: str, key: str = "key") -> PersonChanged:
    asker = shop.manager.asker(Role.MANAGER)
    return await add_person(database, asker, key, account, "Nora New", email, Role.TECHNICIAN, ZONE)


async def row(owner: Connection, who: Member) -> tuple[Any, ...]:
    found = await owner.fetchrow(
        "SELECT role, is_active, slack_user_id, display_name FROM user_permissions WHERE id = $1", who.id
    )
    assert found is not None
    return tuple(found)


async def test_a_new_account_brings_its_clock(shop: Shop, database: Database, owner: Connection) -> None:
    tom = shop.technician
    zone = "SELECT slack_time_zone FROM user_permissions WHERE id = $1"
    await change(database, shop.manager, tom, "role", role="Viewer")
    assert await owner.fetchval(zone, tom.id) is None

    await change(database, shop.manager, tom, "account", {**seen(tom), "role": "Viewer"}, slack_user_id="U0NEW")
    added = await add(database, shop, "U0NORA", "nora@shop.example", "add")

    assert [await owner.fetchval(zone, who) for who in (tom.id, added.person.id)] == [ZONE, ZONE]


async def test_pages_hold_everybody_once_the_active_first(shop: Shop, database: Database, owner: Connection) -> None:
    await owner.execute(
        "INSERT INTO user_permissions (kinde_user_id, display_name, email, is_active)"
        " SELECT 'k' || n, 'Person ' || n / 2, n || '@many.example', n % 3 > 0 FROM generate_series(1, 26) n"
    )
    await shop.add_ticket(worker=shop.technician)
    asker = shop.manager.asker(Role.MANAGER)
    wanted = [
        found["id"]
        for found in await owner.fetch(
            "SELECT id FROM user_permissions ORDER BY NOT is_active, lower(display_name), id"
        )
    ]
    pages = [await read_people(database, asker, "")]
    while pages[-1].has_next:
        pages.append(await read_people(database, asker, "", pages[-1].people[-1].id))
    back = [pages[-1]]
    while back[-1].has_previous:
        back.append(await read_people(database, asker, "", back[-1].people[0].id, backwards=True))

    assert [person.id for page in pages for person in page.people] == wanted
    assert [len(page.people) for page in pages] == [10, 10, 10, 1]
    assert [person.id for page in back[::-1] for person in page.people] == wanted
    assert {page.total for page in pages} == {31}
    found = await read_people(database, asker, " REED  technician ")
    assert [(person.name, person.open_tickets) for person in found.people] == [("Tom Reed", 1)]
    assert (await read_people(database, asker, "100%")).total == 0
    assert (await read_person(database, asker, None, "U0NOBODY")).person is None
    with pytest.raises(PersonGone):
        await read_person(database, asker, 999_999)


async def test_open_requests_stand_on_top(shop: Shop, database: Database) -> None:
    for number in range(6):
        with pytest.raises(NotLinked):
            await link_slack_user(database, TEAM, f"U0S{number}", f"s{number}@elsewhere.example", "Sid")

    found = await read_people(database, shop.manager.asker(Role.MANAGER), "")

    assert [request.email for request in found.requests] == [f"s{number}@elsewhere.example" for number in range(5)]
    assert found.requests_total == 6


async def test_only_managers_see_and_change(shop: Shop, database: Database, owner: Connection) -> None:
    for who in (shop.technician, shop.regular_user, shop.viewer):
        asker = who.asker()  # as if the bot had let everybody through
        for asked in (
            read_people(database, asker, ""),
            read_person(database, asker, shop.manager.id),
            change_person(database, asker, "k", who.id, seen(who), {"role": "Manager"}, None),
            add_person(database, asker, "k", "U0NORA", "Nora", "nora@shop.example", Role.MANAGER),
        ):
            with pytest.raises(RoleForbidden):
                await asked
    assert await owner.fetchval("SELECT count(*) FROM user_permissions WHERE role = 'Manager'") == 1


async def test_who_is_switched_off_gives_their_tickets_back(shop: Shop, database: Database, owner: Connection) -> None:
    tickets = [await shop.add_ticket(worker=shop.technician) for _ in range(3)]
    await shop.add_ticket(worker=shop.technician, completed=True)

    off = await change(database, shop.manager, shop.technician, is_active=False)
    again = await change(database, shop.manager, shop.technician, is_active=False)  # by the same key

    assert (off.returned, off.person.open_tickets, off.repeated) == (3, 0, False)
    assert (again.returned, again.repeated) == (3, True)
    queue = await owner.fetch("SELECT id FROM tickets WHERE tech = 'unassigned' ORDER BY id")
    assert [ticket["id"] for ticket in queue] == tickets
    logged = await owner.fetchrow(
        "SELECT user_id, user_agent, metadata -> 'new' AS new FROM activity_log"
        " WHERE resource_type = 'user' AND resource_id = $1 ORDER BY id DESC LIMIT 1",
        shop.technician.id,
    )
    assert logged is not None
    assert (logged["user_id"], logged["user_agent"]) == (shop.manager.web_id, "slack:form")
    assert json.loads(logged["new"]) == {"is_active": False}
    was = seen(shop.technician, is_active=False)
    on = await change(database, shop.manager, shop.technician, "k2", was, is_active=True)
    assert (on.person.is_active, on.returned) == (True, 0)


async def test_account_is_linked_taken_away_and_given_to_one_alone(
    shop: Shop, database: Database, owner: Connection
) -> None:
    tom = shop.technician
    with pytest.raises(AccountKnown, match="Ana Lopez's account already"):
        await change(database, shop.manager, tom, slack_user_id=shop.colleague.slack_user_id)

    await change(database, shop.manager, tom, slack_user_id="U0SECOND", role="Viewer")
    assert await row(owner, tom) == ("Viewer", True, "U0SECOND", "As in Slack")
    was = seen(tom, role="Viewer", slack_user_id="U0SECOND")
    await change(database, shop.manager, tom, "k2", was, slack_user_id=None)
    assert await row(owner, tom) == ("Viewer", True, None, "As in Slack")


async def test_what_somebody_else_has_changed_is_not_overwritten(
    shop: Shop, database: Database, owner: Connection
) -> None:
    boss = await shop.add_member("Bo Boss", Role.MANAGER)
    await change(database, boss, shop.technician, role="Viewer", slack_user_id=None)
    before = await row(owner, shop.technician)

    with pytest.raises(PersonChangedMeanwhile) as refused:
        await change(database, shop.manager, shop.technician, "k2", is_active=False)

    told = [(c.field, c.who, c.old, c.new, c.touched) for c in refused.value.changes]
    assert told == [
        ("role", "Bo Boss", "Technician", "Viewer", False),
        ("slack_user_id", "Bo Boss", shop.technician.slack_user_id, None, False),
    ]
    assert await row(owner, shop.technician) == before


async def test_nobody_changes_their_own_access(shop: Shop, database: Database, owner: Connection) -> None:
    await shop.add_member("Bo Boss", Role.MANAGER)
    before = await row(owner, shop.manager)
    for changes in ({"role": "Viewer"}, {"is_active": False}, {"slack_user_id": None}):
        with pytest.raises(PersonYourself):
            await change(database, shop.manager, shop.manager, **changes)

    assert await row(owner, shop.manager) == before


async def test_what_is_no_role_account_or_column_is_refused(shop: Shop, database: Database, owner: Connection) -> None:
    for changes in ({"role": "Owner"}, {"role": None}, {"slack_user_id": "U 1; --"}, {"slack_user_id": "U" * 40}):
        with pytest.raises(FieldRefused):
            await change(database, shop.manager, shop.technician, **changes)
    with pytest.raises(FieldRefused):
        await add(database, shop, "U0NORA", "no address")
    with pytest.raises(Exception, match="no columns of access"):
        await change(database, shop.manager, shop.technician, email="other@shop.example")

    assert await row(owner, shop.technician) == ("Technician", True, "U0TOMREED", "Tom Reed")


async def test_managers_who_switch_each_other_off_leave_one(shop: Shop, database: Database, owner: Connection) -> None:
    boss = await shop.add_member("Bo Boss", Role.MANAGER)
    both = ((shop.manager, boss), (boss, shop.manager))
    ended = await asyncio.gather(
        *(change(database, by, who, who.name, is_active=False) for by, who in both), return_exceptions=True
    )

    [refused] = [each for each in ended if isinstance(each, BaseException)]
    assert isinstance(refused, NotLinked)  # the second was no Manager any more when their turn came
    assert refused.reason == "inactive"
    assert await owner.fetchval("SELECT count(*) FROM user_permissions WHERE role = 'Manager' AND is_active") == 1


async def test_last_manager_stays_whoever_asks(shop: Shop, database: Database, owner: Connection) -> None:
    guest = await shop.add_member("Bo Boss", Role.MANAGER)
    waiting = await owner.fetchval("SELECT pg_backend_pid()")
    async with owner.transaction():  # the web application switches the other one off at this moment
        await owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.manager.id)
        demotion = asyncio.create_task(change(database, shop.manager, guest, role="Viewer"))
        while not await owner.fetchval(
            "SELECT EXISTS (SELECT FROM pg_stat_activity a WHERE $1 = ANY (pg_blocking_pids(a.pid)))", waiting
        ):
            assert not demotion.done()
            await asyncio.sleep(0.01)
    with pytest.raises(Refusal) as refused:
        await demotion

    assert isinstance(refused.value, LastManager)
    assert (await row(owner, guest))[:2] == ("Manager", True)


async def test_somebody_is_added_from_their_account_once_and_told(
    shop: Shop, database: Database, owner: Connection
) -> None:
    with pytest.raises(NotLinked):
        await link_slack_user(database, TEAM, "U0NORA", "nora@shop.example", "Nora")
    added = await add(database, shop, "U0NORA", "Nora@Shop.example")
    again = await add(database, shop, "U0NORA", "nora@shop.example")

    assert (added.person.role, added.person.slack_user_id) == (Role.TECHNICIAN, "U0NORA")
    assert (again.person, again.repeated) == (added.person, True)
    web_id = await owner.fetchval("SELECT kinde_user_id FROM user_permissions WHERE id = $1", added.person.id)
    assert web_id == f"slack:{TEAM}:U0NORA"
    assert await owner.fetchval("SELECT state FROM app.access_requests") == "approved"
    told = "SELECT facts ->> 'change' FROM notifications WHERE kind = 'access_changed'"
    assert await owner.fetchval(told) == "given"
    unlink = "UPDATE user_permissions SET slack_user_id = NULL, email = 'n@shop.example' WHERE id = $1"
    await owner.execute(unlink, added.person.id)
    for account, email, words in (
        ("U0NORA", "other@shop.example", "Nora New is here already"),  # had the account before
        ("U0OTHER", "n@shop.example", "Nora New is here already"),
        (str(shop.viewer.slack_user_id), "x@shop.example", "Victor Hale's account"),
    ):
        with pytest.raises(AccountKnown, match=words):
            await add(database, shop, account, email, "k2")
