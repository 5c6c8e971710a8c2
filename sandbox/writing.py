"""What a person writes: commands, messages and replies, with what they have uploaded to go with them."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sandbox.answers import read_command_answer
from sandbox.delivery import Deliverer, Delivery
from sandbox.documents import Document
from sandbox.files import MOST_FILES
from sandbox.manifest import Manifest
from sandbox.mentions import typed_message, with_links
from sandbox.messages import Message
from sandbox.payloads import Payloads
from sandbox.refusals import Refused
from sandbox.responses import answer_command
from sandbox.state import State
from sandbox.workspace import Channel, Person

NO_MESSAGES: Final = "Sending messages to this app has been turned off."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person sees of an interaction besides messages and forms."""

    ok: bool
    error: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    options: Document | None = None
    shown: tuple[Message, ...] = ()
    delivery: Delivery | None = None

    def document(self) -> Document:
        """Write the page's answer."""
        document: Document = {"ok": self.ok}
        if self.delivery is not None:
            document["ack_ms"] = round(self.delivery.ack_ms, 1)
        if self.error is not None:
            document["error"] = self.error
        if self.errors:
            document["errors"] = self.errors
        return {**document, **(self.options or {})}


@dataclass(slots=True)
class Writing:
    """Sends what people write. Refuses (`Refused`) what Slack's client wouldn't let them do."""

    manifest: Manifest
    state: State
    payloads: Payloads
    deliverer: Deliverer

    async def send(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: Sequence[str] = (),
    ) -> Outcome:
        """Send what a person typed: a slash command if it starts with one, else a message or a reply in a thread.

        `files` are the ids of what they have uploaded to go with it.
        """
        person, place = self._where(user, channel)
        problem = self._unsendable(place, text, thread_ts, files)
        if problem is not None:
            return Outcome(ok=False, error=problem)
        if text.startswith("/"):
            return await self._command(person, place, text)
        root = None if thread_ts is None else self.state.thread_root(place.id, thread_ts)
        message = Message(
            ts=self.state.messages.next_ts(),
            channel=place.id,
            user=person.id,
            text=typed_message(text, self.state),
            client_msg_id=str(uuid.uuid4()),
            thread_ts=root,
            broadcast=broadcast and root is not None,
            files=[self.state.files.own(person.id, file).id for file in files] or None,
        )
        self.state.messages.add(message)
        return Outcome(ok=True)

    def _unsendable(self, place: Channel, text: str, thread_ts: str | None, files: Sequence[str]) -> str | None:
        if place.kind == "im" and not self.state.app_home.takes_messages:
            return NO_MESSAGES
        if text.startswith("/") and thread_ts is not None:  # docs.slack.dev/interactivity/implementing-slash-commands
            return f"{text.split(maxsplit=1)[0]} is not supported in threads. Sorry!"
        if text.startswith("/") and files:
            return "A command takes no files."
        if len(files) > MOST_FILES:
            return f"A message takes up to {MOST_FILES} files."
        return None if text.strip() or files else "There is nothing to send."

    async def _command(self, person: Person, channel: Channel, typed: str) -> Outcome:
        name, _, rest = re.sub(r"\s", " ", typed, count=1).partition(" ")
        command = self.manifest.command(name)
        if command is None or command.url is None:
            return Outcome(ok=False, error=f"{name} is not a valid command.")
        text = rest.strip()
        if command.should_escape:
            text = with_links(text, self.state, named=True)
        trigger = self.state.triggers.give(person.id)
        response_url = self.state.response_urls.give("commands", person.id, channel.id)
        payload = self.payloads.slash_command(
            person,
            channel,
            command.command,
            text,
            trigger_id=trigger.id,
            response_url=response_url,
        )
        delivery = await self.deliverer.send("slash_command", command.url, payload)
        if delivery.error is not None:
            word = "operation_timeout" if delivery.error == "http_timeout" else "dispatch_failed"
            return Outcome(ok=False, error=f'{name} failed with the error "{word}"', delivery=delivery)
        try:
            answer = read_command_answer(delivery.body)
            shown = () if answer is None else answer_command(self.state, person.id, channel.id, typed, answer)
        except Refused as refused:
            self.deliverer.find_fault(delivery, refused)
            return Outcome(ok=False, error=f'{name} failed with the error "{refused.error}"', delivery=delivery)
        return Outcome(ok=True, shown=tuple(shown), delivery=delivery)

    def _active(self, user: str) -> Person:
        person = self.state.person(user)
        if person.deleted:
            raise Refused("account_inactive")
        return person

    def _where(self, user: str, channel: str) -> tuple[Person, Channel]:
        person = self._active(user)
        place = self.state.channel(channel)
        if not place.has(person.id):
            raise Refused("not_in_channel")
        return person, place
