"""The Web API over HTTP: arguments as the SDKs send them, token, scopes, the method, a log of calls."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.api.methods import METHODS
from sandbox.api.registry import Call, Method
from sandbox.documents import Document, as_json
from sandbox.rates import Rates
from sandbox.refusals import Refused
from sandbox.state import State
from sandbox.troubles import Kind, Troubles, limited
from sandbox.workspace import im_channel

KEPT = 1000


@dataclass(slots=True)
class ApiCall:
    """One call of the app and what became of it; the token is left out.

    ``trouble``: what it met. ``answer`` is empty unless it was carried out. ``at`` and ``until`` are
    when it came and when it was answered or broken off (None: it still stands). ``conversation`` is the one that it is
    about, and ``beside`` how many other calls about that one the app was waiting for when it came.
    """

    method: str
    arguments: Document
    at: float
    conversation: str | None = None
    beside: int = 0
    trouble: Kind | None = None
    answer: Document = field(default_factory=dict)
    until: float | None = None
    retry_after: float | None = None

    @property
    def running(self) -> bool:
        """Tell whether it still stands."""
        return self.until is None

    def document(self) -> Document:
        """Write it for whoever inspects the workspace."""
        return {name: getattr(self, name) for name in self.__slots__}


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
    watchers: list[Callable[[ApiCall], None]] = field(default_factory=list)  # told of each call as it comes
    listeners: list[Callable[[ApiCall], None]] = field(default_factory=list)  # told of each call that has ended
    _standing: list[tuple[ApiCall, web.Request]] = field(default_factory=list)

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
        call = self._note(name, arguments, request)

        async def work() -> web.Response:
            wait = self.rates.wait_for(name, method.tier, call.conversation) if method is not None else 0
            if not wait:
                return self._answer(call, token, problem)
            call.answer = {"ok": False, "error": "ratelimited"}
            return limited(wait)

        def meet(kind: Kind) -> None:
            call.trouble = kind

        try:
            response = await self.troubles.meet(request, name, call.conversation, work, meet)
            call.retry_after = float(response.headers["Retry-After"]) if "Retry-After" in response.headers else None
        finally:
            call.until = self.state.clock.time()
            self._standing.remove((call, request))
            for listener in self.listeners:
                listener(call)
        return response

    def _note(self, name: str, arguments: Document, request: web.Request) -> ApiCall:
        place = channel if isinstance(channel := arguments.get("channel"), str) else None
        if place in self.state.people:  # who stands for the conversation with them
            place = im_channel(self.state.team.id, place, self.state.app.bot_user_id).id
        # one that the app has given up has lost its connection
        beside = sum(
            place is not None and other.conversation == place and not _is_gone(its) for other, its in self._standing
        )
        call = ApiCall(name, arguments, self.state.clock.time(), place, beside)
        self._standing.append((call, request))
        self.log.append(call)
        for watcher in self.watchers:
            watcher(call)
        return call

    def _answer(self, call: ApiCall, token: str | None, problem: Refused | None) -> web.Response:
        try:
            if problem is not None:
                raise problem
            call.answer = {"ok": True, **self._call(call.method, token, call.arguments)}
        except Refused as refused:
            call.answer = refused.document()
        return web.Response(
            body=as_json(call.answer).encode("utf-8", "surrogatepass"),
            content_type="application/json",
            charset="utf-8",
            headers={"X-OAuth-Scopes": ",".join(sorted(self.scopes))},
        )

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


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


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
