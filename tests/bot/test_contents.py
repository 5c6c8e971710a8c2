import pytest

from bot.contents import SUFFIXES, type_of
from tests.sandbox.uploads import GIF, JPEG, PDF, png


def container(brand: bytes) -> bytes:
    """Return the beginning of a file of the family of MP4."""
    return b"\x00\x00\x00\x18ftyp" + brand + bytes(4) + brand + bytes(60)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (JPEG, "image/jpeg"),
        (png(), "image/png"),
        (GIF, "image/gif"),
        (PDF, "application/pdf"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(40), "image/webp"),
        (container(b"heic"), "image/heic"),
        (container(b"mp42"), "video/mp4"),
        (container(b"qt  "), "video/quicktime"),
        (b"boot ok\r\n\tdisk \x1b[31mfailed\x1b[0m", "text/plain"),
        ("\ufeffGerät startet nicht, 電源".encode(), "text/plain"),
        (b"BM is no picture here", "text/plain"),
    ],
)
def test_photos_films_pdf_and_text_are_known_by_their_content(head: bytes, kind: str) -> None:
    assert type_of(head) == kind
    assert kind in SUFFIXES


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"MZ\x90\x00" + bytes(100),
        b"\x7fELF" + bytes(60),
        b"PK\x03\x04" + bytes(60),
        b"<!DOCTYPE html><title>Sign in</title>",
        b"  <html>",
        b"\xef\xbb\xbf<?xml version='1.0'?>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"a\x00b",
    ],
)
def test_programs_archives_pages_and_nothing_are_not_kept(head: bytes) -> None:
    assert type_of(head) is None
