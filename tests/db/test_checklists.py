"""What is to be checked before a ticket is completed: Managers write it, a completion asks for it and keeps it."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import pytest

from bot.errors import ChecklistChanged, FieldRefused, RoleForbidden
from db.completions import read_checklist, save_checklist, undo_completion
from db.models import Category, ChecklistSeen, Ticket, TicketCompleted
from db.pool import Database
from db.tickets import complete_ticket, read_history, read_ticket
from tests.shop import Shop


async def write(
    shop: Shop, database: Database, items: Sequence[str], category: Category | None = None, key: str = ""
) -> ChecklistSeen:
    boss = shop.manager.asker()
    seen = (await read_checklist(database, boss, category)).checklist.shown
    return await save_checklist(database, boss, key or f"{category} {hash(tuple(items))}", category, items, seen)


async def complete(
    shop: Shop, database: Database, ticket: int, ticked: Sequence[int] | None = None, *, anyway: bool = False
) -> TicketCompleted:
    key = f"{ticket} {ticked} {anyway}"
    return await complete_ticket(
        database, shop.technician.asker(), key, ticket, Decimal(1), "Done.", ticked=ticked, anyway=anyway
    )


async def shown(shop: Shop, database: Database, ticket: int) -> Ticket:
    return (await read_ticket(database, shop.technician.asker(), ticket)).ticket


async def test_a_ticket_has_the_checks_of_all_and_of_its_category(shop: Shop, database: Database) -> None:
    await write(shop, database, ["Cleaned", "Starts"])
    await write(shop, database, ["Screws"], "hardware")
    await write(shop, database, ["Wi-Fi"], "network")
    hardware, none = await shop.add_ticket(worker=shop.technician), await shop.add_ticket(category=None)

    checks = (await shown(shop, database, hardware)).checks
    assert [(check.text, check.common) for check in checks] == [("Cleaned", True), ("Starts", True), ("Screws", False)]
    assert [check.text for check in (await shown(shop, database, none)).checks] == ["Cleaned", "Starts"]


async def test_a_completion_asks_until_all_is_ticked_or_it_is_wanted_anyway(shop: Shop, database: Database) -> None:
    await write(shop, database, ["Cleaned", "Starts"])
    first, second = [await shop.add_ticket(worker=shop.technician) for _ in range(2)]
    one, two = [check.id for check in (await shown(shop, database, first)).checks]

    asked = [await complete(shop, database, first, ticked) for ticked in (None, [], [one], [one, 999])]
    assert [answer.asks for answer in asked] == [True] * 4
    assert not (await shown(shop, database, first)).completed

    whole = await complete(shop, database, first, [two, one])
    part = await complete(shop, database, second, [two], anyway=True)

    assert (whole.asks, part.asks) == (False, False)
    assert [check.ticked for check in whole.ticket.checks] == [True, True]
    assert [check.ticked for check in part.ticket.checks] == [False, True]
    entries = (await read_history(database, shop.technician.asker(), second)).entries
    assert [change.new for entry in entries for change in entry.changes if change.field == "checks"] == ["1 of 2"]


async def test_what_was_checked_stays_as_it_was_and_goes_with_an_undo(shop: Shop, database: Database) -> None:
    await write(shop, database, ["Cleaned"])
    ticket = await shop.add_ticket(worker=shop.technician)
    await complete(shop, database, ticket, [], anyway=True)
    await write(shop, database, ["Cleaned with care", "Starts"])

    assert [check.text for check in (await shown(shop, database, ticket)).checks] == ["Cleaned"]
    undone = await undo_completion(database, shop.technician.asker(), "undo", ticket)
    assert [(check.text, check.ticked) for check in undone.ticket.checks] == [
        ("Cleaned with care", False),
        ("Starts", False),
    ]


async def test_a_check_that_comes_back_is_the_one_that_was_there(shop: Shop, database: Database) -> None:
    await write(shop, database, ["Cleaned", "Starts"], key="1")
    before = await shop.owner.fetch("SELECT id, text FROM checklist_items ORDER BY text")
    await write(shop, database, ["Starts"], key="2")
    assert await shop.owner.fetchval("SELECT count(*) FROM checklist_items WHERE NOT active") == 1

    saved = await write(shop, database, ["Starts", "Cleaned"], key="3")

    assert saved.checklist.items == ["Starts", "Cleaned"]
    assert await shop.owner.fetch("SELECT id, text FROM checklist_items ORDER BY text") == before


async def test_the_second_of_two_managers_is_told_and_overwrites_nothing(shop: Shop, database: Database) -> None:
    boss = shop.manager.asker()
    seen = (await read_checklist(database, boss, "hardware")).checklist.shown

    answers = await asyncio.gather(
        *(save_checklist(database, boss, text, "hardware", [text], seen) for text in ("Screws", "Fan")),
        return_exceptions=True,
    )

    refused = [answer for answer in answers if isinstance(answer, ChecklistChanged)]
    kept = (await read_checklist(database, boss, "hardware")).checklist.items
    assert len(refused) == 1
    assert [(change.old, change.new, change.who) for change in refused[0].changes] == [([], kept, "Maria Francisco")]
    repeated = await save_checklist(database, boss, kept[0], "hardware", kept, seen)
    assert repeated.repeated


async def test_only_managers_write_checklists_and_within_slacks_limits(shop: Shop, database: Database) -> None:
    for who in (shop.technician, shop.regular_user, shop.viewer):
        with pytest.raises(RoleForbidden):
            await read_checklist(database, who.asker(), None)
        with pytest.raises(RoleForbidden):
            await save_checklist(database, who.asker(), str(who.id), None, ["Cleaned"], {})
    for items in (["é" * 76], [" "], [str(number) for number in range(11)]):
        with pytest.raises(FieldRefused):
            await write(shop, database, items)

    longest = await write(shop, database, [f"{number} " + "é" * 73 for number in range(10)])
    assert len(longest.checklist.items) == 10
