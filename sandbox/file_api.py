"""Where files go in and come out over HTTP: upload URLs, and private addresses for whoever brings the app's token."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from sandbox.files import File
from sandbox.refusals import Refused
from sandbox.state import State
from sandbox.troubles import FILE_DOWNLOAD, FILE_UPLOAD, Kind, Troubles, Work
from sandbox.web_api import ApiCall

MULTIPART: Final = "multipart/form-data"
CHUNK: Final = 1 << 16
_SIGN_IN: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Slack</title></head>
<body><h1>Sign in to your workspace</h1></body></html>"""


@dataclass(frozen=True, slots=True)
class FileApi:
    """Answers /upload/v1/TICKET and /files-pri/TEAM-FILE/NAME."""

    state: State
    token: str
    scopes: frozenset[str]
    troubles: Troubles
    listeners: list[Callable[[ApiCall], None]] = field(default_factory=list)  # told of each use that has ended

    def routes(self) -> list[web.RouteDef]:
        """List the routes."""
        return [
            web.post("/upload/v1/{ticket}", self._upload),
            web.get("/files-pri/{file}/{name:.+}", self._download),
            web.get("/signin", self._sign_in),
        ]

    async def _upload(self, request: web.Request) -> web.Response:
        """Take a file, as the body itself or as the first part of a form."""
        call = ApiCall(FILE_UPLOAD, {}, self.state.clock.time())

        async def work() -> web.Response:
            try:
                announced = self.state.files.announced(request.match_info["ticket"])
                call.arguments = {"file": announced.id, "name": announced.name, "length": announced.size}
                content = await _body(request, announced.size)
                self.state.files.receive(request.match_info["ticket"], content)
            except Refused as refused:
                call.answer = refused.document()
                return web.Response(text=refused.error, status=404 if refused.error == "not_found" else 400)
            return web.Response(text=f"OK - {len(content)}")

        return await self._meet(request, call, work)

    async def _download(self, request: web.Request) -> web.Response:
        """Give a file to whoever brings the app's token and may; Slack sends anybody else to sign in."""
        file_id = request.match_info["file"].partition("-")[2]
        call = ApiCall(FILE_DOWNLOAD, {"file": file_id}, self.state.clock.time())

        async def work() -> web.Response:
            try:
                file = self._allowed(request, file_id)
            except Refused as refused:
                call.answer = refused.document()
                if refused.error in ("file_not_found", "file_deleted"):
                    return web.Response(text=refused.error, status=404)
                back = quote(request.path)
                return web.Response(status=302, headers={"Location": f"{self.state.files.base}/signin?redir={back}"})
            return file_response(file, inline=not request.match_info["name"].startswith("download/"))

        return await self._meet(request, call, work)

    async def _sign_in(self, _request: web.Request) -> web.Response:
        return web.Response(text=_SIGN_IN, content_type="text/html", charset="utf-8")

    def _allowed(self, request: web.Request, file_id: str) -> File:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token.strip() != self.token:
            raise Refused("not_authed")
        if "files:read" not in self.scopes:
            raise Refused("missing_scope", needed="files:read", provided=",".join(sorted(self.scopes)))
        file = self.state.files.find(file_id)
        if not self.state.files.is_seen_by(file, self.state.app.bot_user_id):
            raise Refused("file_not_found")
        return file

    async def _meet(self, request: web.Request, call: ApiCall, work: Work) -> web.Response:
        def meet(kind: Kind) -> None:
            call.trouble = kind

        try:
            return await self.troubles.meet(request, call.method, None, work, meet)
        finally:
            call.until = self.state.clock.time()
            for listener in self.listeners:
                listener(call)


def file_response(file: File, *, inline: bool) -> web.Response:
    """Send a file's bytes; a browser may show a picture, and takes nothing for a page of this address."""
    shown = inline and file.kind.is_image
    headers = {
        "Content-Type": file.kind.mimetype,
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=file.content, headers=headers)


async def _body(request: web.Request, most: int) -> bytes:
    """Read what is uploaded, but no more than was announced; raises `Refused`."""
    if request.content_type != MULTIPART:
        return await read_bytes(request, most)
    part = await (await request.multipart()).next()
    if not isinstance(part, BodyPartReader):
        raise Refused("length_mismatch")
    return await _collected(_chunks_of(part), most)


async def read_bytes(request: web.Request, most: int) -> bytes:
    """Read a body of so many bytes at most; raises `Refused`."""
    return await _collected(request.content.iter_chunked(CHUNK), most)


async def _chunks_of(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield chunk


async def _collected(chunks: AsyncIterable[bytes], most: int) -> bytes:
    content = bytearray()
    try:
        async for chunk in chunks:
            content += chunk
            if len(content) > most:
                raise Refused("length_mismatch")
    except ConnectionError as error:  # whoever sent it has gone, or thought better of it
        raise Refused("upload_broken_off") from error
    return bytes(content)
