"""A day's verbs, typed into the running bot: listing and finding, handing over, reopening, writing down, customers."""

import asyncio
import json
from typing import Any

from bot.roles import Role
from tests.journeys.floor import CHANNEL, Floor, open_floor, read
from tests.shop import Member, Shop


def account(who: Member) -> str:
    return str(who.slack_user_id)


def newest(floor: Floor, who: Member) -> str:
    """Return all that stands in the newest message that only this person sees."""
    message = [shown for shown in floor.sandbox.messages(CHANNEL, account(who)) if shown.ephemeral_to][-1]
    return json.dumps([message.text, message.blocks], ensure_ascii=False)


async def facts(floor: Floor, ticket_id: int) -> dict[str, Any]:
    found = await floor.shop.owner.fetchrow("SELECT * FROM tickets WHERE id = $1", ticket_id)
    assert found is not None
    return dict(found)


async def notes(floor: Floor, ticket_id: int) -> list[str]:
    found = await floor.shop.owner.fetch("SELECT body FROM ticket_notes WHERE ticket_id = $1 ORDER BY id", ticket_id)
    return [row["body"] for row in found]


async def test_list_narrows_by_every_filter_in_any_order(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_ticket(title="Wanted", worker=shop.technician, priority="high", category="data recovery")
    await shop.add_ticket(title="Too slow", worker=shop.technician, priority="low", category="data recovery")
    await shop.add_ticket(title="Cable", worker=shop.technician, priority="high", category="network")
    await shop.add_ticket(title="Ana's", worker=shop.colleague, priority="high", category="data recovery")
    await shop.add_ticket(title="Done", worker=shop.technician, priority="high", completed=True)
    await shop.add_ticket(title="Omar's", customer=shop.customers[1], worker=shop.technician, priority="high")

    answer = await floor.ticket(
        shop.manager,
        f"list priority:HIGH tech:@tom.reed wanted category:“data recovery” customer:#{shop.customers[0]} status:all",
    )

    assert "Wanted" in answer
    for other in ("Too slow", "Cable", "Ana's", "Done", "Omar's"):
        assert other not in answer
    assert "with Tom Reed · high priority · data recovery" in answer


async def test_person_is_understood_in_every_written_form(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_ticket(title="Wanted", worker=shop.technician)
    await shop.add_ticket(title="In the queue")

    for tech in ("@tom.reed", "tom", '"Tom Reed"', "“tom reed”", "me", "<@U0TOMREED>"):
        answer = await floor.ticket(shop.technician, f"list tech:{tech}")

        assert "Wanted" in answer, tech
        assert "In the queue" not in answer, tech


async def test_list_is_leafed_through_with_its_filters_to_the_end_and_back(floor: Floor) -> None:
    shop = floor.shop
    for number in range(23):
        await shop.add_ticket(title=f"Wanted <{number}>", worker=shop.technician)
        await shop.add_ticket(title=f"Other {number}")

    shown = [await floor.ticket(shop.technician, "list tech:me wanted")]
    for action in ("list.page", "list.page", "list.back", "list.back"):
        await floor.press(shop.technician, action)
        shown.append(newest(floor, shop.technician))

    assert [page.count('"Open ticket #') for page in shown] == [10, 10, 3, 10, 10]
    assert all("Other" not in page for page in shown)
    assert "Wanted &lt;22&gt;" in shown[0]
    assert "Wanted &lt;0&gt;" in shown[2]
    assert "Wanted &lt;22&gt;" in shown[4]


async def test_everybody_lists_and_finds_what_they_may_see(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_ticket(title="Filed screen", filer=shop.regular_user, worker=shop.colleague)
    await shop.add_ticket(title="Ana's screen", worker=shop.colleague)
    await shop.add_ticket(title="Queued screen")
    seen = {
        Role.MANAGER: {"Filed screen", "Ana's screen", "Queued screen"},
        Role.TECHNICIAN: {"Queued screen"},
        Role.REGULAR_USER: {"Filed screen"},
        Role.VIEWER: {"Filed screen", "Ana's screen", "Queued screen"},
    }
    people = {member.role: member for member in (*shop.people, shop.technician)}
    for role, titles in seen.items():
        for text in ("list", "search screens"):
            answer = await floor.ticket(people[role], text)
            assert {title for title in seen[Role.MANAGER] if title in answer} == titles, (role, text)


async def test_search_ranks_and_says_when_there_is_nothing(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_ticket(title="Blue screen after update")
    await shop.add_ticket(title="Slow", description="Once there was a blue screen.")

    answer = await floor.ticket(shop.technician, "search blue screen")

    assert 0 < answer.index("Blue screen after update") < answer.index("Slow")
    assert "No ticket that you can see has" in await floor.ticket(shop.technician, "search zebra")


async def test_manager_gives_a_ticket_to_somebody_who_is_told(floor: Floor) -> None:
    shop = floor.shop
    ways = ("@ana.lopez", "ana", '"Ana Lopez"', "to @ana.lopez", "<@U0ANALOPEZ>.")
    for who in ways:
        ticket_id = await shop.add_ticket()

        answer = await floor.ticket(shop.manager, f"assign {ticket_id} {who}")

        assert f"Ticket #{ticket_id} is assigned to Ana Lopez." in answer, who
        assert (await facts(floor, ticket_id))["tech"] == shop.colleague.email, who
    await floor.until(lambda: len(floor.direct(shop.colleague)) == len(ways))


async def test_technician_hands_over_and_reads_whose_it_is(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)

    answer = await floor.ticket(shop.technician, f"assign {ticket_id} @ana.lopez")

    assert f"Ticket #{ticket_id} is assigned to Ana Lopez." in answer
    assert f"no ticket #{ticket_id}" in await floor.ticket(shop.technician, f"{ticket_id}")


async def test_auto_chooses_the_technician_with_the_least_to_do(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_ticket(worker=shop.technician)
    ticket_id = await shop.add_ticket()

    assert "is assigned to Ana Lopez" in await floor.ticket(shop.manager, f"assign {ticket_id} auto")


async def test_where_nobody_is_available_nothing_is_changed(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE role = 'Technician'")
    before = await facts(floor, ticket_id)

    answer = await floor.ticket(shop.manager, f"assign {ticket_id} auto")

    assert f"No technician is available, so ticket #{ticket_id} stays as it was." in answer
    assert await facts(floor, ticket_id) == before


async def test_wrong_person_is_told_and_nothing_is_changed(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_member("Zed Lopez", Role.TECHNICIAN)
    ticket_id = await shop.add_ticket()
    for who, said in (
        ("zoe", "Nobody here is called “zoe”"),
        ("@stranger", "has no access here yet"),
        ("@victor.hale", "Victor Hale takes no tickets"),
        ("lopez", "Ana Lopez or Zed Lopez"),
        ("nobody", f"`/ticket release {ticket_id}`"),
        ("7", "“7” isn't a person"),
    ):
        answer = await floor.ticket(shop.manager, f"assign {ticket_id} {who}")

        assert said in json.loads(answer.split("\n")[1])[0]
        assert (await facts(floor, ticket_id))["tech"] == "unassigned", who


async def test_of_two_who_give_a_ticket_away_at_once_the_second_reads_what_happened(floor: Floor) -> None:
    shop = floor.shop
    other = await shop.add_member("Cy Dunn", Role.TECHNICIAN)
    ticket_id = await shop.add_ticket(worker=shop.technician)

    answers = await asyncio.gather(
        floor.ticket(shop.manager, f"assign {ticket_id} @ana.lopez"),
        floor.ticket(shop.technician, f"assign {ticket_id} Cy Dunn"),
    )

    tech = (await facts(floor, ticket_id))["tech"]
    assert tech in {shop.colleague.email, other.email}
    told = [f"Ticket #{ticket_id} is assigned to" in answer for answer in answers]
    if all(told):  # one after the other: a Manager may hand on what Tom had handed over
        assert tech == shop.colleague.email
    else:
        loser = answers[told.index(False)]
        assert any(said in loser for said in ("Ana Lopez works on", "already", f"no ticket #{ticket_id}")), loser


async def test_assigning_without_a_person_asks_for_one(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    await floor.ticket(shop.manager, f"assign {ticket_id}")

    done = await floor.sandbox.submit(account(shop.manager), {"who": str(shop.colleague.id)})

    assert done.errors == {}
    assert (await facts(floor, ticket_id))["tech"] == shop.colleague.email


async def test_reopened_ticket_stays_with_its_technician_and_keeps_the_reason(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician, filer=shop.regular_user, completed=True)

    answer = await floor.ticket(shop.regular_user, f"reopen {ticket_id} the owner says <it> fails again")

    assert f"Ticket #{ticket_id} is open again, with Tom Reed." in answer
    assert not (await facts(floor, ticket_id))["completed"]
    assert await notes(floor, ticket_id) == ["the owner says <it> fails again"]
    assert "is open already" in await floor.ticket(shop.regular_user, f"reopen {ticket_id} again")


async def test_ticket_of_somebody_who_has_left_is_reopened_into_the_queue(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.colleague, completed=True)
    await shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", shop.colleague.id)

    assert "is open again, in the queue." in await floor.ticket(shop.manager, f"reopen {ticket_id} fails again")


async def test_reopening_without_a_reason_asks_for_it(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician, completed=True)
    await floor.ticket(shop.technician, f"{ticket_id}")
    await floor.press(shop.technician, "ticket.reopen", ticket_id)

    refused = await floor.sandbox.submit(account(shop.technician), {"why": "  "})
    assert list(refused.errors) == ["why"]
    done = await floor.sandbox.submit(account(shop.technician), {"why": "Too early."})

    assert done.errors == {}
    assert not (await facts(floor, ticket_id))["completed"]
    assert await notes(floor, ticket_id) == ["Too early."]


async def test_note_is_kept_as_it_was_typed_with_the_names_of_whom_it_mentions(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    text = "asked @ana.lopez in #repairs; see https://parts.example/a?b=1&c=2 <today> & *tomorrow*"

    answer = await floor.ticket(shop.technician, f"note {ticket_id} {text}")

    assert f"Your note is on ticket #{ticket_id}." in answer
    assert await notes(floor, ticket_id) == [text.replace("@ana.lopez", "@Ana Lopez")]


async def test_note_without_text_asks_for_it(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    await floor.ticket(shop.technician, f"note {ticket_id}")

    done = await floor.sandbox.submit(account(shop.technician), {"body": "Called."})

    assert done.errors == {}
    assert await notes(floor, ticket_id) == ["Called."]


async def test_details_are_changed_and_the_history_tells_of_it(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(filer=shop.regular_user)
    await floor.ticket(shop.technician, f"take {ticket_id}")

    assert "the priority is high now" in await floor.ticket(shop.technician, f"priority {ticket_id} High")
    assert "the category is data recovery now" in await floor.ticket(
        shop.technician, f"category {ticket_id} data recovery"
    )
    assert "the estimate is 1.5 hours now" in await floor.ticket(shop.technician, f"estimate {ticket_id} 1h30")
    assert "it is due <!date^" in await floor.ticket(shop.technician, f"due {ticket_id} in 3 days at 5pm")
    assert "*Due*" in await floor.ticket(shop.technician, f"show {ticket_id}")
    await floor.ticket(shop.technician, f"note {ticket_id} called the owner")
    await floor.ticket(shop.technician, f"done {ticket_id} 1h new drive")

    changed = await facts(floor, ticket_id)
    assert (changed["priority"], changed["category"], float(changed["estimated_hours"])) == (
        "high",
        "data recovery",
        1.5,
    )
    history = await floor.ticket(shop.manager, f"history {ticket_id}")
    for told in (
        "*Tom Reed* took it",
        "*Tom Reed* changed priority from medium to high",
        "*Tom Reed* changed category from hardware to data recovery",
        "*Tom Reed* set estimate to 1.5 hours",
        "*Tom Reed* made it due <!date^",
        "*Tom Reed* wrote a note\\ncalled the owner",
        "*Tom Reed* completed the ticket with 1 hour",
        " · by command",
    ):
        assert told in history, told


async def test_wrong_detail_is_told_and_nothing_is_changed(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    before = await facts(floor, ticket_id)
    for text, said in (
        ("priority {} soon", "It can be low, medium, high or urgent"),
        ("priority {}", "Which priority?"),
        ("category {} toaster", "data recovery"),
        ("estimate {} soon", "can't be read as hours"),
        ("estimate {}", "How many hours?"),
        ("estimate {} 5000h", "out of range"),
        ("due {}", "When is it due?"),
        ("due {} soon", "“soon” is no day or time"),
        ("due {} yesterday", "which is past"),
    ):
        assert said in await floor.ticket(shop.technician, text.format(ticket_id))
        assert await facts(floor, ticket_id) == before, text


async def test_history_button_stands_on_the_card_and_comes_back(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)
    await floor.until(lambda: bool(floor.channel()) and bool(floor.direct(shop.technician)))  # they say Open, too
    await floor.ticket(shop.technician, f"{ticket_id}")

    await floor.press(shop.technician, "ticket.history", ticket_id)
    assert f"History of #{ticket_id}" in newest(floor, shop.technician)
    await floor.press(shop.technician, "ticket.open", ticket_id, channel=CHANNEL)

    assert "Fans spin" in newest(floor, shop.technician)


async def test_customer_is_found_by_name_phone_and_email(floor: Floor) -> None:
    """An address is found as it was typed and as the link that Slack makes of it."""
    link = "<mailto:grace.hill@example.com|grace.hill@example.com>"
    for term in ("gra", "Hill", "555-0000", "5550000", "grace.hill@example.com", link):
        answer = await floor.ticket(floor.shop.regular_user, f"find {term}")

        assert "Grace Hill" in answer, term
        assert "Omar Diaz" not in answer, term


async def test_customer_is_opened_and_a_ticket_filed_for_them(floor: Floor) -> None:
    shop, who = floor.shop, floor.shop.regular_user
    await floor.ticket(who, "find omar")
    await floor.press(who, "customer.open", shop.customers[1])
    assert "Omar Diaz" in newest(floor, who)

    await floor.press(who, "customer.ticket")
    done = await floor.sandbox.submit(account(who), {"title": "Hinge", "description": "Broken."})

    assert done.errors == {}
    assert await shop.owner.fetchval("SELECT customer_id FROM tickets") == shop.customers[1]


async def test_manager_switches_a_customer_off_and_on(floor: Floor) -> None:
    shop = floor.shop
    customer = shop.customers[0]
    await floor.ticket(shop.manager, f"customer {customer}")

    await floor.press(shop.manager, "customer.deactivate", customer)
    assert "Customer deactivated successfully." in newest(floor, shop.manager)
    assert "no longer active" in newest(floor, shop.manager)
    assert "There is no customer" in await floor.ticket(shop.technician, f"customer {customer}")

    await floor.ticket(shop.manager, f"customer {customer}")
    await floor.press(shop.manager, "customer.reactivate", customer)
    assert await shop.owner.fetchval("SELECT active FROM customers WHERE id = $1", customer)


async def test_customer_with_open_tickets_stays_and_the_manager_reads_why(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_ticket()
    await floor.ticket(shop.manager, f"customer {shop.customers[0]}")

    await floor.press(shop.manager, "customer.deactivate", shop.customers[0])

    assert "Cannot deactivate customer with open tickets: 1." in newest(floor, shop.manager)
    assert await shop.owner.fetchval("SELECT active FROM customers WHERE id = $1", shop.customers[0])


async def test_missing_and_hidden_customer_get_the_same_answer(floor: Floor) -> None:
    hidden = await floor.shop.add_customer("Gone", "Away", active=False)
    answers = [
        (await floor.ticket(floor.shop.technician, f"customer {number}")).replace(str(number), "N")
        for number in (hidden, 999_999)
    ]

    assert answers[0] == answers[1]


async def test_verbs_of_a_day_can_be_said_in_a_message(shop: Shop, bot_url: str) -> None:
    """A message can't open a form: the answer has the button that does."""
    async with open_floor(shop, bot_url) as floor:
        ticket_id = await shop.add_ticket(worker=shop.technician, completed=True)
        outcome = await floor.sandbox.say(account(shop.technician), f"@tickets reopen {ticket_id}", CHANNEL)
        await floor.sandbox.events.settled()
        assert outcome is not None
        await floor.press(shop.technician, "ticket.reopen", ticket_id)
        done = await floor.sandbox.submit(account(shop.technician), {"why": "Too early."})

        assert done.errors == {}
        assert read(done) == ""
        assert not (await facts(floor, ticket_id))["completed"]
