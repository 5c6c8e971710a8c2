"""A Manager writes a checklist; a technician completes a ticket by it, and takes that back."""

from tests.journeys.floor import CHANNEL, Floor


async def test_checklist_is_written_gone_through_and_the_completion_taken_back(floor: Floor) -> None:
    shop, maria, tom, rita = floor.shop, floor.shop.manager, floor.shop.technician, floor.shop.regular_user
    account = str(tom.slack_user_id)
    ticket = await shop.add_ticket(worker=tom, filer=rita)

    await floor.ticket(maria, "checklist hardware")
    half = await floor.sandbox.submit(str(maria.slack_user_id), {"items": "x" * 76})
    assert "at most 75 characters" in str(half.errors)
    await floor.sandbox.submit(str(maria.slack_user_id), {"items": "Cleaned\n\nIt starts\nCleaned"})
    assert "2 checks for tickets of the category Hardware." in str(floor.form(maria))

    await floor.sandbox.say(account, f"@tickets done {ticket} 1.5h new & fan", CHANNEL)  # no form can be opened at once
    await floor.sandbox.events.settled()
    await floor.press(tom, "ticket.finish")
    opened = str(floor.form(tom))
    assert "To check: Hardware" in opened
    assert "new & fan" in opened
    one, _two = await shop.owner.fetch("SELECT id FROM checklist_items ORDER BY position")
    await floor.sandbox.submit(account, {"category_checks": [str(one["id"])]})
    assert "1 of 2 checks isn't ticked" in str(floor.form(tom))
    assert not await shop.owner.fetchval("SELECT completed FROM tickets")

    await floor.sandbox.submit(account, {})
    assert f"Ticket #{ticket} is completed: 1.5 hours." in str(floor.form(tom))
    assert await shop.owner.fetchval("SELECT array_agg(ticked ORDER BY position) FROM ticket_checks") == [True, False]
    await floor.until(lambda: any("completed ticket" in message.text for message in floor.direct(rita)))

    await floor.press(tom, "ticket.undo", ticket)
    assert f"Taken back: ticket #{ticket} is open" in str(floor.form(tom))
    await floor.until(lambda: any("took back the completion" in message.text for message in floor.direct(rita)))
    assert not any("completed ticket" in message.text for message in floor.direct(rita))
    assert "is open already" in await floor.ticket(maria, f"undo {ticket}")
