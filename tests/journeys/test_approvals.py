"""An estimate over the customer's limit: the Manager is asked, notes what the customer said, and the repair goes on."""

from tests.journeys.floor import Floor
from tests.journeys.test_told import told


async def test_a_dear_estimate_waits_until_a_manager_notes_the_customers_word(floor: Floor) -> None:
    shop, maria, tom = floor.shop, floor.shop.manager, floor.shop.technician
    number = await shop.add_ticket(worker=tom)
    account = str(maria.slack_user_id)

    assert "That costs about $187.50" in await floor.ticket(tom, f"estimate {number} 2.5h")
    assert "is waiting for approval" in await floor.ticket(tom, f"done {number} 1h")
    await floor.until(lambda: bool(told(floor, maria)))
    message = told(floor, maria)[0]
    assert "Tom Reed needs the customer's approval" in message.text
    await floor.press(maria, "approval.approve", 1, channel=message.channel)
    missing = await floor.sandbox.submit(account, {"said": "Go ahead"})
    assert set(missing.errors) == {"how"}
    await floor.sandbox.close(account)
    await floor.ticket(maria, f"approve {number} by phone: Go ahead <&>")  # nothing is left to enter
    await floor.sandbox.submit(account, {})
    assert "Noted: the customer agrees." in str(floor.form(maria))
    await floor.sandbox.close(account)

    await floor.until(lambda: "Approved, noted by Maria Francisco" in told(floor, maria)[0].text)
    await floor.until(lambda: any("has approved the estimate" in said.text for said in told(floor, tom)))
    assert "In repair" in await floor.ticket(tom, f"show {number}")
    history = await floor.ticket(tom, f"history {number}")
    assert "noted that the customer approved about $187.50, by phone\\nGo ahead &lt;&amp;&gt;" in history
    assert "187" not in str([said.text for said in (*floor.channel(), *floor.thread())])
