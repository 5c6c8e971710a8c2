"""Cursors of the listing methods (docs.slack.dev/apis/web-api/pagination)."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from sandbox.api.registry import Call
from sandbox.documents import Document
from sandbox.refusals import Refused

T = TypeVar("T")
DEFAULT_LIMIT = 100
MOST = 1000


def write_cursor(kind: str, value: str) -> str:
    """Make an opaque cursor."""
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def read_cursor(call: Call, kind: str) -> str | None:
    """Read what `write_cursor` made; raises `Refused`."""
    cursor = call.get("cursor")
    if cursor is None:
        return None
    try:
        found, _, value = base64.b64decode(str(cursor), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused("invalid_cursor") from error
    if found != kind or not value:
        raise Refused("invalid_cursor")
    return value


def page_of(call: Call, items: Sequence[T]) -> tuple[Sequence[T], Document]:
    """Cut a page out of a list that keeps its order, and write its response_metadata."""
    limit = call.whole_number("limit", MOST, MOST)
    at = read_cursor(call, "offset")
    if at is not None and not at.isdecimal():
        raise Refused("invalid_cursor")
    start = int(at or 0)
    end = start + limit
    following = write_cursor("offset", str(end)) if end < len(items) else ""
    return items[start:end], {"next_cursor": following}
