import asyncio

import pytest

from bot.errors import FieldRefused, RoleForbidden, TicketAlreadyTaken
from bot.roles import Ability, Relation, Role, may
from bot.routes import UpdateView
from bot.views import ids
from bot.views.blocks import Message
from db.pool import Database
from tests.bot.desk import Desk, buttons_in
from tests.shop import Member, Shop
from tests.wire import Wire

STANDINGS = ("own", "anothers", "filed", "filed_queue", "queue")


def member(shop: Shop, role: Role) -> Member:
    return next(person for person in shop.people if person.role is role)


async def make(shop: Shop, who: Member, standing: str) -> int:
    """Return the number of a fresh ticket to which ``who`` stands so."""
    worker = {"own": who, "anothers": shop.colleague, "filed": shop.colleague}.get(standing)
    return await shop.add_ticket(worker=worker, filer=who if "filed" in standing else None)


@pytest.mark.parametrize("role", Role)
async def test_every_button_of_a_card_can_be_pressed(desk: Desk, shop: Shop, role: Role) -> None:
    who = member(shop, role)
    for standing in STANDINGS if role in {Role.MANAGER, Role.TECHNICIAN} else STANDINGS[1:]:
        if standing == "anothers" and not may(role, Ability.SEE_TICKET, {Relation.OTHER}):
            continue
        if standing == "queue" and not may(role, Ability.SEE_QUEUE):
            continue
        number = str(await make(shop, who, standing))
        card = await desk.see(who, f"show {number}")
        for action, value in buttons_in(card):
            another = str(await make(shop, who, standing)) if value else ""
            await desk.press(who, action, value.replace(number, another, 1))


async def test_taken_ticket_is_the_askers(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket()
    shown = await desk.see(shop.technician, f"take {number}")

    assert shown["text"].startswith(f"Ticket #{number} is yours now.")
    assert await shop.owner.fetchval("SELECT tech FROM tickets WHERE id = $1", number) == shop.technician.email


async def test_released_ticket_is_back_in_the_queue(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket(worker=shop.technician)
    shown = await desk.see(shop.technician, f"release {number}")

    assert shown["text"].startswith(f"Ticket #{number} is back in the queue.")
    assert await shop.owner.fetchval("SELECT tech FROM tickets WHERE id = $1", number) == "unassigned"


async def test_two_who_take_at_once_get_one_ticket_and_one_answer_who_was_quicker(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket()
    answers = await asyncio.gather(
        desk.type(shop.technician, f"take {number}"),
        desk.type(shop.colleague, f"take {number}"),
        return_exceptions=True,
    )

    (late,) = (answer for answer in answers if isinstance(answer, Exception))
    assert isinstance(late, TicketAlreadyTaken)


async def test_same_button_twice_has_one_effect_and_one_answer(desk: Desk, shop: Shop) -> None:
    number = await shop.add_ticket()
    first, second = await asyncio.gather(
        *(desk.press(shop.technician, ids.TICKET_TAKE, number, key="K") for _ in range(2))
    )

    assert first == second
    assert await shop.owner.fetchval("SELECT count(*) FROM ticket_events WHERE ticket_id = $1", number) == 2


@pytest.mark.parametrize("ephemeral", [True, False])
@pytest.mark.parametrize("action", [ids.TICKET_OPEN, ids.TICKET_TAKE, ids.MINE_PAGE, ids.QUEUE_PAGE])
async def test_button_replaces_only_a_private_message(desk: Desk, shop: Shop, action: str, *, ephemeral: bool) -> None:
    number = await shop.add_ticket()
    value = number if action.startswith("ticket.") else ""
    shown = await desk.press(shop.technician, action, value, ephemeral=ephemeral)

    assert shown is not None
    assert shown["response_type"] == "ephemeral"
    assert shown["replace_original"] is ephemeral


@pytest.mark.parametrize("total", [0, 1, 10, 11, 23])
async def test_queue_is_leafed_through_to_the_end_and_back(desk: Desk, shop: Shop, total: int) -> None:
    for n in range(total):
        await shop.add_ticket(title=f"Ticket {n}", priority=("low", "urgent", "medium", "high")[n % 4])
    wanted = [
        str(row["id"])
        for row in await shop.owner.fetch("SELECT id FROM tickets ORDER BY priority_rank, created_at, id")
    ]
    page = await desk.see(shop.technician, "queue")
    pages = [_listed(page)]
    while forth := dict(buttons_in(page)).get(ids.QUEUE_PAGE):
        turned = await desk.press(shop.technician, ids.QUEUE_PAGE, forth)
        assert turned is not None
        page = turned
        pages.append(_listed(page))
    assert [number for listed in pages for number in listed] == wanted
    for listed in reversed(pages[:-1]):
        turned = await desk.press(shop.technician, ids.QUEUE_BACK, dict(buttons_in(page))[ids.QUEUE_BACK])
        assert turned is not None
        page = turned
        assert _listed(page) == listed


async def test_mine_lists_what_i_work_on_and_what_i_filed(desk: Desk, shop: Shop) -> None:
    own = await shop.add_ticket(worker=shop.technician)
    filed = await shop.add_ticket(worker=shop.colleague, filer=shop.technician)
    await shop.add_ticket(worker=shop.colleague)
    await shop.add_ticket(worker=shop.technician, completed=True)

    assert _listed(await desk.see(shop.technician, "mine")) == [str(own), str(filed)]


async def test_regular_user_has_no_queue(desk: Desk, shop: Shop) -> None:
    with pytest.raises(RoleForbidden):
        await desk.type(shop.regular_user, "queue")
    assert "queue" not in (await desk.see(shop.regular_user, ""))["text"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.TECHNICIAN, Role.REGULAR_USER])
@pytest.mark.parametrize("assign", ["queue", "auto", "colleague"])
async def test_ticket_is_filed_by_form(desk: Desk, shop: Shop, role: Role, assign: str) -> None:
    who = member(shop, role)
    await desk.type(who, "new “Laptop won't start”")
    chosen = str(shop.colleague.id) if assign == "colleague" else assign
    answer = await desk.submit(who, desk.form, _entered(shop, assign=chosen))

    assert isinstance(answer, UpdateView)
    row = await shop.owner.fetchrow("SELECT * FROM tickets")
    assert row is not None
    assert (row["title"], row["created_by"], row["priority"]) == ("Laptop won't start", who.web_id, "medium")
    assert (row["tech"] == "unassigned") == (assign == "queue")
    assert f"Ticket #{row['id']} is filed." in str(answer.view)


async def test_technician_files_a_ticket_to_themselves(desk: Desk, shop: Shop) -> None:
    await desk.press(shop.technician, ids.TICKET_NEW)
    answer = await desk.submit(shop.technician, desk.form, _entered(shop, title="Mine", assign="me"))

    assert "It is yours." in str(answer)


async def test_ticket_filed_automatically_with_nobody_available_says_so(desk: Desk, shop: Shop) -> None:
    await desk.type(shop.regular_user, "new Laptop")
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE role = 'Technician'")
    answer = await desk.submit(shop.regular_user, desk.form, _entered(shop, assign="auto"))

    assert "No technician is available, so it went to the queue." in str(answer)


async def test_form_of_a_customer_who_left_is_refused_beside_the_customer(desk: Desk, shop: Shop) -> None:
    await desk.type(shop.technician, "new Laptop")
    await shop.owner.execute("UPDATE customers SET active = false WHERE id = $1", shop.customers[0])

    with pytest.raises(FieldRefused) as caught:
        await desk.submit(shop.technician, desk.form, _entered(shop))
    assert caught.value.field == "customer_id"
    assert await shop.owner.fetchval("SELECT count(*) FROM tickets") == 0


async def test_form_with_a_technician_who_left_is_refused_beside_the_assignment(desk: Desk, shop: Shop) -> None:
    await desk.type(shop.regular_user, "new Laptop")
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.colleague.id)

    with pytest.raises(FieldRefused) as caught:
        await desk.submit(shop.regular_user, desk.form, _entered(shop, assign=str(shop.colleague.id)))
    assert caught.value.field == "assign"


@pytest.mark.parametrize("at_once", [True, False])
async def test_form_sent_twice_files_one_ticket(desk: Desk, shop: Shop, *, at_once: bool) -> None:
    await desk.type(shop.technician, "new Laptop")
    sent = [desk.submit(shop.technician, desk.form, _entered(shop), key="V1") for _ in range(2)]
    first, second = await asyncio.gather(*sent) if at_once else (await sent[0], await sent[1])

    assert first == second
    assert await shop.owner.fetchval("SELECT count(*) FROM tickets") == 1


async def test_viewer_opens_no_form(desk: Desk, shop: Shop) -> None:
    with pytest.raises(RoleForbidden):
        await desk.type(shop.viewer, "new Laptop")
    assert desk.forms == 0


@pytest.mark.parametrize("term", ["gra", "GRACE", "hill", "0000", "grace.hill@example.com", " Grace  Hill "])
async def test_typeahead_finds_by_name_phone_and_email(desk: Desk, shop: Shop, term: str) -> None:
    assert [option["value"] for option in await desk.suggest(shop.regular_user, term)][:1] == [str(shop.customers[0])]


@pytest.mark.parametrize(
    "term", ["zzzz", "%", "_", "\\", "'; --", "\x00", "\ud800", "😀", "x" * 3000, "<!channel>", "a & !b:*"]
)
async def test_typeahead_bears_any_term(desk: Desk, shop: Shop, term: str) -> None:
    assert len(await desk.suggest(shop.technician, term)) <= 100


async def test_viewer_gets_no_customers(desk: Desk, shop: Shop) -> None:
    with pytest.raises(RoleForbidden):
        await desk.suggest(shop.viewer, "gra")


@pytest.mark.parametrize(
    ("typed", "trips"),
    [("", 1), ("mine", 1), ("queue", 1), ("show 1", 1), ("new", 1), ("whoami", 1), ("help", 1), ("done 1", 1)],
)
async def test_read_takes_one_trip_to_the_database(wire: Wire, shop: Shop, typed: str, trips: int) -> None:
    await shop.add_ticket(worker=shop.technician)
    assert await _trips(wire, shop, typed, typed) == trips


@pytest.mark.parametrize(
    ("first", "second"), [("take 1", "take 2"), ("release 3", "release 4"), ("done 3 1h x", "done 4 1h x")]
)
async def test_write_takes_at_most_two_trips_to_the_database(wire: Wire, shop: Shop, first: str, second: str) -> None:
    for worker in (None, None, shop.technician, shop.technician):
        await shop.add_ticket(worker=worker)
    assert await _trips(wire, shop, first, second) <= 2


async def _trips(wire: Wire, shop: Shop, first: str, second: str) -> int:
    """Return the trips of the second request: the first prepares the statement, once a connection."""
    async with Database.connect(
        wire.url, pool_min=1, pool_max=1, acquire_timeout=20, statement_timeout=20, command_timeout=20
    ) as database:
        desk = Desk(database)
        await desk.type(shop.technician, first)
        wire.reset()
        await desk.type(shop.technician, second)
        return wire.round_trips


def _entered(shop: Shop, **changed: str) -> dict[str, str | None]:
    return {"customer_id": str(shop.customers[0]), "description": "It clicks.", "assign": "queue", **changed}


def _listed(message: Message) -> list[str]:
    return [value for action, value in buttons_in(message) if action == ids.TICKET_OPEN]
