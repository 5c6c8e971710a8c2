"""The page's own way with files: people upload them, look at them, and think better of it."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.file_api import file_response, read_bytes
from sandbox.guard import answer
from sandbox.refusals import Refused
from sandbox.requests import body_of, text_of
from sandbox.state import State


@dataclass(frozen=True, slots=True)
class PageFiles:
    """Answers /-/files."""

    state: State

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.post("/-/files", self._upload),
            web.get("/-/files/{id}", self._show),
            web.post("/-/files/discard", self._discard),
        ]

    async def _upload(self, request: web.Request) -> web.Response:
        """Take a person's file, which is the body; `user` and `name` are in the query."""
        person = self.state.person(request.query.get("user"))
        name, length = request.query.get("name"), request.content_length
        if not name or length is None:
            raise Refused("A file comes with its name and its length.")
        self.state.files.check_room(length)
        file = self.state.files.add(person.id, name, await read_bytes(request, length))
        return answer({"ok": True, "file": self.state.files.document(file.id)})

    async def _show(self, request: web.Request) -> web.Response:
        """Give a file to whoever may see it; `download` in the query keeps a picture from being shown."""
        person = self.state.person(request.query.get("user"))
        file = self.state.files.find(request.match_info["id"])
        if not file.in_blocks and not self.state.files.is_seen_by(file, person.id):
            raise Refused("file_not_found")
        return file_response(file, inline="download" not in request.query)

    async def _discard(self, request: web.Request) -> web.Response:
        """Forget a file that its person has taken out of a message or form again."""
        body = await body_of(request)
        file = self.state.files.own(text_of(body, "user"), text_of(body, "file"))
        self.state.files.discard(file)
        return answer({"ok": True})
