"""The audit trail's months: made ahead, filled from the default partition, and dropped whole when they have expired."""

from datetime import UTC, date, datetime, timedelta

from db.housekeeping import keep_house
from db.pool import Database
from tests.shop import Connection

ADD = "INSERT INTO activity_log (user_id, action, resource_type, created_at) VALUES ('system', $1, 'system', $2)"
WHERE = "SELECT action, tableoid::regclass::text FROM activity_log WHERE length(action) = 1 ORDER BY action"
MONTHS = "SELECT count(*) FROM pg_class WHERE relname ~ '^activity_log_y' AND relkind = 'r' AND relrowsecurity"


async def where(owner: Connection) -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in await owner.fetch(WHERE)}


async def test_lines_of_months_without_a_partition_are_parked_and_then_moved(
    owner: Connection, database: Database
) -> None:
    """No line is refused or lost, whatever its time."""
    soon = datetime.now(UTC).replace(day=15) + timedelta(days=400)
    for action, moment in (("A", soon), ("B", soon + timedelta(days=200))):
        await owner.execute(ADD, action, moment)
    assert set((await where(owner)).values()) == {"activity_log_default"}

    kept = await keep_house(database)

    assert kept.partitions_made == 2
    assert await where(owner) == {
        "A": f"activity_log_y{soon:%Ym%m}",
        "B": f"activity_log_y{soon + timedelta(days=200):%Ym%m}",
    }


async def test_a_month_goes_with_its_last_second_not_before(owner: Connection) -> None:
    drop = "SELECT drop_old_activity_log_partitions(now() - ($1::timestamptz + $2))"
    async with owner.transaction():  # now() stands still
        for month in (1, 2):
            await owner.execute("SELECT create_activity_log_partition($1)", date(2021, month, 1))
        march = datetime(2021, 3, 1, tzinfo=UTC)
        await owner.execute(drop, march, timedelta(seconds=-1))
        before = await owner.fetchval("SELECT to_regclass('activity_log_y2021m02')::text")
        await owner.execute(drop, march, timedelta(0))
        after = await owner.fetchval("SELECT to_regclass('activity_log_y2021m02')::text")

    assert (before, after) == ("activity_log_y2021m02", None)


async def test_months_are_dropped_once_their_last_day_has_expired(owner: Connection, database: Database) -> None:
    """By the setting, never before ninety days; the month that the limit falls into stays whole."""
    await owner.execute("UPDATE shop_settings SET value = '120 days' WHERE key = 'activity_log_keep'")
    limit = datetime.now(UTC) - timedelta(days=120)
    first_kept = limit.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for action, moment in (("A", first_kept - timedelta(seconds=1)), ("B", first_kept), ("C", datetime.now(UTC))):
        await owner.execute("SELECT create_activity_log_partition($1::timestamptz::date)", moment)
        await owner.execute(ADD, action, moment)
    await owner.execute(ADD, "D", datetime(2019, 5, 5, tzinfo=UTC))  # parked, and long expired
    months = await owner.fetchval(MONTHS)

    kept = await keep_house(database)

    assert set(await where(owner)) == {"B", "C"}
    assert await owner.fetchval(MONTHS) == months + kept.partitions_made - kept.partitions_dropped
    assert await owner.fetchval("SELECT to_regclass('activity_log_y2024m01')") is None  # the schema document's example
