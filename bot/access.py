"""``python -m bot grant``: the first Manager, or a rescue, by whoever administers the database."""

from contextlib import AsyncExitStack

import asyncpg

from bot.database import StartRefused, database_address
from bot.roles import Role
from bot.settings import Settings
from db.faults import UnfitDatabase
from db.members import grant_access
from db.pool import Database


async def grant(settings: Settings, email: str, role: Role, slack_user: str | None) -> str:
    """Give somebody a role as the database's administrator; return the sentence to print. Raises ``StartRefused``."""
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database_address(settings, as_owner=True))
        try:
            database = await stack.enter_async_context(Database.connect(dsn, pool_min=1, pool_max=1))
            if await database.pending_migrations():
                raise StartRefused("The database is empty or of an older version: run `python -m db upgrade` first.")
            granted = await grant_access(database, email, role, slack_user)
        except UnfitDatabase as error:
            raise StartRefused(str(error)) from error
        except asyncpg.PostgresError as error:
            raise StartRefused(f"The database refuses that: {error}.") from error
    account = f", Slack account {granted.slack_user_id}" if granted.slack_user_id else ", no Slack account linked yet"
    return f"{granted.email} {'is new here and' if granted.created else 'now'} has the role {granted.role}{account}."
