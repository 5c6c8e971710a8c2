"""What goes to the app, key by key as Slack writes it.

Shapes: docs.slack.dev/reference/interaction-payloads, @slack/bolt's types, payloads captured in Slack's SDK tests.
"""

from dataclasses import dataclass

from sandbox.documents import Document, new_id
from sandbox.entities import Pane
from sandbox.inputs import Element, Values
from sandbox.links import host_of
from sandbox.messages import Message
from sandbox.state import State
from sandbox.views import View
from sandbox.workspace import Channel, Person


@dataclass(frozen=True, slots=True)
class Posted:
    """Where an element stands in a message: among its own blocks, or in one of its attachments."""

    channel: Channel
    message: Message
    attachment: Document | None = None

    @property
    def blocks(self) -> list[Document]:
        """The blocks there."""
        blocks = self.message.blocks if self.attachment is None else self.attachment.get("blocks")
        return blocks or []

    @property
    def is_unfurl(self) -> bool:
        """Tell whether it is what the app shows of a link in somebody's message."""
        return self.attachment is not None and bool(self.attachment.get("is_app_unfurl"))

    @property
    def entity(self) -> Document | None:
        """The Work Object there."""
        return None if self.attachment is None else self.attachment.get("entity")


@dataclass(frozen=True, slots=True)
class Payloads:
    """Writes payloads; `token` is the deprecated verification token, which Slack still sends."""

    state: State
    token: str

    def slash_command(
        self, person: Person, channel: Channel, command: str, text: str, *, trigger_id: str, response_url: str
    ) -> Document:
        """Write the form of a slash command."""
        return {
            "token": self.token,
            "team_id": self._home_of(person),
            "team_domain": self.state.team.domain,
            "channel_id": channel.id,
            "channel_name": channel.spoken_name,
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": self.state.app.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger_id,
        }

    def shortcut(self, person: Person, callback_id: str, trigger_id: str) -> Document:
        """Write the choice of a global shortcut."""
        return self._shortcut("shortcut", person, callback_id, trigger_id)

    def message_shortcut(
        self,
        person: Person,
        channel: Channel,
        message: Message,
        callback_id: str,
        *,
        trigger_id: str,
        response_url: str,
    ) -> Document:
        """Write the choice of a shortcut in a message's menu."""
        return {
            **self._shortcut("message_action", person, callback_id, trigger_id),
            "channel": {"id": channel.id, "name": channel.spoken_name},
            "response_url": response_url,
            "message_ts": message.ts,
            "message": self.state.message_document(message),
        }

    def view_submission(self, person: Person, view: View, trigger_id: str, response_urls: list[Document]) -> Document:
        """Write a form's submission."""
        return {
            **self._interaction("view_submission", person),
            "trigger_id": trigger_id,
            "view": self._view(view),
            "response_urls": response_urls,
        }

    def view_closed(self, person: Person, view: View, *, is_cleared: bool) -> Document:
        """Write that a person dismissed a form."""
        closed = view.document(self.state.team.id, self.state.app, with_state=False)
        return {**self._interaction("view_closed", person), "view": closed, "is_cleared": is_cleared}

    def view_action(self, person: Person, view: View, place: Element, chosen: Document, trigger_id: str) -> Document:
        """Write the use of an element in a view."""
        return {
            **self._interaction("block_actions", person),
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": trigger_id,
            "view": self._view(view),
            "actions": [self._action(place, chosen)],
        }

    def pane_action(self, person: Person, pane: Pane, place: Element, chosen: Document, trigger_id: str) -> Document:
        """Write the use of a button in the pane of a Work Object."""
        container = {"type": "entity_detail", **self._pane(pane)}
        return {
            **self._interaction("block_actions", person),
            "container": {"channel_id" if key == "channel" else key: value for key, value in container.items()},
            "trigger_id": trigger_id,
            "actions": [self._action(place, chosen)],
        }

    def details_event(self, pane: Pane, locale: str, trigger_id: str) -> Document:
        """Write that a person has opened a Work Object."""
        url = pane.opened["url"]
        posted = pane.place.app_unfurl_url or url
        return {
            "type": "entity_details_requested",
            "user": pane.user,
            **self._pane(pane),
            "link": {"url": posted, "domain": host_of(posted)},
            "user_locale": locale,
            "trigger_id": trigger_id,
            "event_ts": self.state.messages.next_ts(),
        }

    def message_action(
        self,
        person: Person,
        where: Posted,
        *,
        place: Element,
        chosen: Document,
        values: Values,
        trigger_id: str,
        response_url: str,
    ) -> Document:
        """Write the use of an element in a message."""
        document: Document = {
            **self._interaction("block_actions", person),
            "container": self._message_container(where),
            "trigger_id": trigger_id,
            "channel": {"id": where.channel.id, "name": where.channel.spoken_name},
        }
        message = where.message
        if where.is_unfurl:
            document["app_unfurl"] = where.attachment
        elif message.ephemeral_to is None:  # Slack doesn't keep ephemeral messages, so it can't send them back
            document["message"] = self.state.message_document(message)
        document |= {
            "state": {"values": values},
            "response_url": response_url,
            "actions": [self._action(place, chosen)],
        }
        return document

    def suggestion(self, person: Person, where: View | Posted, block_id: str, action_id: str, value: str) -> Document:
        """Write what a person typed into a select menu that the app fills."""
        document: Document = {
            **self._interaction("block_suggestion", person),
            "action_id": action_id,
            "block_id": block_id,
            "value": value,
        }
        if isinstance(where, View):
            document["container"] = {"type": "view", "view_id": where.id}
            document["view"] = self._view(where)
        else:
            document["container"] = self._message_container(where)
            document["channel"] = {"id": where.channel.id, "name": where.channel.spoken_name}
            if where.message.ephemeral_to is None and not where.is_unfurl:
                document["message"] = self.state.message_document(where.message)
        return document

    def event(self, event: Document) -> Document:
        """Wrap an event for delivery."""
        team, app = self.state.team, self.state.app
        authorization = {
            "enterprise_id": None,
            "team_id": team.id,
            "user_id": app.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": self.token,
            "team_id": team.id,
            "context_team_id": team.id,
            "api_app_id": app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(self.state.clock.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
        }

    def _home_of(self, person: Person) -> str:
        return person.team_id or self.state.team.id

    def _shortcut(self, kind: str, person: Person, callback_id: str, trigger_id: str) -> Document:
        document = self._interaction(kind, person)
        del document["api_app_id"]  # in every other interaction, in these not
        return {
            **document,
            "action_ts": self.state.messages.next_ts(),
            "callback_id": callback_id,
            "trigger_id": trigger_id,
        }

    def _interaction(self, kind: str, person: Person) -> Document:
        return {
            "type": kind,
            "team": {"id": self.state.team.id, "domain": self.state.team.domain},
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": self._home_of(person),
            },
            "api_app_id": self.state.app.app_id,
            "token": self.token,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _view(self, view: View) -> Document:
        return view.document(self.state.team.id, self.state.app)

    def _message_container(self, where: Posted) -> Document:
        message = where.message
        document: Document = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": where.channel.id,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if where.attachment is not None:
            document |= {"type": "message_attachment", "attachment_id": where.attachment["id"]}
        if where.is_unfurl and where.attachment is not None:
            document |= {"is_app_unfurl": True, "app_unfurl_url": where.attachment["app_unfurl_url"]}
        if where.entity is not None:
            document |= {"entity_url": where.entity["url"], "external_ref": where.entity["external_ref"]}
        if message.thread_ts is not None:
            document["thread_ts"] = message.thread_ts
        return document

    def _pane(self, pane: Pane) -> Document:
        where = pane.place
        return {
            "entity_url": pane.opened["url"],
            "external_ref": pane.opened["external_ref"],
            "channel": where.channel,
            "message_ts": where.ts,
            **({} if where.thread_ts is None else {"thread_ts": where.thread_ts}),
            **({} if where.app_unfurl_url is None else {"app_unfurl_url": where.app_unfurl_url}),
        }

    def _action(self, place: Element, chosen: Document) -> Document:
        left_out = {"options", "option_groups", "focus_on_load", "dispatch_action_config"}
        left_out |= {"positive_button", "negative_button"}  # the one pressed is in `chosen`
        brought = {key: value for key, value in place.element.items() if key not in left_out}
        return {**brought, **chosen, "block_id": place.block_id, "action_ts": self.state.messages.next_ts()}
