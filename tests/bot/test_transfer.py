"""Where the token goes, and how much comes back: against a small server in Slack's place."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from yarl import URL

from bot.slack import Slack, SlackLimited, SlackRefused, SlackUnreachable
from bot.transfer import TooLarge, download, is_slacks, upload


@asynccontextmanager
async def serving(*routes: web.RouteDef) -> AsyncIterator[str]:
    application = web.Application()
    application.add_routes(routes)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_bytes_come_for_the_token_and_not_more_than_wanted() -> None:
    async def give(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer xoxb-1"
        return web.Response(body=b"x" * 1000)

    async with serving(web.get("/file", give)) as here, Slack.connect("xoxb-1", f"{here}/api/") as slack:
        into = io.BytesIO()

        assert await download(slack, f"{here}/file", into, most=1000) == 1000
        assert into.getvalue() == b"x" * 1000
        with pytest.raises(TooLarge):
            await download(slack, f"{here}/file", io.BytesIO(), most=999)


async def test_redirect_to_another_host_gets_no_token() -> None:
    visits: list[str | None] = []

    async def take(request: web.Request) -> web.Response:
        visits.append(request.headers.get("Authorization"))
        return web.Response(body=b"x")

    async with serving(web.get("/", take)) as elsewhere:

        async def redirect(_: web.Request) -> web.Response:
            raise web.HTTPFound(f"{elsewhere}/")

        async with serving(web.get("/file", redirect)) as here, Slack.connect("xoxb-1", f"{here}/api/") as slack:
            for address in (f"{here}/file", f"{elsewhere}/", "http://example.com/", "file:///etc/passwd", "/file", ""):
                with pytest.raises(SlackRefused, match="foreign_host"):
                    await download(slack, address, io.BytesIO(), most=10)
            for address in (f"{elsewhere}/", "/file"):
                with pytest.raises(SlackRefused, match="foreign_host"):
                    await upload(slack, address, _pieces(), 1)
    assert visits == []


async def test_what_is_not_the_file_is_told_apart() -> None:
    async def answer(request: web.Request) -> web.Response:
        match request.match_info["what"]:
            case "page":
                return web.Response(text="<html>Sign in</html>", content_type="text/html")
            case "busy":
                return web.Response(status=429, headers={"Retry-After": "7"})
            case "broken":
                return web.Response(status=502)
            case _:
                raise web.HTTPFound(f"/{request.match_info['what']}")

    async with serving(web.get("/{what}", answer)) as here, Slack.connect("xoxb-1", f"{here}/api/") as slack:
        for what, wanted in (
            ("page", "sign_in_page"),
            ("round", "too_many_redirects"),
            ("busy", "limited for 7.0 s"),
            ("broken", "HTTP 502"),
        ):
            with pytest.raises((SlackRefused, SlackLimited, SlackUnreachable), match=wanted):
                await download(slack, f"{here}/{what}", io.BytesIO(), most=10)


@pytest.mark.parametrize(
    ("api", "address", "allowed"),
    [
        ("https://slack.com/api/", "https://files.slack.com/files-pri/T1-F1/a.jpg", True),
        ("https://slack.com/api/", "https://slack.com/x", True),
        ("https://slack-gov.com/api/", "https://files.slack-gov.com/x", True),
        ("https://slack.com/api/", "http://files.slack.com/x", False),
        ("https://slack.com/api/", "https://files.slack.com:8443/x", False),
        ("https://slack.com/api/", "https://files.slack.com.evil.example/x", False),
        ("https://slack.com/api/", "https://evilslack.com/x", False),
        ("https://slack.com/api/", "https://files.slack.com@evil.example/x", False),
        ("https://slack.com/api/", "http://127.0.0.1/x", False),
        ("http://127.0.0.1:8080/api/", "http://127.0.0.1:8080/files-pri/x", True),
        ("http://127.0.0.1:8080/api/", "http://127.0.0.1:8081/files-pri/x", False),
        ("http://127.0.0.1:8080/api/", "https://files.slack.com/x", False),
    ],
)
async def test_only_slacks_own_hosts_are_asked(api: str, address: str, allowed: bool) -> None:
    async with Slack.connect("xoxb-1", api) as slack:
        assert is_slacks(slack, URL(address)) is allowed


async def _pieces() -> AsyncIterator[bytes]:
    yield b"x"
