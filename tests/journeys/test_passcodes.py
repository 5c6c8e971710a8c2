"""A device's passcode on its way: typed into the form, seen by whom it is for, and by nobody else, anywhere."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure_logs
from sandbox.messages import Message
from tests.journeys.floor import CHANNEL, Floor
from tests.shop import Member

CODE = "<!channel> `4711` *x* & y"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, down to DEBUG."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    configure_logs("DEBUG", "json", stream=stream)
    yield stream
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()


def told(floor: Floor, who: Member) -> Message:
    """Return what was told last to a person alone."""
    seen = floor.sandbox.messages(CHANNEL, str(who.slack_user_id))
    return [message for message in seen if message.ephemeral_to == who.slack_user_id][-1]


async def test_passcode_is_seen_by_whom_it_is_for_alone(floor: Floor, log: io.StringIO) -> None:
    shop, tom = floor.shop, floor.shop.technician
    await floor.file(shop.regular_user, passcode=CODE, assign=str(tom.id))
    assert "4711" not in json.dumps(floor.form(shop.regular_user))
    assert "passcode.show" not in await floor.ticket(shop.regular_user, "1")
    assert "passcode.show" in await floor.ticket(shop.manager, "1")
    assert "passcode.show" in await floor.ticket(tom, "1")

    await floor.press(tom, "passcode.show", 1)

    message = told(floor, tom)
    assert json.dumps(CODE) in json.dumps(message.blocks)
    assert "4711" not in message.text
    assert "looked at the passcode" in await floor.ticket(shop.regular_user, "history 1")
    await floor.quiet()
    everybody = [one for one in [*floor.channel(), *floor.direct(tom)] if one.ephemeral_to is None]
    assert len(everybody) >= 2  # the card, and that it was assigned
    assert "4711" not in json.dumps([[one.text, one.blocks] for one in everybody])
    assert "passcode.show" in log.getvalue()
    assert "4711" not in log.getvalue()


async def test_passcode_is_changed_in_the_edit_form_and_shown_over_the_home(floor: Floor) -> None:
    tom = floor.shop.technician
    account = str(tom.slack_user_id)
    await floor.file(tom, passcode="4711", assign="me")
    await floor.ticket(tom, "1")
    await floor.press(tom, "ticket.change", 1)
    form = json.dumps(floor.form(tom))
    assert "Another passcode" in form
    assert "4711" not in form
    await floor.sandbox.submit(account, {"passcode": "4712"})
    assert "Saved for ticket #1: passcode." in json.dumps(floor.form(tom))
    await floor.sandbox.close(account)
    await floor.sandbox.open_home(account)
    await floor.sandbox.events.settled()
    await floor.sandbox.press(account, "ticket.open", value="1", home=True)
    await floor.sandbox.press(account, "passcode.show", value="1")

    form = json.dumps(floor.form(tom))
    assert '"4712"' in form
    assert "4711" not in form
