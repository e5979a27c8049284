"""A picture for print: in its own pixels, with the words that go with it, without what its camera noted."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Picture
from PIL import ImageChops

from library.full_size import FullSize
from library.models import Image
from publishing.fields import Translations
from tests.conftest import Person
from tests.factories import ImageFactory
from tests.library.hostile import TAKEN, saved

pytestmark = pytest.mark.django_db

WORDS = {
    "title": {"en": "Sea & land, été!"},
    "caption": {"en": "A frigate off Tromsø."},
    "credit": {"en": "Zoë Exämple"},
    "copyright_holder": "The Agency",
}


def gradient(size: tuple[int, int] = (320, 200)) -> Picture.Image:
    bands = [Picture.linear_gradient("L").resize(size), Picture.radial_gradient("L").resize(size)]
    return Picture.merge("RGB", (*bands, Picture.effect_noise(size, 60)))


def image_of(content: bytes, name: str = "a.jpg") -> Image:
    made: Image = ImageFactory(file=ContentFile(content, name=name), **WORDS)
    return made


def full(image: Image) -> tuple[bytes, Picture.Image]:
    with FullSize(image).open() as file:
        content = file.read()
        assert len(content) == file.size
    picture = Picture.open(io.BytesIO(content))
    picture.load()
    return content, picture


def secretive(**options: Any) -> bytes:
    exif = Picture.Exif()
    exif[0x010F] = "Secret camera"
    exif[0x0112] = 8
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 52.0, 34.0)})
    return saved(
        gradient(), "JPEG", exif=exif, comment=b"Secret comment", xmp=b"<x>Secret place</x>", quality=88, **options
    )


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_keeps_its_very_pixels_and_profile_and_gets_other_words(progressive: bool) -> None:
    content = secretive(progressive=progressive, icc_profile=b"profile" * 20)
    made, picture = full(image_of(content + b"<script>after its end</script>"))
    with Picture.open(io.BytesIO(content)) as original:
        assert ImageChops.difference(original.convert("RGB"), picture.convert("RGB")).getbbox() is None
    assert b"Secret" not in made
    assert b"<script>" not in made
    assert picture.info["icc_profile"] == b"profile" * 20
    exif = picture.getexif()
    assert set(exif) == {0x010E, 0x0112, 0x013B, 0x8298}
    assert exif[0x0112] == 8
    assert "A frigate off Tromsø.".encode() in made
    assert "Zoë Exämple".encode() in made
    assert exif[0x8298] == "The Agency"


@pytest.mark.parametrize("kind", TAKEN)
@pytest.mark.filterwarnings("ignore:Palette images")
def test_every_picture_that_is_taken_in_can_be_had_in_full_size(kind: str) -> None:
    _name, content, size, extension = TAKEN[kind]
    made, picture = full(image_of(content(), f"a.{extension}"))
    assert picture.format == "JPEG"
    assert {picture.size, picture.size[::-1]} & {size, (2560, 3)}
    for foreign in (b"<script", b"<?php", b"PK\x03\x04"):
        assert foreign not in made


def test_it_is_kept_under_a_speaking_name(visitor: Person) -> None:
    image = image_of(secretive())
    response = visitor.get(FullSize(image).address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Disposition"] == "attachment; filename*=utf-8''sea-land-%C3%A9t%C3%A9.jpg"
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert int(response.headers["Content-Length"]) == len(b"".join(response.streaming_content))


def test_its_words_follow_the_image_s(visitor: Person) -> None:
    image = image_of(secretive())
    image.credit = Translations(en="Another")
    image.save()
    assert full(image)[1].getexif()[0x013B] == "Another"


def test_another_version_leads_on(visitor: Person) -> None:
    image = image_of(secretive())
    old = FullSize(image).address
    image.focal_x = 0.1
    image.save()
    assert visitor.get(old).headers["Location"] == FullSize(image).address


@pytest.mark.parametrize("spoil", ["missing", "broken"])
def test_what_cannot_be_read_is_not_there(spoil: str, visitor: Person) -> None:
    image = image_of(secretive())
    if spoil == "missing":
        default_storage.delete(image.file.name)
    else:
        Image.objects.update(file=default_storage.save("images/b.jpg", ContentFile(b"\xff\xd8\xff\xe0 no more")))
    assert visitor.get(FullSize(image).address).status_code == 404
