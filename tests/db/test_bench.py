"""Where a repair is on the bench, and that it agrees with whether the ticket is completed."""

import pytest

from tests.shop import Shop

DONE = ["ready", "collected", "declined"]


async def test_the_web_application_that_writes_only_completed_moves_the_bench_along(shop: Shop) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    seen = []
    for completed in (True, False):
        await shop.owner.execute("UPDATE tickets SET completed = $2 WHERE id = $1", ticket, completed)
        seen.append(await shop.owner.fetchval("SELECT bench_status FROM tickets WHERE id = $1", ticket))

    assert seen == ["ready", "in_repair"]


async def test_a_ticket_reopened_into_the_queue_is_received(shop: Shop) -> None:
    ticket = await shop.add_ticket()
    await shop.owner.execute("UPDATE tickets SET completed = true WHERE id = $1", ticket)

    await shop.owner.execute("UPDATE tickets SET completed = false WHERE id = $1", ticket)

    assert await shop.owner.fetchval("SELECT bench_status FROM tickets WHERE id = $1", ticket) == "received"


@pytest.mark.parametrize("status", ["received", "waiting_parts", *DONE])
async def test_a_bench_status_decides_whether_the_ticket_is_completed(shop: Shop, status: str) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)

    await shop.owner.execute("UPDATE tickets SET bench_status = $2 WHERE id = $1", ticket, status)

    row = await shop.owner.fetchrow("SELECT completed, completed_at IS NOT NULL AS timed FROM tickets")
    assert row is not None
    assert (row["completed"], row["timed"]) == (status in DONE, status in DONE)


async def test_each_change_counts_the_version(shop: Shop) -> None:
    ticket = await shop.add_ticket()
    for title in ("one", "two"):
        await shop.owner.execute("UPDATE tickets SET title = $2 WHERE id = $1", ticket, title)

    assert await shop.owner.fetchval("SELECT version FROM tickets WHERE id = $1", ticket) == 3
