"""The typed routing table: from an identifier to its handler, and what handlers take and give.

A handler is an async function of one request. It parses, asks the database (which checks who is asking and commits),
and returns its answer; ``bot.listeners`` acknowledges with it. Handlers raise ``bot.errors.Refusal`` and never catch.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.reading import Command
from bot.roles import Ability
from bot.views.blocks import HomeView, Message, Option, View
from bot.views.entities import Entity
from db.models import Asker

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every request has. ``key`` is unique to the delivery: the same request again has the same key."""

    asker: Asker
    key: str
    trigger_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest(Request):
    """Somebody typed ``/ticket ...``, or said it to the app in a message: then no form can be opened at once."""

    command: Command
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequest(Request):
    """Somebody pressed a button or chose something. ``ephemeral``: in a message that only they see.

    ``callback`` is the callback id of the form in which that was, ``blocks`` what it shows; empty where it was no form.
    """

    action: str
    value: str
    channel: str | None
    message_ts: str | None
    ephemeral: bool
    view_id: str | None
    callback: str = ""
    blocks: Sequence[Mapping[str, Any]] = ()
    carried: str = ""  # that form's ``private_metadata``


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRequest(Request):
    """Somebody submitted a form. ``values``: block id -> action id -> what stands there, as Slack sends it."""

    callback: str
    view_id: str
    values: Mapping[str, Mapping[str, Any]]
    private_metadata: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsRequest(Request):
    """Somebody types into a select; ``term`` is what stands there so far."""

    action: str
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRequest(Request):
    """Somebody opened the app's Home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsRequest(Request):
    """Somebody opened the pane of a Work Object; ``address``: the one that it was shown with."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortcutRequest(Request):
    """Somebody chose a shortcut. ``text`` is of the message in whose menu it stood, as Slack sends it; ``link`` too.

    Both are empty elsewhere, and the link where the workspace's address isn't known.
    """

    callback: str
    text: str = ""
    link: str = ""
    files: tuple[str, ...] = ()  # of the message, by Slack's ids


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRequest:
    """Something happened in the workspace. Events have no asker: nobody is answered."""

    team: str
    event_id: str
    event: Mapping[str, Any]
    leaves_workspace: bool = False  # people of other workspaces are where it happened


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words that a message addresses to the app. ``direct``: in the person's own conversation with it."""

    user: str
    text: str
    channel: str
    thread_ts: str | None
    direct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Files, by Slack's ids, that somebody shared in a thread."""

    user: str
    channel: str
    thread_ts: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRequest(Request):
    """Somebody shared files in a thread."""

    shared: Shared


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """A form's answer: block id -> what is wrong with what stands there. The form stays open."""

    messages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UpdateView:
    """A form's answer: show this instead."""

    view: View


CommandHandler = Callable[[CommandRequest], Awaitable[Message | None]]  # the answer, or None where a form was opened
ActionHandler = Callable[[ActionRequest], Awaitable[Message | None]]  # sent to the response_url
ViewHandler = Callable[[ViewRequest], Awaitable[FieldErrors | UpdateView | None]]  # None closes the form
ShortcutHandler = Callable[[ShortcutRequest], Awaitable[Message | None]]  # None where a form was opened
OptionsHandler = Callable[[OptionsRequest], Awaitable[Sequence[Option]]]
EventHandler = Callable[[EventRequest], Awaitable[None]]
HomeHandler = Callable[[HomeRequest], Awaitable[HomeView]]
DetailsHandler = Callable[[DetailsRequest], Awaitable[Entity]]
MessageReader = Callable[[Mapping[str, Any], str], Said | None]  # an event, and our own user id; None: not for us


ShareReader = Callable[[Mapping[str, Any]], Shared | None]  # an event; None: nothing of ours was shared
ShareHandler = Callable[[SharedRequest], Awaitable[Message | None]]  # None: not for us, and nobody is answered


@dataclass(frozen=True, slots=True)
class Share:
    """What becomes of shared files."""

    needs: Ability
    read: ShareReader
    handler: ShareHandler


@dataclass(frozen=True, slots=True)
class Routes:
    """Identifier -> handler, a dictionary a kind. Verbs declare their ability in ``bot.grammar``."""

    commands: dict[str, CommandHandler] = field(default_factory=dict)  # by verb
    actions: dict[str, tuple[Ability, ActionHandler]] = field(default_factory=dict)  # by action_id
    views: dict[str, tuple[Ability, ViewHandler]] = field(default_factory=dict)  # by callback_id
    options: dict[str, tuple[Ability, OptionsHandler]] = field(default_factory=dict)  # by action_id
    shortcuts: dict[str, tuple[Ability, ShortcutHandler]] = field(default_factory=dict)  # by callback_id
    events: dict[str, EventHandler] = field(default_factory=dict)  # by event type
    homes: dict[str, HomeHandler] = field(default_factory=dict)  # by event type
    details: dict[str, DetailsHandler] = field(default_factory=dict)  # by event type
    messages: dict[str, MessageReader] = field(default_factory=dict)  # by event type: what is said is a command
    shares: dict[str, Share] = field(default_factory=dict)  # by event type, looked at before ``messages``

    def command(self, verb: str, handler: CommandHandler) -> None:
        """Route a verb of ``/ticket``."""
        _add(self.commands, verb, handler)

    def action(self, action_id: str, needs: Ability, handler: ActionHandler) -> None:
        """Route a button or select."""
        _add(self.actions, action_id, (needs, handler))

    def view(self, callback_id: str, needs: Ability, handler: ViewHandler) -> None:
        """Route a form's submission."""
        _add(self.views, callback_id, (needs, handler))

    def option(self, action_id: str, needs: Ability, handler: OptionsHandler) -> None:
        """Route a typeahead."""
        _add(self.options, action_id, (needs, handler))

    def shortcut(self, callback_id: str, needs: Ability, handler: ShortcutHandler) -> None:
        """Route a shortcut."""
        _add(self.shortcuts, callback_id, (needs, handler))

    def event(self, event_type: str, handler: EventHandler) -> None:
        """Route an event of the Events API."""
        _add(self.events, event_type, handler)

    def home(self, event_type: str, handler: HomeHandler) -> None:
        """Route the event that tells of an opened Home."""
        _add(self.homes, event_type, handler)

    def detail(self, event_type: str, handler: DetailsHandler) -> None:
        """Route the event that asks for a Work Object's details."""
        _add(self.details, event_type, handler)

    def message(self, event_type: str, reader: MessageReader) -> None:
        """Route an event whose message may be a command."""
        _add(self.messages, event_type, reader)

    def share(self, event_type: str, needs: Ability, reader: ShareReader, handler: ShareHandler) -> None:
        """Route an event whose message may hold files."""
        _add(self.shares, event_type, Share(needs, reader, handler))


def _add(table: dict[str, _T], identifier: str, route: _T) -> None:
    if identifier in table:
        raise ValueError(f"{identifier} is routed twice")
    table[identifier] = route
