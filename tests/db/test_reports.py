"""The reports' numbers, by the shop's clock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from db.housekeeping import keep_house
from db.pool import Database
from tests.db.sessions import acting_as
from tests.shop import Connection, Shop

NIGHT = datetime(2026, 3, 9, 5, 30, tzinfo=UTC)  # still the 8th in Los Angeles, where the clock had changed that day


async def test_daily_summary_is_of_the_shops_day(shop: Shop, bot: Connection, owner: Connection) -> None:
    await owner.execute("INSERT INTO shop_settings VALUES ('time_zone', 'America/Los_Angeles')")
    await shop.add_ticket(created_at=NIGHT, priority="urgent")
    await shop.add_ticket(created_at=NIGHT - timedelta(days=2), worker=shop.technician)
    done = await shop.add_ticket(created_at=NIGHT, worker=shop.technician, actual_hours=Decimal("1.5"), completed=True)
    await owner.execute("UPDATE tickets SET completed_at = $2 WHERE id = $1", done, NIGHT + timedelta(hours=1))
    async with acting_as(bot, shop.viewer):
        row = await bot.fetchrow("SELECT * FROM daily_summary($1)", date(2026, 3, 8))
        next_day = await bot.fetchrow("SELECT opened, completed FROM daily_summary($1)", date(2026, 3, 9))

    assert row is not None
    assert tuple(row) == (date(2026, 3, 8), 2, 1, 2, 1, 1, Decimal("1.5"))
    assert next_day is not None
    assert tuple(next_day) == (0, 0)


async def test_customers_numbers_are_of_all_their_tickets(shop: Shop, bot: Connection, owner: Connection) -> None:
    """Whoever looks: a technician sees a colleague's tickets only as numbers."""
    await shop.add_ticket(worker=shop.colleague)
    await shop.add_ticket(worker=shop.colleague, completed=True, actual_hours=Decimal(4))
    await owner.execute("SELECT refresh_customer_stats()")
    numbers = {}
    for person in shop.people:
        async with acting_as(bot, person):
            for view in ("customer_summary", "customer_summary_live"):
                row = await bot.fetchrow(
                    f"SELECT total_tickets, open_tickets, total_hours_billed, email FROM {view} WHERE id = 1"  # noqa: S608
                )
                assert row is not None
                numbers[person.role.value, view] = tuple(row)

    for (role, _), row_ in numbers.items():
        assert row_ == (2, 1, Decimal(4), None if role == "Viewer" else "grace.hill@example.com")


async def test_lifetime_value_uses_the_shops_rate(shop: Shop, bot: Connection, owner: Connection) -> None:
    await shop.add_ticket(completed=True, actual_hours=Decimal(4))
    await owner.execute("SELECT refresh_customer_stats()")
    await owner.execute("UPDATE shop_settings SET value = '80' WHERE key = 'hourly_rate'")
    value = {}
    for person in shop.people:
        async with acting_as(bot, person):
            value[person.role.value] = await bot.fetchval("SELECT sum(estimated_revenue) FROM customer_lifetime_value")

    assert value == {"Manager": Decimal(320), "Technician": None, "Regular User": None, "Viewer": Decimal(320)}


async def test_performance_counts_technicians_not_the_queue(shop: Shop, bot: Connection) -> None:
    await shop.add_ticket(worker=shop.technician, completed=True, actual_hours=Decimal(2))
    await shop.add_ticket(worker=shop.technician)
    await shop.add_ticket()
    async with acting_as(bot, shop.manager):
        team = await bot.fetch("SELECT tech, total_tickets, completion_rate FROM technician_performance")
        months = await bot.fetch("SELECT total_tickets, active_technicians FROM monthly_performance")

    assert [tuple(row) for row in team] == [(shop.technician.email, 2, Decimal("50.00"))]
    assert [tuple(row) for row in months] == [(3, 1)]


async def test_housekeeping_keeps_the_statistics_fresh(
    shop: Shop, bot: Connection, database: Database, owner: Connection
) -> None:
    """Each worker keeps house when it starts and every hour: so old are the numbers at most."""
    counts = "SELECT s.total_tickets, l.total_tickets FROM customer_summary s JOIN customer_summary_live l USING (id)"
    await owner.execute("SELECT refresh_customer_stats()")
    await shop.add_ticket()
    seen = []
    for _ in range(2):
        async with acting_as(bot, shop.viewer):
            seen.append({tuple(row) for row in await bot.fetch(counts)})
        await keep_house(database)

    assert seen == [{(0, 1), (0, 0)}, {(1, 1), (0, 0)}]
