"""A form's ``private_metadata`` goes through the client: whatever comes back is refused in words, or answered."""

from typing import Any, Final, cast

from bot.errors import Refusal
from bot.failures import refuse_form
from bot.payloads import OpenView, ViewState
from bot.views.blocks import View
from tests.bot.desk import Desk, state_of
from tests.bot.screens import screens
from tests.shop import Shop

# what one might type into a field in which nothing stands
TYPED: Final = {
    "who": "me",
    "body": "Called them.",
    "title": "Hinge",
    "description": "Broken.",
    "resolution": "New fan.",
    "hours": "2",
    "why": "It is back.",
    "way": "phone",
    "how": "phone",
    "role": "Viewer",
    "access": "off",
    "slack_user_id": "U0SECOND",
    "confirmed": "2147483648",
    "customer_id": "1",
    "first_name": "Ada",
    "last_name": "King",
    "phone": "510 555 0199",
    "email": "ada@example.test",
    "address1": "1 Ship St",
    "city": "Oakland",
    "state": "CA",
    "zip": "94607",
}
NUMBERS: Final = (
    *("0", "-1", "2147483648", "9" * 19, "9" * 4000, "1e400", "NaN"),
    *("1.5", "true", '"7"', "null", "[1]", '"\\u0000"'),
)
SEEN: Final = (
    *("null", "[]", "{}", '"x"', '{"role":1e400}', '{"items":{"a":["\\u0000"]}}', '{"items":"md5:x"}'),
    '{"a":{"b":{"c":1}}}',
    '{"hours":{"99":["25:00","x"]},"holidays":{"no day":"x"},"hourly_rate":["x"],"time_zone":true,"summary_time":{}}',
    '{"quiet_hours":["x"],"urgent_passes":"x","heard":{"x":"y"},"time_zone":["x"]}',
    '{"role":{"x":"y"},"is_active":"x","slack_user_id":["x"]}',
    '"2026-11-20T10:00:00Z"',
    '"infinity"',
)
CARRIED: Final = (
    *("", " ", "x", "null", "[]", "{}", "\0", "\ud800", "{" * 5000),
    *("0 approve", "9999999999 approve", "1 x", "F0X F1X"),
    *(f'{{"id":{number}}}' for number in NUMBERS),
    *NUMBERS,
    *(f"{number} approve" for number in NUMBERS),
    *(f'{{{of}"seen":{seen}}}' for seen in SEEN for of in ('"id":2,', '"category":"hardware",', "")),
    '{"id":1,"marks":{"title":"x","nothing":"x"}}',
    '{"id":1,"marks":[]}',
    '{"id":1,"anyway":"x"}',
    '{"category":"gardening","seen":{}}',
    *(f'{{"first":7,"first_seen":"9999-12-31T23:59:59Z","second":{number},"second_seen":0}}' for number in NUMBERS),
)


SCREENS: Final = screens()


def form_with(callback: str) -> View:
    """Return one of the screens that this form has."""
    forms = [screen for _, screen in SCREENS.values() if screen.get("callback_id") == callback]
    return cast("View", forms[0])


def typed(form: View) -> dict[str, str]:
    empty = [
        block["block_id"]
        for block in form["blocks"]
        if block["type"] == "input" and not any(key.startswith("initial_") for key in block["element"])
    ]
    return {field: TYPED[field] for field in empty if field in TYPED}


async def test_whatever_a_client_puts_into_a_form_is_refused_in_words(desk: Desk, shop: Shop) -> None:
    await shop.add_ticket(worker=shop.technician)
    for callback in desk.routes.views:
        form = form_with(callback)
        for carried in CARRIED:
            try:
                await desk.submit(shop.manager, {**form, "private_metadata": carried}, typed(form))
            except Refusal as refusal:
                refuse_form(refusal, as_open(form, carried))
            except Exception as error:
                error.add_note(f"{callback} carried {carried[:200]!r}")
                raise


def as_open(form: View, carried: str) -> OpenView:
    return OpenView(
        id="V1",
        callback_id=form["callback_id"],
        private_metadata=carried,
        blocks=cast("list[dict[str, Any]]", form["blocks"]),
        state=ViewState(values=state_of(form, typed(form))),
    )
