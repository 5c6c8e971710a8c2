"""The handlers on the real database, without HTTP: what people type and press, and what they are shown.

A fake stands in for Slack's forms and ``users.info`` alone. What the listeners add (errors turned into words, linking)
is theirs to test: here a refusal is raised.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.app import routes_for
from bot.deps import Deps
from bot.grammar import parse
from bot.roles import Ability, roles_with
from bot.routes import (
    ActionRequest,
    CommandRequest,
    EventRequest,
    FieldErrors,
    OptionsRequest,
    UpdateView,
    ViewRequest,
)
from bot.settings import Settings
from bot.slack import Slack, SlackError, SlackUser
from bot.views.blocks import Message, MomentPicker, Option, View
from bot.views.entries import field_of
from db.models import Asker
from db.pool import Database
from tests.shop import KEYS, TEAM, Member


class OpenedViews(Slack):
    """Slack, as far as forms go; every account is a member's. ``fault``: what every further call raises."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, Any]] = []
        self.pushed: list[Any] = []
        self.updated: dict[str, Any] = {}
        self.fault: SlackError | None = None

    def with_budget(self, budget: float) -> "OpenedViews":  # noqa: ARG002 - as the real one
        return self

    async def open_view(self, trigger_id: str, view: Any) -> None:  # noqa: ANN401 - what the real one takes
        self._fail()
        self.opened.append((trigger_id, view))

    async def push_view(self, trigger_id: str, view: Any) -> None:  # noqa: ANN401 - as above
        self._fail()
        self.opened.append((trigger_id, view))
        self.pushed.append(view)

    async def update_view(self, view_id: str, view: Any) -> None:  # noqa: ANN401 - as above
        self._fail()
        self.updated[view_id] = view

    async def user_info(self, user: str) -> SlackUser:
        self._fail()
        return SlackUser(
            id=user,
            team_id=TEAM,
            name="As in Slack",
            email=f"{user.lower()}@shop.example",
            email_confirmed=True,
            is_bot=False,
            is_guest=False,
            is_deleted=False,
        )

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


class Desk:
    """Somebody's hands and eyes."""

    def __init__(self, database: Database) -> None:
        self.slack = OpenedViews()
        settings = Settings.model_construct()
        self.routes = routes_for(Deps(settings, database, self.slack, lambda: datetime.now(UTC), KEYS))
        self._number = count(1)

    @property
    def form(self) -> View:
        """The form that was opened last."""
        view: View = self.slack.opened[-1][1]
        return view

    @property
    def forms(self) -> int:
        """How many forms were opened."""
        return len(self.slack.opened)

    async def type(self, who: Member, text: str, *, key: str = "") -> Message | None:
        command = parse(text)
        return await self.routes.commands[command.verb](
            CommandRequest(
                asker=_asker(who, command.ability),
                key=key or self._key(),
                trigger_id="1.1.trigger",
                command=command,
                channel="C0SHOP",
            )
        )

    async def see(self, who: Member, text: str, *, key: str = "") -> Message:
        shown = await self.type(who, text, key=key)
        assert shown is not None
        return shown

    async def press(
        self,
        who: Member,
        action: str,
        value: str | int = "",
        *,
        ephemeral: bool = True,
        key: str = "",
        form: str = "",
    ) -> Message | None:
        """Press a button, in the open form with the callback id ``form`` if one is named."""
        ability, handler = self.routes.actions[action]
        return await handler(
            ActionRequest(
                asker=_asker(who, ability),
                key=key or self._key(),
                trigger_id="2.2.trigger",
                action=action,
                value=str(value),
                channel="C0SHOP",
                message_ts="1.000001",
                ephemeral=ephemeral,
                view_id="V1" if form else None,
                callback=form,
            )
        )

    async def submit(
        self, who: Member, form: View, entered: Mapping[str, str | None], *, key: str = ""
    ) -> FieldErrors | UpdateView | None:
        ability, handler = self.routes.views[form["callback_id"]]
        return await handler(
            ViewRequest(
                asker=_asker(who, ability),
                key=key or self._key(),
                trigger_id=None,
                callback=form["callback_id"],
                view_id="V1",
                values=state_of(form, entered),
                private_metadata=form.get("private_metadata", ""),
            )
        )

    async def suggest(self, who: Member, term: str) -> Sequence[Option]:
        ability, handler = self.routes.options["customer.choose"]
        return await handler(
            OptionsRequest(asker=_asker(who, ability), key="", trigger_id=None, action="customer.choose", term=term)
        )

    async def happen(self, event: Mapping[str, Any]) -> None:
        await self.routes.events[event["type"]](EventRequest(team=TEAM, event_id=self._key(), event=event))

    def _key(self) -> str:
        return f"request {next(self._number)}"


def state_of(form: View, entered: Mapping[str, str | None]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the form's state as Slack sends it: what stood in it at first, and what was entered since."""
    state: dict[str, dict[str, dict[str, Any]]] = {}
    for block in form["blocks"]:
        if block["type"] != "input":
            continue
        element, field = block["element"], block["block_id"]
        name = field_of(field)
        if element["type"] == "plain_text_input":
            said = entered.get(name, element.get("initial_value"))
            answer: dict[str, Any] = {"type": element["type"], "value": said}
        elif element["type"] == "timepicker":
            answer = {"type": element["type"], "selected_time": entered.get(name, element.get("initial_time"))}
        elif element["type"] == "users_select":
            answer = {"type": element["type"], "selected_user": entered.get(name, element.get("initial_user"))}
        elif element["type"] == "checkboxes":
            answer = {"type": element["type"], "selected_options": element.get("initial_options", [])}
        elif element["type"] == "file_input":
            answer = {"type": element["type"], "files": entered.get(name, [])}
        elif element["type"] == "datetimepicker":
            answer = {"type": element["type"], "selected_date_time": _moment(entered, name, element)}
        else:
            initial = element.get("initial_option")
            chosen = entered.get(name, initial["value"] if initial else None)
            option = None if chosen is None else {"text": {"type": "plain_text", "text": "…"}, "value": chosen}
            answer = {"type": element["type"], "selected_option": option}
        state[field] = {element["action_id"]: answer}
    return state


def _moment(entered: Mapping[str, str | None], name: str, picker: MomentPicker) -> int | None:
    said = entered.get(name, picker.get("initial_date_time"))
    return None if said is None else int(said)


def buttons_in(message: Message) -> list[tuple[str, str]]:
    """Return action id and value of every button in the message, those in menus too."""
    found: list[tuple[str, str]] = []
    for block in message.get("blocks", []):
        if block["type"] == "actions":
            for element in block["elements"]:
                if element["type"] == "button":
                    found.append((element["action_id"], element.get("value", "")))
                elif element["type"] == "overflow":
                    for choice in element["options"]:
                        action, _, value = choice["value"].partition(" ")
                        found.append((action, value))
        elif block["type"] == "section" and "accessory" in block:
            found.append((block["accessory"]["action_id"], block["accessory"].get("value", "")))
    return found


def _asker(who: Member, ability: Ability) -> Asker:
    return who.asker(*sorted(roles_with(ability)))
