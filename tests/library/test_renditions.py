"""What readers are given of a picture: upright, in the right colours, without its secrets, made once."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from PIL import Image as Picture
from PIL import ImageCms

from library import claims, renditions
from library.models import Image, RenditionClaim
from library.recipe import Rendition, all_of
from library.renditions import base_name, ensure, ensure_rendition, file_name, folder_of, make_waiting
from tests.factories import ImageFactory, jpeg
from tests.library.hostile import TAKEN

pytestmark = pytest.mark.django_db

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 60), (30, 60, 200)


@pytest.fixture(autouse=True, params=["disk", "memory"])
def storage(request: Any, settings: Any, tmp_path: Path) -> None:
    """Everything here holds on a disk and on a storage that knows no paths, as object storage does not."""
    settings.MEDIA_ROOT = str(tmp_path)
    if request.param == "memory":
        backend = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
        settings.STORAGES = {**settings.STORAGES, "default": backend}


def stored(picture: Picture.Image, kind: str = "JPEG", *, name: str = "a.jpg", **options: Any) -> Image:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return image_of(target.getvalue(), name=name)


def image_of(content: bytes, *, name: str = "a.jpg", **values: Any) -> Image:
    image: Image = ImageFactory(file=ContentFile(content, name=name), **values)
    return image


def rendition(image: Image, name: str) -> Picture.Image:
    ratio, _dash, rest = name.partition("-")
    width, _dot, extension = rest.partition(".")
    wanted = Rendition(ratio, int(width), extension)
    ensure_rendition(image, wanted, until=time.monotonic() + 5)
    with default_storage.open(file_name(image, wanted)) as file:
        picture = Picture.open(io.BytesIO(file.read()))
        picture.load()
    return picture


def near(pixel: Any, colour: tuple[int, int, int], *, by: int = 14) -> bool:
    return all(abs(one - other) <= by for one, other in zip(pixel[:3], colour, strict=True))


def halves(size: tuple[int, int] = (800, 600), left: Any = RED, right: Any = BLUE) -> Picture.Image:
    picture = Picture.new("RGB", size, left)
    picture.paste(right, (size[0] // 2, 0, *size))
    return picture


# ── What comes out ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("extension", "form"), [("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")])
def test_every_format_is_what_its_name_says(extension: str, form: str) -> None:
    made = rendition(stored(halves()), f"photo-320.{extension}")
    assert (made.format, made.size) == (form, (320, 213))
    assert near(made.getpixel((20, 100)), RED)
    assert near(made.getpixel((300, 100)), BLUE)


@pytest.mark.parametrize("focal_x", [0.1, 0.9])
def test_a_crop_is_made_around_the_focal_point(focal_x: float) -> None:
    image = stored(halves((1600, 600)))
    image.focal_x = focal_x
    image.save()
    made = rendition(image, "square-240.jpg")
    assert near(made.getpixel((120, 120)), RED if focal_x < 0.5 else BLUE)


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    exif = Picture.Exif()
    exif[0x0112] = 6  # the top is at the right
    image = stored(halves(), exif=exif)
    assert (image.width, image.height) == (600, 800)
    made = rendition(image, "free-320.jpg")
    assert made.size == (320, 427)
    assert near(made.getpixel((160, 40)), RED)
    assert near(made.getpixel((160, 400)), BLUE)


def test_nothing_that_the_camera_noted_is_handed_on() -> None:
    exif = Picture.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 52.0, 34.0), 3: "E", 4: (4.0, 25.0, 20.0)})
    image = stored(halves(), exif=exif, comment=b"The secret comment", xmp=b"<x:xmpmeta>The secret place</x:xmpmeta>")
    with image.file.open("rb") as file:
        assert b"The secret comment" in file.read()
    for wanted in all_of((image.width, image.height), image.file.name):
        ensure_rendition(image, wanted, until=time.monotonic())
    for name in default_storage.listdir(folder_of(image))[1]:
        with default_storage.open(f"{folder_of(image)}/{name}") as file:
            content = file.read()
        made = Picture.open(io.BytesIO(content))
        assert not made.getexif(), name
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(made.info), name
        assert b"secret" not in content
        assert b"A camera" not in content


def test_colours_are_converted_from_the_picture_s_own_profile() -> None:
    """By a profile in which red and blue are exchanged, so that the effect is plain to see."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    image = stored(Picture.new("RGB", (600, 400), (220, 0, 0)), icc_profile=exchanged)
    red, _green, blue = rendition(image, "photo-320.jpg").getpixel((100, 100))  # type: ignore[misc]
    assert blue > 180 > red


def test_a_profile_that_cannot_be_read_is_left_out() -> None:
    image = stored(halves(), icc_profile=b"rubbish" * 40)
    assert near(rendition(image, "photo-320.jpg").getpixel((20, 100)), RED)


def test_a_logo_stays_transparent_and_a_photograph_s_crop_does_not() -> None:
    picture = Picture.new("RGBA", (400, 300), (0, 0, 0, 0))
    picture.paste((*RED, 255), (200, 0, 400, 300))
    image = stored(picture, "PNG", name="logo.png")
    for extension in ("avif", "webp", "png"):
        made = rendition(image, f"free-320.{extension}").convert("RGBA")
        assert made.getpixel((40, 100))[3] < 10  # type: ignore[index]
        assert near(made.getpixel((280, 100)), RED)
    for extension in ("avif", "jpg"):
        assert near(rendition(image, f"square-240.{extension}").convert("RGB").getpixel((10, 100)), (255, 255, 255))


def test_deep_greys_keep_their_shade() -> None:
    image = stored(Picture.new("I;16", (400, 300), 40_000), "PNG", name="a.png")
    assert near(rendition(image, "photo-320.jpg").convert("RGB").getpixel((50, 50)), (156, 156, 156))


def test_inks_become_lights() -> None:
    image = stored(Picture.new("CMYK", (400, 300), (0, 255, 255, 0)))
    made = rendition(image, "photo-320.webp").convert("RGB").getpixel((50, 50))
    assert near(made, (254, 0, 0), by=40)


@pytest.mark.filterwarnings("ignore:Palette images")
@pytest.mark.parametrize("kind", TAKEN)
def test_every_picture_that_is_taken_in_has_every_rendition(kind: str) -> None:
    _name, content, size, extension = TAKEN[kind]
    image = image_of(content(), name=f"a.{extension}")
    assert (image.width, image.height) == size
    assert make_waiting() == 1
    image.refresh_from_db()
    assert (image.rendered, image.render_failure) == (image.version, "")
    for wanted in all_of(size, image.file.name):
        assert rendition(image, wanted.name).size[0] == wanted.width


def test_a_large_picture_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    image = stored(halves((4000, 3000)))
    taken: list[Any] = []
    really = renditions.base_from
    monkeypatch.setattr(renditions, "base_from", lambda file: (taken.append(file), really(file))[1])
    make_waiting()
    rendition(image, "photo-320.jpg")
    assert len(taken) == 1
    with default_storage.open(base_name(image)) as file, Picture.open(file) as base:
        assert base.size == (2560, 1920)


# ── Never twice at once ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
def test_of_many_who_need_one_at_once_one_makes_it_and_the_others_wait() -> None:
    made: list[str] = []

    def make() -> bytes:
        made.append(threading.current_thread().name)
        time.sleep(0.3)
        return b"whole"

    def need() -> None:
        ensure("renditions/0/once", make, until=time.monotonic() + 5)
        with default_storage.open("renditions/0/once") as file:
            found.append(file.read())
        connection.close()

    found: list[bytes] = []
    threads = [threading.Thread(target=need) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert found == [b"whole"] * 6
    assert not RenditionClaim.objects.exists()


def test_waiting_has_an_end() -> None:
    claims.claim("renditions/0/slow")
    began = time.monotonic()
    with pytest.raises(renditions.BusyError):
        ensure("renditions/0/slow", lambda: b"", until=began + 0.2)
    assert time.monotonic() - began < 2


def test_a_claim_is_given_back_by_who_fails() -> None:
    def fail() -> bytes:
        raise OSError

    with pytest.raises(OSError):
        ensure("renditions/0/fails", fail, until=time.monotonic())
    assert not RenditionClaim.objects.exists()


def test_what_two_have_made_after_all_is_there_once() -> None:
    renditions.store("renditions/0/twice", b"first")
    renditions.store("renditions/0/twice", b"second")
    assert default_storage.listdir("renditions/0")[1].count("twice") == 1
    assert [name for name in default_storage.listdir("renditions/0")[1] if name.startswith("twice_")] == []


# ── In the background ────────────────────────────────────────────────────────────────────────────────────
def work_until_done() -> int:
    rounds = 0
    while make_waiting():
        rounds += 1
        assert rounds < 20
    return rounds


def test_the_worker_makes_all_and_then_rests() -> None:
    images = [ImageFactory() for _ in range(3)]
    assert work_until_done() == 3
    for image in images:
        image.refresh_from_db()
        assert image.rendered == image.version
        names = {wanted.name for wanted in all_of((image.width, image.height), image.file.name)}
        assert set(default_storage.listdir(folder_of(image))[1]) == names | {"base"}
    assert not RenditionClaim.objects.exists()
    assert make_waiting() == 0


def test_a_moved_focal_point_makes_others_and_removes_the_old() -> None:
    image = stored(halves())
    work_until_done()
    before = folder_of(image)
    image.focal_x = 0.2
    image.save()
    work_until_done()
    assert folder_of(image) != before
    assert default_storage.listdir(folder_of(image))[1]
    assert [image.version] == default_storage.listdir(f"renditions/{image.pk}")[0]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda image: default_storage.delete(image.file.name), "missing"),
        (lambda image: Image.objects.filter(pk=image.pk).update(file=spoilt()), "cannot be read"),
    ],
    ids=["missing", "broken"],
)
def test_a_picture_that_cannot_be_made_is_noted_and_keeps_none_from_the_others(
    spoil: Callable[[Image], Any], said: str
) -> None:
    lost, whole = ImageFactory(), ImageFactory()
    spoil(lost)
    assert work_until_done() == 2
    lost.refresh_from_db()
    whole.refresh_from_db()
    assert said in lost.render_failure
    assert (whole.rendered, whole.render_failure) == (whole.version, "")
    assert make_waiting() == 0, "it is not tried again"
    lost.file = ContentFile(jpeg(40, 30), name="better.jpg")
    lost.save()
    assert work_until_done() == 1, "until it has another file"
    lost.refresh_from_db()
    assert lost.render_failure == ""


def spoilt() -> str:
    return default_storage.save("images/spoilt.jpg", ContentFile(b"\xff\xd8\xff\xe0 no more"))


def test_while_the_storage_is_away_each_is_tried_again_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    images = [ImageFactory(), ImageFactory()]
    tried: list[int] = []

    def away(image: Image, **options: Any) -> None:
        tried.append(image.pk)
        raise ConnectionError

    really = renditions.make_all
    monkeypatch.setattr(renditions, "make_all", away)
    assert work_until_done() == 2
    assert tried == [image.pk for image in images]
    assert not Image.objects.exclude(render_failure="").exists()
    monkeypatch.setattr(renditions, "make_all", really)
    assert make_waiting() == 0
    with time_machine.travel(timezone.now() + 1.1 * claims.STALE):
        assert work_until_done() == 2


def test_an_image_changed_meanwhile_is_not_taken_for_done(monkeypatch: pytest.MonkeyPatch) -> None:
    image = stored(halves())
    really = renditions.make_all

    def changed(row: Image, **options: Any) -> None:
        really(row, **options)
        other = Image.objects.get(pk=row.pk)
        other.focal_x = 0.3
        other.save()

    monkeypatch.setattr(renditions, "make_all", changed)
    make_waiting()
    image.refresh_from_db()
    assert image.rendered != image.version
    monkeypatch.setattr(renditions, "make_all", really)
    work_until_done()
    image.refresh_from_db()
    assert image.rendered == image.version
