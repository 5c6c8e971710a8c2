"""How often the database is asked, counted on the wire: a read once, a write at most twice."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.floor import CHANNEL, PUBLIC_URL, STRANGER, Floor, deliver, last_delivery, open_floor
from tests.shop import Shop
from tests.wire import Wire


@pytest.fixture
async def floor(shop: Shop, wire: Wire) -> AsyncIterator[Floor]:
    """A front without a worker, whose database traffic is counted."""
    async with open_floor(shop, wire.url, worker=False) as opened:
        yield opened


async def trips(floor: Floor, wire: Wire, *texts: str) -> int:
    """Return the round trips of the last command, after the same kind of command has been prepared by the others."""
    for text in texts:
        wire.reset()
        await floor.ticket(floor.shop.technician, text)
    return wire.round_trips


READS = [
    "",
    "mine",
    "queue",
    "list",
    "list status:all tech:@tom.reed priority:medium category:hardware customer:1 laptop",
    "list tech:nobody-of-this-name",
    "search laptop",
    "whoami",
    "help",
    "settings",
    "show {0}",
    "history {0}",
    "new",
    "find grace",
    "customer 1",
    "customer 999999",
    "note {0}",
    "show 999999",
]


async def test_read_takes_one_round_trip(floor: Floor, wire: Wire) -> None:
    counted = {}
    for text in READS:
        command = text.format(await floor.shop.add_ticket())
        counted[text] = await trips(floor, wire, command, command, command)

    assert counted == dict.fromkeys(READS, 1)


async def test_write_takes_at_most_two_round_trips(floor: Floor, wire: Wire) -> None:
    shop = floor.shop
    tickets = [await shop.add_ticket() for _ in range(3)]

    for command in (
        "take {}",
        "priority {} high",
        "category {} network",
        "estimate {} 2h",
        "due {} in 3 days",
        "note {} called",
        "watch {}",
        "unwatch {}",
        "release {}",
        "take {}",
        "status {} waiting for parts",
        "done {} 1h new fan",
        "undo {}",
        "done {} 1h new fan",
        "collected {} by Bo",
        "reopen {} fails again",
        "assign {} @ana.lopez",
    ):
        count = await trips(floor, wire, *(command.format(number) for number in tickets))
        assert count <= 2, command


async def test_filing_takes_at_most_two_round_trips(floor: Floor, wire: Wire) -> None:
    counted = []
    for _ in range(3):
        await floor.ticket(floor.shop.regular_user, "new")
        account = str(floor.shop.regular_user.slack_user_id)
        customers = await floor.sandbox.suggest(account, "customer.choose", "grace")
        wire.reset()
        await floor.sandbox.submit(account, {"customer_id": customers[0], "title": "Hinge", "description": "Broken."})
        counted.append(wire.round_trips)

    assert await floor.shop.owner.fetchval("SELECT count(*) FROM tickets") == 3
    assert counted[-1] <= 2


async def test_button_and_typeahead_take_one_round_trip(floor: Floor, wire: Wire) -> None:
    shop = floor.shop
    account = str(shop.technician.slack_user_id)
    ticket_id = await shop.add_ticket()
    await floor.ticket(shop.technician, f"show {ticket_id}")
    for action in ("ticket.take", "ticket.release", "ticket.take"):
        wire.reset()
        await floor.press(shop.technician, action, ticket_id)
    assert wire.round_trips <= 2

    await floor.ticket(shop.technician, "new")
    for typed in ("g", "gr", "gra"):
        wire.reset()
        await floor.sandbox.suggest(account, "customer.choose", typed)
    assert wire.round_trips == 1


async def test_passcode_is_kept_in_two_round_trips_and_shown_in_one(floor: Floor, wire: Wire) -> None:
    counted = []
    for number in range(1, 4):
        await floor.ticket(floor.shop.technician, "new")
        account = str(floor.shop.technician.slack_user_id)
        customers = await floor.sandbox.suggest(account, "customer.choose", "grace")
        entered = {"customer_id": customers[0], "title": "Hinge", "description": "Broken.", "passcode": "4711"}
        wire.reset()
        await floor.sandbox.submit(account, {**entered, "assign": "me"})
        counted.append(wire.round_trips)
        await floor.ticket(floor.shop.technician, f"show {number}")
        wire.reset()
        await floor.press(floor.shop.technician, "passcode.show", number)
        counted.append(wire.round_trips)

    assert await floor.shop.owner.fetchval("SELECT count(*) FROM activity_log WHERE action = 'REVEAL_PASSCODE'") == 3
    assert counted[-2] <= 2
    assert counted[-1] == 1


async def test_settings_are_saved_in_two_round_trips(floor: Floor, wire: Wire) -> None:
    who = floor.shop.viewer
    counted = []
    for begin in ("21:00", "22:00", "23:00"):
        await floor.ticket(who, "settings")
        wire.reset()
        await floor.sandbox.submit(str(who.slack_user_id), {"quiet_from": begin, "quiet_until": "07:00"})
        counted.append(wire.round_trips)

    assert str(await floor.shop.owner.fetchval("SELECT max(quiet_from) FROM preferences")) == "23:00:00"
    assert counted[-1] <= 2


async def test_opening_a_form_takes_one_round_trip(floor: Floor, wire: Wire) -> None:
    shop = floor.shop
    own = await shop.add_ticket(worker=shop.technician)
    done = await shop.add_ticket(worker=shop.technician, completed=True)

    for command in (f"assign {own}", f"done {own}", f"note {own}", f"reopen {done}"):
        assert await trips(floor, wire, command, command, command) == 1, command


async def test_managers_reads_and_switches_take_at_most_two_round_trips(floor: Floor, wire: Wire) -> None:
    shop, who = floor.shop, floor.shop.manager
    customer = shop.customers[0]
    await floor.ticket(who, f"customer {customer}")
    counted = []
    for action in ("customer.deactivate", "customer.reactivate") * 2:
        wire.reset()
        await floor.press(who, action, customer)
        counted.append(wire.round_trips)

    assert max(counted[2:]) <= 2
    for command in ("database", "undelivered", "users", "users tom"):
        for _ in range(2):
            wire.reset()
            await floor.ticket(who, command)
        assert wire.round_trips == 1, command

    await shop.owner.execute("UPDATE notifications SET state = 'dead', error = 'is_archived'")
    await floor.ticket(who, "undelivered")
    wire.reset()
    await floor.press(who, "undelivered.retry_all")
    assert wire.round_trips <= 2


async def test_request_for_access_takes_two_round_trips_and_a_decision_one(floor: Floor, wire: Wire) -> None:
    shop = floor.shop
    counted = []
    for _ in range(3):
        wire.reset()
        await floor.ticket(STRANGER, "mine")
        counted.append(wire.round_trips)
    assert counted[-1] == 2  # who asks isn't known; the Managers are asked

    ticket_id = await shop.add_ticket()
    await floor.ticket(shop.manager, "queue")
    await floor.press(shop.manager, "ticket.open", ticket_id)
    pressed = last_delivery(floor, "block_actions")
    number = await shop.owner.fetchval("SELECT id FROM app.access_requests")
    for press, chosen in enumerate((number + 1, number + 1, number)):
        action = {**pressed["actions"][0], "action_id": "access.refuse", "value": f"{chosen}"}
        wire.reset()
        await deliver(floor, {**pressed, "trigger_id": f"{press}.2.press", "actions": [action]}, times=1)
    assert wire.round_trips == 1
    assert await shop.owner.fetchval("SELECT state FROM app.access_requests") == "refused"


async def test_links_of_a_message_are_read_in_one_round_trip(floor: Floor, wire: Wire) -> None:
    shop = floor.shop
    links = " ".join([f"{PUBLIC_URL}t/{await shop.add_ticket()}" for _ in range(4)])
    for _ in range(2):
        wire.reset()
        await floor.sandbox.say(str(shop.technician.slack_user_id), links, CHANNEL)
        await floor.sandbox.events.settled()

    assert len(floor.sandbox.messages(CHANNEL, STRANGER)[-1].attachments or []) == 4
    assert wire.round_trips == 1


async def test_customers_are_compared_in_one_round_trip_and_changed_in_two(floor: Floor, wire: Wire) -> None:
    shop, boss = floor.shop, floor.shop.manager
    account = str(boss.slack_user_id)
    counted: dict[str, int] = {}

    def count(what: str) -> None:
        counted[what] = wire.round_trips
        wire.reset()

    for number in range(3):  # what is counted is the last time: by then everything is prepared
        one, other = [await shop.add_customer(f"{name}{number}", "Hill") for name in ("Ida", "Ada")]
        wire.reset()
        await floor.ticket(boss, "duplicates")
        count("list")
        await floor.ticket(boss, f"merge {one} {other}")
        count("compare")
        await floor.sandbox.submit(account, {"kept": str(one)})
        count("merge")
        await floor.sandbox.close(account)
        await floor.ticket(boss, f"customer {other}")
        count("read")
        await floor.press(boss, "contact.called", one)
        count("contact")
        await floor.press(boss, "merge.undo")
        count("undo")
        await floor.ticket(boss, f"erase {one}")
        count("what is erased")
        await floor.sandbox.submit(account, {"confirmed": f"erase {one}"})
        count("erase")
        await floor.sandbox.close(account)

    assert {what for what, trips in counted.items() if trips != 1} <= {"merge", "contact", "undo", "erase"}
    assert max(counted.values()) <= 2
