"""Forms that people have open, in stacks of at most three views each, and everybody's Home tab."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Literal

from sandbox.clock import Clock
from sandbox.documents import Document, Json, new_id
from sandbox.inputs import Values, kept_values, state_values
from sandbox.refusals import Refused
from sandbox.workspace import AppIdentity

STACK_LIMIT: Final = 3  # docs.slack.dev/surfaces/modals
_NO_TITLE: Final = {"type": "plain_text", "text": "View Title", "emoji": True}  # what Slack sends for a Home tab


@dataclass(slots=True, eq=False)
class View:
    """One open view: what the app gave (`source`, checked and completed), and what the person entered so far."""

    id: str
    user: str
    root: str
    previous: str | None
    source: Document
    hash: str
    entered: Values = field(default_factory=dict)

    @property
    def blocks(self) -> list[Document]:
        """The view's blocks."""
        blocks: list[Document] = self.source["blocks"]
        return blocks

    @property
    def values(self) -> Values:
        """The state of every element that holds one: what was entered, else the initial value."""
        return state_values(self.blocks, self.entered)

    def document(self, team: str, app: AppIdentity, *, with_state: bool = True) -> Document:
        """Write the view as the Web API and the payloads carry it."""
        source = self.source
        return {
            "id": self.id,
            "team_id": team,
            "type": source["type"],
            "blocks": source["blocks"],
            "private_metadata": source.get("private_metadata", ""),
            "callback_id": source.get("callback_id", ""),
            "state": {"values": self.values if with_state else {}},
            "hash": self.hash,
            "title": source.get("title", _NO_TITLE),
            "clear_on_close": bool(source.get("clear_on_close")),
            "notify_on_close": bool(source.get("notify_on_close")),
            "close": source.get("close"),
            "submit": source.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": app.app_id,
            "external_id": source.get("external_id", ""),
            "app_installed_team_id": team,
            "bot_id": app.bot_id,
        }


@dataclass(frozen=True, slots=True)
class ViewChange:
    """Something that happened to a person's forms or Home tab; `view` is the one concerned."""

    kind: Literal["view_opened", "view_updated", "view_closed", "home_published"]
    view: View


@dataclass(slots=True)
class Views:
    """The views of everybody: a stack of open forms and one Home tab a person."""

    clock: Clock
    listeners: list[Callable[[ViewChange], None]] = field(default_factory=list)
    _stacks: dict[str, list[View]] = field(default_factory=dict)
    _homes: dict[str, View] = field(default_factory=dict)

    def stack(self, user: str) -> list[View]:
        """List a person's open views, the top one last."""
        return list(self._stacks.get(user, ()))

    def top(self, user: str) -> View | None:
        """Find the view that a person is looking at."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def find(self, view_id: object = None, *, external_id: object = None) -> View | None:
        """Find an open form or a Home tab by its id, or by the id that the app gave it."""
        for view in chain(*self._stacks.values(), self._homes.values()):
            if view.id == view_id or (external_id and view.source.get("external_id") == external_id):
                return view
        return None

    def home(self, user: str) -> View | None:
        """Find what a person's Home tab shows; None before the app has published anything."""
        return self._homes.get(user)

    def homes(self) -> list[View]:
        """List every Home tab."""
        return list(self._homes.values())

    def publish(self, user: str, source: Document, *, expected_hash: Json = None) -> View:
        """Show something in a person's Home tab, in place of what was there; its id stays. Raises `Refused`."""
        home = self._homes.get(user)
        if home is not None:
            return self.update(home, source, expected_hash=expected_hash)
        if expected_hash:
            raise Refused("hash_conflict")
        self._check_external_id(source, None)
        view_id = new_id("V")
        return self.restore_home(View(view_id, user, view_id, None, source, self._hash()))

    def restore_home(self, home: View) -> View:
        """Take in a Home tab as it is."""
        self._homes[home.user] = home
        self._tell(ViewChange("home_published", home))
        return home

    def open(self, user: str, source: Document) -> View:
        """Show a first view; what was open of this person's is put away."""
        self._check_external_id(source, None)
        self.clear(user)
        view_id = new_id("V")
        return self._show(View(view_id, user, view_id, None, source, self._hash()))

    def push(self, user: str, source: Document) -> View:
        """Put a view on top of the person's; raises `Refused`."""
        stack = self._stacks.get(user)
        if not stack:
            raise Refused("not_found")
        if len(stack) >= STACK_LIMIT:
            raise Refused("push_limit_reached")
        self._check_external_id(source, None)
        return self._show(View(new_id("V"), user, stack[0].id, stack[-1].id, source, self._hash()))

    def update(self, view: View, source: Document, *, expected_hash: Json = None) -> View:
        """Change what a view shows. Raises `Refused`.

        What stands in a field stays where block_id and action_id stay, entered or not: a new initial value shows in a
        new field only (github.com/slackapi/bolt-js/issues/290).
        """
        if expected_hash and expected_hash != view.hash:
            raise Refused("hash_conflict")
        self._check_external_id(source, view)
        stood = view.values
        view.source = source
        view.hash = self._hash()
        view.entered = kept_values(view.blocks, stood)
        self._tell(ViewChange("home_published" if source["type"] == "home" else "view_updated", view))
        return view

    def close(self, view: View) -> None:
        """Take a view away; the one below it shows again."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)
            self._tell(ViewChange("view_closed", view))

    def clear(self, user: str) -> list[View]:
        """Take all of a person's views away, the top one first."""
        closed = self.stack(user)[::-1]
        for view in closed:
            self.close(view)
        return closed

    def _show(self, view: View) -> View:
        self._stacks.setdefault(view.user, []).append(view)
        self._tell(ViewChange("view_opened", view))
        return view

    def _check_external_id(self, source: Document, same: View | None) -> None:
        wanted = source.get("external_id")
        other = self.find(external_id=wanted) if wanted else None
        if other is not None and other is not same:
            raise Refused("duplicate_external_id")

    def _hash(self) -> str:
        return f"{int(self.clock.time())}.{secrets.token_hex(4)}"

    def _tell(self, change: ViewChange) -> None:
        for listener in self.listeners:
            listener(change)
