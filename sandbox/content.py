"""What a message says, read from an app's arguments and checked as Slack checks it."""

import json
from dataclasses import dataclass
from typing import Final

from sandbox.blocks.shapes import Faults
from sandbox.blocks.surfaces import check_blocks, complete_blocks
from sandbox.documents import Document, Json
from sandbox.files import Files
from sandbox.refusals import Refused

TEXT_CUT: Final = 40_000  # docs.slack.dev/reference/methods/chat.postMessage, "Truncating content"
UPDATE_TEXT: Final = 4_000  # chat.update: msg_too_long
MOST_ATTACHMENTS: Final = 100
MARKDOWN_TEXT: Final = 12_000


@dataclass(frozen=True, slots=True)
class Content:
    """A message's checked content; None means not given, an empty list or object means given as empty."""

    text: str | None
    blocks: list[Document] | None
    attachments: list[Document] | None
    metadata: Document | None
    warnings: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not (self.text or self.blocks or self.attachments)


def read_content(arguments: Document, files: Files, *, is_update: bool = False) -> Content:
    """Read text, blocks (which may show `files`), attachments and metadata; raises `Refused`, but not for emptiness."""
    text, markdown = arguments.get("text"), arguments.get("markdown_text")
    if text is not None and not isinstance(text, str):
        text = str(text)
    blocks = _read_blocks(arguments.get("blocks"), files)
    if markdown is not None:
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if not isinstance(markdown, str) or len(markdown) > MARKDOWN_TEXT:
            raise Refused("msg_too_long")
        text = markdown
    if is_update and text is not None and len(text) > UPDATE_TEXT:
        raise Refused("msg_too_long")
    cut = text is not None and len(text) > TEXT_CUT
    return Content(
        text=text[:TEXT_CUT] if text is not None else None,
        blocks=blocks,
        attachments=read_attachments(arguments.get("attachments"), files),
        metadata=_read_metadata(arguments.get("metadata")),
        warnings=("message_truncated",) if cut else (),
    )


def decoded(value: Json) -> Json:
    """Read an argument that is JSON inside a form or query string; ValueError if it is no JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _read_blocks(given: Json, files: Files) -> list[Document] | None:
    if given is None or given == "":
        return None
    try:
        blocks = decoded(given)
    except ValueError as error:
        raise Refused("invalid_blocks_format") from error
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    faults = Faults(files.can_be_shown)
    check_blocks(blocks, "message", faults)
    if faults:
        raise Refused("invalid_blocks", faults.messages)
    return complete_blocks(blocks)


def read_attachments(given: Json, files: Files) -> list[Document] | None:
    """Read attachments, whose blocks may show `files`, and number them as Slack does; raises `Refused`."""
    if given is None or given == "":
        return None
    try:
        attachments = decoded(given)
    except ValueError as error:
        raise Refused("invalid_attachments") from error
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise Refused("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    done = []
    for index, attachment in enumerate(attachments):
        faults = Faults(files.can_be_shown)
        if "blocks" in attachment:
            check_blocks(attachment["blocks"], "message", faults, f"/attachments/{index}/blocks")
        if faults:
            raise Refused("invalid_blocks", faults.messages)
        done.append(
            {
                "id": index + 1,
                **attachment,
                **({"blocks": complete_blocks(attachment["blocks"])} if "blocks" in attachment else {}),
            }
        )
    return done


def _read_metadata(given: Json) -> Document | None:
    if given is None or given == "":
        return None
    try:
        metadata = decoded(given)
    except ValueError as error:
        raise Refused("invalid_metadata_format") from error
    if not isinstance(metadata, dict):
        raise Refused("invalid_metadata_format")
    is_event = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if metadata and not is_event and "entities" not in metadata:
        raise Refused("invalid_metadata_schema")
    return metadata
