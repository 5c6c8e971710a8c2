"""A ticket's address, posted in a conversation."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.journeys.floor import CHANNEL, PUBLIC_URL, STRANGER, Floor, deliver, last_delivery, open_floor
from tests.shop import Shop


@pytest.fixture
async def floor(shop: Shop, bot_url: str) -> AsyncIterator[Floor]:
    async with open_floor(shop, bot_url, worker=False) as opened:
        yield opened


async def test_link_shows_what_everybody_may_read_where_its_poster_sees_the_ticket(floor: Floor) -> None:
    shop, said = floor.shop, floor.sandbox
    seen = await shop.add_ticket(worker=shop.technician)
    hidden = await shop.add_ticket(worker=shop.colleague)
    links = {number: f"{PUBLIC_URL}t/{number}" for number in (seen, hidden, 999_999, 9_999_999_999)}

    async def post(who: str | None) -> list[str]:
        await said.say(str(who), " ".join(links.values()), CHANNEL)
        await said.events.settled()
        shown = said.messages(CHANNEL, STRANGER)[-1].attachments or []
        return [str(one["app_unfurl_url"]) for one in shown]

    assert await post(shop.technician.slack_user_id) == [links[seen]]
    posted = str(said.messages(CHANNEL, STRANGER)[-1].attachments)
    assert shop.technician.name in posted
    assert "Grace" not in posted
    again = last_delivery(floor, "event_callback")
    assert [status for status, _ in await deliver(floor, again, times=2)] == [200, 200]
    assert str(said.messages(CHANNEL, STRANGER)[-1].attachments) == posted

    await floor.press(shop.technician, "ticket.open", seen)
    opened = str(floor.newest(shop.technician).blocks)
    assert "Grace" in opened
    assert f"<{links[seen]}|" in opened
    await floor.press(shop.colleague, "ticket.open", seen)
    assert "There is no ticket" in floor.newest(shop.colleague).text

    assert await post(STRANGER) == []
    event = last_delivery(floor, "event_callback")
    again = {**event, "event": {**event["event"], "user": shop.technician.slack_user_id}}
    for abroad, shown in ((True, 0), (False, 1)):
        assert (await deliver(floor, {**again, "is_ext_shared_channel": abroad}, times=1))[0][0] == 200
        assert len(said.messages(CHANNEL, STRANGER)[-1].attachments or []) == shown
    async with aiohttp.ClientSession() as session, session.get(f"{floor.bot_url}/t/{seen}") as answer:
        assert answer.status == 200
        assert f"/ticket {seen}" in await answer.text()


async def test_work_object_opens_a_pane_that_shows_each_person_what_they_may_see(shop: Shop, bot_url: str) -> None:
    number = await shop.add_ticket()
    async with open_floor(shop, bot_url, worker=False, work_objects=True) as floor:
        said = floor.sandbox
        tom, ana = str(shop.technician.slack_user_id), str(shop.colleague.slack_user_id)
        await said.say(tom, f"{PUBLIC_URL}t/{number}?from=mail", CHANNEL)
        await said.events.settled()
        shown = said.messages(CHANNEL, STRANGER)[-1]
        [posted] = shown.attachments or []
        assert posted["entity"]["external_ref"] == {"id": str(number)}

        mine = await said.open_details(tom, CHANNEL, shown.ts)
        assert mine is not None
        assert mine.entity is not None
        assert mine.entity["entity_payload"]["fields"]["status"] == {"value": "In the queue"}
        assert (await said.press_details(tom, "ticket.take")).ok
        assert await shop.owner.fetchval("SELECT tech FROM tickets") == shop.technician.email

        hers = await said.open_details(ana, CHANNEL, shown.ts)
        assert hers is not None
        assert "There is no ticket" in str(hers.error)
        assert "Grace" not in str([posted, mine, hers])
