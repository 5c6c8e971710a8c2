"""A bucket on this machine: as much of S3 as the storage uses, parts included. Signatures aren't checked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from xml.sax.saxutils import escape

from aiohttp import web

_XML = "application/xml"


class Bucket:
    """``objects``: key -> bytes. ``authorizations``: what came as that header."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.authorizations: list[str] = []
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def serve(cls) -> AsyncIterator["Bucket"]:
        bucket = cls()
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{bucket}{key:/?.*}", bucket._answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        bucket.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield bucket
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.authorizations.append(request.headers.get("Authorization", ""))
        key, query, body = request.match_info["key"].lstrip("/"), request.query, await request.read()
        text = ""
        match request.method:
            case "GET" if "list-type" in query:
                text = self._list(query.get("prefix", ""))
            case "GET" | "HEAD":
                if key not in self.objects:
                    return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
                headers = {"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT", "ETag": '"1"'}
                return web.Response(body=self.objects[key], headers=headers)
            case "PUT" if "partNumber" in query:
                self.parts[query["uploadId"]][int(query["partNumber"])] = body
            case "PUT":
                self.objects[key] = body
            case "POST" if "uploads" in query:
                self.parts[key] = {}
                text = (
                    f"<InitiateMultipartUploadResult><UploadId>{escape(key)}</UploadId></InitiateMultipartUploadResult>"
                )
            case "POST":
                self.objects[key] = b"".join(part for _, part in sorted(self.parts.pop(query["uploadId"]).items()))
                text = "<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>"
            case "DELETE":
                self.objects.pop(key, None)
        return web.Response(text=text, content_type=_XML, headers={"ETag": '"1"'})

    def _list(self, prefix: str) -> str:
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size><ETag>1</ETag>"
            "<LastModified>2015-10-21T07:28:00.000Z</LastModified></Contents>"
            for key, body in self.objects.items()
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
