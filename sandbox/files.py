"""Files of the workspace: announced, uploaded, processed, shared in messages, deleted. Bytes are kept in memory."""

import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from sandbox.clock import Clock
from sandbox.documents import Document, new_id
from sandbox.filetypes import FileKind, kind_of, size_of
from sandbox.messages import Message, MessageChange
from sandbox.refusals import Refused
from sandbox.workspace import Channel, Team

PROCESSING_SECONDS: Final = 1.0  # Slack takes about so long until a file that an app has uploaded can be shown
MOST_BYTES: Final = 1_000_000_000  # slack.com/help: files of up to 1 GB
STORAGE_BYTES: Final = 512 * 1024 * 1024  # of all files together; this one is ours
MOST_ANNOUNCED: Final = 1000
MOST_FILES: Final = 10  # that a person shares at once
NAME_LENGTH: Final = 255


@dataclass(slots=True, eq=False)
class File:
    """One file. `content` is None until it has been uploaded, and again once it is `deleted`.

    `by_app`: the app has uploaded it, else `user` has. It can be used once it is `completed`, and looked at from
    `ready_at` on. `given_to_app`: it was handed over in a form. `in_blocks`: blocks show it, to whoever sees them.
    """

    id: str
    user: str
    name: str
    title: str
    size: int
    created: float
    by_app: bool = False
    alt_text: str = ""
    ready_at: float = 0.0
    completed: bool = False
    deleted: bool = False
    given_to_app: bool = False
    in_blocks: bool = False
    content: bytes | None = field(default=None, repr=False)
    shares: list[Message] = field(default_factory=list, repr=False)

    @property
    def kind(self) -> FileKind:
        """What it is."""
        return kind_of(self.name, self.content or b"")

    def stored(self) -> Document:
        """Write it for the state file, without its bytes."""
        document = asdict(self)
        del document["content"], document["shares"]
        return document

    @classmethod
    def restored(cls, document: Document, content: bytes) -> Self:
        """Read a file of the state file."""
        return cls(**document, content=content)


@dataclass(slots=True)
class Files:
    """All files, by id."""

    clock: Clock
    team: Team
    channels: dict[str, Channel]
    bot_user: str
    base: str = ""
    _known: dict[str, File] = field(default_factory=dict)
    _tickets: dict[str, File] = field(default_factory=dict)  # the end of an upload URL: what is uploaded there

    def check_room(self, size: int) -> None:
        """Refuse a file that is too large, or one too many."""
        if size > MOST_BYTES:
            raise Refused("file_upload_size_restricted")
        if size + sum(len(file.content or b"") for file in self._known.values()) > STORAGE_BYTES:
            raise Refused("storage_limit_reached")

    def announce(self, name: str, size: int, alt_text: str = "") -> tuple[File, str]:
        """Make room for a file of the app's; gives its upload URL. Raises `Refused`."""
        file = self._make(self.bot_user, name, size)
        file.by_app, file.alt_text = True, alt_text
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = file
        while len(self._tickets) > MOST_ANNOUNCED:  # the oldest are of uploads that never came
            self._known.pop(self._tickets.pop(next(iter(self._tickets))).id)
        return file, f"{self.base}/upload/v1/{ticket}"

    def announced(self, ticket: str) -> File:
        """Find what an upload URL is for; raises `Refused`."""
        if ticket not in self._tickets:
            raise Refused("not_found")
        return self._tickets[ticket]

    def receive(self, ticket: str, content: bytes) -> File:
        """Take the bytes posted to an upload URL, which is good for one file of the length announced."""
        file = self.announced(ticket)
        if len(content) != file.size:
            raise Refused("length_mismatch")
        self.check_room(file.size)
        del self._tickets[ticket]
        file.content = content
        return file

    def complete(self, file: File, title: str | None = None) -> None:
        """End the app's upload: the file can be used now, and shown once it has been processed."""
        file.title = title or file.title
        if not file.completed:
            file.completed, file.ready_at = True, self.clock.time() + PROCESSING_SECONDS

    def add(self, user: str, name: str, content: bytes) -> File:
        """Keep what a person has uploaded; their client waits for it to be processed. Raises `Refused`."""
        file = self._make(user, name, len(content))
        file.content, file.completed, file.ready_at = content, True, self.clock.time()
        return file

    def discard(self, file: File) -> None:
        """Forget a file that was not shared after all."""
        if not file.shares and not file.given_to_app:
            self._known.pop(file.id, None)

    def find(self, file_id: object) -> File:
        """Find a file that can be used; raises `Refused`."""
        file = self._known.get(file_id) if isinstance(file_id, str) else None
        if file is None or not file.completed:
            raise Refused("file_not_found")
        if file.deleted:
            raise Refused("file_deleted")
        return file

    def own(self, user: str, file_id: object) -> File:
        """Find what a person has uploaded; raises `Refused`."""
        file = self.find(file_id)
        if file.user != user:
            raise Refused("file_not_found")
        return file

    def uploaded(self, file_id: object) -> File:
        """Find what the app has uploaded, completed or not; raises `Refused`."""
        file = self._known.get(file_id) if isinstance(file_id, str) else None
        if file is None or not file.by_app or file.content is None:
            raise Refused("file_not_found")
        return file

    def delete(self, file: File) -> list[Message]:
        """Take a file's bytes away; gives the messages that it was shared in."""
        file.deleted, file.content = True, None
        return list(file.shares)

    def is_ready(self, file: File) -> bool:
        """Tell whether it has been processed."""
        return file.completed and self.clock.time() >= file.ready_at

    def is_seen_by(self, file: File, user: str) -> bool:
        """Tell whether a person or the app may look at a file: their own, or shared where they are."""
        if file.user == user or (user == self.bot_user and file.given_to_app):
            return True
        return any(self.channels[share.channel].has(user) for share in file.shares)

    def seen_by(self, user: str) -> list[File]:
        """List the files that a person or the app may look at."""
        here = (file for file in self._known.values() if file.completed and not file.deleted)
        return [file for file in here if self.is_seen_by(file, user)]

    def can_be_shown(self, slack_file: Document) -> bool:
        """Tell whether the app's blocks may show a `slack_file`: a picture it may see, processed; note that they do."""
        address = slack_file.get("url")
        for file in self._known.values():
            if slack_file.get("id") != file.id and (address is None or address not in self._addresses(file)):
                continue
            sound = not file.deleted and self.is_ready(file) and file.kind.is_image
            file.in_blocks = file.in_blocks or sound
            return sound and self.is_seen_by(file, self.bot_user)
        return False

    def on_message(self, change: MessageChange) -> None:
        """Note in which messages files are shared."""
        for file_id in change.message.files or ():
            file = self._known.get(file_id)
            if file is None:
                continue
            file.shares = [share for share in file.shares if share.ts != change.message.ts]
            if change.kind != "message_deleted":
                file.shares.append(change.message)

    def document(self, file_id: str, *, pictures: bool = True) -> Document:
        """Write a file as messages and forms carry it; `pictures`: with the sizes and previews of a picture."""
        file = self._known.get(file_id)
        if file is None or file.deleted:
            return {"id": file_id, "mode": "tombstone"}
        private, download, permalink = self._addresses(file)
        kind = file.kind if self.is_ready(file) else FileKind("", "", "")
        document: Document = {
            "id": file.id,
            "created": int(file.created),
            "timestamp": int(file.created),
            "name": file.name,
            "title": file.title,
            "mimetype": kind.mimetype,
            "filetype": kind.filetype,
            "pretty_type": kind.pretty,
            "user": file.user,
            "user_team": self.team.id,
            "editable": False,
            "size": file.size,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(self.channels[share.channel].kind == "channel" for share in file.shares),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": private,
            "url_private_download": download,
            "media_display_type": "unknown",
            "permalink": permalink,
            "has_rich_preview": False,
            "file_access": "visible",
        }
        if file.alt_text:
            document["alt_txt"] = file.alt_text
        if pictures and kind.is_image and (size := size_of(file.content or b"")) is not None:
            document |= self._pictures(file, *size)
        return document

    def details(self, file: File) -> Document:
        """Write a file as files.info has it: with the conversations that it is shared in."""
        by_kind: dict[str, list[str]] = {"channel": [], "private": [], "im": []}
        shares: dict[str, dict[str, list[Document]]] = {}
        for share in file.shares:
            kind = self.channels[share.channel].kind
            if share.channel not in by_kind[kind]:
                by_kind[kind].append(share.channel)
            told: Document = {"ts": share.ts, "share_user_id": share.user, "team_id": self.team.id}
            if share.is_reply:
                told["thread_ts"] = share.thread_ts
            scope = shares.setdefault("public" if kind == "channel" else "private", {})
            scope.setdefault(share.channel, []).append(told)
        return {
            **self.document(file.id),
            "comments_count": 0,
            "is_starred": False,
            "shares": shares,
            "channels": by_kind["channel"],
            "groups": by_kind["private"],
            "ims": by_kind["im"],
        }

    def save(self, folder: Path) -> list[Document]:
        """Write the bytes of every file into a folder of their own; gives the rest for the state file."""
        kept = {file.id: file for file in self._known.values() if file.completed and file.content is not None}
        if kept or folder.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in folder.iterdir():
                if path.name not in kept:
                    path.unlink()
            for file in kept.values():
                if not (folder / file.id).exists():
                    (folder / file.id).write_bytes(file.content or b"")
        return [file.stored() for file in kept.values()]

    def load(self, documents: list[Document], folder: Path, messages: list[Message]) -> None:
        """Take in what `save` wrote, and the messages that they are shared in."""
        for document in documents:
            path = folder / document["id"]
            if path.exists():
                self._known[document["id"]] = File.restored(document, path.read_bytes())
        for message in messages:
            self.on_message(MessageChange("message", message))

    def _make(self, user: str, name: str, size: int) -> File:
        self.check_room(size)
        name = name[:NAME_LENGTH]
        file = File(new_id("F"), user, name, name, size, self.clock.time())
        self._known[file.id] = file
        return file

    def _addresses(self, file: File) -> tuple[str, str, str]:
        name = quote(re.sub(r"[^\w.-]+", "_", file.name.lower()))
        place = f"{self.base}/files-pri/{self.team.id}-{file.id}"
        permalink = f"https://{self.team.domain}.slack.com/files/{file.user}/{file.id}/{name}"
        return f"{place}/{name}", f"{place}/download/{name}", permalink

    def _pictures(self, file: File, width: int, height: int) -> Document:
        """Write a picture's size, and its preview, which is the picture itself: nothing here makes it smaller."""
        private = self._addresses(file)[0]
        most = max(width, height, 1)
        scale = min(1, 360 / most)
        return {
            "original_w": width,
            "original_h": height,
            "thumb_360": private,
            "thumb_360_w": round(width * scale),
            "thumb_360_h": round(height * scale),
        }
