"""What is made of a picture: never more pixels than it has, and always around its focal point."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.recipe import (
    BASE,
    RATIOS,
    WIDTHS,
    Rendition,
    all_of,
    base_size,
    crop_box,
    crop_size,
    exists_of,
    fallback_of,
    nearest,
    rendition_of,
    rendition_size,
    widths_of,
)

sides = st.integers(1, 30_000)
sizes = st.tuples(sides, sides)
ratios = st.sampled_from(list(RATIOS))
shares = st.floats(0, 1)


@given(sizes, ratios, shares, shares)
def test_a_crop_lies_inside_the_picture_and_as_near_to_the_focal_point_as_its_edges_allow(
    size: tuple[int, int], ratio: str, x: float, y: float
) -> None:
    left, top, right, bottom = crop_box(size, ratio, (x, y))
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    for begin, end, side, share in ((left, right, size[0], x), (top, bottom, size[1], y)):
        middle, wanted = (begin + end) / 2, side * share
        assert abs(middle - wanted) <= 1 or begin == 0 or end == side
        assert begin - 1 <= wanted <= end + 1


@pytest.mark.parametrize(
    ("ratio", "focus", "box"),
    [
        ("square", (0.5, 0.5), (400, 0, 1200, 800)),
        ("square", (0.0, 0.5), (0, 0, 800, 800)),
        ("square", (0.9, 0.5), (800, 0, 1600, 800)),
        ("square", (0.4, 0.1), (240, 0, 1040, 800)),
        ("portrait", (0.75, 0.5), (880, 0, 1520, 800)),
        ("wide", (0.5, 0.5), (89, 0, 1511, 800)),
        ("free", (0.1, 0.1), (0, 0, 1600, 800)),
    ],
)
def test_crops_of_a_wide_picture(ratio: str, focus: tuple[float, float], box: tuple[int, int, int, int]) -> None:
    assert crop_box((1600, 800), ratio, focus) == box


@given(sizes, ratios)
def test_widths_rise_and_never_have_more_pixels_than_the_picture(size: tuple[int, int], ratio: str) -> None:
    widths = widths_of(size, ratio)
    assert list(widths) == sorted(set(widths))
    assert widths[-1] <= crop_size(base_size(size), ratio)[0]
    assert widths[-1] <= min(size[0], BASE)


def test_a_picture_between_two_widths_gives_its_own() -> None:
    assert widths_of((7728, 5368), "photo") == WIDTHS["photo"]
    assert widths_of((700, 467), "photo") == (160, 240, 320, 480, 640)
    assert widths_of((900, 600), "photo") == (160, 240, 320, 480, 640, 900)
    assert widths_of((12, 8), "photo") == (12,)
    assert widths_of((1, 1), "wide") == (1,)


@given(sizes, ratios)
def test_the_box_of_a_rendition_has_the_shape_of_its_ratio(size: tuple[int, int], ratio: str) -> None:
    shape = RATIOS[ratio] or size
    width, height = rendition_size(size, ratio, 400)
    assert width == 400
    assert height == max(1, round(400 * shape[1] / shape[0]))


@pytest.mark.parametrize("name", ["photo-320.avif", "wide-2400.jpg", "free-1.png"])
def test_a_name_means_what_it_says(name: str) -> None:
    rendition = rendition_of(name)
    assert rendition is not None
    assert rendition.name == name


@pytest.mark.parametrize(
    "name",
    ["", "photo-0.avif", "photo-0320.avif", "photo-99999.avif", "photo-320.gif", "tall-320.avif", "photo-320.avif\n", "base"],
)  # fmt: skip
def test_other_names_mean_nothing(name: str) -> None:
    assert rendition_of(name) is None


def test_only_what_the_recipe_has_exists() -> None:
    size = (1280, 853)
    assert exists_of(Rendition("photo", 320, "avif"), size, "a.jpg")
    assert not exists_of(Rendition("photo", 321, "avif"), size, "a.jpg")
    assert not exists_of(Rendition("photo", 1440, "avif"), size, "a.jpg")
    assert not exists_of(Rendition("photo", 320, "png"), size, "a.png")
    assert exists_of(Rendition("free", 320, "png"), size, "a.PNG")
    assert not exists_of(Rendition("free", 320, "jpg"), size, "a.png")
    assert all(exists_of(rendition, size, "a.jpg") for rendition in all_of(size, "a.jpg"))


def test_what_does_not_exist_leads_to_the_next_larger() -> None:
    size = (1280, 853)
    assert nearest(Rendition("photo", 300, "avif"), size, "a.jpg").width == 320
    assert nearest(Rendition("photo", 9999, "webp"), size, "a.jpg").width == 1279
    assert nearest(Rendition("free", 320, "jpg"), size, "a.png").extension == fallback_of("a.png", "free") == "png"
