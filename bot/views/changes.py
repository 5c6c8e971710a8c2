"""What a form that changes something remembers of how it began, so that only what somebody changed in it is sent.

It travels in the form's ``private_metadata``. A field is remembered by a mark of what stood in it: a text may be as
long as all that there is room for. Where no history tells what was changed, the values themselves are remembered.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2s
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import FormValue, NoLongerThere, Overwritten
from bot.text import clean_lines
from bot.views.blocks import Block, Input
from bot.views.entries import entered, field_of
from db.models import Category


class _Carried(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def unpack(cls, private_metadata: str) -> Self:
        """Read what a form carries. Raises ``NoLongerThere``."""
        try:
            return cls.model_validate_json(private_metadata)
        except ValidationError as error:
            raise NoLongerThere from error


class Begun(_Carried):
    """How a form began: which row it changes, when that was last changed, and a mark of what stood in each field.

    ``anyway``: what it was asked about when it was sent before is to be passed over.
    """

    id: int
    seen: datetime | None = None
    anyway: bool | None = None
    marks: dict[str, str] = {}

    @classmethod
    def of(
        cls, number: int, blocks: Sequence[Block] = (), *, seen: datetime | None = None, anyway: bool | None = None
    ) -> Self:
        """Remember the fields among the blocks of a form."""
        marks = {field_of(block["block_id"]): _mark(_initial(block)) for block in _inputs(blocks)}
        return cls(id=number, seen=seen, anyway=anyway, marks=marks)

    def pack(self) -> str:
        """Return it as a form carries it."""
        return self.model_dump_json(exclude_none=True)

    def changed(self, values: Mapping[str, Mapping[str, Any]]) -> dict[str, str | None]:
        """Return what stands now in the fields in which something else stood."""
        now = {field: entered(values, field) for field in self.marks}
        return {field: text for field, text in now.items() if _mark(text) != self.marks[field]}


class Shown(_Carried):
    """What a form showed, as the database compares it. ``id`` and ``category``: of what, where there are several."""

    id: int = 0
    category: Category | None = None
    seen: dict[str, FormValue]

    def pack(self) -> str:
        """Return it as a form carries it."""
        return self.model_dump_json(exclude_defaults=True)

    def knowing(self, changes: Sequence[Overwritten]) -> Self:
        """Return it as of a form that shows these changes, too."""
        return self.model_copy(update={"seen": self.seen | {change.field: change.shown for change in changes}})


def _inputs(blocks: Sequence[Block]) -> Iterator[Input]:
    for block in blocks:
        if block["type"] == "input":
            yield block


def _initial(block: Input) -> str | None:
    element = block["element"]
    if element["type"] == "plain_text_input":
        return element.get("initial_value")
    if element["type"] == "datetimepicker":
        return str(element["initial_date_time"]) if "initial_date_time" in element else None
    if element["type"] == "users_select":
        return element.get("initial_user")
    if element["type"] == "timepicker" or element["type"] == "checkboxes" or element["type"] == "file_input":
        raise TypeError(f"forms with a {element['type']} are saved whole")
    option = element.get("initial_option")
    return option["value"] if option else None


def _mark(text: str | None) -> str:
    return blake2s(clean_lines(text or "").encode(), digest_size=6).hexdigest()
