"""What a file is, by its name and its first bytes: the words that Slack has for it, and a picture's size.

docs.slack.dev/reference/objects/file-object
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FileKind:
    """Slack's name for a type of file, its media type, and what people read; `is_image`: blocks may show it."""

    filetype: str
    mimetype: str
    pretty: str
    is_image: bool = False


_PNG: Final = FileKind("png", "image/png", "PNG", is_image=True)
_JPEG: Final = FileKind("jpg", "image/jpeg", "JPEG", is_image=True)
_GIF: Final = FileKind("gif", "image/gif", "GIF", is_image=True)
_TEXT: Final = FileKind("text", "text/plain", "Plain Text")
_BINARY: Final = FileKind("binary", "application/octet-stream", "Binary")

# "Currently only png, jpg, jpeg, and gif Slack image files are supported" (@slack/types, SlackFile)
_SIGNATURES: Final[Mapping[bytes, FileKind]] = {
    b"\x89PNG\r\n\x1a\n": _PNG,
    b"\xff\xd8\xff": _JPEG,
    b"GIF87a": _GIF,
    b"GIF89a": _GIF,
}
_BY_ENDING: Final[Mapping[str, FileKind]] = {
    "csv": FileKind("csv", "text/csv", "CSV"),
    "docx": FileKind(
        "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word Document"
    ),
    "heic": FileKind("heic", "image/heic", "HEIC"),
    "html": FileKind("html", "text/html", "HTML"),
    "json": FileKind("json", "application/json", "JSON"),
    "log": _TEXT,
    "md": FileKind("markdown", "text/markdown", "Markdown (raw)"),
    "mov": FileKind("mov", "video/quicktime", "QuickTime Movie"),
    "mp4": FileKind("mp4", "video/mp4", "MPEG 4 Video"),
    "pdf": FileKind("pdf", "application/pdf", "PDF"),
    "svg": FileKind("svg", "image/svg+xml", "SVG"),
    "txt": _TEXT,
    "webp": FileKind("webp", "image/webp", "WebP"),
    "xlsx": FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel Spreadsheet"),
    "zip": FileKind("zip", "application/zip", "Zip"),
}
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG's markers that carry the size


def ending_of(name: str) -> str:
    """Give a file name's ending, without the dot and in lower case; empty if it has none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def kind_of(name: str, content: bytes) -> FileKind:
    """Tell what a file is: a picture by its first bytes, everything else by its name."""
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    return _BY_ENDING.get(ending_of(name), _BINARY)


def size_of(content: bytes) -> tuple[int, int] | None:
    """Read a picture's width and height in pixels; None if it is no PNG, GIF or JPEG, or a broken one."""
    size = (0, 0)
    if content.startswith(b"\x89PNG"):
        size = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    elif content.startswith(b"GIF8"):
        size = int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    elif content.startswith(b"\xff\xd8"):
        size = _jpeg_size(content)
    return size if all(size) else None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while content[at : at + 1] == b"\xff" and at + 1 < len(content):
        if content[at + 1] in _FRAMES:
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return 0, 0
