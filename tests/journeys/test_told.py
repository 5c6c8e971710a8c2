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


async def test_watcher_and_mentioned_read_the_note_and_the_channel_does_not(floor: Floor) -> None:
    shop = floor.shop
    ticket = await shop.add_ticket(worker=shop.technician)
    await floor.until(lambda: len(floor.channel()) == 1)
    watching = await floor.ticket(shop.viewer, f"watch {ticket}")
    assert f"You hear from now on what happens to ticket #{ticket}." in watching
    assert f"#{ticket}" in await floor.ticket(shop.manager, f"watch {ticket}")

    mention = f"<@{shop.manager.slack_user_id}|m.f>"
    answer = await floor.ticket(shop.technician, f"note {ticket} {mention} and @ana: the owner called &lt;!channel&gt;")
    assert f"Ana Lopez can't see ticket #{ticket}, so wasn't told." in answer
    await floor.until(lambda: len(told(floor, shop.viewer)) == len(told(floor, shop.manager)) == 1)
    [mentioned] = told(floor, shop.manager)
    assert mentioned.text == f"Tom Reed mentioned you on ticket #{ticket} Laptop does not start"
    for message in (mentioned, *told(floor, shop.viewer)):
        assert "@Maria Francisco and @ana: the owner called &lt;!channel&gt;" in str(message.blocks)

    await floor.press(shop.viewer, "ticket.unwatch", ticket)
    await floor.until(lambda: "You no longer hear" in floor.newest(shop.viewer, None).text)
    await floor.ticket(shop.technician, f"priority {ticket} high")
    await floor.until(lambda: "High" in "".join(reply.text for reply in floor.thread()))
    await floor.quiet()
    assert "High" not in told(floor, shop.viewer)[0].text
    assert "owner" not in str([floor.channel(), floor.thread()])
    assert told(floor, shop.colleague) == []


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
