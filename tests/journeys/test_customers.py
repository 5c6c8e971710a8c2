"""A customer's way through the shop: spoken with, found to be there twice, made one, two again, and erased."""

import json

from tests.journeys.floor import CHANNEL, Floor
from tests.shop import Member


async def press(floor: Floor, who: Member, action: str, value: object = None) -> str:
    """Press a button and return all that the private message says then."""
    await floor.press(who, action, value)
    shown = floor.newest(who)
    return json.dumps([shown.text, shown.blocks], ensure_ascii=False)


async def test_customer_is_noted_merged_parted_and_erased(floor: Floor) -> None:
    shop, boss, tom = floor.shop, floor.shop.manager, floor.shop.technician
    account = str(boss.slack_user_id)
    twin = await shop.add_customer("G", "Hill")
    await shop.owner.execute("UPDATE customers SET first_name = 'Gräce' WHERE id = $1", twin)
    ticket = await shop.add_ticket(customer=twin, worker=tom, title="Grace's laptop")
    await floor.ticket(tom, f"customer {twin}")
    assert "Noted: called." in await press(floor, tom, "contact.called", twin)
    assert "noted already" in await press(floor, tom, "contact.called", twin)
    await floor.press(tom, "contact.write", twin)
    await floor.sandbox.submit(
        str(tom.slack_user_id), {"way": "came by", "body": "Brings the charger <!here>", "ticket_id": str(ticket)}
    )
    assert "Contact noted" in json.dumps(floor.form(tom))
    assert "Brings the charger" in await floor.ticket(boss, f"customer {twin}")

    # there twice: compared, merged, found by the old number, parted again
    assert "The same name." in await floor.ticket(boss, "duplicates")
    await floor.press(boss, "customer.compare", f"1 {twin}")
    assert "if customer 1 stays, 1 ticket moves." in json.dumps(floor.form(boss))
    await floor.sandbox.submit(account, {"kept": "1", "name": str(twin)})
    assert f"Customer {twin} is merged into this one: 1 ticket moved." in json.dumps(floor.form(boss))
    await floor.sandbox.close(account)
    assert f"Customer {twin} has been merged into this one." in await floor.ticket(tom, f"customer {twin}")
    await floor.ticket(boss, "customer 1")
    parted = await press(floor, boss, "merge.undo")
    assert f"Customers {twin} and 1 are two again: 1 ticket moved back." in parted
    await floor.ticket(boss, "duplicates")
    assert "No two customers" in await press(floor, boss, "customer.apart", f"1 {twin}")

    # erased: not while the ticket is open, and only when that is typed
    assert f"has open tickets: #{ticket}" in await floor.ticket(boss, f"erase {twin}")
    await floor.ticket(tom, f"done {ticket} 1h new fan for Gräce")
    await floor.quiet()
    await floor.ticket(boss, f"erase {twin}")
    refused = await floor.sandbox.submit(account, {"confirmed": "yes"})
    assert f"Type erase {twin}" in json.dumps(refused.errors)
    await floor.sandbox.submit(account, {"confirmed": f"Erase {twin}"})
    assert "Customer erased" in json.dumps(floor.form(boss))
    await floor.sandbox.close(account)
    await floor.until(lambda: "Grace" not in json.dumps([[each.text, each.blocks] for each in floor.channel()]))
    said = [[each.text, each.blocks] for each in floor.sandbox.messages(CHANNEL, account) if each.ephemeral_to is None]
    assert "Brings the charger" not in json.dumps(said)
    assert "their personal data was erased" in await floor.ticket(boss, f"customer {twin}")
