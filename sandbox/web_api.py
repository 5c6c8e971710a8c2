"""The Web API over HTTP: arguments as the SDKs send them, token, scopes, the method, a log of calls."""

from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.api.methods import METHODS
from sandbox.api.registry import Call, Method
from sandbox.documents import Document, as_json
from sandbox.rates import Rates
from sandbox.refusals import Refused
from sandbox.state import State
from sandbox.troubles import Troubles, limited

KEPT = 1000


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of the app and its answer; the token is left out."""

    method: str
    arguments: Document
    answer: Document
    at: float

    def document(self) -> Document:
        """Write it for whoever inspects the workspace."""
        return {"method": self.method, "arguments": self.arguments, "answer": self.answer, "at": self.at}


@dataclass(slots=True)
class WebApi:
    """Answers /api/METHOD."""

    state: State
    token: str
    app_token: str
    scopes: frozenset[str]
    troubles: Troubles
    rates: Rates
    log: deque[ApiCall] = field(default_factory=lambda: deque(maxlen=KEPT))

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one HTTP request; failures are HTTP 200 with ok false, as Slack answers, but for 429."""
        name = request.match_info["method"]
        method = METHODS.get(name)
        arguments: Document = {}
        problem: Refused | None = None
        try:
            arguments = await _read_arguments(request, method)
        except Refused as refused:
            problem = refused
        token = _token(request, arguments)
        channel = arguments.get("channel")

        async def work() -> web.Response:
            wait = self.rates.wait_for(name, method.tier, channel) if method is not None else 0
            if not wait:
                return self._answer(name, token, arguments, problem)
            self._note(name, arguments, {"ok": False, "error": "ratelimited"})
            return limited(wait)

        return await self.troubles.meet(request, name, channel, work)

    def _answer(self, name: str, token: str | None, arguments: Document, problem: Refused | None) -> web.Response:
        try:
            if problem is not None:
                raise problem
            answer = {"ok": True, **self._call(name, token, arguments)}
        except Refused as refused:
            answer = refused.document()
        self._note(name, arguments, answer)
        return web.Response(
            body=as_json(answer).encode("utf-8", "surrogatepass"),
            content_type="application/json",
            charset="utf-8",
            headers={"X-OAuth-Scopes": ",".join(sorted(self.scopes))},
        )

    def _note(self, name: str, arguments: Document, answer: Document) -> None:
        self.log.append(ApiCall(name, arguments, answer, self.state.clock.time()))

    def _call(self, name: str, token: str | None, arguments: Document) -> Document:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        if method.needs_token:
            if token is None:
                raise Refused("not_authed")
            if token not in (self.token, self.app_token):
                raise Refused("invalid_auth")
            if (token == self.app_token) is not method.app_level:
                raise Refused("not_allowed_token_type")
        call = Call(self.state, arguments, self.scopes)
        if method.scopes:
            call.need_scope(*method.scopes)
        return method.handler(call)


def _token(request: web.Request, arguments: Document) -> str | None:
    given = arguments.pop("token", None)
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    return str(given) if given else None


async def _read_arguments(request: web.Request, method: Method | None) -> Document:
    arguments: Document = dict(request.query)
    if request.method != "POST":
        return arguments
    if request.content_type == "application/json":
        if method is not None and not method.takes_json:
            return arguments  # such methods don't look at a JSON body
        try:
            body = await request.json()
        except (ValueError, RecursionError) as error:
            raise Refused("invalid_json") from error
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        return arguments | {key: value for key, value in body.items() if value is not None}
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.post()
        return arguments | {key: value for key, value in form.items() if isinstance(value, str)}
    if request.can_read_body and await request.read():
        raise Refused("invalid_post_type")
    return arguments
