"""Reads the JSON bodies of the page's requests."""

from aiohttp import web

from sandbox.documents import Document
from sandbox.inputs import Values
from sandbox.refusals import Refused


async def body_of(request: web.Request) -> Document:
    """Read a JSON object; raises `Refused`."""
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise Refused("invalid_json") from error
    if not isinstance(body, dict):
        raise Refused("json_not_object")
    return body


def text_of(body: Document, key: str) -> str:
    """Read a text; raises `Refused`."""
    value = body.get(key)
    if not isinstance(value, str):
        raise Refused(f"missing text: {key}")
    return value


def texts_of(body: Document, key: str) -> list[str]:
    """Read a list of texts, empty where there is none; raises `Refused`."""
    value = body.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Refused(f"no list of texts: {key}")
    return value


def object_of(body: Document, key: str) -> Document:
    """Read an object; raises `Refused`."""
    value = body.get(key)
    if not isinstance(value, dict):
        raise Refused(f"missing object: {key}")
    return value


def values_of(body: Document, key: str) -> Values | None:
    """Read what is like view.state.values, if it is there; raises `Refused`."""
    value = body.get(key)
    if value is None:
        return None
    sound = isinstance(value, dict) and all(
        isinstance(actions, dict) and all(isinstance(one, dict) for one in actions.values())
        for actions in value.values()
    )
    if not sound:
        raise Refused(f"{key} must be like view.state.values")
    return dict(value)
