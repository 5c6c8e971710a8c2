"""Everything that the workspace knows, in memory; optionally kept in a file between runs."""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.clock import Clock
from sandbox.documents import Document, as_document, as_json
from sandbox.entities import Panes
from sandbox.files import Files
from sandbox.links import Drafts
from sandbox.manifest import AppHome, Manifest
from sandbox.messages import Message, Messages, thread_facts
from sandbox.refusals import Refused
from sandbox.triggers import ResponseUrls, SocketUrls, Triggers
from sandbox.views import View, Views
from sandbox.workspace import AppIdentity, Channel, Person, Team, Workspace, im_channel

STATE_VERSION = 1


@dataclass(slots=True)
class State:
    """The workspace while it runs."""

    team: Team
    app: AppIdentity
    bot_name: str
    app_home: AppHome
    unfurl_domains: tuple[str, ...]
    entity_types: tuple[str, ...]
    people: dict[str, Person]
    channels: dict[str, Channel]
    clock: Clock
    messages: Messages
    views: Views
    panes: Panes
    drafts: Drafts
    triggers: Triggers
    response_urls: ResponseUrls
    socket_urls: SocketUrls
    files: Files
    person_updated: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace, manifest: Manifest, clock: Clock) -> "State":
        """Start with the people and channels of a workspace file, the app of a manifest, and no messages."""
        channels = {channel.id: channel for channel in workspace.channels}
        messages = Messages(clock)
        files = Files(clock, workspace.team, channels, workspace.app.bot_user_id)
        messages.listeners.append(files.on_message)
        return cls(
            team=workspace.team,
            app=workspace.app,
            bot_name=manifest.bot_name,
            app_home=manifest.features.app_home,
            unfurl_domains=tuple(domain.lower() for domain in manifest.features.unfurl_domains),
            entity_types=manifest.features.rich_previews.types,
            people={person.id: person for person in workspace.people},
            channels=channels,
            clock=clock,
            messages=messages,
            views=Views(clock),
            panes=Panes(),
            drafts=Drafts(),
            triggers=Triggers(clock),
            response_urls=ResponseUrls(clock, workspace.team.id),
            socket_urls=SocketUrls(clock, workspace.app.app_id),
            files=files,
        )

    def person(self, user: object) -> Person:
        """Find a person; raises `Refused`."""
        found = self.people.get(user) if isinstance(user, str) else None
        if found is None:
            raise Refused("user_not_found")
        return found

    def im_of(self, user: str) -> Channel:
        """Find a person's conversation with the app, opened if it wasn't."""
        channel = im_channel(self.team.id, user, self.app.bot_user_id)
        return self.channels.setdefault(channel.id, channel)

    def channel(self, wanted: object) -> Channel:
        """Find a conversation by its id; raises `Refused`."""
        found = self.channels.get(wanted) if isinstance(wanted, str) else None
        if found is None:
            raise Refused("channel_not_found")
        return found

    def channels_of(self, user: str) -> list[Channel]:
        """List the conversations that a person is in."""
        return [channel for channel in self.channels.values() if channel.has(user)]

    def members_of(self, channel: Channel) -> list[str]:
        """List who is in a conversation, the app's bot user too."""
        everybody = [p.id for p in self.people.values() if not p.deleted and p.team_id in (None, self.team.id)]
        return [user for user in [*everybody, self.app.bot_user_id] if channel.has(user)]

    def change_person(self, person: Person) -> None:
        """Put a changed person in the place of the old one."""
        self.people[person.id] = person
        self.person_updated[person.id] = int(self.clock.time())

    def written(self, message: Message, *, with_metadata: bool = True) -> Document:
        """Write a message with its files."""
        document = message.document(self.team.id, with_metadata=with_metadata)
        if message.files:
            files = [self.files.document(file) for file in message.files]
            document |= {"files": files, "upload": False, "display_as_bot": False}
        return document

    def message_document(self, message: Message) -> Document:
        """Write a message as payloads and events carry it, with what its thread has."""
        facts = {} if message.is_reply else thread_facts(message, self.messages.replies(message))
        return self.written(message) | facts

    def thread_root(self, channel: str, ts: str) -> str:
        """Find the thread that an answer to a message belongs to; raises `Refused`."""
        message = self.messages.find(channel, ts)
        if message is None:
            raise Refused("thread_not_found")
        if message.ephemeral_to is not None:
            raise Refused("cannot_reply_to_message")
        return message.thread_ts or message.ts

    def post_as_app(self, channel: str, text: str, **more: object) -> Message:
        """Make a message of the app; keeping it is up to the caller."""
        return Message(
            ts=self.messages.next_ts(),
            channel=channel,
            user=self.app.bot_user_id,
            text=text,
            bot_id=self.app.bot_id,
            app_id=self.app.app_id,
            **more,  # type: ignore[arg-type]  # the callers name fields of Message
        )

    def save(self, path: Path) -> None:
        """Write messages, files, opened direct conversations and Home tabs, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ims = [c.members for c in self.channels.values() if c.kind == "im"]
        document: Document = {
            "version": STATE_VERSION,
            "team": self.team.id,
            "im_users": sorted(user for pair in ims for user in pair or () if user != self.app.bot_user_id),
            "messages": [message.stored() for message in self.messages.lasting()],
            "files": self.files.save(_folder_of(path)),
            "homes": [
                {"id": home.id, "user": home.user, "source": home.source, "hash": home.hash}
                for home in self.views.homes()
            ],
        }
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(as_json(document))
        Path(name).replace(path)

    def load(self, path: Path) -> None:
        """Read what `save` wrote, if it ever did; raises ValueError for a file of something else."""
        if not path.exists():
            return
        document = as_document(path.read_bytes())
        if document is None or document.get("version") != STATE_VERSION or document.get("team") != self.team.id:
            raise ValueError(f"{path} is no state of workspace {self.team.id}: move it away, or name another file")
        for user in document["im_users"]:
            if user in self.people:
                self.im_of(user)
        kept = [Message.restored(one) for one in document["messages"]]
        here = [message for message in kept if message.channel in self.channels]
        self.messages.restore(here)
        self.files.load(document.get("files", []), _folder_of(path), here)
        for home in document.get("homes", ()):
            if home["user"] in self.people:
                self.views.restore_home(View(root=home["id"], previous=None, **home))


def _folder_of(path: Path) -> Path:
    """Name the folder beside a state file that has the files' bytes."""
    return path.with_name(f"{path.name}.files")
