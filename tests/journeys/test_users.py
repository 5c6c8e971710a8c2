"""A Manager looks after people: switches one off, adds one from Slack, and can let no guest in."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.floor import STRANGER, Floor, open_floor
from tests.journeys.test_home import home_of, open_home, words
from tests.shop import Shop

GUEST = "U0GUEST"


@pytest.fixture
async def floor(shop: Shop, bot_url: str) -> AsyncIterator[Floor]:
    """The shop, and a guest in its workspace."""
    guest = {"id": GUEST, "name": "gus", "real_name": "Gus Guest", "email": "gus@shop.example", "is_restricted": True}
    async with open_floor(shop, bot_url, people=[guest]) as opened:
        yield opened


async def test_manager_switches_somebody_off_and_adds_somebody(floor: Floor) -> None:
    shop, desk = floor.shop, floor.sandbox
    maria, tom = str(shop.manager.slack_user_id), str(shop.technician.slack_user_id)
    await shop.add_ticket(title="Seen before", worker=shop.technician)
    assert "Seen before" in await open_home(floor, tom)

    assert "Tom Reed" in await floor.ticket(shop.manager, "users tom")
    await floor.press(shop.manager, "person.open", shop.technician.id)
    guests = await desk.submit(maria, {"slack_user_id": GUEST, "access": "off"})
    assert "guests have no access" in str(guests.errors)
    await desk.submit(maria, {"slack_user_id": tom})

    assert "1 ticket of theirs is back in the queue" in words(floor.form(shop.manager) or {})
    await floor.until(lambda: "switched off" in words(home_of(floor, tom)))
    await floor.until(lambda: "Maria Francisco has switched off your access" in floor.direct(shop.technician)[-1].text)
    assert "access has been switched off" in await floor.ticket(shop.technician, "mine")
    await desk.close(maria)

    await floor.ticket(shop.manager, f"users <@{STRANGER}>")
    await desk.submit(maria, {"role": "Viewer"})

    assert "Sid Stranger has access now, as Viewer" in words(floor.form(shop.manager) or {})
    await floor.until(lambda: "has given you access" in str(desk.messages(None, STRANGER)))
    assert "Your role is Viewer" in await floor.ticket(STRANGER, "whoami")
    zones = "SELECT slack_time_zone FROM user_permissions WHERE slack_user_id = $1"
    assert await shop.owner.fetchval(zones, STRANGER) == desk.state.person(STRANGER).tz
    await desk.close(maria)
    await floor.ticket(shop.manager, f"users <@{maria}>")
    assert "Another Manager can" in words(floor.form(shop.manager) or {})
