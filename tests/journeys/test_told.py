"""Who is told what, the whole way: threads and direct messages with buttons that do what they say."""

from sandbox.messages import Message
from tests.journeys.floor import Floor
from tests.shop import Member


async def test_assigned_ticket_is_accepted_and_handed_on(floor: Floor) -> None:
    shop = floor.shop
    tom, ana = shop.technician, shop.colleague
    ticket = await shop.add_ticket()
    await floor.ticket(shop.manager, f"assign {ticket} @tom.reed")
    await floor.until(lambda: len(told(floor, tom)) == 1)
    assert _buttons(told(floor, tom)[0]) == ["ticket.accept", "ticket.open", "ticket.release"]

    await floor.press(tom, "ticket.accept", ticket)
    await floor.until(lambda: f"You have accepted ticket #{ticket}." in floor.newest(tom, None).text)
    await floor.until(lambda: "You have accepted it." in str(told(floor, tom)[0].blocks))
    assert _buttons(told(floor, tom)[0]) == ["ticket.open", "ticket.release"]
    await floor.until(lambda: any("Tom Reed accepted it" in reply.text for reply in floor.thread()))

    await floor.ticket(shop.manager, f"assign {ticket} @ana.lopez")
    await floor.until(lambda: len(told(floor, tom)) == 2 and len(told(floor, ana)) == 1)
    first, second = told(floor, tom)
    assert first.text == f"Ticket #{ticket} Laptop does not start was handed on to Ana Lopez"
    assert _buttons(first) == []
    assert "handed your ticket on to Ana Lopez" in second.text

    await floor.press(ana, "ticket.release", ticket)
    await floor.until(lambda: "went back to the queue" in told(floor, ana)[0].text)
    await floor.quiet()
    thread = "\n".join(reply.text for reply in floor.thread())  # one reply, unless a minute passed between
    for happened in ("gave it to Tom Reed", "Tom Reed accepted it", "gave it to Ana Lopez", "Ana Lopez put it back"):
        assert thread.count(happened) == 1
    assert len(told(floor, ana)) == 1  # she knows what she did
    assert told(floor, shop.manager) == []


def told(floor: Floor, who: Member) -> list[Message]:
    """Return the outbox's direct messages to a person, without answers."""
    return [message for message in floor.direct(who) if message.metadata is not None]


def _buttons(message: Message) -> list[str]:
    return [
        str(element["action_id"])
        for block in message.blocks or []
        if block["type"] == "actions"
        for element in block["elements"]
    ]
