"""Role x verb x relation to the ticket, cell by cell, typed into the running bot. The table says what is expected."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import pytest

from bot.roles import TABLE, Ability, Relation, Role, may
from tests.journeys.floor import Floor, open_floor
from tests.shop import Member, Shop

CY: Final = "Cy Dunn"  # a technician who has nothing
VERBS: Final = {
    "show {}": Ability.SEE_TICKET,
    "history {}": Ability.SEE_HISTORY,
    "watch {}": Ability.WATCH_TICKET,
    "take {}": Ability.TAKE_TICKET,
    "release {}": Ability.RELEASE_TICKET,
    "done {} 1h": Ability.COMPLETE_TICKET,
    f"assign {{}} {CY}": Ability.ASSIGN_TICKET,
    "status {} in repair": Ability.CHANGE_STATUS,
    "collected {} by Bo": Ability.HAND_OVER,
    "reopen {} it fails again": Ability.REOPEN_TICKET,
    "note {} called": Ability.ADD_NOTE,
    "priority {} urgent": Ability.EDIT_TICKET,
    "category {} network": Ability.EDIT_TICKET,
    "estimate {} 2.5h": Ability.EDIT_TICKET,
    "due {} in 3 days": Ability.EDIT_TICKET,
}
READ: Final = {Ability.SEE_TICKET, Ability.SEE_HISTORY, Ability.WATCH_TICKET}
FORMS: Final = {
    "done {}": Ability.COMPLETE_TICKET,
    "assign {}": Ability.ASSIGN_TICKET,
    "reopen {}": Ability.REOPEN_TICKET,
    "note {}": Ability.ADD_NOTE,
    "attach {}": Ability.ATTACH_FILE,
}
LISTS: Final = {
    "": Ability.SEE_PANEL,
    "mine": Ability.SEE_MINE,
    "queue": Ability.SEE_QUEUE,
    "list": Ability.SEE_LIST,
    "search laptop": Ability.SEE_LIST,
    "new": Ability.FILE_TICKET,
    "find grace": Ability.FIND_CUSTOMER,
    "customer 1": Ability.SEE_CUSTOMER_CONTACT,
    "duplicates": Ability.MERGE_CUSTOMERS,
    "merge 1 2": Ability.MERGE_CUSTOMERS,
    "erase 3": Ability.ERASE_CUSTOMER,
    "approve 999999": Ability.DECIDE_APPROVAL,
    "decline 999999": Ability.DECIDE_APPROVAL,
    "summary": Ability.SEE_SUMMARY,
    "team": Ability.SEE_TEAM,
    "database": Ability.SEE_DATABASE,
    "undelivered": Ability.SEE_UNDELIVERED,
    "whoami": Ability.SEE_WHOAMI,
    "users": Ability.MANAGE_PEOPLE,
    "checklist": Ability.EDIT_CHECKLISTS,
    "settings": Ability.CHANGE_SETTINGS,
    "hours": Ability.CHANGE_HOURS,
    "help": Ability.SEE_WHOAMI,
}
MISSING: Final = 999_999


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket as somebody stands to it."""

    ticket_id: int
    relations: frozenset[Relation]


async def make_tickets(shop: Shop, who: Member, *, completed: bool = False) -> dict[str, Standing]:
    """Make a ticket for each way of standing to one. A completed one is in no queue."""
    technician = who.role in {Role.TECHNICIAN, Role.MANAGER}
    nobodys = Relation.OTHER if completed else Relation.QUEUE
    made = {
        "unassigned": Standing(await shop.add_ticket(completed=completed), frozenset({nobodys})),
        "unassigned, filed by me": Standing(
            await shop.add_ticket(filer=who, completed=completed), frozenset({nobodys, Relation.FILER})
        ),
        "another's": Standing(
            await shop.add_ticket(worker=shop.colleague, completed=completed), frozenset({Relation.OTHER})
        ),
        "another's, filed by me": Standing(
            await shop.add_ticket(worker=shop.colleague, filer=who, completed=completed),
            frozenset({Relation.FILER, Relation.OTHER}),
        ),
    }
    if technician:
        made["own"] = Standing(await shop.add_ticket(worker=who, completed=completed), frozenset({Relation.WORKER}))
    return made


def person(shop: Shop, role: Role) -> Member:
    return next(member for member in shop.people if member.role is role)


@pytest.fixture
async def floor(shop: Shop, bot_url: str) -> AsyncIterator[Floor]:
    """A front without a worker: nothing is announced."""
    await shop.add_member(CY, Role.TECHNICIAN)
    async with open_floor(shop, bot_url, worker=False) as opened:
        yield opened


@pytest.mark.parametrize("role", Role)
async def test_verb_works_exactly_where_the_table_says(floor: Floor, role: Role) -> None:
    shop, who = floor.shop, person(floor.shop, role)
    for verb, ability in VERBS.items():
        for situation, standing in (await make_tickets(shop, who, completed=is_of_completed(ability))).items():
            before = await row(shop, standing.ticket_id)

            answer = await floor.ticket(who, verb.format(standing.ticket_id))

            after = await row(shop, standing.ticket_id)
            allowed = may(role, ability, standing.relations)
            seen = may(role, Ability.SEE_TICKET, standing.relations)
            # Laptop does not start: the title, so the ticket was shown
            assert ("Laptop does not start" in answer) == allowed, (verb, situation, answer)
            assert (before != after) == (allowed and ability not in READ), (verb, situation)
            if not seen and TABLE[ability].get(role):
                assert f"no ticket #{standing.ticket_id}" in answer, (verb, situation, answer)


@pytest.mark.parametrize("role", Role)
async def test_form_opens_exactly_where_its_submission_could_succeed(floor: Floor, role: Role) -> None:
    shop, who = floor.shop, person(floor.shop, role)
    for verb, ability in FORMS.items():
        for situation, standing in (await make_tickets(shop, who, completed=is_of_completed(ability))).items():
            answer = await floor.ticket(who, verb.format(standing.ticket_id))

            allowed = may(role, ability, standing.relations)
            assert (floor.form(who) is not None) == allowed, (verb, situation, answer)
            assert bool(answer) != allowed, (verb, situation, answer)
            if allowed:
                await floor.sandbox.close(str(who.slack_user_id))


@pytest.mark.parametrize("role", Role)
async def test_missing_and_hidden_ticket_get_the_same_answer(floor: Floor, role: Role) -> None:
    shop, who = floor.shop, person(floor.shop, role)
    for verb, ability in VERBS.items():
        hidden = await shop.add_ticket(worker=shop.colleague, completed=is_of_completed(ability))
        if may(role, Ability.SEE_TICKET, {Relation.OTHER}):
            hidden = MISSING - 1  # this role sees every ticket

        answers = [
            (await floor.ticket(who, verb.format(number))).replace(str(number), "N") for number in (hidden, MISSING)
        ]

        assert answers[0] == answers[1], verb


@pytest.mark.parametrize("role", Role)
async def test_list_or_form_is_for_whom_the_table_says(floor: Floor, role: Role) -> None:
    who = person(floor.shop, role)
    for verb, ability in LISTS.items():
        answer = await floor.ticket(who, verb)

        refused = f"Your role here is {role}" in answer
        assert refused != may(role, ability), verb
        opened = floor.form(who) is not None
        assert opened == (
            verb in {"new", "settings", "hours", "checklist", "merge 1 2", "erase 3"} and may(role, ability)
        ), verb
        if opened:
            await floor.sandbox.close(str(who.slack_user_id))


def is_of_completed(ability: Ability) -> bool:
    return ability in {Ability.REOPEN_TICKET, Ability.HAND_OVER}


async def row(shop: Shop, ticket_id: int) -> tuple[object, ...]:
    found = await shop.owner.fetchrow(
        "SELECT tech, completed, bench_status, actual_hours, priority, category, estimated_hours, due_at,"
        " (SELECT count(*) FROM ticket_notes n WHERE n.ticket_id = t.id) FROM tickets t WHERE id = $1",
        ticket_id,
    )
    assert found is not None
    return tuple(found)
