"""``GET /metrics``: this process's numbers, and the outbox's, on an address of its own that Slack never sees."""

from typing import Final

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.errors import DatabaseAway, OutcomeUnknown
from bot.metrics import Metrics
from db.notifications import read_outbox
from db.pool import Database

PATH: Final = "/metrics"


def metrics_application(metrics: Metrics, database: Database) -> web.Application:
    """Return an application with the one route."""

    async def show(_request: web.Request) -> web.Response:
        try:
            outbox = await read_outbox(database)
        except (DatabaseAway, OutcomeUnknown):
            metrics.outbox(None)
        else:
            metrics.outbox(outbox.messages, outbox.oldest_seconds)
        text = generate_latest(metrics.registry)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    application = web.Application()
    application.router.add_get(PATH, show)
    return application
