"""Role x verb x relation to the ticket, cell by cell, typed into the running bot. The table says what is expected."""

from dataclasses import dataclass
from typing import Final

import pytest

from bot.roles import TABLE, Ability, Relation, Role, may
from tests.journeys.floor import Floor
from tests.shop import Member, Shop

VERBS: Final = {
    "show": Ability.SEE_TICKET,
    "take": Ability.TAKE_TICKET,
    "release": Ability.RELEASE_TICKET,
    "done": Ability.COMPLETE_TICKET,
}
LISTS: Final = {
    "": Ability.SEE_PANEL,
    "mine": Ability.SEE_MINE,
    "queue": Ability.SEE_QUEUE,
    "new": Ability.FILE_TICKET,
    "whoami": Ability.SEE_WHOAMI,
    "help": Ability.SEE_WHOAMI,
}
MISSING: Final = 999_999


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket as somebody stands to it."""

    ticket_id: int
    relations: frozenset[Relation]


async def make_tickets(shop: Shop, who: Member) -> dict[str, Standing]:
    """Make a ticket for each way of standing to one."""
    technician = who.role in {Role.TECHNICIAN, Role.MANAGER}
    made = {
        "unassigned": Standing(await shop.add_ticket(), frozenset({Relation.QUEUE})),
        "unassigned, filed by me": Standing(
            await shop.add_ticket(filer=who), frozenset({Relation.QUEUE, Relation.FILER})
        ),
        "another's": Standing(await shop.add_ticket(worker=shop.colleague), frozenset({Relation.OTHER})),
        "another's, filed by me": Standing(
            await shop.add_ticket(worker=shop.colleague, filer=who), frozenset({Relation.FILER, Relation.OTHER})
        ),
    }
    if technician:
        made["own"] = Standing(await shop.add_ticket(worker=who), frozenset({Relation.WORKER}))
    return made


def person(shop: Shop, role: Role) -> Member:
    return next(member for member in shop.people if member.role is role)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", Role)
async def test_verb_works_exactly_where_the_table_says(floor: Floor, role: Role, verb: str) -> None:
    shop, who = floor.shop, person(floor.shop, role)
    ability = VERBS[verb]
    for situation, standing in (await make_tickets(shop, who)).items():
        before = await row(shop, standing.ticket_id)

        answer = await floor.ticket(who, f"{verb} {standing.ticket_id}" + (" 1h" if verb == "done" else ""))

        after = await row(shop, standing.ticket_id)
        allowed = may(role, ability, standing.relations)
        seen = may(role, Ability.SEE_TICKET, standing.relations)
        # Laptop does not start: the title, so the card was shown
        assert ("Laptop does not start" in answer) == allowed, (situation, answer)
        assert (before != after) == (allowed and verb != "show"), situation
        if not seen and TABLE[ability].get(role):
            assert f"no ticket #{standing.ticket_id}" in answer, (situation, answer)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", Role)
async def test_missing_and_hidden_ticket_get_the_same_answer(floor: Floor, role: Role, verb: str) -> None:
    shop, who = floor.shop, person(floor.shop, role)
    hidden = await shop.add_ticket(worker=shop.colleague)
    if may(role, Ability.SEE_TICKET, {Relation.OTHER}):
        hidden = MISSING - 1  # this role sees every ticket

    answers = [
        (await floor.ticket(who, f"{verb} {number}" + (" 1h" if verb == "done" else ""))).replace(str(number), "N")
        for number in (hidden, MISSING)
    ]

    assert answers[0] == answers[1]


@pytest.mark.parametrize("verb", LISTS)
@pytest.mark.parametrize("role", Role)
async def test_list_or_form_is_for_whom_the_table_says(floor: Floor, role: Role, verb: str) -> None:
    who = person(floor.shop, role)

    answer = await floor.ticket(who, verb)

    refused = f"Your role here is {role}" in answer
    assert refused != may(role, LISTS[verb])
    assert (floor.form(who) is not None) == (verb == "new" and may(role, Ability.FILE_TICKET))


async def row(shop: Shop, ticket_id: int) -> tuple[object, ...]:
    found = await shop.owner.fetchrow("SELECT tech, completed, actual_hours FROM tickets WHERE id = $1", ticket_id)
    assert found is not None
    return tuple(found)
