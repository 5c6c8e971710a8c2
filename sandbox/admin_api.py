"""The API for inspection and for tests under /-/admin: what went both ways, and changes of people."""

from dataclasses import dataclass

from aiohttp import web
from pydantic import ValidationError

from sandbox.delivery import Deliverer, Delivery
from sandbox.events import Events
from sandbox.guard import answer
from sandbox.inspector import Inspector
from sandbox.rates import Rates
from sandbox.refusals import Refused
from sandbox.requests import body_of, text_of
from sandbox.socket import REASONS, Sockets
from sandbox.state import State
from sandbox.tools import Tools
from sandbox.troubles import Trouble, Troubles
from sandbox.web_api import WebApi
from sandbox.workspace import Person


@dataclass(frozen=True, slots=True)
class AdminApi:
    """Answers /-/admin."""

    state: State
    events: Events
    deliverer: Deliverer
    web_api: WebApi
    sockets: Sockets
    troubles: Troubles
    rates: Rates
    inspector: Inspector
    tools: Tools

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.get("/-/admin/deliveries", self._deliveries),
            web.get("/-/admin/calls", self._calls),
            web.get("/-/admin/exchanges", self._exchanges),
            web.get("/-/admin/exchanges/{number:\\d{1,12}}", self._exchange),
            web.post("/-/admin/replay", self._replay),
            web.post("/-/admin/tools", self._run_tool),
            web.post("/-/admin/people/{user}", self._change_person),
            web.post("/-/admin/channels/{channel}/members", self._join),
            web.get("/-/admin/sockets", self._sockets),
            web.post("/-/admin/sockets", self._end_sockets),
            web.get("/-/admin/troubles", self._troubles),
            web.post("/-/admin/troubles", self._start_trouble),
            web.post("/-/admin/troubles/end", self._end_troubles),
            web.post("/-/admin/rates", self._enforce_rates),
        ]

    async def _deliveries(self, _request: web.Request) -> web.Response:
        return answer({"deliveries": [delivery.document() for delivery in self.deliverer.log]})

    async def _calls(self, _request: web.Request) -> web.Response:
        return answer({"calls": [call.document() for call in self.web_api.log]})

    async def _exchanges(self, _request: web.Request) -> web.Response:
        return answer({"rows": self.inspector.rows(), "tools": list(self.tools.commands), **self.inspector.switches()})

    async def _exchange(self, request: web.Request) -> web.Response:
        return answer(self.inspector.find(int(request.match_info["number"])).document())

    async def _replay(self, request: web.Request) -> web.Response:
        record = self.inspector.find((await body_of(request)).get("number")).record
        if not isinstance(record, Delivery):
            raise Refused("Only what was delivered to the app can be delivered again.")
        again = await self.deliverer.replay(record)
        return answer({"ok": True, "status": again.status, "body": again.body, "error": again.error})

    async def _run_tool(self, request: web.Request) -> web.Response:
        return answer(await self.tools.run(text_of(await body_of(request), "name")))

    async def _change_person(self, request: web.Request) -> web.Response:
        old = self.state.person(request.match_info["user"])
        changes = await body_of(request)
        try:
            changed = Person.model_validate({**old.model_dump(), **changes, "id": old.id})
        except ValidationError as error:
            places = [".".join(map(str, fault["loc"])) for fault in error.errors()]
            raise Refused(f"not a person's: {', '.join(places)}") from error
        self.state.change_person(changed)
        self.events.user_change(changed)
        return answer({"ok": True, "person": changed.model_dump(exclude_none=True)})

    async def _join(self, request: web.Request) -> web.Response:
        channel = self.state.channel(request.match_info["channel"])
        person = self.state.person(text_of(await body_of(request), "user"))
        if not channel.has(person.id):
            channel = channel.model_copy(update={"members": frozenset({*(channel.members or ()), person.id})})
            self.state.channels[channel.id] = channel
            self.events.member_joined_channel(person, channel)
        return answer({"ok": True})

    async def _sockets(self, _request: web.Request) -> web.Response:
        return answer({"connections": len(self.sockets.connections)})

    async def _end_sockets(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        reason, seconds = body.get("reason"), body.get("seconds", 0)
        if reason is None:
            self.sockets.drop()
        elif reason in REASONS and isinstance(seconds, int | float):
            await self.sockets.disconnect(reason, seconds)
        else:
            raise Refused(f"reason is one of {', '.join(REASONS)}, or left out to break the connections")
        return answer({"ok": True})

    async def _troubles(self, _request: web.Request) -> web.Response:
        return answer({"troubles": self.troubles.document(), "rates": self.rates.enforced})

    async def _start_trouble(self, request: web.Request) -> web.Response:
        try:
            trouble = Trouble.model_validate(await body_of(request))
        except ValidationError as error:
            places = [".".join(map(str, fault["loc"])) for fault in error.errors()]
            raise Refused(f"not a trouble's: {', '.join(places)}") from error
        return answer({"ok": True, "number": self.troubles.start(trouble)})

    async def _end_troubles(self, request: web.Request) -> web.Response:
        number = (await body_of(request)).get("number")
        if number is not None and not isinstance(number, int):
            raise Refused("number is a trouble's number, or left out for all")
        self.troubles.end(number)
        return answer({"ok": True})

    async def _enforce_rates(self, request: web.Request) -> web.Response:
        self.rates.enforced = (await body_of(request)).get("enforced") is True
        self.inspector.tell_switches()
        return answer({"ok": True})
