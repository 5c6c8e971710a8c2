"""Estimates that cost more than the customer's limit: asked about, answered once, and withdrawn when they change."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest

from bot.errors import (
    ApprovalGone,
    ApprovalNotAsked,
    ApprovalOpen,
    ApprovalSettled,
    FieldRefused,
    RoleForbidden,
    TicketNotFound,
)
from bot.roles import Role
from db.approvals import decide_approval, read_approval, read_ticket_approval
from db.customers import edit_customer
from db.merges import merge_customers, read_pair
from db.models import Ticket, TicketChanged, TicketId
from db.pool import Database
from db.tickets import complete_ticket, edit_ticket, read_history, read_ticket, reopen_ticket, set_bench_status
from tests.shop import Connection, Member, Shop

DEAR = Decimal("2.50")  # hours: $187.50 at the shop's $75, over its limit of $150
STATES = "SELECT array_agg(state || ' ' || amount ORDER BY id) FROM approvals"


async def wait_for(shop: Shop, database: Database, worker: Member | None = None) -> Ticket:
    """Return a ticket that its technician has estimated over the limit."""
    worker = worker or shop.technician
    ticket = await shop.add_ticket(worker=worker, filer=shop.regular_user)
    return await estimate(database, worker, ticket, DEAR)


async def estimate(database: Database, who: Member, ticket: int, hours: Decimal) -> Ticket:
    key = f"{who.id} {ticket} {hours}"
    return (await edit_ticket(database, who.asker(), key, ticket, {"estimated_hours": str(hours)})).ticket


async def decide(
    shop: Shop, database: Database, ticket: Ticket, *, approved: bool, who: Member | None = None, said: str = ""
) -> TicketChanged:
    assert ticket.approval is not None
    asker = (who or shop.manager).asker()
    key = f"decide {asker.slack_user}"
    return await decide_approval(database, asker, key, ticket.approval.id, approved=approved, how="phone", said=said)


async def told(shop: Shop) -> list[tuple[str, int, str]]:
    rows = await shop.owner.fetch(
        "SELECT kind, recipient_id, state FROM notifications WHERE kind LIKE 'approval%' ORDER BY id"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("hours", "limit", "setting", "asked"),
    [
        ("2.00", None, "150", False),
        ("2.01", None, "150", True),
        ("2.50", "187.50", "150", False),
        ("2.50", "187.49", "1000000", True),
        ("0.01", "0", "150", True),
        ("999.99", None, "off", False),
        ("999.99", "100", "off", True),
    ],
)
async def test_the_customer_is_asked_above_their_own_limit_or_else_the_shops(
    shop: Shop, hours: str, limit: str | None, setting: str, asked: bool
) -> None:
    await shop.owner.execute("UPDATE shop_settings SET value = $1 WHERE key = 'approval_limit'", setting)
    await shop.owner.execute("UPDATE customers SET approval_limit = $1", None if limit is None else Decimal(limit))
    for worker in (None, shop.technician):
        await shop.add_ticket(worker=worker, estimated_hours=Decimal(hours))

    rows = await shop.owner.fetch("SELECT bench_status = 'waiting_approval' FROM tickets")
    assert [row[0] for row in rows] == [asked] * 2
    assert await shop.owner.fetchval("SELECT count(*) FROM approvals WHERE state = 'open'") == 2 * asked


async def test_an_estimate_over_the_limit_waits_and_each_manager_is_told_once(shop: Shop, database: Database) -> None:
    other = await shop.add_member("Mo Park", Role.MANAGER)

    ticket = await wait_for(shop, database)
    await estimate(database, shop.technician, ticket.id, DEAR)

    assert ticket.bench_status == "waiting_approval"
    assert ticket.approval is not None
    assert (ticket.approval.amount, ticket.approval.limit) == (Decimal("187.50"), Decimal(150))
    assert ticket.approval.requested_by == shop.technician.name
    assert await told(shop) == [("approval_requested", who.id, "waiting") for who in (shop.manager, other)]


async def test_a_new_manager_is_told_of_what_is_open(shop: Shop, database: Database) -> None:
    await wait_for(shop, database)

    new = await shop.add_member("Mo Park", Role.MANAGER)

    assert ("approval_requested", new.id, "waiting") in await told(shop)


async def test_a_manager_who_estimates_decides_at_once_and_is_not_told(shop: Shop, database: Database) -> None:
    number = await shop.add_ticket(worker=shop.manager)
    ticket = await estimate(database, shop.manager, number, DEAR)

    answer = await decide(shop, database, ticket, approved=True, said=" Fine by me. ")

    approval = answer.ticket.approval
    assert approval is not None
    assert (approval.state, approval.decided_by, approval.asked_how, approval.said) == (
        "approved",
        shop.manager.name,
        "phone",
        "Fine by me.",
    )
    assert answer.ticket.bench_status == "in_repair"
    assert await told(shop) == []


async def test_a_technician_repairs_and_completes_nothing_that_waits(
    shop: Shop, database: Database, bot: Connection
) -> None:
    ticket = await wait_for(shop, database)
    asker = shop.technician.asker()
    with pytest.raises(ApprovalOpen):
        await set_bench_status(database, asker, "repair", ticket.id, "in_repair")
    with pytest.raises(ApprovalOpen) as caught:
        await complete_ticket(database, asker, "done", ticket.id, Decimal(3), "New fan")
    async with bot.transaction():
        await bot.execute("SELECT app.set_session($1)", shop.technician.web_id)
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            async with bot.transaction():
                await bot.execute("UPDATE tickets SET completed = true WHERE id = $1", ticket.id)

    assert "about $187.50, and the customer's limit is $150.00" in caught.value.sentence
    assert not {"in_repair", "quality_check", "ready"} & set(ticket.steps)
    assert await shop.owner.fetchval("SELECT count(*) FROM ticket_notes") == 0
    assert (await set_bench_status(database, asker, "wait", ticket.id, "waiting_parts")).ticket.approval is not None


async def test_a_manager_or_the_web_application_may_complete_it_all_the_same(shop: Shop, database: Database) -> None:
    first, second = await wait_for(shop, database), await wait_for(shop, database)

    await complete_ticket(database, shop.manager.asker(), "done", first.id, Decimal(3), "")
    await shop.owner.execute("UPDATE tickets SET completed = true WHERE id = $1", second.id)

    assert await shop.owner.fetchval(STATES) == ["withdrawn 187.50"] * 2


async def test_an_approved_repair_goes_on_and_its_worker_is_told(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)

    answer = await decide(shop, database, ticket, approved=True)

    assert answer.ticket.bench_status == "in_repair"
    assert await told(shop) == [
        ("approval_requested", shop.manager.id, "dropped"),
        ("approval_decided", shop.technician.id, "waiting"),
    ]
    await complete_ticket(database, shop.technician.asker(), "done", ticket.id, Decimal(3), "")


async def test_a_declined_repair_is_closed_and_asked_anew_when_it_is_reopened(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)

    closed = await decide(shop, database, ticket, approved=False)
    opened = await reopen_ticket(database, shop.technician.asker(), "again", ticket.id, "They changed their mind.")

    assert (closed.ticket.completed, closed.ticket.bench_status) == (True, "declined")
    assert (opened.ticket.completed, opened.ticket.bench_status) == (False, "waiting_approval")
    assert await shop.owner.fetchval(STATES) == ["declined 187.50", "open 187.50"]


async def test_what_was_agreed_to_covers_less_and_not_more(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)
    await decide(shop, database, ticket, approved=True)

    less = await estimate(database, shop.technician, ticket.id, Decimal("2.25"))
    more = await estimate(database, shop.technician, ticket.id, Decimal(3))

    assert less.bench_status == "in_repair"
    assert more.bench_status == "waiting_approval"
    assert await shop.owner.fetchval(STATES) == ["approved 187.50", "open 225.00"]


async def test_other_terms_withdraw_the_request_and_an_old_cards_button_says_so(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)
    await shop.owner.execute("UPDATE notifications SET state = 'sent', channel = 'D1', ts = '1.0'")

    await estimate(database, shop.technician, ticket.id, Decimal(3))
    with pytest.raises(ApprovalSettled) as caught:
        await decide(shop, database, ticket, approved=True)
    lower = await estimate(database, shop.technician, ticket.id, Decimal(1))

    assert "isn't asked any more" in caught.value.sentence
    assert (lower.bench_status, lower.approval) == ("in_repair", None)
    assert await shop.owner.fetchval(STATES) == ["withdrawn 187.50", "withdrawn 225.00"]
    assert await told(shop) == [
        ("approval_requested", shop.manager.id, "waiting"),  # stood, and is edited
        ("approval_requested", shop.manager.id, "dropped"),
    ]


async def test_another_price_or_limit_counts_for_what_is_asked(shop: Shop, database: Database) -> None:
    await wait_for(shop, database)
    await shop.add_ticket(worker=shop.technician, estimated_hours=Decimal("1.90"))

    await shop.owner.execute("UPDATE shop_settings SET value = '80' WHERE key = 'hourly_rate'")  # 1.9 hours cost $152
    await shop.owner.execute("UPDATE shop_settings SET value = '210' WHERE key = 'approval_limit'")

    assert await shop.owner.fetchval(STATES) == ["withdrawn 187.50", "withdrawn 200.00"]
    assert await shop.owner.fetchval("SELECT bench_status FROM tickets ORDER BY id LIMIT 1") == "in_repair"


async def test_a_managers_other_limit_for_a_customer_counts_for_all_their_open_tickets(
    shop: Shop, database: Database
) -> None:
    await wait_for(shop, database)
    await shop.add_ticket(worker=shop.technician, estimated_hours=Decimal(1))
    customer, asker = shop.customers[0], shop.manager.asker()

    lower = await edit_customer(database, asker, "lower", customer, {"approval_limit": "50"})
    await edit_customer(database, asker, "higher", customer, {"approval_limit": "200"})

    assert (lower.customer.approval_limit, lower.customer.spending_limit) == (Decimal(50), Decimal(50))
    assert await shop.owner.fetchval(STATES) == ["withdrawn 187.50", "withdrawn 187.50", "withdrawn 75.00"]
    for value in ("-1", "1000001"):
        with pytest.raises(FieldRefused):
            await edit_customer(database, asker, value, customer, {"approval_limit": value})
    with pytest.raises(RoleForbidden):
        await edit_customer(database, shop.technician.asker(), "no", customer, {"approval_limit": "9999"})


async def test_of_two_managers_at_once_the_second_reads_who_was_quicker(shop: Shop, database: Database) -> None:
    other = await shop.add_member("Mo Park", Role.MANAGER)
    ticket = await wait_for(shop, database)

    answers = await asyncio.gather(
        decide(shop, database, ticket, approved=True),
        decide(shop, database, ticket, approved=False, who=other),
        return_exceptions=True,
    )

    [late] = [answer for answer in answers if isinstance(answer, ApprovalSettled)]
    assert any(f"{who.name} has noted already" in late.sentence for who in (shop.manager, other))
    assert len(await shop.owner.fetch("SELECT FROM approvals WHERE state IN ('approved', 'declined')")) == 1


async def test_the_same_decision_twice_is_one(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)

    answers = [await decide(shop, database, ticket, approved=True) for _ in range(2)]

    assert [answer.repeated for answer in answers] == [False, True]


async def test_an_estimate_changed_while_it_is_decided_leaves_one_story(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)

    await asyncio.gather(
        decide(shop, database, ticket, approved=True),
        estimate(database, shop.technician, ticket.id, Decimal(4)),
        return_exceptions=True,
    )

    assert await shop.owner.fetchval(STATES) in (
        ["approved 187.50", "open 300.00"],
        ["withdrawn 187.50", "open 300.00"],
    )
    assert (await read_ticket(database, shop.viewer.asker(), ticket.id)).ticket.bench_status == "waiting_approval"


async def test_the_history_tells_who_asked_and_what_the_customer_said(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)
    await decide(shop, database, ticket, approved=True, said="Go ahead.")
    await estimate(database, shop.technician, ticket.id, Decimal(3))
    await estimate(database, shop.technician, ticket.id, Decimal(1))

    told = (await read_history(database, shop.viewer.asker(), ticket.id)).entries
    agreed = [
        (entry.kind, entry.who, entry.changes[0].old, entry.changes[0].new, entry.body, entry.source)
        for entry in told
        if any(change.field == "approval" for change in entry.changes)
    ]
    tom, maria, slack = shop.technician.name, shop.manager.name, "slack:command"
    assert agreed == [
        ("withdrawn", tom, None, "225.00", None, slack),
        ("asked", tom, "150.00", "225.00", None, slack),
        ("approved", maria, "phone", "187.50", "Go ahead.", slack),
        ("asked", tom, "150.00", "187.50", None, slack),
    ]


async def test_only_managers_read_and_decide(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)
    assert ticket.approval is not None
    for who in (shop.technician, shop.regular_user, shop.viewer):
        with pytest.raises(RoleForbidden):
            await read_approval(database, who.asker(), ticket.approval.id)
        with pytest.raises(RoleForbidden):
            await decide(shop, database, ticket, approved=True, who=who)

    assert (await read_approval(database, shop.manager.asker(), ticket.approval.id)).ticket.id == ticket.id
    assert await shop.owner.fetchval(STATES) == ["open 187.50"]


async def test_a_tickets_open_request_is_found_or_it_is_said_why_there_is_none(shop: Shop, database: Database) -> None:
    ticket, manager = await wait_for(shop, database), shop.manager.asker()
    dearer = await estimate(database, shop.technician, ticket.id, DEAR * 2)

    assert (await read_ticket_approval(database, manager, ticket.id)).approval == dearer.approval
    await decide(shop, database, dearer, approved=True)
    with pytest.raises(ApprovalSettled, match="has noted already"):
        await read_ticket_approval(database, manager, ticket.id)
    with pytest.raises(ApprovalNotAsked, match="it is closed, has no estimate, or one within the limit"):
        await read_ticket_approval(database, manager, TicketId(await shop.add_ticket()))
    with pytest.raises(TicketNotFound):
        await read_ticket_approval(database, manager, TicketId(999_999))


async def test_a_removed_ticket_leaves_nothing_to_decide(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)
    await shop.owner.execute("DELETE FROM tickets")

    with pytest.raises(ApprovalGone):
        await decide(shop, database, ticket, approved=True)


async def test_one_customers_word_is_not_anothers(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)
    await decide(shop, database, ticket, approved=True)

    moved = await edit_ticket(database, shop.technician.asker(), "move", ticket.id, {"customer_id": shop.customers[1]})

    assert moved.ticket.approval is not None
    assert moved.ticket.approval.state == "open"
    assert await shop.owner.fetchval(STATES) == ["approved 187.50", "open 187.50"]


async def test_a_merged_customer_is_not_asked_again(shop: Shop, database: Database) -> None:
    ticket = await wait_for(shop, database)
    await decide(shop, database, ticket, approved=True)
    one, other = shop.customers[:2]

    asker = shop.manager.asker()
    pair = await read_pair(database, asker, other, one)
    sides = [(side.id, side.updated_at) for side in (pair.first, pair.second)]
    await merge_customers(database, asker, "merge", *sides, taken=())

    assert await shop.owner.fetchval("SELECT customer_id FROM tickets WHERE id = $1", ticket.id) == other
    assert await shop.owner.fetchval(STATES) == ["approved 187.50"]
