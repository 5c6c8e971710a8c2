"""The app's Home, by role: opened, pressed, and kept true while tickets change."""

import json

from bot.roles import Role
from sandbox.documents import Document
from tests.journeys.floor import STRANGER, Floor
from tests.journeys.test_roles_by_command import person


def home_of(floor: Floor, user: str) -> Document:
    view = floor.sandbox.home(user)
    assert view is not None
    return view.source


def words(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False)


async def open_home(floor: Floor, user: str | None) -> str:
    """Open the Home tab and return all that it shows."""
    assert user is not None
    await floor.sandbox.open_home(user)
    await floor.sandbox.events.settled()
    return words(home_of(floor, user))


async def test_home_shows_what_the_role_has(floor: Floor) -> None:
    shop = floor.shop
    await shop.add_ticket(title="In the queue")
    await shop.add_ticket(title="With Tom", worker=shop.technician)
    await shop.add_ticket(title="Filed by Rita", filer=shop.regular_user, worker=shop.colleague)
    parts = ("In the queue", "With Tom", "Filed by Rita", "Today", "New ticket")
    shown = {}
    for role in Role:
        home = await open_home(floor, person(shop, role).slack_user_id)
        shown[role] = {part for part in parts if part in home}

    assert shown == {
        Role.MANAGER: {"In the queue", "Today", "New ticket"},
        Role.TECHNICIAN: {"In the queue", "With Tom", "New ticket"},
        Role.REGULAR_USER: {"Filed by Rita", "New ticket"},
        Role.VIEWER: {"In the queue", "Today"},
    }


async def test_empty_home_says_so(floor: Floor) -> None:
    shown = await open_home(floor, floor.shop.technician.slack_user_id)

    assert "No open tickets are yours." in shown
    assert "The queue is empty." in shown


async def test_stranger_reads_whom_to_ask(floor: Floor) -> None:
    shown = await open_home(floor, STRANGER)

    assert "isn't linked" in shown
    assert "Managers have been asked" in shown


async def test_open_home_follows_a_change_that_somebody_else_made(floor: Floor) -> None:
    shop = floor.shop
    user = str(shop.technician.slack_user_id)
    await open_home(floor, user)
    # an earlier visit, so that the pace is kept already
    await shop.owner.execute("UPDATE home_openings SET published_at = now() - interval '1 minute'")

    await shop.add_ticket(title="Just came in")

    await floor.until(lambda: "Just came in" in words(home_of(floor, user)))


async def test_home_of_who_has_lost_their_access_is_cleared_at_once(floor: Floor) -> None:
    who = floor.shop.technician
    assert who.slack_user_id is not None
    await floor.shop.add_ticket(title="Seen before")
    assert "Seen before" in await open_home(floor, who.slack_user_id)

    await floor.shop.owner.execute("UPDATE user_permissions SET is_active = false WHERE id = $1", who.id)

    await floor.until(lambda: "switched off" in words(home_of(floor, str(who.slack_user_id))))
    assert "Seen before" not in words(home_of(floor, who.slack_user_id))


async def test_home_that_was_left_yesterday_is_not_published(floor: Floor) -> None:
    shop = floor.shop
    user = str(shop.technician.slack_user_id)
    other = str(shop.colleague.slack_user_id)
    await open_home(floor, user)
    await open_home(floor, other)
    await shop.owner.execute("UPDATE home_openings SET published_at = now() - interval '1 minute'")
    await shop.owner.execute(
        "UPDATE home_openings SET opened_at = now() - interval '1 day' WHERE slack_user_id = $1", user
    )

    await shop.add_ticket(title="Just came in")

    await floor.until(lambda: "Just came in" in words(home_of(floor, other)))
    assert "Just came in" not in words(home_of(floor, user))


async def test_ticket_is_opened_and_taken_over_the_home(floor: Floor) -> None:
    shop = floor.shop
    user = str(shop.technician.slack_user_id)
    ticket_id = await shop.add_ticket(title="Take me")
    await open_home(floor, user)

    await floor.sandbox.press(user, "ticket.open", value=str(ticket_id), home=True)  # the channel's card has one too
    form = floor.form(shop.technician)
    assert form is not None
    assert "Take me" in words(form)
    await floor.press(shop.technician, "ticket.take", ticket_id)

    taken = floor.form(shop.technician)
    assert taken is not None
    assert "is yours now" in words(taken)
    assert await shop.owner.fetchval("SELECT tech FROM tickets WHERE id = $1", ticket_id) == shop.technician.email
