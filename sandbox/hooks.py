"""Response URLs over HTTP."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from sandbox.documents import as_document
from sandbox.refusals import Refused
from sandbox.responses import use_response_url
from sandbox.state import State
from sandbox.troubles import RESPONSE_URL, Troubles

_GONE: Final = {"invalid_url", "expired_url", "used_url"}


@dataclass(frozen=True, slots=True)
class Hooks:
    """Answers /hooks/KIND/TEAM/SECRET."""

    state: State
    troubles: Troubles

    async def handle(self, request: web.Request) -> web.Response:
        """Take one answer: 200 "ok", 404 for a URL that is no longer good, 400 for a body that isn't."""
        secret, body = request.match_info["secret"], await request.read()

        async def work() -> web.Response:
            try:
                use_response_url(self.state, self.state.response_urls.use(secret), as_document(body))
            except Refused as refused:
                status = 404 if refused.error in _GONE else 400
                return web.json_response(refused.document(), status=status)
            return web.Response(text="ok")

        return await self.troubles.meet(request, RESPONSE_URL, None, work)
