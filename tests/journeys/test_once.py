"""The same delivery twice, one after the other or at the same moment, has one effect and the same answer."""

import asyncio
import json

from tests.journeys.floor import Floor, deliver, last_delivery


async def changes(floor: Floor, ticket_id: int) -> int:
    found: int = await floor.shop.owner.fetchval(
        "SELECT count(*) FROM activity_log WHERE resource_type = 'ticket' AND resource_id = $1 AND action = 'UPDATE'",
        ticket_id,
    )
    return found


async def test_form_delivered_again_makes_one_ticket(floor: Floor) -> None:
    await floor.file(floor.shop.regular_user)

    answers = await deliver(floor, last_delivery(floor, "view_submission"), times=5)

    assert await floor.shop.owner.fetchval("SELECT count(*) FROM tickets") == 1
    assert {status for status, _ in answers} == {200}
    assert len({text for _, text in answers}) == 1
    assert "is filed" in answers[0][1]


async def test_form_delivered_several_times_at_once_makes_one_ticket(floor: Floor) -> None:
    await floor.file(floor.shop.regular_user)
    again = last_delivery(floor, "view_submission")
    again = json.loads(json.dumps(again).replace(again["view"]["id"], "V0ANOTHER"))

    answers = await deliver(floor, again, times=5)

    assert await floor.shop.owner.fetchval("SELECT count(*) FROM tickets") == 2
    assert {status for status, _ in answers} == {200}
    assert len({text for _, text in answers}) == 1


async def test_command_delivered_several_times_at_once_is_carried_out_once(floor: Floor) -> None:
    shop = floor.shop
    who = shop.technician
    await floor.ticket(who, "whoami")
    command = last_delivery(floor, "command")
    verbs = ("take {}", "done {} 1h", "assign {} <@U0ANALOPEZ>", "priority {} high", "reopen {} why")
    for number, verb in enumerate(verbs):
        ticket_id = await shop.add_ticket(
            worker=None if verb.startswith("take") else who, completed=verb.startswith("reopen")
        )
        payload = {**command, "text": verb.format(ticket_id), "trigger_id": f"1.2.again{number}"}

        answers = await deliver(floor, payload, times=5)

        assert await changes(floor, ticket_id) == 1, verb
        assert {status for status, _ in answers} == {200}, verb
        assert len({text for _, text in answers}) == 1, verb


async def test_note_delivered_several_times_at_once_is_written_once(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    await floor.ticket(shop.technician, "whoami")
    payload = {**last_delivery(floor, "command"), "text": f"note {ticket_id} called", "trigger_id": "1.2.again"}

    answers = await deliver(floor, payload, times=5)

    assert await shop.owner.fetchval("SELECT count(*) FROM ticket_notes") == 1
    assert len({text for _, text in answers}) == 1


async def test_button_delivered_several_times_at_once_is_carried_out_once(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    await floor.ticket(shop.technician, f"show {ticket_id}")
    await floor.press(shop.technician, "ticket.take", ticket_id)
    await floor.press(shop.technician, "ticket.release", ticket_id)
    assert await changes(floor, ticket_id) == 2

    answers = await deliver(floor, {**last_delivery(floor, "block_actions"), "trigger_id": "1.2.again"}, times=5)

    assert {status for status, _ in answers} == {200}
    assert await changes(floor, ticket_id) == 2  # it was released already, whichever came first


async def test_two_people_who_press_take_at_once_are_both_told_who_has_it(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()

    answers = await asyncio.gather(
        floor.ticket(shop.technician, f"take {ticket_id}"), floor.ticket(shop.colleague, f"take {ticket_id}")
    )

    won = await shop.owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket_id)
    winner = 0 if won == shop.technician.email else 1
    assert "Laptop does not start" in answers[winner]
    assert "already" in answers[1 - winner] or "no ticket" in answers[1 - winner]
    assert await changes(floor, ticket_id) == 1


async def test_role_taken_away_counts_at_the_next_request(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    await floor.ticket(shop.technician, f"show {ticket_id}")
    await shop.owner.execute("UPDATE user_permissions SET role = 'Viewer' WHERE id = $1", shop.technician.id)

    answer = await floor.ticket(shop.technician, f"take {ticket_id}")

    assert "Your role here is Viewer" in answer
    assert await changes(floor, ticket_id) == 0


async def test_access_taken_away_counts_at_the_next_press(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    await floor.ticket(shop.technician, f"show {ticket_id}")
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.technician.id)

    await floor.press(shop.technician, "ticket.take", ticket_id)

    assert "switched off" in floor.newest(shop.technician).text
    assert await changes(floor, ticket_id) == 0
