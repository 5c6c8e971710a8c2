"""Slack's requests on their way to a handler and back: one Bolt listener for each kind, the routing table behind it.

What was said to the app in a message is answered by ``bot.conversation``; the rest is here. Both go by
``bot.attending``: who is asking, the time that there is, and what becomes of an exception.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from re import compile as pattern
from typing import Any, Final, TypeVar

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import grammar
from bot.attending import Attendant
from bot.conversation import Conversation
from bot.errors import DatabaseAway, NoLongerThere, NotLinked, OutcomeUnknown, Refusal
from bot.failures import refuse_form
from bot.identity import Linker, Workspace
from bot.metrics import Metrics
from bot.panes import Panes
from bot.payloads import (
    BlockActions,
    BlockSuggestion,
    Deliverable,
    EventCallback,
    Interaction,
    Malformed,
    Shortcut,
    SlashCommand,
    ViewSubmission,
)
from bot.roles import Ability
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
from bot.sharing import Sharing
from bot.showing import Showing
from bot.slack import Slack
from bot.views.blocks import Message, Option
from bot.views.refusals import refusal_message
from bot.visits import Visits
from db.models import Asker

_ANYTHING: Final = pattern("")

_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back to Slack: JSON, or nothing but the status."""

    status: int
    body: str


Answer = Callable[[Deliverable, float], Awaitable[Reply]]  # ``Listeners.answer``, for whatever deliveries come by


class Listeners:
    """Answers every kind of delivery with what its route's handler says."""

    def __init__(
        self, routes: Routes, slack: Slack, linker: Linker, workspace: Workspace, metrics: Metrics | None = None
    ) -> None:
        self._routes = routes
        self._slack = slack
        self._workspace = workspace
        self._attendant = Attendant(linker, workspace, metrics or Metrics())
        self._conversation = Conversation(routes, slack, self._attendant)
        self._sharing = Sharing(routes, slack, self._attendant)
        self._visits = Visits(slack, self._attendant)
        self._panes = Panes(slack, self._attendant)
        self._showing = Showing(slack)
        self._bolt = self._listen()

    async def answer(self, delivered: Deliverable, deadline: float) -> Reply:
        """Have a verified delivery handled. ``deadline``: the event loop's time by which the answer must be given.

        Raises:
            Malformed: Bolt can't make sense of it.
        """
        team = self._workspace.team_id
        if team is not None and delivered.team_id != team:
            elsewhere = refusal_message(NotLinked("other_workspace").sentence)
            return _reply(_acknowledge(elsewhere if isinstance(delivered, SlashCommand) else None))
        try:
            # As a dictionary, since Bolt loses the body of a form whose text holds the word "payload".
            request = AsyncBoltRequest(
                body=_bolt_body(delivered),
                context={"delivered": delivered, "deadline": deadline},
                mode="socket_mode",
            )
        except (TypeError, AttributeError, LookupError, ValueError) as error:
            raise Malformed(f"{type(delivered).__name__} with {type(error).__name__}") from error
        response = await self._bolt.async_dispatch(request)
        if response.status == 500:  # noqa: PLR2004  Bolt's own word for an exception; ours all became answers
            raise Malformed(f"{type(delivered).__name__} not understood")
        return _reply(response)

    def _listen(self) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            known = self._workspace
            return AuthorizeResult(
                enterprise_id=None, team_id=known.team_id, bot_user_id=known.bot_user_id, bot_id=known.bot_id
            )

        bolt = AsyncApp(
            name="slack_bolt.tickets",
            logger=logging.getLogger("slack_bolt"),
            authorize=authorize,  # from what Slack said at start: never a call for each request
            process_before_response=True,  # else Bolt polls for the answer every 10 ms
            request_verification_enabled=False,  # bot.http has done both, on the raw bytes
            ssl_check_enabled=False,
        )
        bolt.command(_ANYTHING)(self._on_command)
        bolt.action(_ANYTHING)(self._on_action)
        bolt.view_submission(_ANYTHING)(self._on_view)
        bolt.view_closed(_ANYTHING)(self._on_nothing_to_do)
        bolt.options(_ANYTHING)(self._on_options)
        bolt.shortcut(_ANYTHING)(self._on_shortcut)
        bolt.event(_ANYTHING)(self._on_event)
        return bolt

    async def _on_command(self, delivered: SlashCommand, deadline: float) -> BoltResponse:
        async def work() -> Message | None:
            command = grammar.parse(delivered.text)
            request = CommandRequest(
                asker=self._asker(delivered, command.ability, "slack:command"),
                key=f"{delivered.team_id}:{delivered.trigger_id}",
                trigger_id=delivered.trigger_id,
                command=command,
                channel=delivered.channel_id,
            )
            return await self._attendant.as_linked(request.asker, partial(self._routes.commands[command.verb], request))

        answer = await self._attendant.settle("command", delivered.command, deadline, work)
        if isinstance(answer, Refusal):
            answer = refusal_message(answer.sentence)
        return _acknowledge({"response_type": "ephemeral", **answer} if answer else None)

    async def _on_action(self, delivered: BlockActions, deadline: float) -> BoltResponse:
        identifier, value = delivered.actions[0].pressed

        async def work() -> Message | None:
            ability, handler = _route(self._routes.actions, identifier)
            request = ActionRequest(
                asker=self._asker(delivered, ability, "slack:button"),
                key=f"{delivered.team_id}:{delivered.trigger_id}",
                trigger_id=delivered.trigger_id,
                action=identifier,
                value=value,
                channel=delivered.channel.id if delivered.channel else None,
                message_ts=delivered.container.message_ts,
                ephemeral=delivered.container.is_ephemeral,
                view_id=delivered.view.id if delivered.view else None,
                callback=delivered.view.callback_id if delivered.view else "",
                blocks=delivered.view.blocks if delivered.view else (),
                carried=delivered.view.private_metadata if delivered.view else "",
            )
            return await self._attendant.as_linked(request.asker, partial(handler, request))

        answer = await self._attendant.settle("action", identifier, deadline, work)
        if isinstance(answer, Refusal):
            answer = refusal_message(answer.sentence)
        if answer:
            await self._attendant.tell("action", deadline, partial(self._showing.answer_press, delivered, answer))
        return _acknowledge()

    async def _on_view(self, delivered: ViewSubmission, deadline: float) -> BoltResponse:
        view = delivered.view
        values = view.state.values if view.state else {}

        async def work() -> FieldErrors | UpdateView | None:
            ability, handler = _route(self._routes.views, view.callback_id)
            request = ViewRequest(
                asker=self._asker(delivered, ability, "slack:form"),
                # the view's id alone: sent twice it is one request, and one that came back with errors wrote nothing
                key=f"{delivered.team_id}:{view.callback_id}:{view.id}",
                trigger_id=delivered.trigger_id,
                callback=view.callback_id,
                view_id=view.id,
                values=values,
                private_metadata=view.private_metadata,
            )
            return await self._attendant.as_linked(request.asker, partial(handler, request))

        answer = await self._attendant.settle("view", view.callback_id, deadline, work)
        if isinstance(answer, Refusal):
            answer = refuse_form(answer, view)
        if isinstance(answer, FieldErrors):
            return _acknowledge({"response_action": "errors", "errors": dict(answer.messages)})
        if isinstance(answer, UpdateView):
            return _acknowledge({"response_action": "update", "view": answer.view})
        return _acknowledge()

    async def _on_options(self, delivered: BlockSuggestion, deadline: float) -> BoltResponse:
        async def work() -> Sequence[Option]:
            ability, handler = _route(self._routes.options, delivered.action_id)
            request = OptionsRequest(
                asker=self._asker(delivered, ability, "slack:typeahead"),
                key="",  # it only reads
                trigger_id=None,
                action=delivered.action_id,
                term=delivered.value,
            )
            return await self._attendant.as_linked(request.asker, partial(handler, request))

        answer = await self._attendant.settle("options", delivered.action_id, deadline, work)
        return _acknowledge({"options": [] if isinstance(answer, Refusal) else list(answer)})

    async def _on_shortcut(self, delivered: Shortcut, deadline: float) -> BoltResponse:
        message, channel = delivered.message, delivered.channel

        async def work() -> Message | None:
            ability, handler = _route(self._routes.shortcuts, delivered.callback_id)
            link = self._workspace.link_to(channel.id, message.ts, message.thread_ts) if message and channel else ""
            request = ShortcutRequest(
                asker=self._asker(delivered, ability, "slack:shortcut"),
                key=f"{delivered.team_id}:{delivered.trigger_id}",
                trigger_id=delivered.trigger_id,
                callback=delivered.callback_id,
                text=message.text if message else "",
                files=tuple(file.id for file in message.files) if message else (),
                link=link,
            )
            return await self._attendant.as_linked(request.asker, partial(handler, request))

        answer = await self._attendant.settle("shortcut", delivered.callback_id, deadline, work)
        if answer:
            await self._attendant.tell("shortcut", deadline, partial(self._showing.answer_shortcut, delivered, answer))
        return _acknowledge()

    async def _on_event(self, delivered: EventCallback, deadline: float) -> BoltResponse:
        if self._workspace.team_id is None:
            return BoltResponse(status=503)  # Slack delivers an event again: at once, after a minute, after five
        event = delivered.event.model_dump()
        request = EventRequest(
            team=delivered.team_id,
            event_id=delivered.event_id,
            event=event,
            leaves_workspace=delivered.is_ext_shared_channel,
        )
        kind = delivered.event.type
        if shared := self._sharing.read(request):
            if not await self._sharing.take(request, shared, deadline):
                return BoltResponse(status=503)
        elif reader := self._routes.messages.get(kind):
            if self._workspace.bot_user_id is None:
                return BoltResponse(status=503)  # nobody can be addressed by a name that isn't known yet
            await self._conversation.answer(request, reader(event, self._workspace.bot_user_id), deadline)
        elif home := self._routes.homes.get(kind):
            await self._visits.show(request, home, deadline)
        elif details := self._routes.details.get(kind):
            await self._panes.present(request, details, deadline)
        elif handler := self._routes.events.get(kind):
            answer = await self._attendant.settle("event", kind, deadline, partial(handler, request))
            if isinstance(answer, DatabaseAway | OutcomeUnknown):
                return BoltResponse(status=503)
        return _acknowledge()

    async def _on_nothing_to_do(self) -> BoltResponse:
        return _acknowledge()

    def _asker(self, delivered: SlashCommand | Interaction, ability: Ability, source: str) -> Asker:
        return self._attendant.asker(delivered.team_id, delivered.user_id, ability, source)


def _route(table: Mapping[str, _T], identifier: str) -> _T:
    if identifier not in table:
        raise NoLongerThere
    return table[identifier]


def _acknowledge(body: Mapping[str, Any] | None = None) -> BoltResponse:
    return BoltResponse(status=200, body="" if body is None else dict(body))


def _reply(response: BoltResponse) -> Reply:
    return Reply(response.status, response.body)


def _bolt_body(delivered: Deliverable) -> dict[str, Any]:
    """Return as much of a payload as Bolt needs to choose the listener."""
    if isinstance(delivered, EventCallback):
        event = delivered.event.model_extra or {}
        known = {name: event[name] for name in ("user", "bot_id") if isinstance(event.get(name), str)}
        return {
            "type": delivered.type,
            "team_id": delivered.team_id,
            "event_id": delivered.event_id,
            "event": {"type": delivered.event.type, **known},
        }
    return delivered.model_dump(exclude={"view": {"blocks", "state", "private_metadata"}}, exclude_none=True)
