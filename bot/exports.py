"""Files for a spreadsheet: CSV as RFC 4180 has it, in UTF-8 with the mark that Excel wants.

No cell is a formula: what a spreadsheet would compute gets an apostrophe before it, as OWASP advises for CSV
injection (https://owasp.org/www-community/attacks/CSV_Injection). Nor is a part of one, where a spreadsheet that takes
semicolons or tabs for separators, as Excel does in many countries, begins a cell within the text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, Final

TICKETS: Final = (
    "ticket",
    "title",
    "status",
    "priority",
    "category",
    "customer",
    "customer name",
    "device",
    "brand and model",
    "serial number",
    "technician",
    "filed by",
    "filed",
    "due",
    "completed",
    "estimated hours",
    "worked hours",
)
REPORT: Final = ("of", "name", "opened", "completed", "worked hours")
_MARK: Final = b"\xef\xbb\xbf"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # full-width ones, too
_WITHIN: Final = re.compile('([;\t\r\n][\\s"]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])')


def begin(file: IO[bytes], headings: Sequence[str]) -> None:
    """Begin a file with its headings."""
    file.write(_MARK)
    add(file, [headings])


def add(file: IO[bytes], rows: Iterable[Sequence[str | None]]) -> None:
    """Write rows; None is an empty cell."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    file.write(text.getvalue().encode())


def harmless(cell: str | None) -> str:
    """Return a cell that no spreadsheet computes. Numbers stay as they are."""
    if not cell:
        return ""
    within = _WITHIN.sub(r"\1'", cell)
    return f"'{within}" if cell.lstrip(" ").startswith(_FORMULA) else within
