"""Keeps other sites away from the page and its API, and turns refusals into answers that people can read."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from sandbox.documents import Document, as_json
from sandbox.refusals import Refused

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: https:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# what a person reads when Slack's own client wouldn't have let them
_WORDS: Final = {
    "user_not_found": "There is no such person in this workspace.",
    "account_inactive": "This account is deactivated.",
    "channel_not_found": "There is no such conversation.",
    "not_in_channel": "You are not in this channel.",
    "is_archived": "This channel is archived.",
    "message_not_found": "This message is gone.",
    "thread_not_found": "This thread is gone.",
    "cannot_reply_to_message": "This message can't be replied to.",
    "view_not_open": "This form is no longer open.",
    "view_has_no_submit": "This form can't be submitted.",
    "no_such_element": "This button or field is gone.",
    "no_such_shortcut": "The app has no such shortcut.",
    "file_not_found": "This file is gone.",
    "file_deleted": "This file was deleted.",
    "storage_limit_reached": "This workspace has no room for more files.",
    "file_upload_size_restricted": "This file is too large.",
    "no_such_option": "This option is gone.",
    "element_does_not_dispatch": "This field is sent with its form only.",
}

_LET_THROUGH: Final = ("/api/", "/hooks/", "/link/", "/upload/", "/files-pri/", "/signin")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(*, remote: bool) -> Middleware:
    """Make the middleware. `remote` lets people in by other names than this machine's own loopback names.

    The Web API, the response URLs, the sockets and the files' addresses are let through: they ask for a token or carry
    a secret.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(_LET_THROUGH):
            return await handler(request)
        problem = _problem(request, remote=remote)
        if problem is not None:
            return answer({"ok": False, "error": problem}, status=403)
        try:
            response = await handler(request)
        except Refused as refused:
            words = _WORDS.get(refused.error, refused.error)
            response = answer({"ok": False, "error": words, "code": refused.error})
        if not response.prepared:
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return guarded


def answer(document: Document, status: int = 200) -> web.Response:
    """Write a JSON answer; half of a surrogate pair, which no client could read, becomes a question mark."""
    body = as_json(document).encode("utf-8", "replace")
    headers = {"Content-Type": "application/json; charset=utf-8", **SECURITY_HEADERS}
    return web.Response(body=body, status=status, headers=headers)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _problem(request: web.Request, *, remote: bool) -> str | None:
    # a name that merely resolves to this machine is refused too: another site could have made it do so
    if not remote and not is_loopback(request.url.host or ""):
        return "This workspace answers on this machine only."
    if not request.path.startswith("/-/"):
        return None  # the page itself holds nothing, and a link to it is welcome
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        return "Requests of other sites are refused."
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return "Requests of other sites are refused."
    wanted = "application/octet-stream" if request.path == "/-/files" else "application/json"
    # no form of another site can send one of these
    if request.method == hdrs.METH_POST and request.content_type != wanted:
        return f"The body must be {wanted}."
    return None
