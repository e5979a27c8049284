"""Choosing a picture for an item: by its thumbnail where a script runs, by its number where none does."""

from __future__ import annotations

import pytest

from news.models import NewsItem
from tests.admin_forms import change_url, errors, form_id, send
from tests.conftest import Person
from tests.factories import AuthorFactory, ImageFactory, NewsItemFactory
from tests.html import elements, form_data, one, parse, text

pytestmark = pytest.mark.django_db

CHOOSE = "/admin/library/image/choose/"
SAVE = "_continue"


def test_the_form_shows_the_picture_and_keeps_it(editor: Person) -> None:
    image = ImageFactory(title={"en": "A frigate"})
    item = NewsItemFactory(draft=True, image=image)
    [field] = elements(parse(editor.get(change_url(item))), data_picture_input="")
    assert text(next(elements(field, "strong"))) == "A frigate"
    send(editor, change_url(item), NewsItem, SAVE, title="Changed")
    item.refresh_from_db()
    assert (item.title, item.image) == ("Changed", image)


def test_a_number_chooses_a_picture_and_none_removes_it(editor: Person) -> None:
    image, item = ImageFactory(), NewsItemFactory(draft=True)
    for typed, expected in ((f" {image.pk} ", image), ("", None)):
        send(editor, change_url(item), NewsItem, SAVE, image=typed)
        item.refresh_from_db()
        assert item.image == expected


@pytest.mark.parametrize("typed", ["99", "a frigate", "-1", "9" * 40])
def test_what_is_no_picture_of_the_library_is_refused_and_kept(typed: str, editor: Person) -> None:
    page = send(editor, change_url(NewsItemFactory(draft=True)), NewsItem, SAVE, image=typed)
    assert errors(page) == "No picture of the library has this number."
    assert form_data(page, form_id(NewsItem))["image"] == typed
    assert text(one(parse(page), "span", data_picture_input="")).startswith("No picture of the library has the number")


def test_a_form_does_not_read_the_whole_library(administrator: Person) -> None:
    author = AuthorFactory(image=ImageFactory())
    ImageFactory(title={"en": "Another picture"})
    assert b"Another picture" not in administrator.get(change_url(author)).content


def test_the_one_just_added_is_found_by_its_number(editor: Person) -> None:
    ImageFactory()
    image = ImageFactory(title={"en": "New"})
    found = editor.get(CHOOSE, {"key": image.pk}).json()["pictures"]
    assert [(picture["key"], picture["title"]) for picture in found] == [(image.pk, "New")]
