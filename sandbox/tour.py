"""A guided first visit, from a file: each step says who to be, what to do, and how the page notices that it is done."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.workspace import Workspace


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Done(_Part):
    """What happens when a step is done: one of the two.

    ``message``: a message of the app whose text fits this JavaScript pattern. ``delivery``: something delivered and
    acknowledged whose kind and name, as in the inspector, begin so: "slash_command /do it"; with ``answer``, only if
    the app's answer, written as JSON, fits that pattern.
    """

    message: str | None = None
    delivery: str | None = None
    answer: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.message is None) == (self.delivery is None) or (self.answer and not self.delivery):
            raise ValueError("a step is done by a message, or by a delivery and its answer")
        return self


class Step(_Part):
    """One step.

    In its texts, in ``done`` and in the tour's ``end``, ``{name}`` is what a pattern caught before as ``(?<name>…)``.
    ``write`` is what the page offers to put into the message box; words between backquotes are shown as code.
    """

    title: str
    words: str
    person: str
    channel: str
    write: str | None = None
    done: Done


class Tour(_Part):
    """The whole visit; ``end`` is said after the last step."""

    title: str
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    end: str

    @classmethod
    def read(cls, path: Path, workspace: Workspace) -> Self:
        """Read a file (JSON); raises ValueError if it names people or channels that the workspace hasn't."""
        tour = cls.model_validate_json(path.read_text(encoding="utf-8"))
        known = {person.id for person in workspace.people} | {channel.id for channel in workspace.channels}
        unknown = {place for step in tour.steps for place in (step.person, step.channel)} - known
        if unknown:
            raise ValueError(f"{path} names who isn't in the workspace: {', '.join(sorted(unknown))}")
        return tour
