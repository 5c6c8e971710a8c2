"""``python -m bot summary``: the daily summary now, whatever the hour, by whoever administers the database."""

from bot.database import administered
from bot.settings import Settings
from db.reports import send_summaries


async def summarise(settings: Settings) -> str:
    """Have the running bot send each Manager yesterday's summary; return the sentence to print.

    The day's own summary comes at its hour nonetheless. Raises ``StartRefused``.
    """
    async with administered(settings) as database:
        written = await send_summaries(database)
    if written == 0:
        return "No Manager can be written to: none is active and linked to a Slack account."
    return f"The summary goes to {'1 Manager' if written == 1 else f'{written} Managers'} as soon as a worker runs."
