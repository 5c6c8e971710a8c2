"""Bytes of files from Slack and to it, in pieces. The token goes to Slack's own hosts alone, whatever redirects say."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import IO, Final

import aiohttp
from yarl import URL

from bot.slack import LOOPBACK, Slack, SlackLimited, SlackRefused, SlackUnreachable, retry_after_of

SECONDS: Final = 60.0  # for the bytes of one file
_REDIRECTS: Final = 3
_PIECE: Final = 64 * 1024


class TooLarge(Exception):
    """There are more bytes than are wanted, whatever Slack says of its size."""


async def download(slack: Slack, address: str, into: IO[bytes], *, most: int) -> int:
    """Write a file's bytes ``into`` a file, and return how many.

    Raises:
        TooLarge: there are more than ``most``.
        SlackRefused: Slack doesn't hand it over, or names another host for it.
        SlackLimited, SlackUnreachable: not now.
    """
    url = URL(address)
    try:
        async with asyncio.timeout(SECONDS):
            for _ in range(_REDIRECTS):
                if not is_slacks(slack, url):
                    raise SlackRefused("foreign_host")
                headers = {"Authorization": f"Bearer {slack.token}"}
                async with slack.session.get(url, headers=headers, allow_redirects=False) as response:
                    if (location := response.headers.get("Location")) and response.status in range(300, 400):
                        url = url.join(URL(location))
                        continue
                    _check(response)
                    if response.content_type == "text/html":  # of a page that asks to sign in
                        raise SlackRefused("sign_in_page")
                    return await _write(response, into, most)
            raise SlackRefused("too_many_redirects")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise SlackUnreachable(type(error).__name__, uncertain=False) from None  # its text may hold the address


async def upload(slack: Slack, address: str, pieces: AsyncIterator[bytes], size: int) -> None:
    """Send ``size`` bytes to the address that Slack gave for them, which needs no token. Raises as ``download``."""
    url = URL(address)
    if not is_slacks(slack, url):
        raise SlackRefused("foreign_host")
    headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
    try:
        async with asyncio.timeout(SECONDS):
            async with slack.session.post(url, data=pieces, headers=headers, allow_redirects=False) as response:
                _check(response)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise SlackUnreachable(type(error).__name__, uncertain=False) from None


def is_slacks(slack: Slack, url: URL) -> bool:
    """Tell whether an address is one of Slack's own, over TLS: of slack.com, or of the Web API's host as it is set.

    On this machine itself it may be without TLS, at the Web API's port.
    """
    host, api = url.host or "", slack.api
    if api.host in LOOPBACK:
        return url.origin() == api.origin() if url.is_absolute() else False
    roots = {"slack.com", (api.host or "").removeprefix("www.")}
    return (
        url.scheme == "https"
        and url.is_default_port()
        and any(host == root or host.endswith(f".{root}") for root in roots)
    )


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise SlackLimited(retry_after_of(response.headers.get("Retry-After")))
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SlackUnreachable(f"HTTP {response.status}", uncertain=False)
    if response.status != HTTPStatus.OK:
        raise SlackRefused(f"file_http_{response.status}")


async def _write(response: aiohttp.ClientResponse, into: IO[bytes], most: int) -> int:
    size = 0
    async for piece in response.content.iter_chunked(_PIECE):
        size += len(piece)
        if size > most:
            raise TooLarge
        into.write(piece)
    return size
