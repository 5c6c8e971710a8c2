"""Small checks from which the shape of Block Kit is put together. Each adds what is wrong, in Slack's words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sandbox.documents import Document, Json


@dataclass(slots=True)
class Faults:
    """What is wrong with a document, each fault with a pointer to its place.

    `can_be_shown` knows which files of the workspace an image may be of.
    """

    can_be_shown: Callable[[Document], bool] = lambda _: True
    messages: list[str] = field(default_factory=list)

    def add(self, message: str, pointer: str) -> None:
        """Note one fault."""
        text = f"{message} [json-pointer:{pointer}]"
        if text not in self.messages:
            self.messages.append(text)

    def __bool__(self) -> bool:
        return bool(self.messages)


# a check gets the value, its pointer, and where to put faults
Check: TypeAlias = Callable[[Any, str, Faults], None]


def text(most: int | None = None, least: int = 0, pattern: str | None = None) -> Check:
    """Want a string of so many characters."""

    def check(value: Json, at: str, faults: Faults) -> None:
        if not isinstance(value, str):
            faults.add("must provide a string", at)
        elif most is not None and len(value) > most:
            faults.add(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            faults.add(f"must be more than {least - 1} characters", at)
        elif pattern is not None and not re.fullmatch(pattern, value):
            faults.add("invalid format", at)

    return check


def boolean(value: Json, at: str, faults: Faults) -> None:
    """Want true or false."""
    if not isinstance(value, bool):
        faults.add("must provide a boolean", at)


def number(least: int | None = None, most: int | None = None, *, whole: bool = True) -> Check:
    """Want a number within bounds."""

    def check(value: Json, at: str, faults: Faults) -> None:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            faults.add("must provide a number", at)
        elif least is not None and value < least:
            faults.add(f"must be greater than or equal to {least}", at)
        elif most is not None and value > most:
            faults.add(f"must be less than or equal to {most}", at)

    return check


def one_of(*allowed: str | int) -> Check:
    """Want one of these."""

    def check(value: Json, at: str, faults: Faults) -> None:
        if isinstance(value, bool) or value not in allowed:
            faults.add(f"must be one of: {', '.join(map(str, allowed))}", at)

    return check


def array(item: Check, most: int | None = None, least: int = 0) -> Check:
    """Want a list of so many items, each passing the check."""

    def check(value: Json, at: str, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.add("must provide an array", at)
            return
        if most is not None and len(value) > most:
            faults.add(f"no more than {most} items allowed", at)
        if len(value) < least:
            faults.add(f"no less than {least} items allowed", at)
        for index, one in enumerate(value):
            item(one, f"{at}/{index}", faults)

    return check


def anything(_value: Json, _at: str, _faults: Faults) -> None:
    """Want nothing in particular."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with named keys. `rules` look at several keys together, once each key is sound."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check] = field(default_factory=dict)
    rules: tuple[Callable[[Document, str, Faults], None], ...] = ()

    def __call__(self, value: Json, at: str, faults: Faults) -> None:
        """Check an object."""
        if not isinstance(value, dict):
            faults.add("must provide an object", at)
            return
        before = len(faults.messages)
        for key in self.required:
            if key not in value:
                faults.add(f"missing required field: {key}", at)
        for key, one in value.items():
            check = self.required.get(key) or self.optional.get(key)
            if check is None:
                faults.add(f"invalid additional property: {key}", at)
            else:
                check(one, f"{at}/{key}", faults)
        if len(faults.messages) == before:
            for rule in self.rules:
                rule(value, at, faults)


@dataclass(frozen=True, slots=True)
class ByType:
    """An object whose `type` says which shape it has."""

    shapes: Mapping[str, Check]

    def __call__(self, value: Json, at: str, faults: Faults) -> None:
        """Check an object by its type."""
        if not isinstance(value, dict):
            faults.add("must provide an object", at)
        elif "type" not in value:
            faults.add("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in self.shapes:
            faults.add(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            self.shapes[value["type"]](value, at, faults)


def typed(name: str, required: Mapping[str, Check] | None = None, optional: Mapping[str, Check] | None = None) -> Shape:
    """Make the shape of an object of this type."""
    return Shape({"type": one_of(name), **(required or {})}, optional or {})


def exactly_one(*keys: str) -> Callable[[Document, str, Faults], None]:
    """Want one of these keys, not two and not none."""

    def rule(value: Document, at: str, faults: Faults) -> None:
        found = [key for key in keys if key in value]
        if not found:
            faults.add(f"missing required field: {' or '.join(keys)}", at)
        elif len(found) > 1:
            faults.add(f"only one of {' and '.join(keys)} is allowed", at)

    return rule


def at_least_one(*keys: str) -> Callable[[Document, str, Faults], None]:
    """Want any of these keys with something in it."""

    def rule(value: Document, at: str, faults: Faults) -> None:
        if not any(value.get(key) for key in keys):
            faults.add(f"missing required field: {' or '.join(keys)}", at)

    return rule
