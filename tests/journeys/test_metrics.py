"""What an operator's Prometheus reads: on an address of its own, and numbers alone."""

from http import HTTPStatus

from aiohttp import ClientSession

from sandbox.troubles import Trouble
from tests.bot.test_metrics import value
from tests.journeys.floor import Floor


async def read(url: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_numbers_tell_of_requests_and_messages_and_of_nobody(floor: Floor) -> None:
    shop = floor.shop
    floor.sandbox.troubles.start(Trouble(kind="limited", method="chat.postMessage", seconds=0.1, times=1))
    ticket = await shop.add_ticket(title="Secret laptop")
    await floor.until(lambda: len(floor.channel()) == 1)
    await floor.ticket(shop.technician, f"take {ticket}")
    await floor.ticket(shop.technician, "take 999999")
    await floor.until(lambda: "With Tom Reed" in floor.channel()[0].text)
    await floor.quiet()
    _, text = await read(floor.metrics_url)

    assert value(text, 'tickets_notifications_total{kind="card",outcome="postponed"}') == 1
    assert value(text, 'tickets_notifications_total{kind="card",outcome="posted"}') == 1
    assert value(text, 'tickets_notifications_total{kind="card",outcome="edited"}') == 1
    assert value(text, 'tickets_notifications_retried_total{reason="limited"}') == 1
    assert value(text, "tickets_delivery_seconds_count") == 2  # the card, and a reply under it
    assert value(text, 'tickets_requests_total{kind="command",outcome="answered"}') == 1
    assert value(text, 'tickets_requests_total{kind="command",outcome="refused"}') == 1
    assert value(text, 'tickets_request_seconds_count{kind="command"}') == 2
    assert value(text, "tickets_listener_connected") == 1
    assert value(text, "tickets_token_refused") == 0
    assert (value(text, 'tickets_database_connections{pool="worker",state="open"}') or 0) >= 1
    assert not any(secret in text for secret in ("Secret", "Tom", "U0TOM", "shop.example"))
    assert (await read(f"{floor.bot_url}/metrics"))[0] == HTTPStatus.NOT_FOUND
    assert (await read(floor.metrics_url.replace("/metrics", "/slack/events")))[0] == HTTPStatus.NOT_FOUND
