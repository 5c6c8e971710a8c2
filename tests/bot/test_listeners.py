import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import (
    DatabaseAway,
    FieldRefused,
    FieldsRefused,
    NotLinked,
    OutcomeUnknown,
    Refusal,
    RoleForbidden,
    TicketAlreadyCompleted,
)
from bot.identity import Workspace
from bot.listeners import Listeners, Reply
from bot.payloads import Deliverable, Malformed, RateLimitNotice, UrlVerification, read_payload
from bot.roles import Ability, roles_with
from bot.routes import (
    ActionRequest,
    CommandRequest,
    EventRequest,
    FieldErrors,
    OptionsRequest,
    Routes,
    ShortcutRequest,
    UpdateView,
    ViewRequest,
)
from bot.slack import SlackLimited, SlackRefused, SlackUnreachable
from bot.views import kit
from bot.views.blocks import Message, Option, View
from tests.bot import deliveries
from tests.bot.deliveries import FORM, JSON, TEAM

HELLO = kit.private(kit.sentence("Hello."))


class Responses:
    """Slack as far as a button's or shortcut's answer goes: what was sent to which response_url, or shown how."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.shown: list[tuple[str, str, str]] = []  # how, by which trigger, view or person, and the words
        self.fault: Exception | None = None
        self.pause = 0.0

    async def respond(self, response_url: str, message: Mapping[str, Any]) -> None:
        await asyncio.sleep(self.pause)
        self._fail()
        self.sent.append((response_url, message))

    async def open_view(self, trigger_id: str, view: View) -> None:
        self._fail()
        self.shown.append(("opened", trigger_id, json.dumps(view)))

    async def push_view(self, trigger_id: str, view: View) -> None:
        self._fail()
        self.shown.append(("pushed", trigger_id, json.dumps(view)))

    async def update_view(self, view_id: str, view: View) -> None:
        self.shown.append(("updated", view_id, json.dumps(view)))

    async def post_message(self, channel: str, message: Mapping[str, Any], *, key: str) -> None:
        self.shown.append((f"posted {key}", channel, json.dumps(message)))

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


class Links:
    """A linker that remembers whom it was to link."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.refusal: Refusal | None = None

    async def link(self, team: str, user: str) -> None:
        self.asked.append((team, user))
        if self.refusal is not None:
            raise self.refusal

    look_again = link


class House:
    """Listeners over a routing table of the test's own."""

    def __init__(self) -> None:
        self.routes = Routes()
        self.slack = Responses()
        self.linker = Links()
        self.workspace = Workspace(team_id=TEAM, bot_user_id="U0BOT", bot_id="B0BOT")
        self.seconds = 2.5
        self.listeners = Listeners(
            self.routes,
            self.slack,  # type: ignore[arg-type]  # only respond() is called here
            self.linker,  # type: ignore[arg-type]  # only link() is called here
            self.workspace,
        )

    async def deliver(self, body: bytes, content_type: str = FORM) -> Reply:
        payload = read_payload(body, content_type)
        assert not isinstance(payload, UrlVerification | RateLimitNotice)
        return await self.answer(payload)

    async def answer(self, payload: Deliverable) -> Reply:
        return await self.listeners.answer(payload, asyncio.get_running_loop().time() + self.seconds)

    async def interact(self, payload: dict[str, Any]) -> Reply:
        return await self.deliver(deliveries.interaction(payload))


@pytest.fixture
def house() -> House:
    return House()


def raising(error: Exception) -> Callable[[Any], Awaitable[Any]]:
    async def handler(_request: object) -> None:
        raise error

    return handler


async def sleeping(_request: object) -> None:
    await asyncio.sleep(10)


# what reaches a handler


async def test_command_reaches_its_verb_with_the_roles_of_its_ability(house: House) -> None:
    seen: list[CommandRequest] = []

    async def take(request: CommandRequest) -> Message:
        seen.append(request)
        return HELLO

    house.routes.command("take", take)

    reply = await house.deliver(deliveries.command("take 42", trigger="11.22.cafe"))

    assert json.loads(reply.body) == HELLO
    [request] = seen
    assert request.key == f"{TEAM}:11.22.cafe"
    assert request.command.ticket_id == 42
    assert request.channel == "C0REPAIRS"
    assert request.asker.slack_user == "U0TOMREED"
    assert request.asker.source == "slack:command"
    assert set(request.asker.roles) == roles_with(Ability.TAKE_TICKET)


async def test_command_whose_handler_opened_a_form_is_answered_with_nothing(house: House) -> None:
    async def new(_request: CommandRequest) -> None:
        return None

    house.routes.command("new", new)

    assert await house.deliver(deliveries.command("new")) == Reply(200, "")


async def test_command_that_is_not_understood_is_answered_privately(house: House) -> None:
    reply = await house.deliver(deliveries.command("<!channel> *boo*"))

    answer = json.loads(reply.body)
    assert reply.status == 200
    assert answer["response_type"] == "ephemeral"
    assert "<!channel>" not in reply.body


async def test_shortcut_reaches_its_handler_with_the_message_and_its_address(house: House) -> None:
    seen: list[ShortcutRequest] = []

    async def file(request: ShortcutRequest) -> None:
        seen.append(request)

    house.routes.shortcut("shortcut.file", Ability.FILE_TICKET, file)
    house.workspace.url = "https://shop.slack.com/"

    assert await house.interact(deliveries.shortcut("shortcut.file", message="Fan &amp; belt")) == Reply(200, "")
    [request] = seen
    assert (request.text, request.trigger_id) == ("Fan &amp; belt", "11.22.cafe")
    assert request.link == "https://shop.slack.com/archives/C0REPAIRS/p1700000000000100"
    assert request.asker.source == "slack:shortcut"
    assert house.slack.shown == []


async def test_what_a_shortcut_cannot_show_at_once_comes_by_direct_message(house: House) -> None:
    async def new(_request: ShortcutRequest) -> Message:
        return HELLO

    house.routes.shortcut("shortcut.new", Ability.FILE_TICKET, new)
    await house.interact(deliveries.shortcut("shortcut.new"))

    assert [(how, who) for how, who, _ in house.slack.shown] == [("posted answer:11.22.cafe", "U0TOMREED")]


async def test_button_reaches_its_handler_and_its_answer_goes_to_the_response_url(house: House) -> None:
    seen: list[ActionRequest] = []

    async def take(request: ActionRequest) -> Message:
        seen.append(request)
        return HELLO

    house.routes.action("ticket.take", Ability.TAKE_TICKET, take)

    reply = await house.interact(deliveries.press("ticket.take", "42", ephemeral=True))

    assert reply == Reply(200, "")
    assert house.slack.sent == [("https://hooks.slack.com/actions/T0SHOP/1/abc", HELLO)]
    [request] = seen
    assert (request.action, request.value, request.key) == ("ticket.take", "42", f"{TEAM}:11.22.cafe")
    assert (request.channel, request.message_ts, request.ephemeral) == ("C0REPAIRS", "1700000000.000100", True)
    assert request.asker.source == "slack:button"


async def test_select_gives_the_chosen_options_value(house: House) -> None:
    seen: list[str] = []

    async def choose(request: ActionRequest) -> None:
        seen.append(request.value)

    house.routes.action("x.choose", Ability.SEE_PANEL, choose)
    payload = deliveries.press("x.choose")
    payload["actions"][0] = {"action_id": "x.choose", "type": "static_select", "selected_option": {"value": "high"}}

    await house.interact(payload)

    assert seen == ["high"]


async def test_choice_in_a_menu_counts_as_a_press_of_the_button_whose_place_it_takes(house: House) -> None:
    seen: list[tuple[str, str]] = []

    async def take(request: ActionRequest) -> None:
        seen.append((request.action, request.value))

    house.routes.action("ticket.take", Ability.TAKE_TICKET, take)
    folded = kit.menu("ticket.menu", [kit.button("Take", "ticket.take", 42), kit.button("Take", "ticket.take")])
    for choice in folded["options"]:
        payload = deliveries.press("ticket.menu")
        payload["actions"][0] = {"action_id": "ticket.menu", "type": "overflow", "selected_option": choice}
        await house.interact(payload)

    assert seen == [("ticket.take", "42"), ("ticket.take", "")]


async def test_form_reaches_its_handler_under_a_key_of_its_own(house: House) -> None:
    seen: list[ViewRequest] = []

    async def file(request: ViewRequest) -> None:
        seen.append(request)

    house.routes.view("ticket.file", Ability.FILE_TICKET, file)
    values = {"title": {"title": {"type": "plain_text_input", "value": "Dead"}}}

    reply = await house.interact(deliveries.submission("ticket.file", values, metadata="42"))
    await house.interact(deliveries.submission("ticket.file", values, metadata="42"))
    await house.interact(deliveries.submission("ticket.file", values, view_id="V0OTHER"))

    assert reply == Reply(200, "")
    first, again, other = seen
    assert (first.values, first.private_metadata, first.view_id) == (values, "42", "V0FORM")
    assert first.key == again.key != other.key


async def test_form_may_answer_with_errors_beside_its_fields(house: House) -> None:
    async def file(_request: ViewRequest) -> FieldErrors:
        return FieldErrors({"title": "Too long."})

    house.routes.view("ticket.file", Ability.FILE_TICKET, file)

    reply = await house.interact(deliveries.submission("ticket.file", {"title": {}}))

    assert json.loads(reply.body) == {"response_action": "errors", "errors": {"title": "Too long."}}


async def test_form_may_show_another_view(house: House) -> None:
    view = kit.notice("Filed", [kit.divider()])

    async def file(_request: ViewRequest) -> UpdateView:
        return UpdateView(view)

    house.routes.view("ticket.file", Ability.FILE_TICKET, file)

    reply = await house.interact(deliveries.submission("ticket.file", {"title": {}}))

    assert json.loads(reply.body) == {"response_action": "update", "view": view}


async def test_typeahead_gets_its_options(house: House) -> None:
    async def suggest(request: OptionsRequest) -> list[Option]:
        return [kit.option(request.term, 1)]

    house.routes.option("customer.choose", Ability.FIND_CUSTOMER, suggest)

    reply = await house.interact(deliveries.suggestion("customer.choose", "gra"))

    assert json.loads(reply.body) == {"options": [kit.option("gra", 1)]}


async def test_event_reaches_its_handler(house: House) -> None:
    seen: list[EventRequest] = []

    async def notice(request: EventRequest) -> None:
        seen.append(request)

    house.routes.event("user_change", notice)

    reply = await house.deliver(deliveries.event("user_change", "Ev7", user={"id": "U1"}), JSON)

    assert reply == Reply(200, "")
    assert seen == [EventRequest(team=TEAM, event_id="Ev7", event={"type": "user_change", "user": {"id": "U1"}})]


async def test_own_events_are_ignored(house: House) -> None:
    house.routes.event("message", raising(AssertionError()))

    assert await house.deliver(deliveries.event("message", user="U0BOT"), JSON) == Reply(200, "")


# what nobody handles


async def test_closed_forms_are_acknowledged(house: House) -> None:
    assert await house.interact(deliveries.submission("ticket.file", {}, kind="view_closed")) == Reply(200, "")


async def test_unknown_shortcut_is_answered_politely_in_a_modal(house: House) -> None:
    assert await house.interact(deliveries.shortcut("shortcut.explode")) == Reply(200, "")

    [(how, trigger, view)] = house.slack.shown
    assert (how, trigger) == ("opened", "11.22.cafe")
    assert "older version" in view


async def test_unknown_event_is_acknowledged(house: House) -> None:
    assert await house.deliver(deliveries.event("emoji_changed"), JSON) == Reply(200, "")


async def test_unknown_button_is_answered_politely(house: House) -> None:
    assert await house.interact(deliveries.press("ticket.explode")) == Reply(200, "")

    [(_, message)] = house.slack.sent
    assert "older version" in message["text"]


async def test_unknown_form_without_fields_shows_what_was_typed(house: House) -> None:
    payload = deliveries.submission("ticket.explode", {})

    reply = await house.interact(payload)

    assert json.loads(reply.body)["response_action"] == "update"
    assert "older version" in reply.body


async def test_unknown_typeahead_gets_no_options(house: House) -> None:
    assert json.loads((await house.interact(deliveries.suggestion("x", "y"))).body) == {"options": []}


# what goes wrong


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TicketAlreadyCompleted(7), "completed already"),
        (RoleForbidden("Viewer"), "Viewer"),
        (DatabaseAway(), "isn't answering"),
        (OutcomeUnknown(), "may or may not"),
        (SlackRefused("expired_trigger_id"), "too long"),
        (SlackRefused("invalid_blocks"), "reference"),
        (SlackLimited(7.2), "7 seconds"),
        (SlackUnreachable("timeout", uncertain=True), "couldn't be reached"),
        (ZeroDivisionError(), "reference"),
        (KeyError("x"), "reference"),
        (TimeoutError(), "reference"),
    ],
)
async def test_every_kind_says_what_went_wrong(house: House, error: Exception, words: str) -> None:
    house.routes.command("mine", raising(error))
    house.routes.action("x.y", Ability.SEE_PANEL, raising(error))
    house.routes.view("x.y", Ability.SEE_PANEL, raising(error))
    house.routes.option("x.y", Ability.SEE_PANEL, raising(error))

    said = json.loads((await house.deliver(deliveries.command("mine"))).body)
    await house.interact(deliveries.press("x.y"))
    beside = json.loads((await house.interact(deliveries.submission("x.y", {"title": {}}))).body)
    options = json.loads((await house.interact(deliveries.suggestion("x.y", "a"))).body)

    assert words in said["text"]
    assert said["response_type"] == "ephemeral"
    [(_, pressed)] = house.slack.sent
    assert words in pressed["text"]
    assert (pressed["response_type"], pressed["replace_original"]) == ("ephemeral", False)
    assert beside["response_action"] == "errors"
    if not isinstance(error, OutcomeUnknown):
        assert words in beside["errors"]["title"]
    assert options == {"options": []}


async def test_form_that_may_have_been_saved_asks_to_be_sent_again(house: House) -> None:
    house.routes.view("x.y", Ability.SEE_PANEL, raising(OutcomeUnknown()))

    reply = await house.interact(deliveries.submission("x.y", {"title": {}}))

    assert "never carried out twice" in json.loads(reply.body)["errors"]["title"]


async def test_refused_fields_are_said_beside_them(house: House) -> None:
    messages = {"title": "Too long.", "hours": "No number.", "elsewhere": "Lost."}
    house.routes.view("x.y", Ability.SEE_PANEL, raising(FieldsRefused(messages)))

    reply = await house.interact(deliveries.submission("x.y", {"title": {}, "hours": {}}))

    assert json.loads(reply.body)["errors"] == {"title": "Too long. Lost.", "hours": "No number."}


async def test_one_refused_field_is_said_beside_it(house: House) -> None:
    house.routes.view("x.y", Ability.SEE_PANEL, raising(FieldRefused("hours", "No number.")))

    reply = await house.interact(deliveries.submission("x.y", {"title": {}, "hours": {}}))

    assert json.loads(reply.body)["errors"] == {"hours": "No number."}


async def test_unexpected_failure_is_logged_once_under_its_reference(house: House) -> None:
    house.routes.command("mine", raising(ZeroDivisionError("secret detail")))

    with capture_logs() as logs:
        reply = await house.deliver(deliveries.command("mine"))

    text = json.loads(reply.body)["text"]
    assert "secret detail" not in text
    [line] = logs
    assert line["reference"] in text
    assert isinstance(line["exc_info"], ZeroDivisionError)


async def test_command_is_answered_when_its_time_is_up(house: House) -> None:
    house.seconds = 0.05
    house.routes.command("mine", sleeping)

    reply = await house.deliver(deliveries.command("mine"))

    assert "took too long" in json.loads(reply.body)["text"]


async def test_who_pressed_a_button_hears_that_the_time_was_up(house: House) -> None:
    house.seconds = 0.05
    house.routes.action("x.y", Ability.SEE_PANEL, sleeping)

    await house.interact(deliveries.press("x.y"))

    [(_, message)] = house.slack.sent
    assert "took too long" in message["text"]


async def test_slow_response_url_does_not_hold_up_the_acknowledgement(house: House) -> None:
    async def take(_request: ActionRequest) -> Message:
        return HELLO

    house.seconds = 0.05
    house.slack.pause = 10
    house.routes.action("x.y", Ability.SEE_PANEL, take)

    async with asyncio.timeout(2):
        assert await house.interact(deliveries.press("x.y")) == Reply(200, "")


@pytest.mark.parametrize("fault", [SlackRefused("used_url"), SlackUnreachable("x", uncertain=True)])
async def test_undeliverable_answer_changes_nothing(house: House, fault: Exception) -> None:
    house.slack.fault = fault

    assert await house.interact(deliveries.press("nobody.knows")) == Reply(200, "")


async def test_button_of_the_home_is_answered_in_a_modal(house: House) -> None:
    assert await house.interact(deliveries.press("nobody.knows", response_url=None)) == Reply(200, "")

    assert [(how, where) for how, where, _ in house.slack.shown] == [("opened", "11.22.cafe")]


@pytest.mark.parametrize(
    ("callback", "shown"), [("ticket.file", ("pushed", "11.22.cafe")), ("", ("updated", "V0FORM"))]
)
async def test_button_in_a_modal_is_answered_there_but_over_a_form_whose_input_must_stay(
    house: House, callback: str, shown: tuple[str, str]
) -> None:
    pressed = deliveries.press("nobody.knows", response_url=None)
    assert await house.interact(
        {**pressed, "view": {"id": "V0FORM", "type": "modal", "callback_id": callback}}
    ) == Reply(200, "")

    assert [(how, where) for how, where, _ in house.slack.shown] == [shown]


@pytest.mark.parametrize(
    "interaction",
    [
        deliveries.press("nobody.knows", response_url=None),
        {
            **deliveries.press("nobody.knows", response_url=None),
            "view": {"id": "V0FORM", "type": "modal", "callback_id": "ticket.file"},
        },
        deliveries.shortcut("nobody.knows"),
    ],
)
async def test_answer_that_is_too_late_for_a_modal_comes_by_direct_message(
    house: House, interaction: dict[str, Any]
) -> None:
    house.slack.fault = SlackRefused("expired_trigger_id")
    assert await house.interact(interaction) == Reply(200, "")

    assert [(how, who) for how, who, _ in house.slack.shown] == [("posted answer:11.22.cafe", "U0TOMREED")]


@pytest.mark.parametrize("error", [DatabaseAway(), OutcomeUnknown()])
async def test_event_that_the_database_missed_is_asked_for_again(house: House, error: Exception) -> None:
    house.routes.event("user_change", raising(error))

    assert (await house.deliver(deliveries.event("user_change"), JSON)).status == 503


async def test_event_that_fails_by_a_fault_of_ours_is_not_asked_for_again(house: House) -> None:
    house.routes.event("user_change", raising(KeyError("user")))

    assert (await house.deliver(deliveries.event("user_change"), JSON)).status == 200


# who is asking


async def test_other_workspace_is_told_so_in_a_commands_answer_alone(house: House) -> None:
    house.routes.command("mine", raising(AssertionError()))
    house.routes.action("x.y", Ability.SEE_PANEL, raising(AssertionError()))
    house.routes.event("user_change", raising(AssertionError()))

    said = json.loads((await house.deliver(deliveries.command("mine", team="T0OTHER"))).body)
    pressed = await house.interact(deliveries.press("x.y", team="T0OTHER"))
    happened = await house.deliver(deliveries.event("user_change", team="T0OTHER"), JSON)

    assert "another workspace" in said["text"]
    assert said["response_type"] == "ephemeral"
    assert pressed == happened == Reply(200, "")
    assert house.slack.sent == []


async def test_before_the_workspace_is_known_everybody_is_asked_for_patience(house: House) -> None:
    house.workspace.team_id = None
    house.routes.view("x.y", Ability.SEE_PANEL, raising(AssertionError()))
    house.routes.event("user_change", raising(AssertionError()))

    said = json.loads((await house.deliver(deliveries.command("mine"))).body)
    form = json.loads((await house.interact(deliveries.submission("x.y", {"title": {}}))).body)
    happened = await house.deliver(deliveries.event("user_change"), JSON)

    assert "starting" in said["text"]
    assert "starting" in form["errors"]["title"]
    assert happened.status == 503


async def test_unknown_account_is_linked_and_the_request_carried_out(house: House) -> None:
    attempts: list[CommandRequest] = []

    async def mine(request: CommandRequest) -> Message:
        attempts.append(request)
        if len(attempts) == 1:
            raise NotLinked("unknown")
        return HELLO

    house.routes.command("mine", mine)

    reply = await house.deliver(deliveries.command("mine", user="U0NEW"))

    assert json.loads(reply.body) == HELLO
    assert house.linker.asked == [(TEAM, "U0NEW")]
    assert attempts[0] == attempts[1]


@pytest.mark.parametrize("state", ["guest", "deleted"])
async def test_who_is_a_member_again_by_now_is_let_in_at_once(house: House, state: str) -> None:
    attempts: list[CommandRequest] = []

    async def mine(request: CommandRequest) -> Message:
        attempts.append(request)
        if len(attempts) == 1:
            raise NotLinked(state)
        return HELLO

    house.routes.command("mine", mine)

    reply = await house.deliver(deliveries.command("mine", user="U0NEW"))

    assert json.loads(reply.body) == HELLO
    assert house.linker.asked == [(TEAM, "U0NEW")]


async def test_account_that_can_not_be_linked_hears_why(house: House) -> None:
    house.routes.command("mine", raising(NotLinked("unknown")))
    house.linker.refusal = NotLinked("guest")

    reply = await house.deliver(deliveries.command("mine"))

    assert "Guest" in json.loads(reply.body)["text"]


async def test_linking_is_tried_once(house: House) -> None:
    house.routes.command("mine", raising(NotLinked("unknown")))

    await house.deliver(deliveries.command("mine"))

    assert len(house.linker.asked) == 1


async def test_inactive_person_is_not_linked_anew(house: House) -> None:
    house.routes.command("mine", raising(NotLinked("inactive")))

    reply = await house.deliver(deliveries.command("mine"))

    assert "switched off" in json.loads(reply.body)["text"]
    assert house.linker.asked == []


# whatever is delivered


_KINDS = ["block_actions", "view_submission", "view_closed", "block_suggestion", "shortcut", "message_action"]
_NAMES = """
    type team user actions view event event_id team_id trigger_id channel container message state response_url
    authorizations enterprise callback_id action_id value command is_enterprise_install previous_message item
    bot_access_token function_data response_urls thread_ts
"""
_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
_FACTS = st.dictionaries(st.sampled_from(_NAMES.split()), _TREES, max_size=6)
_INTERACTIONS = st.builds(
    lambda shape, facts: shape | facts,
    st.sampled_from(
        [
            *(deliveries.submission("x", {"a": {}}, kind=kind) for kind in ("view_submission", "view_closed")),
            deliveries.press("x"),
            deliveries.suggestion("x", "y"),
            *({"type": kind, "team": {"id": TEAM}, "user": {"id": "U1"}} for kind in _KINDS),
        ]
    ),
    _FACTS,
)
_EVENTS = st.builds(
    lambda shape, facts, inner: shape | facts | {"event": inner | {"type": "user_change"}},
    st.just(json.loads(deliveries.event("user_change"))),
    _FACTS,
    _FACTS,
)


async def _status(house: House, body: bytes, content_type: str) -> int:
    try:
        return (await house.deliver(body, content_type)).status
    except Malformed as error:
        return error.status


@given(payload=_INTERACTIONS | _TREES)
def test_no_interaction_is_too_odd(payload: object) -> None:
    body = urlencode({"payload": json.dumps(payload)}).encode()

    assert asyncio.run(_status(House(), body, FORM)) in {200, 400}


@given(payload=_EVENTS | _TREES)
def test_no_event_is_too_odd(payload: object) -> None:
    assert asyncio.run(_status(House(), json.dumps(payload).encode(), JSON)) in {200, 400}


@given(text=st.text(max_size=60))
def test_no_command_is_too_odd(text: str) -> None:
    house = House()
    for verb in ("panel", "new", "show", "mine", "queue", "take", "release", "done", "whoami", "help"):
        house.routes.command(verb, raising(DatabaseAway()))

    assert asyncio.run(_status(house, deliveries.command(text), FORM)) == 200
