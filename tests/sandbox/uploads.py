"""Small files to share, and how tests fetch them and read refusals."""

import struct
import zlib

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.documents import Document, Json

PDF = b"%PDF-1.7 a report"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080010002001011100ffd9")
GIF = b"GIF89a" + struct.pack("<HH", 7, 5) + b"\x00\x00\x00;"


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\x00" + b"\x7f" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


async def error_of(client: AsyncWebClient, method: str, **arguments: Json) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, params=arguments)
    return str(caught.value.response["error"])


async def fetch(address: str, token: str = "", **options: Json) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers, **options) as response:
        return response.status, response.content_type, await response.read()


def file_field(**element: Json) -> Document:
    label = {"type": "plain_text", "text": "Photos"}
    inside = {"type": "file_input", "action_id": "files", **element}
    return {"type": "input", "block_id": "photos", "label": label, "element": inside, "optional": True}
