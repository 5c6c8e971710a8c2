"""The Events API: tells the app what it subscribed to, three more times if need be."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Final, Literal

from sandbox.api.users import user_document
from sandbox.delivery import Deliverer, Delivery
from sandbox.documents import Document
from sandbox.entities import Pane
from sandbox.links import Draft, app_links, unfurl_id
from sandbox.manifest import Manifest
from sandbox.messages import Message, MessageChange
from sandbox.payloads import Payloads
from sandbox.state import State
from sandbox.workspace import Channel, Person

Tab = Literal["home", "messages"]

RETRY_AFTER: Final = (0.0, 60.0, 300.0)  # docs.slack.dev/apis/events-api: at once, after 1 minute, after 5 minutes
_MESSAGE_EVENTS: Final = {"channel": "message.channels", "private": "message.groups", "im": "message.im"}
_CHANNEL_TYPES: Final = {"channel": "channel", "private": "group", "im": "im"}


@dataclass(slots=True)
class Events:
    """Delivers events that the manifest subscribes to; each in the background, with its retries."""

    manifest: Manifest
    state: State
    payloads: Payloads
    deliverer: Deliverer
    _tasks: set[asyncio.Task[Delivery]] = field(default_factory=set)

    def on_message(self, change: MessageChange) -> None:
        """Tell of a message posted, changed or deleted where the app is a member."""
        message = change.message
        channel = self.state.channels[message.channel]
        if change.kind == "message":
            self._links_shared(message, channel)
        if message.ephemeral_to is not None or not channel.has(self.state.app.bot_user_id):
            return
        document = self.state.message_document(message)
        if change.kind == "message":
            event = {**document, "channel": channel.id, "event_ts": message.ts}
            if message.broadcast and message.thread_ts is not None:
                root = self.state.messages.find(channel.id, message.thread_ts)
                event |= {"root": root and self.state.message_document(root)}
            if message.files and not message.broadcast:
                event["subtype"] = "file_share"
            for file in message.files or ():
                self._file_shared(file, message)
            self._emit(_MESSAGE_EVENTS[channel.kind], {**event, "channel_type": _CHANNEL_TYPES[channel.kind]})
            if channel.kind != "im" and message.bot_id is None and self._mentions_app(message.text):
                mention = {key: value for key, value in event.items() if key not in ("subtype", "root")}
                self._emit("app_mention", {**mention, "type": "app_mention"})
            return
        ts = self.state.messages.next_ts()
        previous = self.state.written(change.previous or message)
        if change.kind == "message_changed":
            told: Document = {"message": document}
        else:  # Slack's types want the place inside the deleted message too
            told = {"deleted_ts": message.ts}
            previous |= {"channel": channel.id, "channel_type": _CHANNEL_TYPES[channel.kind]}
        event = {
            "type": "message",
            "subtype": change.kind,
            **told,
            "previous_message": previous,
            "channel": channel.id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": _CHANNEL_TYPES[channel.kind],
        }
        self._emit(_MESSAGE_EVENTS[channel.kind], event)

    def user_change(self, person: Person) -> None:
        """Tell that a person's profile or standing changed."""
        ts = self.state.messages.next_ts()
        with_email = self._may("users:read.email")
        user = user_document(self.state, person, with_email=with_email)
        event = {"type": "user_change", "user": user, "cache_ts": int(self.state.clock.time()), "event_ts": ts}
        self._emit("user_change", event)

    def app_home_opened(self, person: Person, tab: Tab) -> asyncio.Task[Delivery] | None:
        """Tell that a person opened a tab of the app's conversation, and what its Home tab shows already.

        The task ends with the first delivery, before any retry; None if the app doesn't listen.
        """
        channel, home = self.state.im_of(person.id), self.state.views.home(person.id)
        event: Document = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab}
        if tab == "home" and home is not None:
            event["view"] = home.document(self.state.team.id, self.state.app)
        return self._emit("app_home_opened", {**event, "event_ts": self.state.messages.next_ts()})

    def member_joined_channel(self, person: Person, channel: Channel) -> None:
        """Tell that a person came into a channel where the app is a member."""
        if not channel.has(self.state.app.bot_user_id):
            return
        event = {
            "type": "member_joined_channel",
            "user": person.id,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": self.state.team.id,
            "event_ts": self.state.messages.next_ts(),
        }
        self._emit("member_joined_channel", event)

    def links_typed(self, person: Person, channel: Channel, text: str) -> Draft | None:
        """Tell of links that a person is writing; None if there are none to tell of."""
        links = self._links_in(text, channel)
        if not links:
            return None
        draft = self.state.drafts.begin(person.id, text)
        event = {
            "type": "link_shared",
            "channel": "COMPOSER",
            "is_bot_user_member": channel.has(self.state.app.bot_user_id),
            "user": person.id,
            "message_ts": draft.id,
            "unfurl_id": draft.id,
            "source": "composer",
            "links": links,
            "event_ts": self.state.messages.next_ts(),
        }
        return None if self._emit("link_shared", event) is None else draft

    def entity_opened(self, pane: Pane) -> bool:
        """Tell that a person has opened a Work Object; False if the app doesn't listen."""
        trigger = self.state.triggers.give(pane.user, pane=pane)
        locale = self.state.people[pane.user].locale
        told = self._emit("entity_details_requested", self.payloads.details_event(pane, locale, trigger.id))
        return told is not None

    async def settled(self) -> None:
        """Wait until every event so far has arrived or been given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _file_shared(self, file: str, message: Message) -> None:
        if not self._may("files:read"):
            return
        event = {
            "type": "file_shared",
            "file_id": file,
            "user_id": message.user,
            "file": {"id": file},
            "channel_id": message.channel,
            "event_ts": message.ts,
        }
        self._emit("file_shared", event)

    def _links_shared(self, message: Message, channel: Channel) -> None:
        """Tell of links of the app's domains that a person has posted, in public where the app is no member, too."""
        links = self._links_in(message.text, channel)
        if not links or message.bot_id is not None:
            return
        event = {
            "type": "link_shared",
            "channel": channel.id,
            "is_bot_user_member": channel.has(self.state.app.bot_user_id),
            "user": message.user,
            "message_ts": message.ts,
            "unfurl_id": unfurl_id(message),
            "source": "conversations_history",
            "links": links,
            "event_ts": message.ts,
        }
        self._emit("link_shared", event if message.thread_ts is None else {**event, "thread_ts": message.thread_ts})

    def _links_in(self, text: str, channel: Channel) -> list[Document]:
        """List the app's links, where it may hear of them."""
        hidden = channel.kind != "channel" and not channel.has(self.state.app.bot_user_id)
        return [] if hidden or not self._may("links:read") else app_links(text, self.state.unfurl_domains)

    def _may(self, scope: str) -> bool:
        return scope in self.manifest.oauth_config.scopes.bot

    def _emit(self, name: str, event: Document) -> asyncio.Task[Delivery] | None:
        subscriptions = self.manifest.settings.event_subscriptions
        if name not in subscriptions.bot_events or subscriptions.request_url is None:
            return None
        return self._start(self._deliver(subscriptions.request_url, self.payloads.event(event)))

    def _start(self, delivering: Coroutine[None, None, Delivery]) -> asyncio.Task[Delivery]:
        task = asyncio.create_task(delivering)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, url: str, payload: Document) -> Delivery:
        delivery = await self.deliverer.send("event_callback", url, payload)
        if delivery.error is not None and not delivery.no_retry:
            self._start(self._deliver_again(url, payload, delivery))
        return delivery

    async def _deliver_again(self, url: str, payload: Document, delivery: Delivery) -> Delivery:
        for retry, wait in enumerate(RETRY_AFTER, start=1):
            if wait:
                await self.state.clock.sleep(wait)
            delivery = await self.deliverer.send(
                "event_callback", url, payload, retry=retry, retry_reason=delivery.error
            )
            if delivery.error is None or delivery.no_retry:
                break
        return delivery

    def _mentions_app(self, text: str) -> bool:
        return f"<@{self.state.app.bot_user_id}" in text
