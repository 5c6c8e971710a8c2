"""The catalogue of screens, docs/screens.md, is whole."""

from tests import gallery
from tests.bot.screens import screens


def test_every_screen_has_its_chapter() -> None:
    chapters = gallery.by_subject(set(screens()))

    assert [heading for heading, names in chapters.items() if not names] == []
