"""Response URLs over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from sandbox.documents import as_document
from sandbox.refusals import Refused
from sandbox.responses import use_response_url
from sandbox.state import State
from sandbox.troubles import RESPONSE_URL, Kind, Troubles
from sandbox.web_api import ApiCall

_GONE: Final = {"invalid_url", "expired_url", "used_url"}


@dataclass(frozen=True, slots=True)
class Hooks:
    """Answers /hooks/KIND/TEAM/SECRET."""

    state: State
    troubles: Troubles
    listeners: list[Callable[[ApiCall], None]] = field(default_factory=list)  # told of each use that has ended

    async def handle(self, request: web.Request) -> web.Response:
        """Take one answer: 200 "ok", 404 for a URL that is no longer good, 400 for a body that isn't."""
        secret, document = request.match_info["secret"], as_document(await request.read())
        call = ApiCall(RESPONSE_URL, document or {}, self.state.clock.time())

        def meet(kind: Kind) -> None:
            call.trouble = kind

        async def work() -> web.Response:
            try:
                use_response_url(self.state, self.state.response_urls.use(secret), document)
            except Refused as refused:
                call.answer = refused.document()
                status = 404 if refused.error in _GONE else 400
                return web.json_response(refused.document(), status=status)
            return web.Response(text="ok")

        try:
            return await self.troubles.meet(request, RESPONSE_URL, None, work, meet)
        finally:
            call.until = self.state.clock.time()
            for listener in self.listeners:
                listener(call)
