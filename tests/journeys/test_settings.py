"""A person says in Slack how they want to be told, and is told so."""

from datetime import UTC, datetime, timedelta

from tests.journeys.floor import CHANNEL, Floor
from tests.journeys.test_told import told


async def test_night_is_quiet_and_the_morning_tells(floor: Floor) -> None:
    shop, tom = floor.shop, floor.shop.technician
    account = str(tom.slack_user_id)
    now = datetime.now(UTC)
    await floor.ticket(tom, "settings")
    half = await floor.sandbox.submit(account, {"quiet_from": "22:00", "time_zone": "Mars"})
    assert half.errors == {"time_zone": "“Mars” is no time zone. Write it like Europe/Berlin."}
    half = await floor.sandbox.submit(account, {"time_zone": "utc"})
    assert half.errors == {"quiet_until": "Choose both times, or neither."}

    hours = {"quiet_from": f"{now - timedelta(hours=2):%H:%M}", "quiet_until": f"{now + timedelta(hours=2):%H:%M}"}
    kept = ["assigned", "unassigned", "completed", "reopened", "mentioned"]
    await floor.sandbox.submit(account, {**hours, "heard": kept})
    assert f"from {hours['quiet_from']} to {hours['quiet_until']}, UTC. What is urgent comes" in str(floor.form(tom))
    assert "• Something happens to a ticket that I watch" in str(floor.form(tom))
    await floor.sandbox.close(account)

    quiet, urgent = (
        await shop.add_ticket(title="Keys stick"),
        await shop.add_ticket(title="No light", priority="urgent"),
    )
    await floor.ticket(shop.manager, f"assign {quiet} @tom.reed")
    await floor.ticket(shop.manager, f"assign {urgent} @tom.reed")
    await floor.until(lambda: len(told(floor, tom)) == 1)
    assert "No light" in told(floor, tom)[0].text

    await floor.sandbox.say(account, "@tickets settings", CHANNEL)  # to which no form can be opened at once
    await floor.sandbox.events.settled()
    await floor.press(tom, "settings.open")
    await floor.sandbox.submit(account, {"quiet_from": None, "quiet_until": None})
    assert "You have no quiet hours." in str(floor.form(tom))
    await floor.until(lambda: len(told(floor, tom)) == 2)
    assert "Keys stick" in told(floor, tom)[1].text
