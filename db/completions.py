"""What goes with completions: checklists before them, and for ten minutes after them that they can be taken back."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import FormValue
from db.models import Asker, Category, ChecklistSeen, CompletionUndone
from db.pool import Database

_UNDO: Final = "SELECT app.undo_completion($1, $2, $3, $4, $5, $6)"
_READ: Final = "SELECT app.read_checklist($1, $2, $3, $4, $5)"
_SAVE: Final = "SELECT app.save_checklist($1, $2, $3, $4, $5, $6, $7, $8)"


async def undo_completion(db: Database, asker: Asker, key: str, ticket_id: int) -> CompletionUndone:
    """Take a ticket's completion back.

    Raises:
        CompletionStays: it is too late, something else has changed since, or it isn't the asker's.
    """
    return await db.ask(_UNDO, asker, key, ticket_id, answer=CompletionUndone, writes=True)


async def read_checklist(db: Database, asker: Asker, category: Category | None) -> ChecklistSeen:
    """Return what is to be checked in a category, None: for every ticket."""
    return await db.ask(_READ, asker, category, answer=ChecklistSeen)


async def save_checklist(  # noqa: PLR0917 - in the order of the sentence
    db: Database, asker: Asker, key: str, category: Category | None, items: Sequence[str], seen: Mapping[str, FormValue]
) -> ChecklistSeen:
    """Make these the checks of a category, in this order. ``seen``: what the asker's form showed.

    Raises:
        ChecklistChanged: somebody else has changed it since.
    """
    return await db.ask(
        _SAVE, asker, key, category, list(items), json.dumps(dict(seen)), answer=ChecklistSeen, writes=True
    )
