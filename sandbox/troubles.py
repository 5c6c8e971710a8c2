"""What can go wrong between an app and Slack, switched on from outside: limits, breaks, hangs, lost replies."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from sandbox.clock import Clock
from sandbox.documents import Document

Kind = Literal["limited", "broken", "reset", "silent", "slow", "lost_reply", "held_reply"]

# these stand for a method's name where a response URL, an upload URL or a file's private address is meant
RESPONSE_URL: Final = "response_url"
FILE_UPLOAD: Final = "file_upload"
FILE_DOWNLOAD: Final = "file_download"

_NOT_CARRIED_OUT: Final = frozenset({"limited", "broken", "reset", "silent"})
_WAITED_FOR: Final = frozenset({"silent", "held_reply"})  # these stand until they are ended

Work = Callable[[], Awaitable[web.Response]]


class Trouble(BaseModel):
    """One kind of trouble, for the calls that it fits.

    Not carried out: ``limited`` (429, Retry-After ``seconds``), ``broken`` (500), ``reset`` (the connection breaks),
    ``silent`` (no answer until it is ended). Carried out: ``slow`` (``seconds`` later), ``lost_reply`` (then the
    connection breaks), ``held_reply`` (answered when it is ended). ``method`` and ``channel``: these alone.
    ``times``: so many calls, then it ends by itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    method: str | None = None
    channel: str | None = None
    seconds: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 1
    times: Annotated[int, Field(ge=1)] | None = None

    def fits(self, method: str, channel: object) -> bool:
        """Tell whether a call meets it."""
        return self.method in (None, method) and self.channel in (None, channel)


@dataclass(slots=True)
class _Switched:
    trouble: Trouble
    left: int | None
    met: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Troubles:
    """What is switched on now, in the order in which it was switched on: the first that fits is met."""

    clock: Clock
    listeners: list[Callable[[], None]] = field(default_factory=list)  # told whenever what is on has changed
    _on: dict[int, _Switched] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def start(self, trouble: Trouble) -> int:
        """Switch one on; return its number."""
        number = next(self._numbers)
        self._on[number] = _Switched(trouble, trouble.times)
        self._tell()
        return number

    def end(self, number: int | None = None) -> None:
        """Switch one off, or all; who waits for an answer gets it now."""
        for one in [number] if number is not None else list(self._on):
            switched = self._on.pop(one, None)
            if switched is not None:
                switched.ended.set()
        self._tell()

    async def met(self, number: int) -> None:
        """Wait until a call has met it; one with a held reply is carried out by then."""
        if number in self._on:
            await self._on[number].met.wait()

    def document(self) -> list[Document]:
        """Write what is on, for whoever looks."""
        return [
            {**switched.trouble.model_dump(exclude_none=True), "number": number, "left": switched.left}
            for number, switched in self._on.items()
        ]

    async def meet(
        self,
        request: web.Request,
        method: str,
        channel: object,
        work: Work,
        tell: Callable[[Kind], None] = lambda _: None,
    ) -> web.Response:
        """Do the work of one call, or what the trouble that it meets makes of it; ``tell`` hears which that is."""
        switched = self._take(method, channel)
        if switched is None:
            return await work()
        tell(switched.trouble.kind)
        if switched.trouble.kind in _NOT_CARRIED_OUT:
            return await self._refuse(request, switched)
        if switched.trouble.kind == "slow":
            await self.clock.sleep(switched.trouble.seconds)
        response = await work()
        switched.met.set()
        if switched.trouble.kind == "held_reply":
            await switched.ended.wait()
        return _broken_off(request) if switched.trouble.kind == "lost_reply" else response

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()

    async def _refuse(self, request: web.Request, switched: _Switched) -> web.Response:
        switched.met.set()
        match switched.trouble.kind:
            case "limited":
                return limited(switched.trouble.seconds)
            case "broken":
                return web.Response(status=500, text="<html>Slack is having a bad day</html>", content_type="text/html")
            case "silent":
                await switched.ended.wait()
        return _broken_off(request)

    def _take(self, method: str, channel: object) -> _Switched | None:
        for number, switched in self._on.items():
            if switched.left == 0 or not switched.trouble.fits(method, channel):
                continue
            if switched.left is not None:
                switched.left -= 1
                if switched.left == 0 and switched.trouble.kind not in _WAITED_FOR:
                    del self._on[number]
                self._tell()
            return switched
        return None


def limited(seconds: float) -> web.Response:
    """Write Slack's answer to too many calls: when to come again, in whole seconds.

    docs.slack.dev/apis/web-api/rate-limits
    """
    headers = {"Retry-After": str(max(1, round(seconds)))}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


def _broken_off(request: web.Request) -> web.Response:
    """Break the connection; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
