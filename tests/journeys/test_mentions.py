"""Commands said to the app: by mention in channels and threads, and in its own conversation."""

import json
from dataclasses import replace

from bot.grammar import COMMANDS
from sandbox.documents import Document
from sandbox.messages import Message
from tests.journeys.floor import CHANNEL, STRANGER, Floor, deliver
from tests.shop import Member


async def say(floor: Floor, who: Member, text: str, *, channel: str | None = CHANNEL) -> list[Message]:
    """Post a message; return what of the app's the person sees that they didn't see before."""
    account = str(who.slack_user_id)
    before = {message.ts for message in floor.sandbox.messages(channel, account)}
    outcome = await floor.sandbox.say(account, text, channel)
    assert outcome.ok
    await floor.sandbox.events.settled()
    seen = floor.sandbox.messages(channel, account)
    return [message for message in seen if message.ts not in before and message.bot_id and message.metadata is None]


async def worker_of(floor: Floor, ticket_id: int) -> str:
    found: str = await floor.shop.owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket_id)
    return found


async def test_mention_takes_a_ticket_and_only_the_asker_reads_the_answer(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()

    [answer] = await say(floor, shop.technician, f"@tickets take {ticket_id}")

    assert await worker_of(floor, ticket_id) == shop.technician.email
    assert answer.ephemeral_to == shop.technician.slack_user_id
    assert f"#{ticket_id} is yours now" in answer.text
    assert all(message.ephemeral_to is None for message in floor.sandbox.messages(CHANNEL, STRANGER))


async def test_mention_in_a_thread_is_answered_in_the_thread(floor: Floor) -> None:
    shop = floor.shop
    account = str(shop.technician.slack_user_id)
    ticket_id = await shop.add_ticket(worker=shop.technician)
    await floor.sandbox.say(account, "Any news?", CHANNEL)
    root = floor.newest(account)

    ts = floor.sandbox.state.messages.next_ts()
    text = f"<@U0BOT> done {ticket_id} 1.5h new fan"
    floor.sandbox.state.messages.add(replace(root, ts=ts, text=text, thread_ts=root.ts))
    await floor.sandbox.events.settled()

    answer = floor.newest(account)
    assert (answer.thread_ts, answer.ephemeral_to) == (root.ts, account)
    assert f"#{ticket_id} is completed" in answer.text
    row = await shop.owner.fetchrow("SELECT completed, actual_hours FROM tickets WHERE id = $1", ticket_id)
    assert row is not None
    assert (row["completed"], float(row["actual_hours"])) == (True, 1.5)


async def test_direct_message_needs_no_mention(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    account = str(shop.technician.slack_user_id)

    await floor.sandbox.say(account, f"take {ticket_id}")
    await floor.sandbox.events.settled()

    answer = floor.newest(account, None)
    assert f"#{ticket_id} is yours now" in answer.text
    assert answer.ephemeral_to is None
    source = await shop.owner.fetchval(
        "SELECT user_agent FROM activity_log WHERE resource_type = 'ticket' AND action = 'UPDATE'"
    )
    assert source == "slack:message"


async def test_new_is_answered_by_a_button_that_opens_the_form_with_the_title(floor: Floor) -> None:
    shop = floor.shop

    await say(floor, shop.regular_user, "@tickets new Screen flickers")
    assert floor.form(shop.regular_user) is None
    await floor.press(shop.regular_user, "ticket.new")

    form = floor.form(shop.regular_user)
    assert form is not None
    assert form["callback_id"] == "ticket.file"
    assert "Screen flickers" in json.dumps(form)


async def test_done_without_hours_is_answered_by_a_button_that_keeps_what_was_done(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.technician)

    await say(floor, shop.technician, f"@tickets done {ticket_id} replaced the fan")
    await floor.press(shop.technician, "ticket.finish")
    done = await floor.sandbox.submit(str(shop.technician.slack_user_id), {"hours": "2h"})

    assert done.errors == {}
    note = await shop.owner.fetchval("SELECT body FROM ticket_notes WHERE ticket_id = $1", ticket_id)
    assert note == "replaced the fan"


async def test_done_of_somebody_elses_ticket_is_refused_without_a_button(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(worker=shop.colleague, filer=shop.technician)

    [answer] = await say(floor, shop.technician, f"@tickets done {ticket_id}")

    assert "only they or a Manager" in answer.text
    assert "ticket.finish" not in json.dumps(answer.blocks)


async def test_every_verb_can_be_said(floor: Floor) -> None:
    shop = floor.shop
    for usage in [verb.usage[0] for verb in COMMANDS]:
        ticket_id = await shop.add_ticket(worker=shop.manager)
        words = usage.removeprefix("/ticket").replace("42", str(ticket_id)).strip()

        answers = await say(floor, shop.manager, f"@tickets {words}")

        assert [answer.ephemeral_to for answer in answers] == [shop.manager.slack_user_id], usage
        assert "reference" not in answers[0].text, usage
        assert "took too long" not in answers[0].text, usage


async def test_what_goes_wrong_is_said_privately_and_changes_nothing(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()

    [unknown] = await say(floor, shop.technician, "@tickets tkae 42")
    [forbidden] = await say(floor, shop.viewer, f"@tickets take {ticket_id}")

    assert "Did you mean" in unknown.text
    assert "Your role here is Viewer" in forbidden.text
    assert forbidden.ephemeral_to == shop.viewer.slack_user_id
    assert await worker_of(floor, ticket_id) == "unassigned"


async def test_stranger_is_told_that_the_managers_are_asked(floor: Floor) -> None:
    before = len(floor.sandbox.messages(CHANNEL, STRANGER))

    await floor.sandbox.say(STRANGER, "@tickets mine", CHANNEL)
    await floor.sandbox.events.settled()

    answer = floor.newest(STRANGER)
    assert len(floor.sandbox.messages(CHANNEL, STRANGER)) == before + 2
    assert "The Managers have been asked" in answer.text


async def test_edited_and_deleted_messages_are_no_commands(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    account = str(shop.technician.slack_user_id)
    messages = floor.sandbox.state.messages
    await floor.sandbox.say(account, "mine")
    said = next(message for message in floor.sandbox.messages(None, account) if message.bot_id is None)
    await floor.sandbox.events.settled()
    count = len(floor.sandbox.messages(None, account))

    changed = messages.change(said, text=f"take {ticket_id}", edited={"user": account, "ts": messages.next_ts()})
    await floor.sandbox.events.settled()
    messages.remove(changed)
    await floor.sandbox.events.settled()

    assert await worker_of(floor, ticket_id) == "unassigned"
    assert len(floor.sandbox.messages(None, account)) == count - 1


async def test_bot_does_not_talk_to_itself(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket(filer=shop.regular_user)

    await shop.owner.execute(
        "UPDATE tickets SET completed = true, tech = $2 WHERE id = $1", ticket_id, shop.manager.email
    )
    await floor.until(lambda: len(floor.direct(shop.regular_user)) == 1)
    await floor.quiet()
    await floor.sandbox.events.settled()

    assert len(floor.direct(shop.regular_user)) == 1


async def test_event_delivered_several_times_at_once_has_one_effect_and_one_answer(floor: Floor) -> None:
    shop = floor.shop
    ticket_id = await shop.add_ticket()
    account = str(shop.technician.slack_user_id)
    await say(floor, shop.technician, "@tickets whoami")
    payload: Document = next(
        d.payload
        for d in floor.sandbox.deliveries
        if d.kind == "event_callback" and d.payload["event"]["type"] == "app_mention"
    )
    before = len(floor.sandbox.messages(CHANNEL, account))
    again = {
        **payload,
        "event_id": "Ev0AGAIN",
        "event": {**payload["event"], "text": f"<@U0BOT> take {ticket_id}"},
    }

    answers = await deliver(floor, again, times=5)

    assert {status for status, _ in answers} == {200}
    assert await worker_of(floor, ticket_id) == shop.technician.email
    said = [message.text for message in floor.sandbox.messages(CHANNEL, account)[before:] if message.ephemeral_to]
    assert len(said) == 1
    assert "is yours now" in said[0]
