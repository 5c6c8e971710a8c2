"""What every form and command goes by: limits, the readers of texts and numbers, and how refusals come about."""

import re
from collections.abc import Callable
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import FieldsRefused
from bot.text import clean_line, is_blank
from bot.wording import worded

TEXT_MAX: Final = 3000  # characters: what a Slack text field takes
NAME_MAX: Final = 255  # characters: names, addresses and the like of customers
ID_MAX: Final = 2_147_483_647  # PostgreSQL's integer


def words(name: str, limit: int, clean: Callable[[str], str], missing: str) -> Callable[[Any], str]:
    """Return a validator for a text of at most ``limit`` characters. ``missing`` empty: it may be left out."""

    def read(entered: Any) -> str:  # noqa: ANN401 - whatever came in
        text = clean(entered) if isinstance(entered, str) else ""
        if is_blank(text):
            if missing:
                raise ValueError(missing)
            return ""
        if len(text) > limit:
            raise ValueError(
                worded(
                    "{name} has at most {limit} characters; this one has {length}. Please shorten it.",
                    name=name,
                    limit=f"{limit:,}",
                    length=f"{len(text):,}",
                )
            )
        return text

    return read


def detail(name: str, limit: int) -> Callable[[Any], str | None]:
    """Return a validator for a line that may be left out: None then."""
    read = words(name, limit, clean_line, "")
    return lambda entered: read(entered) or None


def read_id(message: str) -> Callable[[Any], int]:
    """Return a validator for a number, such as a ticket's. ``message``: what is said of anything else."""

    def read(entered: Any) -> int:  # noqa: ANN401 - whatever came in
        if isinstance(entered, str) and re.fullmatch(r"[1-9][0-9]{0,9}", entered) and int(entered) <= ID_MAX:
            return int(entered)
        if isinstance(entered, int) and 0 < entered <= ID_MAX:
            return entered
        raise ValueError(message)

    return read


class Entered(BaseModel):
    """Something entered by a person: immutable, and refused with one message a field."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    @classmethod
    def check(cls, **entered: object) -> Self:
        """Return the cleaned values. Raises ``FieldsRefused``."""
        try:
            return cls.model_validate(entered)
        except ValidationError as error:
            raise FieldsRefused({str(e["loc"][0]): _message(e.get("ctx", {})) for e in error.errors()}) from error


def _message(context: dict[str, Any]) -> str:
    return str(context["error"]) if "error" in context else "Choose one of the list."
