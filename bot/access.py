"""``python -m bot grant``: the first Manager, or a rescue, by whoever administers the database."""

from bot.database import administered
from bot.roles import Role
from bot.settings import Settings
from db.members import grant_access


async def grant(settings: Settings, email: str, role: Role, slack_user: str | None) -> str:
    """Give somebody a role as the database's administrator; return the sentence to print. Raises ``StartRefused``."""
    async with administered(settings) as database:
        granted = await grant_access(database, email, role, slack_user)
    account = f", Slack account {granted.slack_user_id}" if granted.slack_user_id else ", no Slack account linked yet"
    return f"{granted.email} {'is new here and' if granted.created else 'now'} has the role {granted.role}{account}."
