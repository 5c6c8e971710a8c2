"""A channel that the app may not write to: a Manager is told, sees why, and retries once it may."""

from tests.journeys.floor import CHANNEL, Floor


async def test_manager_is_told_sees_why_and_retries(floor: Floor) -> None:
    shop, channels = floor.shop, floor.sandbox.state.channels
    maria, open_channel = shop.manager, channels[CHANNEL]
    channels[CHANNEL] = open_channel.model_copy(update={"is_archived": True})
    tickets = [await shop.add_ticket(title=f"Ticket {number}") for number in range(2)]
    await floor.until(lambda: len(floor.direct(maria)) == 1)
    await floor.quiet()

    [told] = floor.direct(maria)
    assert told.text.startswith("Messages to the shop's channel don't arrive. The channel is archived.")
    assert floor.channel() == []

    await floor.press(maria, "undelivered.page")
    await floor.until(lambda: floor.newest(maria, None).text == "2 messages didn't reach Slack.")
    assert all(f"The card about #{ticket}" in str(floor.newest(maria, None).blocks) for ticket in tickets)

    channels[CHANNEL] = open_channel
    await floor.press(maria, "undelivered.retry_all")
    said = "2 messages will be tried again now. Nothing is undelivered."
    await floor.until(lambda: floor.newest(maria, None).text == said)
    await floor.until(lambda: len(floor.channel()) == 2)
