from dataclasses import replace

import pytest

from bot.errors import NotLinked
from bot.identity import Linker, refuse_unlinkable, slack_state
from bot.roles import Role
from bot.slack import SlackUser
from db.members import read_actor, refresh_slack_user
from db.models import Asker
from db.pool import Database
from tests.shop import TEAM, Connection, Shop

ANA = SlackUser(
    id="U0NEW",
    team_id=TEAM,
    name="Ana",
    email="ana@shop.example",
    email_confirmed=True,
    is_bot=False,
    is_guest=False,
    is_deleted=False,
)


class Directory:
    """Slack as far as people go; counts how often it is asked."""

    def __init__(self, user: SlackUser) -> None:
        self.user = user
        self.calls = 0

    async def user_info(self, _user: str) -> SlackUser:
        self.calls += 1
        return self.user


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (replace(ANA, is_bot=True), "bot"),
        (replace(ANA, team_id="T0OTHER"), "other_workspace"),
        (replace(ANA, is_deleted=True), "deleted"),
        (replace(ANA, is_guest=True), "guest"),
        (replace(ANA, email=None), "unknown"),
        (replace(ANA, email_confirmed=False), "email_unconfirmed"),
    ],
)
def test_who_may_not_be_linked_is_told_why(user: SlackUser, reason: str) -> None:
    with pytest.raises(NotLinked) as caught:
        refuse_unlinkable(user, TEAM)

    assert caught.value.reason == reason


def test_member_with_a_confirmed_address_may_be_linked() -> None:
    assert refuse_unlinkable(ANA, TEAM) == "ana@shop.example"


@pytest.mark.parametrize(
    ("user", "state"),
    [
        (ANA, "member"),
        (replace(ANA, is_guest=True), "guest"),
        (replace(ANA, is_deleted=True), "deleted"),
        (replace(ANA, is_deleted=True, is_guest=True), "deleted"),
    ],
)
def test_state_is_what_slack_says(user: SlackUser, state: str) -> None:
    assert slack_state(user) == state


def linker(directory: Directory, database: Database) -> Linker:
    return Linker(directory, database)  # type: ignore[arg-type]  # only user_info() is called


async def test_link_is_stored(database: Database, shop: Shop, owner: Connection) -> None:
    new = await shop.add_member("Nina New", Role.TECHNICIAN, linked=False)
    account = replace(ANA, email=new.email.upper(), name="Nina N.")

    await linker(Directory(account), database).link(TEAM, ANA.id)

    row = await owner.fetchrow("SELECT slack_user_id, display_name FROM user_permissions WHERE id = $1", new.id)
    assert row is not None
    assert tuple(row) == ("U0NEW", "Nina N.")
    asker = Asker(team=TEAM, slack_user="U0NEW", roles=tuple(Role), source="slack:command")
    assert (await read_actor(database, asker)).actor.role is Role.TECHNICIAN


async def test_managers_access_is_never_given_by_address_alone(database: Database, shop: Shop) -> None:
    boss = await shop.add_member("Second Boss", Role.MANAGER, linked=False)

    with pytest.raises(NotLinked) as caught:
        await linker(Directory(replace(ANA, email=boss.email)), database).link(TEAM, ANA.id)

    assert caught.value.reason == "manager_by_email"


async def test_stranger_is_not_linked(database: Database, shop: Shop) -> None:
    assert shop.people

    with pytest.raises(NotLinked) as caught:
        await linker(Directory(replace(ANA, email="who@else.example")), database).link(TEAM, ANA.id)

    assert caught.value.reason == "unknown"


async def test_who_tries_again_and_again_is_looked_up_once_in_a_while(database: Database, shop: Shop) -> None:
    assert shop.people
    times = iter((0.0, 10.0, 20.0, 40.0))
    directory = Directory(replace(ANA, is_guest=True))
    patient = Linker(directory, database, clock=lambda: next(times))  # type: ignore[arg-type]  # only user_info() is called

    for _ in range(4):
        with pytest.raises(NotLinked):
            await patient.link(TEAM, ANA.id)

    assert directory.calls == 2


async def test_guest_who_became_a_member_is_let_in_although_no_event_came(
    database: Database, shop: Shop, owner: Connection
) -> None:
    person = shop.technician
    await owner.execute("UPDATE user_permissions SET slack_state = 'guest' WHERE id = $1", person.id)

    await linker(Directory(replace(ANA, id="U0TOMREED", name="Tommy")), database).look_again(TEAM, "U0TOMREED")

    assert (await read_actor(database, person.asker())).actor.name == "Tommy"


async def test_member_who_became_a_guest_is_not_let_in_by_what_was_seen_before(database: Database, shop: Shop) -> None:
    new = await shop.add_member("Nina New", Role.TECHNICIAN, linked=False)
    directory = Directory(replace(ANA, email=new.email))
    patient = linker(directory, database)
    await patient.link(TEAM, ANA.id)
    await refresh_slack_user(database, TEAM, ANA.id, "Nina", "guest", None)
    directory.user = replace(directory.user, is_guest=True)

    for _ in range(3):
        with pytest.raises(NotLinked):
            await patient.look_again(TEAM, ANA.id)

    assert directory.calls == 2


async def test_address_that_only_looks_the_same_is_another_one(database: Database, shop: Shop) -> None:
    """U+212A, the sign for kelvin, is a small k in lower case."""
    await shop.add_member("Karl King", Role.TECHNICIAN, linked=False)

    with pytest.raises(NotLinked) as caught:
        await linker(Directory(replace(ANA, email="\u212aarl.king@shop.example")), database).link(TEAM, ANA.id)

    assert caught.value.reason == "unknown"
