"""The shop in numbers: one function, one statement. Every function raises what ``db.pool.Database.ask`` raises."""

from datetime import date
from typing import Final, Literal

from db.models import Asker, Chart, DatabaseReport, PeriodSummary, SummariesWritten, Summary, Team
from db.pool import Database

_SUMMARY: Final = "SELECT app.read_summary($1, $2, $3, $4, COALESCE($6::date, app.shop_today() - $5::integer))"
_PERIOD: Final = "SELECT app.read_period($1, $2, $3, $4, $5)"
_TEAM: Final = "SELECT app.read_team($1, $2, $3, $4)"
_DATABASE: Final = "SELECT app.read_database($1, $2, $3, $4)"
_SCHEDULE: Final = "SELECT app.schedule_summaries(now(), make_interval(secs => $1))"
_ATTACH: Final = "SELECT app.attach_chart($1, $2::jsonb)"
_SEND: Final = """
WITH written AS (
    INSERT INTO notifications (kind, recipient_id, dedupe_key, facts)
    SELECT 'summary', u.id, format('summary:%s:asked:%s', u.id, gen_random_uuid()),
           jsonb_build_object('day', app.shop_today() - 1, 'due_at', now()) || COALESCE((
               SELECT jsonb_build_object('chart', n.facts -> 'chart') FROM notifications n
                WHERE n.kind = 'summary' AND n.facts ->> 'day' = to_char(app.shop_today() - 1, 'YYYY-MM-DD')
                  AND n.facts ? 'chart'
                ORDER BY n.id DESC LIMIT 1), '{}')
      FROM user_permissions u
     WHERE u.role = 'Manager' AND app.may_be_told(u)
    RETURNING id)
SELECT count(*)::integer FROM written, pg_notify('notifications', '')
"""


async def read_summary(db: Database, asker: Asker, *, days_ago: int = 0, day: date | None = None) -> Summary:
    """Return the figures of ``day``, or by the shop's clock of today so far (0), yesterday (1) ..., and the backlog.

    Of a day whose summary was sent they are those that it said. Raises ``DayAhead``.
    """
    return await db.ask(_SUMMARY, asker, days_ago, day, answer=Summary)


async def read_period(db: Database, asker: Asker, kind: Literal["week", "month"]) -> PeriodSummary:
    """Return the week or month up to yesterday by the shop's clock, and the backlog."""
    return await db.ask(_PERIOD, asker, kind, answer=PeriodSummary)


async def read_team(db: Database, asker: Asker) -> Team:
    """Return what each technician did in the last 30 days."""
    return await db.ask(_TEAM, asker, answer=Team)


async def read_database(db: Database, asker: Asker) -> DatabaseReport:
    """Return how the database is."""
    return await db.ask(_DATABASE, asker, answer=DatabaseReport)


async def schedule_summaries(db: Database, *, patience: float = 0) -> SummariesWritten:
    """Write the daily summaries whose time has come into the outbox, each once; they wait ``patience`` seconds there.

    Returns for how many Managers, and which pictures are wanted meanwhile.
    """
    return await db.document(_SCHEDULE, patience, answer=SummariesWritten, writes=True)


async def attach_chart(db: Database, day: date, chart: Chart | None) -> int:
    """Let the summaries of ``day`` go with its picture, or without one; return how many had waited for it."""
    document = None if chart is None else chart.model_dump_json()
    waited: int = await db.value(_ATTACH, day, document, writes=True)
    return waited


async def send_summaries(db: Database) -> int:
    """Write yesterday's summary for each Manager into the outbox, whatever the hour; return how many there were.

    Only the tables' owner may. The ledger of what comes by itself is left alone.
    """
    written: int = await db.value(_SEND, writes=True)
    return written
