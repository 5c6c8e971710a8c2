"""What a test lets people do in the workspace, in few words: type, press, choose, fill, submit, look."""

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.documents import Document, Json
from sandbox.entities import Pane
from sandbox.events import Events
from sandbox.inputs import Element, elements_of, options_of, simple_value
from sandbox.interactions import Interactions
from sandbox.links import Draft
from sandbox.mentions import typed_message
from sandbox.messages import Message
from sandbox.state import State
from sandbox.views import View
from sandbox.writing import Outcome


class AppFailed(Exception):
    """The app didn't answer as it should have; the text is what the person would read."""


class People:
    """The people of a workspace at work.

    A conversation is named by its id, by "#name", or left out: then it is theirs with the app.
    """

    def __init__(self, state: State, interactions: Interactions, events: Events) -> None:
        self.state = state
        self.interactions = interactions
        self.events = events

    async def command(self, user: str, text: str, channel: str | None = None) -> Outcome:
        """Type a slash command. What it answered is in the outcome's `shown`."""
        return await self.interactions.send(user, self.channel(user, channel), text)

    async def say(
        self,
        user: str,
        text: str,
        channel: str | None = None,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: Sequence[str] = (),
    ) -> Outcome:
        """Post a message, or a reply in a thread; a reply that is `broadcast` is shown in the conversation too.

        `files` go with it: what `upload` gave.
        """
        place = self.channel(user, channel)
        return await self.interactions.send(user, place, text, thread_ts=thread_ts, broadcast=broadcast, files=files)

    def upload(self, user: str, name: str, content: bytes) -> str:
        """Upload a file, to go with a message or into a form; gives its id."""
        return self.state.files.add(self.state.person(user).id, name, content).id

    async def open_home(self, user: str) -> View | None:
        """Look at the app's Home tab, and give what it shows once the app has answered that it was opened."""
        if not self.state.app_home.home_tab_enabled:
            raise LookupError("the app has no Home tab: its manifest doesn't enable it")
        told = self.events.app_home_opened(self.state.person(user), "home")
        if told is not None:
            await told
        return self.home(user)

    def home(self, user: str) -> View | None:
        """Give what the app's Home tab shows a person; None before the app has published anything."""
        return self.state.views.home(user)

    async def shortcut(self, user: str, callback_id: str) -> Outcome:
        """Choose a global shortcut."""
        return await self.interactions.shortcut(user, callback_id)

    async def message_shortcut(self, user: str, callback_id: str, channel: str | None, ts: str) -> Outcome:
        """Choose a shortcut in a message's menu."""
        return await self.interactions.message_shortcut(user, callback_id, self.channel(user, channel), ts)

    async def press(
        self,
        user: str,
        action_id: str,
        *,
        channel: str | None = None,
        ts: str | None = None,
        value: str | None = None,
        block_id: str | None = None,
        home: bool = False,
    ) -> Outcome:
        """Press a button: in the open form, else in the newest message that has it, else in the Home tab.

        `value` or `block_id` tells several buttons with one action_id apart; `channel` and `ts` name the message,
        `home` the Home tab.
        """
        container, place = self._find(user, action_id, channel, ts, value=value, block_id=block_id, home=home)
        return await self.interactions.act(user, container, place.block_id, place.action_id, chosen={})

    async def choose(
        self,
        user: str,
        action_id: str,
        chosen: Json,
        *,
        channel: str | None = None,
        ts: str | None = None,
        block_id: str | None = None,
        home: bool = False,
    ) -> Outcome:
        """Choose in a menu or picker that tells the app at once; it is found as a button is."""
        container, place = self._find(user, action_id, channel, ts, block_id=block_id, home=home)
        if place.kind == "overflow":
            value: Document = {"selected_option": _option_of(place, chosen)}
        elif place.kind == "feedback_buttons":
            value = {"value": chosen}
        else:
            value = simple_value(place, chosen)
        return await self.interactions.act(user, container, place.block_id, place.action_id, chosen=value)

    async def suggest(
        self,
        user: str,
        action_id: str,
        typed: str,
        *,
        channel: str | None = None,
        ts: str | None = None,
        home: bool = False,
    ) -> list[Document]:
        """Type into a select menu that the app fills; gives the options offered. Raises `AppFailed`."""
        container, place = self._find(user, action_id, channel, ts, home=home)
        outcome = await self.interactions.suggest(user, container, place.block_id, place.action_id, typed)
        if not outcome.ok or outcome.options is None:
            raise AppFailed(outcome.error)
        return options_of(outcome.options)

    async def type_links(self, user: str, text: str, channel: str | None = None) -> Draft | None:
        """Write links into the message box without sending them; None if the app isn't told."""
        place = self.state.channel(self.channel(user, channel))
        draft = self.events.links_typed(self.state.person(user), place, typed_message(text, self.state))
        await self.events.settled()
        return draft and self.state.drafts.find(draft.id)

    async def open_details(self, user: str, channel: str | None, ts: str) -> Pane | None:
        """Open the first Work Object under a message; gives its pane once the app has been told."""
        message = self.state.messages.find(self.channel(user, channel), ts)
        shown = [one for one in (message and message.attachments) or () if "entity" in one]
        if message is None or not shown:
            raise LookupError("there is no Work Object")
        self.events.entity_opened(self.interactions.opened(user, message.channel, ts, shown[0]["id"]))
        await self.events.settled()
        return self.details(user)

    def details(self, user: str) -> Pane | None:
        """Give the pane of a Work Object that a person has open."""
        return self.state.panes.of(user)

    async def press_details(self, user: str, action_id: str) -> Outcome:
        """Press a button in the pane of a Work Object."""
        return await self.interactions.act(user, {"type": "entity_detail"}, "entity_actions", action_id, chosen={})

    def fill(self, user: str, values: dict[str, Any]) -> None:
        """Enter values into the open form, by block_id: texts, options or their values, dates, lists; None empties."""
        view = self._open_view(user)
        places = {place.block_id: place for place in elements_of(view.blocks) if place.block["type"] == "input"}
        for block_id, value in values.items():
            if block_id not in places:
                raise LookupError(f"the form has no input block {block_id!r}, only {sorted(places)}")
            place = places[block_id]
            view.entered.setdefault(block_id, {})[place.action_id] = simple_value(place, value)

    async def submit(self, user: str, values: dict[str, Any] | None = None) -> Outcome:
        """Fill and submit the open form. Faults of fields are in the outcome's `errors`, by block_id."""
        self.fill(user, values or {})
        return await self.interactions.submit(user, self._open_view(user).id, None)

    async def close(self, user: str, *, whole_stack: bool = False) -> Outcome:
        """Dismiss the open form."""
        return await self.interactions.close(user, self._open_view(user).id, whole_stack=whole_stack)

    def view(self, user: str) -> View | None:
        """Give the form that a person is looking at."""
        return self.state.views.top(user)

    def messages(self, channel: str | None, user: str) -> list[Message]:
        """List what a person sees in a conversation, oldest first."""
        return self.state.messages.seen_by(self.channel(user, channel), user)

    def channel(self, user: str, channel: str | None) -> str:
        """Find a conversation's id."""
        if channel is None:
            return self.state.im_of(user).id
        if channel.startswith("#"):
            found = [c.id for c in self.state.channels.values() if c.name == channel[1:]]
            if not found:
                raise LookupError(f"no channel {channel}")
            return found[0]
        return channel

    def _open_view(self, user: str) -> View:
        view = self.view(user)
        if view is None:
            raise LookupError(f"{user} has no form open")
        return view

    def _find(
        self,
        user: str,
        action_id: str,
        channel: str | None,
        ts: str | None,
        *,
        value: str | None = None,
        block_id: str | None = None,
        home: bool = False,
    ) -> tuple[Document, Element]:
        def fits(place: Element) -> bool:
            return (
                place.action_id == action_id
                and (value is None or place.element.get("value") == value)
                and (block_id is None or place.block_id == block_id)
            )

        for container, blocks in self._surfaces(user, channel, ts, home=home):
            found = [place for place in elements_of(blocks) if fits(place)]
            if found:
                return container, _only(found)
        raise LookupError(f"{user} sees no element {action_id!r}" + (f" with value {value!r}" if value else ""))

    def _surfaces(
        self, user: str, channel: str | None, ts: str | None, *, home: bool
    ) -> Iterator[tuple[Document, list[Document]]]:
        """Go over what a person may mean: the open form, messages from the newest on, the Home tab."""
        form, tab = self.view(user), self.home(user)
        if form is not None and channel is None and not home:
            yield {"type": "view", "view_id": form.id}, form.blocks
        if not home:
            places = [self.channel(user, channel)] if channel or ts else [c.id for c in self.state.channels_of(user)]
            seen = [m for place in places for m in self.state.messages.seen_by(place, user) if ts in (None, m.ts)]
            for message in sorted(seen, key=lambda m: m.ts, reverse=True):
                place = {"type": "message", "channel": message.channel, "ts": message.ts}
                yield place, message.blocks or []
                for attachment in message.attachments or ():
                    yield {**place, "attachment": attachment.get("id")}, attachment.get("blocks") or []
        if tab is not None and (home or (channel is None and ts is None)):
            yield {"type": "view", "view_id": tab.id}, tab.blocks


def _only(found: list[Element]) -> Element:
    if len(found) > 1:
        values = [place.element.get("value") for place in found]
        raise LookupError(f"several elements {found[0].action_id!r}: name the value, one of {values}, or the block_id")
    return found[0]


def _option_of(place: Element, wanted: Json) -> Document:
    if isinstance(wanted, dict):
        return wanted
    return next(option for option in options_of(place.element) if option["value"] == wanted)
