"""The catalogue of screens, docs/screens.md, is whole: ``make pictures`` makes it so."""

from tests import gallery
from tests.bot.screens import screens


def test_every_screen_has_its_chapter() -> None:
    chapters = gallery.by_subject(set(screens()))

    assert [heading for heading, names in chapters.items() if not names] == []


def test_catalogue_is_that_of_the_present_screens() -> None:
    assert gallery.CATALOGUE.read_text("utf-8") == gallery.catalogue(screens())


def test_every_screen_has_its_picture_and_no_picture_is_left_over() -> None:
    assert {file.stem for file in gallery.PICTURES.glob("*.png")} == gallery.pictured(screens())
