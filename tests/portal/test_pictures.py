"""The sample's pictures: seeded, varied, light enough."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageStat

from portal.sample.pictures import STYLES, cover, jpeg, paint, portrait

SMALL = (240, 160)


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_paints_the_same_picture_and_another_seed_another(style: str) -> None:
    first = paint(style, "a-story", SMALL)
    assert first.size == SMALL
    assert first.mode == "RGB"
    assert first.tobytes() == paint(style, "a-story", SMALL).tobytes()
    assert first.tobytes() != paint(style, "another-story", SMALL).tobytes()


@pytest.mark.parametrize("style", STYLES)
def test_a_picture_is_not_one_colour(style: str) -> None:
    assert max(ImageStat.Stat(paint(style, "a-story", SMALL)).stddev) > 8


@pytest.mark.parametrize("style", STYLES)
def test_a_style_says_in_both_languages_what_it_shows(style: str) -> None:
    assert set(STYLES[style].alt) >= {"en", "fr"}
    assert all(STYLES[style].alt.values())


def test_portraits_and_covers_are_upright() -> None:
    face, front = portrait("somebody", (160, 200)), cover("report", "2022", (150, 200))
    assert (face.size, front.size) == ((160, 200), (150, 200))
    assert face.tobytes() == portrait("somebody", (160, 200)).tobytes()
    assert front.tobytes() != cover("report", "2023", (150, 200)).tobytes()


def test_a_picture_of_full_size_is_a_progressive_jpeg_of_moderate_weight() -> None:
    content = jpeg(paint("contours", "a-story"))
    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("JPEG", (1280, 853))
    assert picture.info.get("progressive")
    assert len(content) < 400_000


def test_an_unknown_style_is_an_error() -> None:
    with pytest.raises(KeyError):
        paint("impressionism", "a-story")
