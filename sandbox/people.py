"""What a test lets people do in the workspace, in few words: type, press, choose, fill, submit, look."""

from typing import Any

from sandbox.documents import Document, Json
from sandbox.inputs import Element, elements_of, options_of, simple_value
from sandbox.interactions import Interactions, Outcome
from sandbox.messages import Message
from sandbox.state import State
from sandbox.views import View


class AppFailed(Exception):
    """The app didn't answer as it should have; the text is what the person would read."""


class People:
    """The people of a workspace at work.

    A conversation is named by its id, by "#name", or left out: then it is theirs with the app.
    """

    def __init__(self, state: State, interactions: Interactions) -> None:
        self.state = state
        self.interactions = interactions

    async def command(self, user: str, text: str, channel: str | None = None) -> Outcome:
        """Type a slash command. What it answered is in the outcome's `shown`."""
        return await self.interactions.send(user, self.channel(user, channel), text)

    async def say(self, user: str, text: str, channel: str | None = None) -> Outcome:
        """Post a message."""
        return await self.interactions.send(user, self.channel(user, channel), text)

    async def press(
        self,
        user: str,
        action_id: str,
        *,
        channel: str | None = None,
        ts: str | None = None,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Outcome:
        """Press a button: in the open form if it is there, else in the newest message that has it.

        `value` or `block_id` tells several buttons with one action_id apart; `channel` and `ts` name the message.
        """
        container, place = self._find(user, action_id, channel, ts, value=value, block_id=block_id)
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
    ) -> Outcome:
        """Choose in a menu or picker that tells the app at once."""
        container, place = self._find(user, action_id, channel, ts, block_id=block_id)
        if place.kind == "overflow":
            value: Document = {"selected_option": _option_of(place, chosen)}
        else:
            value = simple_value(place, chosen)
        return await self.interactions.act(user, container, place.block_id, place.action_id, chosen=value)

    async def suggest(
        self, user: str, action_id: str, typed: str, *, channel: str | None = None, ts: str | None = None
    ) -> list[Document]:
        """Type into a select menu that the app fills; gives the options offered. Raises `AppFailed`."""
        container, place = self._find(user, action_id, channel, ts)
        outcome = await self.interactions.suggest(user, container, place.block_id, place.action_id, typed)
        if not outcome.ok or outcome.options is None:
            raise AppFailed(outcome.error)
        return options_of(outcome.options)

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
    ) -> tuple[Document, Element]:
        def fits(place: Element) -> bool:
            return (
                place.action_id == action_id
                and (value is None or place.element.get("value") == value)
                and (block_id is None or place.block_id == block_id)
            )

        view = self.view(user)
        if view is not None and channel is None:
            found = [place for place in elements_of(view.blocks) if fits(place)]
            if found:
                return {"type": "view", "view_id": view.id}, _only(found)
        places = [self.channel(user, channel)] if channel or ts else [c.id for c in self.state.channels_of(user)]
        seen = [m for place in places for m in self.state.messages.seen_by(place, user) if ts in (None, m.ts)]
        for message in sorted(seen, key=lambda m: m.ts, reverse=True):
            found = [place for place in elements_of(message.blocks or []) if fits(place)]
            if found:
                return {"type": "message", "channel": message.channel, "ts": message.ts}, _only(found)
        raise LookupError(f"{user} sees no element {action_id!r}" + (f" with value {value!r}" if value else ""))


def _only(found: list[Element]) -> Element:
    if len(found) > 1:
        values = [place.element.get("value") for place in found]
        raise LookupError(f"several elements {found[0].action_id!r}: name the value, one of {values}, or the block_id")
    return found[0]


def _option_of(place: Element, wanted: Json) -> Document:
    if isinstance(wanted, dict):
        return wanted
    return next(option for option in options_of(place.element) if option["value"] == wanted)
