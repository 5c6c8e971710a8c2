"""A reminder on its way: from the worker's clock to a technician, who puts it off."""

from db.pool import Database
from db.reminders import schedule_reminders
from tests.journeys.floor import open_floor
from tests.shop import Shop


async def test_technician_is_reminded_in_one_message_and_puts_it_off(
    shop: Shop, bot_url: str, database: Database
) -> None:
    tickets = [await shop.add_ticket(title=title, worker=shop.technician) for title in ("Fan", "Disk")]
    await shop.owner.execute("UPDATE tickets SET due_at = now() - interval '1 hour'")
    await shop.owner.execute("UPDATE notifications SET state = 'dropped'")
    await shop.owner.execute("INSERT INTO shop_hours SELECT d, '00:00', '23:59:59.999' FROM generate_series(1, 7) d")
    async with open_floor(shop, bot_url) as floor:
        await floor.until(lambda: len(floor.direct(shop.technician)) == 1)
        [told] = floor.direct(shop.technician)
        assert told.text == f"2 tickets are overdue. #{tickets[0]} Fan, #{tickets[1]} Disk"

        number = await shop.owner.fetchval("SELECT id FROM notifications WHERE kind = 'reminder'")
        await floor.sandbox.choose(str(shop.technician.slack_user_id), "reminder.snooze", f"{number} tomorrow")
        assert floor.direct(shop.technician)[-1].text.startswith(
            "You aren't reminded of these 2 tickets before <!date^"
        )
        assert await shop.owner.fetchval("SELECT count(*) FROM app.ticket_snoozes") == len(tickets)

        await floor.press(shop.technician, "ticket.open", tickets[0])
        assert "*overdue by 1 hour*" in str(floor.direct(shop.technician)[-1].blocks)

    await shop.owner.execute("DELETE FROM app.ticket_reminders")
    assert await schedule_reminders(database) == 0
