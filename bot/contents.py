"""What a file is, as the beginning of its content says: neither its name nor what its sender claims."""

from typing import Final

import puremagic

HEAD: Final = 8192  # bytes that are looked at

# type, as puremagic has it -> as it is kept, and the end of its name; the first that fits counts, since the formats
# within one container (a photo or film of a phone) share their beginning
_ALLOWED: Final = {
    "image/heic": ("image/heic", ".heic"),
    "image/heif": ("image/heic", ".heic"),
    "image/jpeg": ("image/jpeg", ".jpg"),
    "image/png": ("image/png", ".png"),
    "image/gif": ("image/gif", ".gif"),
    "image/webp": ("image/webp", ".webp"),
    "application/pdf": ("application/pdf", ".pdf"),
    "video/quicktime": ("video/quicktime", ".mov"),
    "video/mp4": ("video/mp4", ".mp4"),
}
_TEXT: Final = ("text/plain", ".txt")
_SURE: Final = 0.3  # of puremagic's confidence: a JPEG has no more
_MARKUP: Final = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<script")
_NOT_TEXT: Final = bytes({*range(32), 127} - {9, 10, 12, 13, 27})  # control characters that no log has

SUFFIXES: Final = dict([*_ALLOWED.values(), _TEXT])
"""What is kept -> the end of its name."""


def type_of(head: bytes) -> str | None:
    """Return the type of a file that begins like this, None where it is none that is kept: no archives, no programs."""
    try:
        found = {match.mime_type for match in puremagic.magic_string(head) if match.confidence >= _SURE}
    except (puremagic.PureError, ValueError):  # the latter: it is empty
        found = set()
    for known, (kept, _) in _ALLOWED.items():
        if known in found:
            return kept
    return _TEXT[0] if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    """Tell whether people could read it. What a browser would run is no text here."""
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return bool(head) and not begins.startswith(_MARKUP) and head.translate(None, _NOT_TEXT) == head
