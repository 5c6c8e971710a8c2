"""Who is nobody here yet asks, a Manager decides in Slack, and everybody concerned reads what came of it."""

from http import HTTPStatus
from typing import Any

from sandbox.messages import Message
from tests.journeys.floor import STRANGER, Floor, deliver, last_delivery
from tests.shop import Member


def question(floor: Floor, manager: Member | str) -> Message:
    """Return the newest message about a request that a Manager has."""
    user = manager if isinstance(manager, str) else str(manager.slack_user_id)
    return [message for message in floor.sandbox.messages(None, user) if "for access" in message.text][-1]


def forged(floor: Floor, user: str | None, number: int) -> dict[str, Any]:
    """Return the newest press as if ``user`` had made it."""
    payload = last_delivery(floor, "block_actions")
    who = payload["user"]
    assert isinstance(who, dict)
    return {**payload, "user": {**who, "id": user}, "trigger_id": f"{number}.2.forged"}


async def request_of(floor: Floor) -> tuple[Any, ...]:
    row = await floor.shop.owner.fetchrow("SELECT id, state, role FROM app.access_requests")
    assert row is not None
    return tuple(row)


async def test_stranger_is_let_in_by_one_of_the_managers(floor: Floor) -> None:
    shop, desk = floor.shop, floor.sandbox
    await shop.owner.execute("UPDATE user_permissions SET role = 'Manager' WHERE id = $1", shop.colleague.id)
    maria, ana = str(shop.manager.slack_user_id), str(shop.colleague.slack_user_id)

    first = await floor.ticket(STRANGER, "take 1")
    again = await floor.ticket(STRANGER, "mine")

    assert "isn't linked" in first
    assert "The Managers have been asked" in first
    assert "The Managers were asked on" in again
    await floor.until(lambda: all("Sid Stranger" in str(desk.messages(None, user)) for user in (maria, ana)))
    number, state, _ = await request_of(floor)
    assert state == "open"
    assert question(floor, maria).text == "Sid Stranger (sid@elsewhere.example) asks for access."

    await desk.choose(maria, "access.approve", f"{number} {STRANGER} Technician", ts=question(floor, maria).ts)

    assert await request_of(floor) == (number, "approved", "Technician")
    for user, words in (
        (shop.technician.slack_user_id, "Your role here is Technician"),
        (ana, "has access already, as"),
    ):
        [(status, _)] = await deliver(floor, forged(floor, user, number), times=1)
        assert status == HTTPStatus.OK
        assert any(words in message.text for message in desk.messages(None, maria)), (
            words
        )  # the answer's address is hers
    assert "Your role is Technician" in await floor.ticket(STRANGER, "whoami")
    await floor.until(lambda: "access.approve" not in str(question(floor, ana).blocks))
    await floor.until(lambda: bool(desk.messages(None, STRANGER)))
    assert question(floor, ana).text.endswith("Approved by Maria Francisco as Technician.")
    assert "Maria Francisco has given you access" in desk.messages(None, STRANGER)[-1].text


async def test_stranger_who_is_refused_reads_by_whom(floor: Floor) -> None:
    shop, desk = floor.shop, floor.sandbox
    await floor.sandbox.open_home(STRANGER)
    await floor.until(lambda: "Sid Stranger" in str(floor.direct(shop.manager)))

    await floor.press(shop.manager, "access.refuse")
    await floor.until(lambda: bool(desk.messages(None, STRANGER)))
    await floor.until(lambda: question(floor, shop.manager).text.endswith("Refused by Maria Francisco."))

    assert "Maria Francisco said no" in desk.messages(None, STRANGER)[-1].text
    assert "Maria Francisco said no" in await floor.ticket(STRANGER, "mine")
    assert await shop.owner.fetchval("SELECT count(*) FROM user_permissions WHERE slack_user_id = $1", STRANGER) == 0
