"""The running bot with every cache on: what people read stays true, and is asked for less."""

from db.caches import LIMITS
from tests.journeys.floor import open_floor
from tests.shop import Shop
from tests.wire import Wire


async def test_with_caches_on_people_read_what_is_true(shop: Shop, wire: Wire) -> None:
    ticket = await shop.add_ticket(worker=shop.technician)
    async with open_floor(shop, wire.url, worker=False, caches=LIMITS) as floor:

        async def least_trips(text: str) -> int:
            """Of several times, since the probe and the listener ask, too, from time to time."""
            counted = []
            for _ in range(6):
                wire.reset()
                await floor.ticket(shop.technician, text)
                counted.append(wire.round_trips)
            return min(counted)

        assert await least_trips("help") == 0
        assert await least_trips(f"show {ticket}") == 1
        assert await least_trips("customer 1") == 1

        await shop.owner.execute("UPDATE tickets SET title = 'Hinge broken' WHERE id = $1", ticket)
        while "Hinge broken" not in await floor.ticket(shop.technician, f"show {ticket}"):
            pass  # the command itself waits
        assert "Hinge broken" in await floor.ticket(shop.technician, "customer 1")

        assert "called back" in await floor.ticket(shop.technician, f"note {ticket} called back")
        assert "called back" in await floor.ticket(shop.technician, f"show {ticket}")

        await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)
        assert "called back" not in await floor.ticket(shop.technician, f"show {ticket}")
