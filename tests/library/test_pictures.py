"""What a page writes of a picture, and what it no longer writes when the right to show it has ended."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import get_script_prefix, set_script_prefix

from library.models import Image
from library.pictures import folder_address, single_address, sources_of
from library.recipe import RATIOS, Rendition, exists_of, rendition_of
from tests.conftest import Person
from tests.factories import ImageFactory, NewsItemFactory, RecordingFactory, SiteSettingsFactory, TermFactory, jpeg
from tests.html import Element, elements, one, parse

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2026, 5, 31)
# In Brussels: the last minute of that day, and the first after it.
BEFORE, AFTER = (dt.datetime(2026, 5, 31, *time, tzinfo=dt.UTC) for time in ((21, 59), (22, 0)))


@pytest.fixture
def image() -> Image:
    made: Image = ImageFactory(
        file=ContentFile(jpeg(1280, 853), name="a.jpg"),
        alt_text={"en": "A ship & its “crew”"},
        caption={"en": "The caption"},
        credit={"en": "The photographer"},
    )
    return made


def drawn(image: Image | None, **context: Any) -> Element:
    return parse(render_to_string("components/picture.html", {"image": image, **context}))


def all_in(element: Element, tag: str) -> list[Element]:
    return list(elements(element, tag))


def addresses(srcset: str) -> dict[str, str]:
    return dict(reversed(entry.split(" ")) for entry in srcset.split(", "))  # type: ignore[misc]


@pytest.mark.parametrize("ratio", RATIOS)
def test_every_address_in_a_page_is_one_of_the_recipe_s(ratio: str, image: Image) -> None:
    element = drawn(image, ratio=ratio, sizes="12rem")
    sets = [(source.get("type"), source) for source in all_in(element, "source")]
    assert [kind for kind, _source in sets] == ["image/avif", "image/webp"]
    for one_set, extension in zip(
        [*(source for _kind, source in sets), one(element, "img")], ("avif", "webp", "jpg"), strict=True
    ):
        assert one_set.get("sizes") == "12rem"
        for width, address in addresses(one_set.get("srcset") or "").items():
            assert address.startswith(folder_address(image))
            wanted = rendition_of(address.rpartition("/")[2])
            assert wanted == Rendition(ratio, int(width.removesuffix("w")), extension)
            assert exists_of(wanted, (1280, 853), image.file.name)


@pytest.mark.parametrize(
    ("ratio", "size"),
    [("wide", (1200, 675)), ("photo", (1279, 853)), ("square", (800, 800)), ("portrait", (682, 852)), ("free", (1280, 853))],
)  # fmt: skip
def test_the_room_of_a_picture_is_told_before_it_has_come(ratio: str, size: tuple[int, int], image: Image) -> None:
    element = one(drawn(image, ratio=ratio), "img")
    assert (int(element.get("width") or 0), int(element.get("height") or 0)) == size


def test_the_first_picture_comes_first_and_the_others_when_they_are_near(image: Image) -> None:
    first, other = (one(drawn(image, ratio="photo", eager=eager), "img") for eager in (True, False))
    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)
    assert (other.get("fetchpriority"), other.get("loading")) == (None, "lazy")
    assert first.get("decoding") == other.get("decoding") == "async"


def test_its_colour_is_there_before_it_unless_it_may_be_transparent(image: Image) -> None:
    image.colour = "#123456"
    assert 'fill="#123456"' in render_to_string("components/picture.html", {"image": image, "ratio": "photo"})
    logo = ImageFactory(file=ContentFile(jpeg(40, 30, "PNG"), name="logo.png"))
    html = render_to_string("components/picture.html", {"image": logo, "ratio": "free"})
    assert "<rect" not in html
    assert re.search(r'<img src="[^"]+free-40\.png"', html)


def test_words_beside_it_are_not_said_twice(image: Image) -> None:
    assert one(drawn(image, ratio="photo", decorative=True), "img").get("alt") == ""
    assert one(drawn(image, ratio="photo"), "img").get("alt") == "A ship & its “crew”"


def test_a_preview_shows_the_same_file(image: Image) -> None:
    before, outside = get_script_prefix(), folder_address(image)
    set_script_prefix("/preview/item-1/")
    try:
        assert folder_address(image) == outside
    finally:
        set_script_prefix(before)


def test_a_picture_costs_no_query(image: Image) -> None:
    with CaptureQueriesContext(connection) as captured:
        drawn(image, ratio="photo")
    assert len(captured) == 0


@pytest.mark.parametrize(
    "lost",
    [
        lambda image: None,
        lambda image: setattr(image, "rights_end_on", dt.date(2001, 1, 1)) or image,
        lambda image: setattr(image, "version", "") or image,
        lambda image: [setattr(image, "render_failure", "broken"), setattr(image, "rendered", image.version), image][2],
    ],
    ids=["none", "rights ended", "never read", "broken"],
)
def test_a_neutral_picture_stands_where_none_can(lost: Any, image: Image) -> None:
    row = lost(image)
    element = drawn(row, ratio="photo")
    assert all_in(element, "img") == []
    assert "picture--blank" in (all_in(element, "span")[0].get("class") or "")
    assert sources_of(row, "photo") is None
    assert single_address(row, "wide") == ""


def test_a_failure_of_another_version_does_not_count(image: Image) -> None:
    image.render_failure, image.rendered = "broken", "0123456789ab"
    assert sources_of(image, "photo") is not None


# ── Rights, on pages ─────────────────────────────────────────────────────────────────────────────────────
def pages_with(image: Image) -> list[str]:
    """The address of every kind of place in which a picture stands."""
    figure = f'<p>Words</p><figure data-image="{image.pk}" data-width="text"><figcaption></figcaption></figure>'
    shown = {"live_from": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
    item = NewsItemFactory(image=image, body=figure, **shown)
    film = NewsItemFactory(kind="video", recording=RecordingFactory(poster=image), **shown)
    pictures = [{"image": row.pk, "caption": {}} for row in (image, ImageFactory())]
    gallery = NewsItemFactory(kind="photo-gallery", gallery=pictures, **shown)
    term = TermFactory(image=image, **shown)
    return ["/en/", "/en/news/", *(row.get_absolute_url() for row in (item, film, gallery, term))]


def test_after_the_last_day_no_page_shows_the_picture_or_its_words(image: Image, visitor: Person) -> None:
    SiteSettingsFactory(logo=image)
    pages = pages_with(image)
    Image.objects.filter(pk=image.pk).update(rights_end_on=LAST_DAY)
    of_it = (folder_address(image), "The caption", "The photographer", "A ship")
    seen = []
    for moment in (BEFORE, AFTER):
        with time_machine.travel(moment, tick=False):
            seen.append({address: visitor.get(address).content.decode() for address in pages})
    before, after = seen
    assert {address for address, html in before.items() if of_it[0] not in html} == set()
    assert {(address, words) for address, html in after.items() for words in of_it if words in html} == set()
