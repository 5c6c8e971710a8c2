"""What follows a ticket's completion: for ten minutes it can be taken back."""

from typing import Final

from db.models import Asker, CompletionUndone
from db.pool import Database

_UNDO: Final = "SELECT app.undo_completion($1, $2, $3, $4, $5, $6)"


async def undo_completion(db: Database, asker: Asker, key: str, ticket_id: int) -> CompletionUndone:
    """Take a ticket's completion back.

    Raises:
        CompletionStays: it is too late, something else has changed since, or it isn't the asker's.
    """
    return await db.ask(_UNDO, asker, key, ticket_id, answer=CompletionUndone, writes=True)
