"""The picture that networks show beside a link to a page."""

from __future__ import annotations

import io
import os
import re
from typing import Any
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.test import override_settings
from PIL import Image as Picture
from PIL import ImageFont, features

from library.models import Image
from portal import share_views
from portal.lettering import AMIRI, ARABIC, SANS, SERIF, Style, can_be_written, faces
from portal.models import SiteSettings
from portal.share_cards import SIZE, Card, card_of
from portal.share_picture import AMBER, NAVY, drawn
from publishing import workflow
from tests.conftest import Person
from tests.factories import IMPORTER, EventFactory, ImageFactory, NewsItemFactory, SiteSettingsFactory, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_stored(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def told(visitor: Person, address: str) -> str:
    """The address that a page gives for its picture."""
    match = re.search(r'property="og:image" content="http://testserver([^"]+)"', visitor.get(address).content.decode())
    assert match
    return match[1]


def shown(visitor: Person, address: str) -> Picture.Image:
    response = visitor.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    return Picture.open(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]


def card(**values: Any) -> Card:
    return Card(
        **{"key": "news-1", "title": "A title", "line": "", "name": "", "has_logo": False, "image": None, **values}
    )


def opened(content: bytes) -> Picture.Image:
    return Picture.open(io.BytesIO(content)).convert("RGB")


def looks_like(picture: Picture.Image, at: tuple[int, int], colour: str) -> bool:
    wanted = Picture.new("RGB", (1, 1), colour).getpixel((0, 0))
    found = picture.getpixel(at)
    assert isinstance(wanted, tuple)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(wanted, found, strict=True))


def ink(picture: Picture.Image, box: tuple[int, int, int, int]) -> int:
    """How many pixels of a part are not the ground."""
    return sum(1 for level in picture.convert("L").crop(box).tobytes() if level > 120)


# ── What is asked for ────────────────────────────────────────────────────────────────────────────────────
def test_every_page_has_one_of_the_size_that_networks_ask_for(visitor: Person) -> None:
    SiteSettingsFactory(tagline={"en": "Peace"})
    item = NewsItemFactory(image=ImageFactory())
    for address in ("/en/", "/en/news/", "/fr/", item.get_absolute_url()):
        assert shown(visitor, told(visitor, address)).size == SIZE


def test_it_is_made_once_and_kept_for_a_year(visitor: Person) -> None:
    address = told(visitor, NewsItemFactory().get_absolute_url())
    with mock.patch.object(share_views, "drawn", wraps=share_views.drawn) as drawing:
        first, second = visitor.get(address), visitor.get(address)
    assert drawing.call_count == 1
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_another_title_or_picture_gives_another_address_and_the_former_leads_to_it(visitor: Person) -> None:
    item = NewsItemFactory(title="Before", image=ImageFactory())
    before = told(visitor, item.get_absolute_url())
    shown(visitor, before)
    item.title = "After"
    workflow.save_draft(item, by=IMPORTER)
    assert told(visitor, item.get_absolute_url()) == before, "a draft changes nothing"
    workflow.approve(item, by=IMPORTER)
    after = told(visitor, item.get_absolute_url())
    assert after != before
    assert visitor.get(before).headers["Location"] == after

    shown(visitor, after)
    assert len(default_storage.listdir(f"share/news-{item.pk}")[1]) == 1, "the former file is gone"
    Image.objects.filter(pk=item.image_id).update(version="0123456789ab")
    assert told(visitor, item.get_absolute_url()) != after


def test_the_page_and_the_picture_agree_in_every_language_of_the_reader(visitor: Person) -> None:
    item = EventFactory(language="fr", status="cancelled")
    address = told(visitor, item.get_absolute_url())
    assert visitor.get(address, headers={"Accept-Language": "en"}).status_code == 200


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired", "withdrawn"])
def test_what_is_not_public_has_none(state: str, visitor: Person) -> None:
    item = NewsItemFactory(**{state: True})
    address = card_of(item, SiteSettings.load()).address
    assert visitor.get(address).status_code == 404
    assert not default_storage.exists("share")


@pytest.mark.parametrize(
    "key",
    ["news-999999", "featured-1", "nothing-1", "news-x", "news-1٣", "site-xx", "site-1", "news-123456789012345678"],
)
def test_made_up_addresses_make_nothing(key: str, visitor: Person) -> None:
    NewsItemFactory()
    assert visitor.get(f"/media/share/{key}/0123456789ab.jpg").status_code == 404
    assert not default_storage.exists("share")


def test_a_picture_whose_rights_have_ended_is_no_longer_on_it() -> None:
    item = NewsItemFactory(image=ImageFactory())
    assert card_of(item, SiteSettings.load()).image
    Image.objects.update(rights_end_on="2020-01-01")
    item = type(item).objects.select_related("image").get()
    assert card_of(item, SiteSettings.load()).image is None


def test_a_picture_that_cannot_be_read_is_left_out(visitor: Person) -> None:
    item = NewsItemFactory(image=ImageFactory())
    address = told(visitor, item.get_absolute_url())
    default_storage.delete(Image.objects.get().file.name)
    other = visitor.get(address).headers["Location"]
    assert other != address
    assert shown(visitor, other).size == SIZE


def test_while_another_draws_it_the_reader_waits_in_the_queue(visitor: Person) -> None:
    address = told(visitor, NewsItemFactory().get_absolute_url())
    with mock.patch.object(share_views, "_ensure", side_effect=share_views.BusyError):
        assert visitor.get(address).headers["Location"] == f"{address}?round=1"
        assert visitor.get(f"{address}?round=99").status_code == 503


def test_without_the_database_what_has_been_drawn_is_still_there(visitor: Person) -> None:
    address = told(visitor, NewsItemFactory().get_absolute_url())
    shown(visitor, address)
    with mock.patch.object(share_views, "card_named", side_effect=OperationalError):
        assert visitor.get(address).status_code == 200
        assert visitor.get("/media/share/news-1/ffffffffffff.jpg").status_code == 503


def test_it_works_on_a_storage_that_is_no_disk(visitor: Person) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    with override_settings(STORAGES={"default": memory, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}):  # fmt: skip
        item = NewsItemFactory(image=ImageFactory(file=ContentFile(jpeg(1280, 853), name="a.jpg")))
        assert shown(visitor, told(visitor, item.get_absolute_url())).size == SIZE


# ── What is drawn ────────────────────────────────────────────────────────────────────────────────────────
def test_the_words_stand_beside_the_picture_around_its_focal_point() -> None:
    photograph = Picture.new("RGB", (1600, 900), "white")
    photograph.paste("red", (1500, 0, 1600, 900))
    for focus, edge in ((1.0, "red"), (0.0, "white")):
        picture = opened(drawn(card(image=Image(focal_x=focus)), photograph))
        assert looks_like(picture, (1190, 300), edge)
        assert looks_like(picture, (600, 300), NAVY)
        assert looks_like(picture, (80, 66), AMBER)


@pytest.mark.parametrize(
    "title",
    ["Four words are enough", "Ça, c’est l’été à Škocjan – “œuvre”", "W" * 200, "Word " * 40, "Many words " * 18, "x"],
)
def test_a_title_of_any_length_stays_in_its_room(title: str) -> None:
    photograph = Picture.new("RGB", (600, 600), "black")
    picture = opened(drawn(card(title=title[:200], name="The Organisation " * 6, image=Image()), photograph))
    assert ink(picture, (64, 100, 672, 478)) > 0
    for outside in ((0, 0, 60, 630), (640, 120, 672, 630), (0, 590, 672, 630)):
        assert ink(picture, outside) == 0, outside


in_order = pytest.mark.skipif(
    not features.check("fribidi") and os.environ.get("CHANCERY_REQUIRE") != "all", reason="needs FriBiDi"
)


@in_order
def test_what_is_read_from_the_right_is_the_mirror_image() -> None:
    picture = opened(drawn(card(title="بيان مشترك", image=Image()), Picture.new("RGB", (600, 600), "red")))
    assert looks_like(picture, (300, 300), "red")
    assert looks_like(picture, (600, 300), NAVY)
    assert looks_like(picture, (1120, 66), AMBER)
    assert ink(picture, (900, 100, 1140, 400)) > 0, "the title"


@in_order
@pytest.mark.parametrize("title", ["قمة", "وزراء الدفاع في 2024 (NATO) " * 7, "ب" * 200])
def test_what_is_read_from_the_right_stays_in_its_room(title: str) -> None:
    photograph = Picture.new("RGB", (600, 600), "black")
    picture = opened(drawn(card(title=title[:200], name="المنظمة الدولية " * 8, image=Image()), photograph))
    assert ink(picture, (528, 100, 1136, 478)) > 0
    for outside in ((1142, 0, 1200, 630), (528, 120, 560, 630), (528, 590, 1200, 630)):
        assert ink(picture, outside) == 0, outside


@in_order
def test_arabic_letters_join_and_those_of_its_neighbours_have_shapes() -> None:
    style = Style(ARABIC, 40, 600)
    assert style.width("ببب") < 0.8 * 3 * style.width("ب")
    letters = "پچژگٹڈڑ،١٢٣؟«12–13»(NATO)…"
    assert can_be_written(letters, ARABIC)
    font = ImageFont.truetype(str(AMIRI.path), 40)
    missing = bytes(font.getmask("\u0149"))
    assert [letter for letter in letters if bytes(font.getmask(letter)) == missing] == []


def test_without_fribidi_arabic_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: False)
    picture = opened(drawn(card(title="بيان مشترك", image=None), None))
    assert ink(picture, (0, 0, 400, 630)) + ink(picture, (800, 0, 1200, 630)) == 0
    assert ink(picture, (440, 160, 760, 470)) > 0, "the mark alone"


@pytest.mark.parametrize("title", ["הצהרה", "共同声明", "A title with one 声", "بيان 声"])
@pytest.mark.parametrize("with_picture", [True, False])
def test_what_cannot_be_written_well_is_not_written(title: str, with_picture: bool) -> None:
    photograph = Picture.new("RGB", (600, 600), "black") if with_picture else None
    picture = opened(drawn(card(title=title, image=Image() if with_picture else None), photograph))
    if with_picture:
        assert ink(picture, (0, 0, 1200, 500)) == 0, "the picture alone"
        assert ink(picture, (64, 518, 200, 630)) > 0, "the mark"
    else:
        assert ink(picture, (0, 0, 400, 630)) == 0
        assert ink(picture, (440, 160, 760, 470)) > 0, "the mark alone"


def test_letters_are_found_in_the_files_that_the_style_sheet_names() -> None:
    assert [face.path.name for face in faces(SERIF)] == [
        "chancery-serif-latin.woff2",
        "chancery-serif-latin-ext.woff2",
        "chancery-serif-cyrillic.woff2",
    ]
    assert all(face.path.exists() for family in (SERIF, SANS, ARABIC) for face in faces(family))
    assert can_be_written("Ğdańsk, Škoda, œuvre – “1er” 1 000 € · …, Ґанок і об’їзд", SANS)


def test_every_letter_that_the_style_sheet_promises_has_a_shape() -> None:
    style = Style(SERIF, 40, 600)
    missing = style.width("\u0149")  # any letter: what has none would be drawn as the same box
    shapes = {letter: style.width(letter) for letter in "AÉŒßñşŠžőț"}
    assert len(set(shapes.values())) > 5
    assert missing > 0


def test_lines_are_as_few_as_there_must_be_and_of_much_the_same_length() -> None:
    style = Style(SERIF, 40, 600)
    lines = style.lines("Ministers meet to speak about what comes next in", 560)
    assert len(lines) == 2
    assert min(map(style.width, lines)) > 0.6 * max(map(style.width, lines))
    assert style.lines("", 560) == []


def test_what_is_too_long_is_cut_at_a_words_end() -> None:
    style = Style(SANS, 27, 600)
    assert style.shortened("The Organisation for Security and Cooperation", 300).endswith("…")
    assert style.shortened("Short", 300) == "Short"
    assert style.width(style.shortened("W" * 100, 300)) <= 300
