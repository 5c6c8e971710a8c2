"""The page behind a ticket's address, for whoever follows it in a browser: the way into Slack, and nothing else.

It is the same for every number, so that it tells nobody which tickets there are, and it asks nothing of the database.
"""

from collections.abc import Mapping
from html import escape
from typing import Final

from aiohttp import web

from bot.identity import Workspace

TICKET_PAGE: Final = "/t/{number:[1-9][0-9]{0,9}}"
HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A ticket of the repair shop</title>
</head>
<body>
<h1>Tickets are read in Slack</h1>
<p>Write <code>/ticket {number}</code> there.</p>
{ways}</body>
</html>
"""


def add_ticket_page(application: web.Application, workspace: Workspace) -> None:
    """Have the application answer the addresses of tickets."""

    async def show(request: web.Request) -> web.Response:
        text = _PAGE.format(number=request.match_info["number"], ways=_ways(workspace))
        return web.Response(text=text, content_type="text/html", headers=HEADERS)

    application.router.add_get(TICKET_PAGE, show)


def _ways(workspace: Workspace) -> str:
    """Return the links into Slack that are known: the app's conversation, and the workspace in the browser.

    docs.slack.dev/interactivity/deep-linking
    """
    ways = []
    if workspace.team_id and workspace.bot_user_id:
        ways.append(_link(f"slack://user?team={workspace.team_id}&id={workspace.bot_user_id}", "Open the Slack app"))
    if workspace.url.startswith("https://"):
        ways.append(_link(workspace.url, "Open Slack in the browser"))
    return "".join(f"<p>{way}</p>\n" for way in ways)


def _link(address: str, words: str) -> str:
    return f'<a href="{escape(address)}">{escape(words)}</a>'
