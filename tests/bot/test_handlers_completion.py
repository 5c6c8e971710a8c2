from decimal import Decimal

import pytest

from bot.errors import (
    FieldsRefused,
    NotTheWorker,
    RoleForbidden,
    TicketAlreadyCompleted,
    TicketNotFound,
    TicketNotTaken,
)
from bot.views import ids
from tests.bot.desk import Desk, state_of
from tests.shop import Shop


async def test_done_with_hours_completes_and_says_so(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    shown = await desk.see(shop.technician, f"done {number} 1h30 replaced the drive")

    assert shown["text"].startswith(f"Ticket #{number} is completed: 1.5 hours.")
    assert "replaced the drive" in str(shown["blocks"])
    row = await shop.owner.fetchrow("SELECT completed, actual_hours FROM tickets WHERE id = $1", number)
    assert row is not None
    assert tuple(row) == (True, Decimal("1.50"))
    assert await shop.owner.fetchval("SELECT body FROM ticket_notes WHERE kind = 'resolution'") == "replaced the drive"


async def test_done_without_hours_opens_the_form_with_what_was_said(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)

    assert await desk.type(shop.technician, f"done {number} replaced 2 screws") is None
    values = state_of(desk.form, {})
    assert values["resolution"]["resolution.enter"]["value"] == "replaced 2 screws"


async def test_form_completes_the_ticket(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    await desk.press(shop.technician, ids.TICKET_FINISH, number)
    answer = await desk.submit(shop.technician, desk.form, {"hours": "2", "resolution": "New fan."})

    assert f"Ticket #{number} is completed: 2 hours." in str(answer)
    assert await shop.owner.fetchval("SELECT completed FROM tickets WHERE id = $1", number)


async def test_form_sent_twice_leaves_one_note(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    await desk.press(shop.technician, ids.TICKET_FINISH, number)
    for _ in range(2):
        await desk.submit(shop.technician, desk.form, {"hours": "2", "resolution": "New fan."}, key="V1")

    assert await shop.owner.fetchval("SELECT count(*) FROM ticket_notes") == 1


async def test_bad_hours_are_refused_beside_their_field_and_nothing_is_written(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    await desk.press(shop.technician, ids.TICKET_FINISH, number)
    with pytest.raises(FieldsRefused) as caught:
        await desk.submit(shop.technician, desk.form, {"hours": "a while"})

    assert set(caught.value.messages) == {"hours"}
    assert not await shop.owner.fetchval("SELECT completed FROM tickets WHERE id = $1", number)


async def test_form_of_a_ticket_completed_meanwhile_is_refused(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    await desk.press(shop.technician, ids.TICKET_FINISH, number)
    await desk.type(shop.manager, f"done {number} 1h")

    with pytest.raises(TicketAlreadyCompleted):
        await desk.submit(shop.technician, desk.form, {"hours": "2"})


async def test_form_is_not_opened_where_it_could_only_fail(desk: Desk, shop: Shop) -> None:
    completed = await shop.add_ticket(worker=shop.technician, completed=True)
    queued = await shop.add_ticket()
    filed = await shop.add_ticket(worker=shop.colleague, filer=shop.technician)
    hidden = await shop.add_ticket(worker=shop.colleague)

    for number, refusal in (
        (completed, TicketAlreadyCompleted),
        (queued, TicketNotTaken),
        (filed, NotTheWorker),
        (hidden, TicketNotFound),
    ):
        with pytest.raises(refusal):
            await desk.type(shop.technician, f"done {number}")
    with pytest.raises(RoleForbidden):
        await desk.press(shop.viewer, ids.TICKET_FINISH, completed)
    assert desk.forms == 0


async def test_manager_completes_anybodys_by_form(desk: Desk, shop: Shop) -> None:
    for number in (await shop.add_ticket(), await shop.add_ticket(worker=shop.colleague)):
        await desk.type(shop.manager, f"done {number}")
        await desk.submit(shop.manager, desk.form, {"hours": "0.5"})

    assert await shop.owner.fetchval("SELECT bool_and(completed) FROM tickets")
