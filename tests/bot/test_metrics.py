"""What is counted, and how an outage of the database is told."""

import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.errors import DatabaseAway, OutcomeUnknown, Refusal, SlackTrouble, SomethingWrong, TicketNotFound, TookTooLong
from bot.failures import outcome_of
from bot.metrics import Metrics
from bot.scraping import metrics_application
from db.pool import Database
from tests.shop import Connection, Shop
from tests.wire import Wire


def value(text: str, name: str) -> float | None:
    """Return a sample by its name with labels, None where it isn't there."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return None if found is None else float(found[1])


async def scrape(metrics: Metrics, database: Database) -> str:
    async with TestClient(TestServer(metrics_application(metrics, database))) as client:
        answer = await client.get("/metrics")
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        return await answer.text()


@pytest.mark.parametrize(
    ("refusal", "counted"),
    [
        (SomethingWrong("7f3a9c"), "failed"),
        (DatabaseAway(), "unavailable"),
        (OutcomeUnknown(), "unavailable"),
        (SlackTrouble("Slack is away."), "unavailable"),
        (TookTooLong(), "unavailable"),
        (TicketNotFound(42), "refused"),
    ],
)
def test_what_a_refusal_is_counted_as(refusal: Refusal, counted: str) -> None:
    assert outcome_of(refusal) == counted


async def test_outbox_is_read_anew_each_time(owner: Connection, shop: Shop, database: Database) -> None:
    metrics = Metrics()
    first, second = await shop.add_ticket(worker=shop.technician), await shop.add_ticket()
    await owner.execute(
        "UPDATE notifications SET due = now() - interval '90 seconds' WHERE ticket_id = $1 AND kind = 'card'", first
    )
    await owner.execute("UPDATE notifications SET state = 'dead' WHERE ticket_id = $1", second)
    await owner.execute("UPDATE notifications SET state = 'dropped' WHERE kind = 'assigned'")
    text = await scrape(metrics, database)

    assert value(text, 'tickets_outbox_messages{kind="card",state="waiting"}') == 1
    assert value(text, 'tickets_outbox_messages{kind="card",state="dead"}') == 1
    assert value(text, 'tickets_outbox_messages{kind="assigned",state="dropped"}') == 1
    assert 90 <= (value(text, "tickets_outbox_oldest_seconds") or 0) < 150

    await owner.execute("UPDATE notifications SET state = 'sent'")
    text = await scrape(metrics, database)

    assert value(text, "tickets_outbox_oldest_seconds") == 0
    assert "tickets_outbox_messages{" not in text


async def test_what_waits_for_its_time_is_not_late(owner: Connection, shop: Shop, database: Database) -> None:
    await shop.add_ticket()
    await owner.execute(
        "UPDATE notifications SET due = now() + interval '8 hours', created_at = now() - interval '1 hour'"
    )
    text = await scrape(Metrics(), database)

    assert value(text, "tickets_outbox_oldest_seconds") == 0
    assert value(text, 'tickets_outbox_messages{kind="card",state="waiting"}') == 1


async def test_without_the_database_nothing_is_said_of_the_outbox(wire: Wire) -> None:
    async with Database.connect(wire.url, pool_min=1, pool_max=1) as database:
        metrics = Metrics()
        metrics.watch_pool("requests", in_use=lambda: database.in_use, size=lambda: database.size)
        text = await scrape(metrics, database)

        assert value(text, "tickets_outbox_oldest_seconds") == 0
        assert value(text, 'tickets_database_connections{pool="requests",state="open"}') == 1

        wire.fault = "lose_request"
        text = await scrape(metrics, database)

    assert "tickets_outbox_oldest_seconds NaN" in text
    assert "tickets_outbox_messages{" not in text


def test_each_registry_is_its_own() -> None:
    one, other = Metrics(), Metrics()
    one.retried("limited")

    assert one.registry.get_sample_value("tickets_notifications_retried_total", {"reason": "limited"}) == 1
    assert other.registry.get_sample_value("tickets_notifications_retried_total", {"reason": "limited"}) is None
