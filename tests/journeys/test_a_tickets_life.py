"""A ticket from the form to the word that it is done, the whole way: Slack, HTTP, Bolt, database, Slack."""

from tests.journeys.floor import Floor


async def test_ticket_is_filed_taken_completed_and_announced(floor: Floor) -> None:
    shop = floor.shop

    filed = await floor.file(shop.regular_user, title="Screen flickers", priority="high")

    assert filed.errors == {}
    await floor.until(lambda: len(floor.channel()) == 1)
    card = floor.channel()[0]
    assert "Screen flickers" in card.text
    ticket_id = await shop.owner.fetchval("SELECT max(id) FROM tickets")

    await floor.press(shop.technician, "ticket.take", ticket_id, channel="C0REPAIRS")

    await floor.until(lambda: "Tom Reed" in str(floor.channel()[0].blocks))
    assert floor.channel()[0].ts == card.ts

    answer = await floor.ticket(shop.technician, f"done {ticket_id} 1.5h replaced the cable")

    assert f"#{ticket_id} is completed" in answer
    await floor.until(lambda: "ompleted" in floor.channel()[0].text)
    await floor.until(lambda: len(floor.direct(shop.regular_user)) == 1)
    assert "ompleted" in floor.direct(shop.regular_user)[0].text
    assert [message.ts for message in floor.channel()] == [card.ts]
    row = await shop.owner.fetchrow("SELECT completed, tech, actual_hours FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["completed"], row["tech"], float(row["actual_hours"])) == (True, shop.technician.email, 1.5)


async def test_repair_goes_along_the_bench_and_the_machine_home(floor: Floor) -> None:
    shop, tom, rita = floor.shop, floor.shop.technician, floor.shop.regular_user
    ticket_id = await shop.add_ticket(worker=tom, filer=rita)
    status = "SELECT bench_status FROM tickets WHERE id = $1"

    await floor.ticket(tom, f"show {ticket_id}")
    await floor.press(tom, "status.next", f"{ticket_id} diagnosing")
    account = str(tom.slack_user_id)
    await floor.sandbox.choose(account, "status.choose", f"{ticket_id} waiting_parts")
    assert await shop.owner.fetchval(status, ticket_id) == "waiting_parts"
    await floor.until(lambda: "waiting for parts" in str(floor.channel()[0].blocks))
    assert "*#1*" in await floor.ticket(tom, "list waiting")
    assert "can't become quality check" in await floor.ticket(tom, f"status {ticket_id} quality check")

    await floor.ticket(tom, f"status {ticket_id} ready 1.5h new screen")
    await floor.ticket(rita, f"show {ticket_id}")
    await floor.press(rita, "ticket.collected", ticket_id)

    assert await shop.owner.fetchval(status, ticket_id) == "collected"
    assert "from ready to collected" in await floor.ticket(rita, f"history {ticket_id}")
    await floor.until(lambda: "Collected" in str(floor.channel()[0].blocks))


async def test_activity_log_says_who_did_what_and_from_where(floor: Floor) -> None:
    shop = floor.shop
    await floor.file(shop.regular_user)
    ticket_id = await shop.owner.fetchval("SELECT max(id) FROM tickets")
    await floor.ticket(shop.technician, f"take {ticket_id}")

    rows = await shop.owner.fetch(
        "SELECT user_id, action, user_agent FROM activity_log"
        " WHERE resource_type = 'ticket' AND resource_id = $1 ORDER BY id",
        ticket_id,
    )

    assert [tuple(row) for row in rows] == [
        (shop.regular_user.web_id, "INSERT", "slack:form"),
        (shop.technician.web_id, "UPDATE", "slack:command"),
    ]


async def test_form_can_give_the_ticket_to_a_technician_who_is_told(floor: Floor) -> None:
    shop = floor.shop

    await floor.file(shop.regular_user, assign=str(shop.colleague.id), title="No sound")

    await floor.until(lambda: len(floor.direct(shop.colleague)) == 1)
    assert "No sound" in floor.direct(shop.colleague)[0].text
    await floor.quiet()
    assert floor.direct(shop.technician) == []
    assert floor.direct(shop.regular_user) == []


async def test_nobody_is_told_of_what_they_did_themselves(floor: Floor) -> None:
    shop = floor.shop

    await floor.file(shop.manager, assign="me")
    ticket_id = await shop.owner.fetchval("SELECT max(id) FROM tickets")
    await floor.ticket(shop.manager, f"done {ticket_id} 1h")
    await floor.quiet()

    assert [floor.direct(member) for member in shop.people] == [[]] * len(shop.people)


async def test_change_by_plain_sql_is_announced_as_well(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(title="Filed elsewhere", filer=shop.regular_user)
    await floor.until(lambda: len(floor.channel()) == 1)

    await shop.owner.execute("UPDATE tickets SET tech = $2 WHERE id = $1", ticket_id, shop.technician.email)

    await floor.until(lambda: "Tom Reed" in str(floor.channel()[0].blocks))
    await floor.until(lambda: len(floor.direct(shop.technician)) == 1)


async def test_completion_form_asks_for_the_hours_and_completes(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    await floor.ticket(shop.technician, f"done {ticket_id}")
    account = shop.technician.slack_user_id
    assert account is not None

    refused = await floor.sandbox.submit(account, {"hours": "a while", "resolution": "New fan"})
    assert list(refused.errors) == ["hours"]
    done = await floor.sandbox.submit(account, {"hours": "1h30"})

    assert done.errors == {}
    row = await shop.owner.fetchrow("SELECT completed, actual_hours FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["completed"], float(row["actual_hours"])) == (True, 1.5)
    note = await shop.owner.fetchval("SELECT body FROM ticket_notes WHERE ticket_id = $1", ticket_id)
    assert note == "New fan"


async def test_field_error_stands_beside_its_field_and_nothing_is_written(floor: Floor) -> None:
    refused = await floor.file(floor.shop.regular_user, title="   ", estimated_hours="5000h")

    assert set(refused.errors) == {"title", "estimated_hours"}
    assert await floor.shop.owner.fetchval("SELECT count(*) FROM tickets") == 0


async def test_typeahead_finds_by_name_phone_digits_and_email(floor: Floor) -> None:
    account = floor.shop.regular_user.slack_user_id
    assert account is not None
    await floor.ticket(floor.shop.regular_user, "new")

    found = {
        typed: [option["text"]["text"] for option in await floor.sandbox.suggest(account, "customer.choose", typed)]
        for typed in ("gra", "0001", "june.park@")
    }

    assert found == {"gra": ["Grace Hill"], "0001": ["Omar Diaz"], "june.park@": ["June Park"]}
