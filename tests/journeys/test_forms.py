"""The day's forms and shortcuts, as people use them: what they change and say, and that nothing typed is lost."""

import json
from decimal import Decimal
from typing import Any, Final

from sandbox.clock import SystemClock
from sandbox.documents import Document
from tests.journeys.floor import CHANNEL, Floor, deliver, last_delivery
from tests.journeys.test_bad_input import HOSTILE, live_mentions
from tests.shop import Member

PERSON: Final = {
    "first_name": "Grace",
    "last_name": "Hopper",
    "phone": "510 555 0199",
    "email": "Grace@Example.com",
    "address1": "1 Ship St",
    "city": "Oakland",
    "state": "CA",
    "zip": "94607",
}


class LateClock(SystemClock):
    """Slack's clock for triggers: whenever it is looked at, four more seconds have passed."""

    def __init__(self) -> None:
        self._late = 0.0

    def time(self) -> float:
        self._late += 4.0
        return super().time() + self._late


def account(who: Member) -> str:
    assert who.slack_user_id is not None
    return who.slack_user_id


def shown(floor: Floor, who: Member) -> str:
    """Return what the open form says."""
    form = floor.form(who)
    assert form is not None
    return json.dumps(form["blocks"], ensure_ascii=False)


def typed(floor: Floor, who: Member) -> dict[str, Any]:
    """Return what stands in the fields of the open form, by block id."""
    view = floor.sandbox.view(account(who))
    assert view is not None
    found = {}
    for block_id, [state] in ((block, list(actions.values())) for block, actions in view.values.items()):
        option = state.get("selected_option")
        found[block_id] = option["value"] if option else state.get("value")
    return found


def newest(floor: Floor, who: Member, channel: str | None = CHANNEL) -> str:
    """Return what the person reads last in a channel."""
    message = floor.newest(who, channel)
    return json.dumps([message.text, message.blocks], ensure_ascii=False)


async def open_card_form(floor: Floor, who: Member, ticket_id: int, action: str) -> None:
    await floor.ticket(who, f"show {ticket_id}")
    outcome = await floor.press(who, action, ticket_id)
    assert outcome.ok, outcome


async def test_manager_assigns_from_the_card(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    await open_card_form(floor, shop.manager, ticket_id, "ticket.hand")
    outcome = await floor.sandbox.submit(account(shop.manager), {"who": str(shop.colleague.id)})

    assert outcome.errors == {}
    assert f"Ticket #{ticket_id} is assigned to Ana Lopez." in shown(floor, shop.manager)
    assert await shop.owner.fetchval("SELECT tech FROM tickets") == shop.colleague.email


async def test_of_two_who_assign_at_once_the_second_reads_who_has_it_and_decides(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    await open_card_form(floor, shop.manager, ticket_id, "ticket.hand")
    await floor.ticket(shop.technician, f"take {ticket_id}")
    outcome = await floor.sandbox.submit(account(shop.manager), {"who": str(shop.colleague.id)})

    assert outcome.errors == {}
    assert "Tom Reed* took it meanwhile" in shown(floor, shop.manager)
    assert typed(floor, shop.manager) == {"who": str(shop.colleague.id)}
    assert await shop.owner.fetchval("SELECT tech FROM tickets") == shop.technician.email


async def test_technician_edits_their_ticket(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    await open_card_form(floor, shop.technician, ticket_id, "ticket.change")
    customers = await floor.sandbox.suggest(account(shop.technician), "customer.choose", "omar")
    outcome = await floor.sandbox.submit(
        account(shop.technician), {"title": HOSTILE, "estimated_hours": "1h30", "customer_id": customers[0]}
    )

    assert outcome.errors == {}
    assert f"Saved for ticket #{ticket_id}: title, estimate, customer." in shown(floor, shop.technician)
    row = await shop.owner.fetchrow("SELECT title, estimated_hours, customer_id, priority FROM tickets")
    assert row is not None
    assert tuple(row) == (HOSTILE, Decimal("1.50"), shop.customers[1], "medium")
    await floor.quiet()
    assert live_mentions(floor) == []


async def test_who_edits_what_was_handed_on_meanwhile_reads_it_and_keeps_what_they_typed(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    await open_card_form(floor, shop.technician, ticket_id, "ticket.change")
    await shop.owner.execute("UPDATE tickets SET tech = $1", shop.colleague.email)
    outcome = await floor.sandbox.submit(account(shop.technician), {"description": "Three hours of notes."})

    assert "may have gone to somebody else" in next(iter(outcome.errors.values()))
    assert typed(floor, shop.technician)["description"] == "Three hours of notes."


async def test_note_is_written_from_the_card(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(filer=shop.regular_user)
    await open_card_form(floor, shop.regular_user, ticket_id, "ticket.note")
    await floor.sandbox.submit(account(shop.regular_user), {"body": HOSTILE})

    assert f"Your note is on ticket #{ticket_id}." in shown(floor, shop.regular_user)
    assert await shop.owner.fetchval("SELECT body FROM ticket_notes") == HOSTILE
    assert live_mentions(floor) == []


async def fill_new_ticket(floor: Floor, who: Member, text: str = "new Laptop won't start") -> None:
    """Open the form and fill in what stands below the customer."""
    await floor.ticket(who, text)
    floor.sandbox.fill(account(who), {"description": "Since this morning.", "priority": "high", "category": "hardware"})


async def test_new_customer_comes_back_chosen_and_the_rest_of_the_form_is_as_it_was(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await fill_new_ticket(floor, who)
    before = typed(floor, who)
    await floor.press(who, "customer.new")
    assert "First name" in shown(floor, who)
    outcome = await floor.sandbox.submit(account(who), PERSON)

    customer = await shop.owner.fetchval("SELECT id FROM customers WHERE email = 'grace@example.com'")
    assert outcome.errors == {}
    after = typed(floor, who)
    assert after.pop(f"customer_id:{customer}") == str(customer)
    assert before.pop("customer_id") is None
    assert after == before
    assert after["title"] == "Laptop won't start"

    await floor.sandbox.submit(account(who))
    row = await shop.owner.fetchrow("SELECT customer_id, title, description, priority, category FROM tickets")
    assert row is not None
    assert tuple(row) == (customer, "Laptop won't start", "Since this morning.", "high", "hardware")


async def test_another_customer_can_be_chosen_or_added_after_a_new_one(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await fill_new_ticket(floor, who)
    for number in range(2):
        await floor.press(who, "customer.new")
        await floor.sandbox.submit(account(who), {**PERSON, "email": f"grace{number}@example.com"})
    newest_customer = await shop.owner.fetchval("SELECT max(id) FROM customers")
    assert typed(floor, who)[f"customer_id:{newest_customer}"] == str(newest_customer)
    customers = await floor.sandbox.suggest(account(who), "customer.choose", "june")
    await floor.sandbox.submit(account(who), {f"customer_id:{newest_customer}": customers[0]})

    assert await shop.owner.fetchval("SELECT customer_id FROM tickets") == shop.customers[2]


async def test_customer_deactivated_meanwhile_is_refused_beside_the_field_that_was_changed(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await fill_new_ticket(floor, who)
    await floor.press(who, "customer.new")
    await floor.sandbox.submit(account(who), PERSON)
    await shop.owner.execute("UPDATE customers SET active = false WHERE email = 'grace@example.com'")
    outcome = await floor.sandbox.submit(account(who))

    [(block_id, message)] = outcome.errors.items()
    assert block_id.startswith("customer_id:")
    assert "no longer active" in message


async def test_taken_address_is_said_beside_the_field_and_the_form_stays(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await fill_new_ticket(floor, who)
    await floor.press(who, "customer.new")
    outcome = await floor.sandbox.submit(account(who), {**PERSON, "email": "GRACE.HILL@example.com"})

    assert set(outcome.errors) == {"email"}
    assert f"Customer {shop.customers[0]}, Grace Hill," in outcome.errors["email"]
    assert typed(floor, who)["last_name"] == "Hopper"


async def test_customer_form_delivered_several_times_at_once_makes_one_customer(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await fill_new_ticket(floor, who)
    await floor.press(who, "customer.new")
    await floor.sandbox.submit(account(who), PERSON)

    answers = await deliver(floor, last_delivery(floor, "view_submission"), times=5)

    assert {status for status, _ in answers} == {200}
    assert await shop.owner.fetchval("SELECT count(*) FROM customers WHERE email = 'grace@example.com'") == 1


async def test_where_the_form_below_was_closed_the_words_say_how_to_find_the_customer(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await fill_new_ticket(floor, who)
    await floor.press(who, "customer.new")
    below, child = floor.sandbox.state.views.stack(account(who))
    floor.sandbox.state.views.close(below)
    assert floor.sandbox.view(account(who)) is child
    await floor.sandbox.submit(account(who), PERSON)

    assert "look for Grace Hopper there" in shown(floor, who)
    assert await shop.owner.fetchval("SELECT count(*) FROM customers WHERE email = 'grace@example.com'") == 1


async def test_refusal_of_a_button_in_a_form_leaves_what_was_typed(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await fill_new_ticket(floor, who)
    before = typed(floor, who)
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", who.id)
    await floor.press(who, "customer.new")
    assert "switched off" in shown(floor, who)
    await floor.sandbox.close(account(who))

    assert typed(floor, who) == before


async def test_technician_edits_a_customer(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.technician
    await floor.ticket(who, f"customer {shop.customers[0]}")
    await floor.press(who, "customer.change", shop.customers[0])
    await floor.sandbox.submit(account(who), {"notes": HOSTILE, "phone": "none"})
    assert typed(floor, who)["notes"] == HOSTILE
    outcome = await floor.sandbox.submit(account(who), {"phone": "510 555 0000"})

    assert outcome.errors == {}
    row = await shop.owner.fetchrow("SELECT phone, notes FROM customers WHERE id = $1", shop.customers[0])
    assert row is not None
    assert tuple(row) == ("510 555 0000", HOSTILE)
    assert live_mentions(floor) == []


async def test_shortcut_opens_the_form(floor: Floor) -> None:
    outcome = await floor.sandbox.shortcut(account(floor.shop.regular_user), "shortcut.new")

    assert outcome.ok
    assert set(typed(floor, floor.shop.regular_user)) >= {"customer_id", "title", "description"}


async def file_message(floor: Floor, who: Member, text: str) -> None:
    """Post a message and choose "File as ticket" in its menu."""
    await floor.sandbox.say(account(who), text, CHANNEL)
    message = floor.newest(who)
    outcome = await floor.sandbox.message_shortcut(account(who), "shortcut.file", CHANNEL, message.ts)
    assert outcome.ok, outcome


async def test_message_is_filed_with_its_text_and_its_address(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    words = "Printer & <scanner> don't start\nThey did yesterday."
    await file_message(floor, who, words)
    message = floor.newest(who)
    fields = typed(floor, who)

    address = f"https://shop.slack.com/archives/{CHANNEL}/p{message.ts.replace('.', '')}"
    assert fields["title"] == "Printer & <scanner> don't start"
    assert fields["description"] == f"{words}\n\nFrom Slack: {address}"
    customers = await floor.sandbox.suggest(account(who), "customer.choose", "grace")
    await floor.sandbox.submit(account(who), {"customer_id": customers[0]})
    assert await shop.owner.fetchval("SELECT description FROM tickets") == fields["description"]


async def test_any_message_can_be_filed(floor: Floor) -> None:
    who = floor.shop.regular_user
    texts = ("x" * 40_000, "😀" * 9000, "&" * 5000, HOSTILE * 100, "\u202e", "`" * 10)
    for words in texts:
        await file_message(floor, who, words)
        customers = await floor.sandbox.suggest(account(who), "customer.choose", "grace")
        fields = {"customer_id": customers[0], "title": typed(floor, who)["title"] or "Without a title"}
        outcome = await floor.sandbox.submit(account(who), fields)

        assert outcome.errors == {}, words[:10]
        await floor.sandbox.close(account(who))
    await floor.quiet()

    descriptions = await floor.shop.owner.fetch("SELECT description FROM tickets ORDER BY id")
    assert ["/archives/" in row["description"] for row in descriptions] == [True] * len(texts)
    assert live_mentions(floor) == []


async def test_new_customer_over_a_message_to_be_filed_leaves_the_message_in_the_form(floor: Floor) -> None:
    who = floor.shop.regular_user
    await file_message(floor, who, "Screen flickers\n" + "It does. " * 400)
    before = typed(floor, who)
    await floor.press(who, "customer.new")
    await floor.sandbox.submit(account(who), PERSON)

    assert typed(floor, who)["description"] == before["description"]
    assert typed(floor, who)["title"] == "Screen flickers"


async def test_who_may_not_file_reads_so_in_a_modal(floor: Floor) -> None:
    who = floor.shop.viewer
    await floor.sandbox.shortcut(account(who), "shortcut.new")
    assert "Your role here is Viewer" in shown(floor, who)
    await floor.sandbox.close(account(who))

    await file_message(floor, who, "Screen flickers")
    assert "Your role here is Viewer" in shown(floor, who)


async def test_form_that_opens_too_late_is_offered_again_by_a_button(floor: Floor) -> None:
    who = floor.shop.manager
    ticket_id = await floor.shop.add_ticket(worker=floor.shop.technician)
    triggers = floor.sandbox.state.triggers
    for command in ("new Laptop won't start", "done {0}", "assign {0}", "note {0}"):
        clock, triggers.clock = triggers.clock, LateClock()
        answer = await floor.ticket(who, command.format(ticket_id))
        triggers.clock = clock

        assert "That took too long" in answer, command
        assert floor.form(who) is None, command
        button = buttons(answer)[-1]
        await floor.press(who, button["action_id"], button.get("value"))
        assert floor.form(who) is not None, command
        if command.startswith("new"):
            assert typed(floor, who)["title"] == "Laptop won't start"
        await floor.sandbox.close(account(who))


async def test_button_pressed_too_late_is_offered_again(floor: Floor) -> None:
    who = floor.shop.manager
    ticket_id = await floor.shop.add_ticket()
    await floor.ticket(who, f"show {ticket_id}")
    triggers = floor.sandbox.state.triggers
    clock, triggers.clock = triggers.clock, LateClock()
    await floor.press(who, "ticket.change", ticket_id)
    triggers.clock = clock

    assert "That took too long" in newest(floor, who)
    await floor.press(who, "ticket.change", ticket_id)
    assert floor.form(who) is not None


async def test_shortcut_chosen_too_late_is_offered_by_direct_message_with_what_was_quoted(floor: Floor) -> None:
    who = floor.shop.regular_user
    triggers = floor.sandbox.state.triggers
    clock, triggers.clock = triggers.clock, LateClock()
    await file_message(floor, who, "Screen flickers\nOnly on battery.")
    triggers.clock = clock

    assert "That took too long" in newest(floor, who, channel=None)
    await floor.press(who, "ticket.new", channel=floor.sandbox.state.im_of(account(who)).id)
    fields = typed(floor, who)
    assert fields["title"] == "Screen flickers"
    assert fields["description"].startswith("Screen flickers\nOnly on battery.\n\nFrom Slack: https://")


async def test_new_customer_wanted_too_late_is_said_by_direct_message_and_the_form_stays(floor: Floor) -> None:
    who = floor.shop.regular_user
    await fill_new_ticket(floor, who)
    before = typed(floor, who)
    triggers = floor.sandbox.state.triggers
    clock, triggers.clock = triggers.clock, LateClock()
    await floor.press(who, "customer.new")
    triggers.clock = clock

    assert "That took too long" in newest(floor, who, channel=None)
    assert typed(floor, who) == before


def buttons(answer: str) -> list[Document]:
    """Return the buttons of what is shown privately."""
    _, blocks = json.loads(answer.strip().splitlines()[-1])
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


async def test_machine_is_known_again_by_its_serial_number_however_it_is_written(floor: Floor) -> None:
    who, channel = floor.shop.regular_user, floor.channel
    machine = {"device_type": "Laptop", "device_model": "ThinkPad T480", "device_condition": "Lid scratched"}
    said = []
    for serial in ("PF-2X 9A", "pf2x9a"):
        await floor.ticket(who, "new Screen flickers")
        floor.sandbox.fill(account(who), {"description": "Only on battery."})
        await floor.press(who, "device.more")
        assert typed(floor, who)["description"] == "Only on battery."
        customers = await floor.sandbox.suggest(account(who), "customer.choose", "grace")
        entered = {**machine, "customer_id": customers[0], "device_serial": serial}
        await floor.sandbox.submit(account(who), entered)
        said.append(shown(floor, who))
        await floor.sandbox.close(account(who))

    assert ["1 other ticket of this machine" in each for each in said] == [False, True]
    found = await floor.ticket(who, "list serial:PF-2X9A")
    assert "*#1*" in found
    assert "*#2*" in found
    card = await floor.ticket(who, "2")
    assert "ThinkPad T480" in card
    assert "Lid scratched" in card
    await floor.until(lambda: len(channel()) == 2)
    assert "ThinkPad T480" in json.dumps(channel()[0].blocks)
    assert "PF-2X" not in json.dumps([message.blocks for message in (*channel(), *floor.thread())])


async def test_who_was_overtaken_sees_what_changed_keeps_what_was_typed_and_decides(floor: Floor) -> None:
    shop, tom, maria = floor.shop, floor.shop.technician, floor.shop.manager
    ticket_id = await shop.add_ticket(worker=tom)
    for who in (tom, maria):
        await floor.ticket(who, f"show {ticket_id}")
        await floor.press(who, "ticket.change", ticket_id)
    await floor.sandbox.submit(account(maria), {"priority": "high", "title": "Battery", "category": "software"})
    await floor.sandbox.close(account(maria))
    await floor.ticket(maria, f"priority {ticket_id} urgent")
    entered = {"priority": "low", "title": "Power supply", "description": "It hums.", "passcode": "4711"}

    await floor.sandbox.submit(account(tom), entered)

    form = shown(floor, tom)
    assert "Maria Francisco changed this meanwhile, so nothing is saved yet." in form
    assert "*Maria Francisco* changed priority from medium to urgent meanwhile." in form
    assert "*Maria Francisco* changed title from “Laptop does not start” to “Battery” meanwhile." in form
    assert "category from" not in form  # nobody else wanted to change that
    assert "4711" not in form
    assert {field: text for field, text in typed(floor, tom).items() if field in entered} == entered
    row = "SELECT concat_ws(', ', title, priority, category, description) FROM tickets WHERE id = $1"
    assert (await shop.owner.fetchval(row, ticket_id)).startswith("Battery, urgent, ")

    await floor.sandbox.submit(account(tom), {"title": "Laptop does not start"})  # as it was: theirs stays

    assert await shop.owner.fetchval(row, ticket_id) == "Battery, low, software, It hums."


async def test_who_was_overtaken_at_a_customer_decides_too(floor: Floor) -> None:
    shop, tom, maria = floor.shop, floor.shop.technician, floor.shop.manager
    customer = shop.customers[0]
    for who in (tom, maria):
        await floor.ticket(who, f"customer {customer}")
        await floor.press(who, "customer.change", customer)
    await floor.sandbox.submit(account(maria), {"city": "Berkeley", "zip": "94704"})

    await floor.sandbox.submit(account(tom), {"city": "Alameda"})
    assert "*Maria Francisco* set city to Berkeley meanwhile." in shown(floor, tom)
    await floor.sandbox.submit(account(tom))

    assert await shop.owner.fetchval("SELECT city || zip FROM customers WHERE id = $1", customer) == "Alameda94704"


async def test_who_was_overtaken_at_the_shop_or_a_person_decides_too(floor: Floor) -> None:
    shop, maria = floor.shop, floor.shop.manager
    await floor.ticket(maria, "hours")
    await shop.owner.execute("UPDATE shop_settings SET value = '80' WHERE key IN ('hourly_rate', 'approval_limit')")
    await floor.sandbox.submit(account(maria), {"hourly_rate": "90", "remind_most": "3"})
    assert "*The system* changed this from “75” to “80” meanwhile" in shown(floor, maria)
    assert typed(floor, maria)["hourly_rate"] == "90"
    await floor.sandbox.submit(account(maria))
    await floor.sandbox.close(account(maria))

    settings = await shop.owner.fetch("SELECT key, value FROM shop_settings")
    assert {"hourly_rate": "90", "approval_limit": "80", "remind_most": "3"}.items() <= dict(
        map(tuple, settings)
    ).items()

    await floor.ticket(maria, "users tom")
    await floor.press(maria, "person.open", shop.technician.id)
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)
    await floor.sandbox.submit(account(maria), {"role": "Viewer"})
    assert "*The system* changed this from on to switched off meanwhile" in shown(floor, maria)
    assert typed(floor, maria) | {"role": "Viewer", "access:off": "off"} == typed(floor, maria)
    await floor.sandbox.submit(account(maria))

    person = "SELECT role, is_active FROM user_permissions WHERE id = $1"
    assert tuple(await shop.owner.fetchrow(person, shop.technician.id) or ()) == ("Viewer", False)
