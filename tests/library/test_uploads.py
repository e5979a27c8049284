"""Uploads through the admin: a clear sentence for what cannot be taken, never an error page, nothing typed is lost."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags
from PIL import Image as Picture

from library.models import Document, Image
from library.previews import preview_url
from library.uploads import plain_name
from tests.admin_forms import add_url, change_url, errors, list_url
from tests.conftest import Person
from tests.factories import DocumentFactory, ImageFactory, jpeg
from tests.html import form_data
from tests.library.files import office, pdf
from tests.library.hostile import REFUSED, TAKEN, bomb, plain, saved

pytestmark = pytest.mark.django_db


def upload(person: Person, model: Any, name: str, content: bytes) -> Any:
    data = form_data(person.get(add_url(model)), f"{model._meta.model_name}_form")
    words = {
        "title": "Typed title", "title_en": "Typed title", "alt_text_en": "What it shows", "credit_en": "A photographer",
    }  # fmt: skip
    file = SimpleUploadedFile(name, content)
    values = {name: value for name, value in words.items() if name in data}
    return person.post(add_url(model), {**data, **values, "file": file}, follow=True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jpg", "JPEG"),
        ("a.jpeg", "JPEG"),
        ("a.png", "PNG"),
        ("a.webp", "WEBP"),
        ("A.JPG", "JPEG"),
        ("a.avif", "AVIF"),
    ],
)
def test_a_picture_is_taken_with_its_size(name: str, kind: str, writer: Person) -> None:
    response = upload(writer, Image, name, jpeg(12, 8, kind))
    assert response.status_code == 200
    image = Image.objects.get()
    assert (image.width, image.height) == (12, 8)
    assert image.alt_text == {"en": "What it shows"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jpg", b"This is not a picture.", "not a picture that can be read"),
        ("a.jpg", b"\xff\xd8\xff\xe0 cut off", "not a picture that can be read"),
        ("a.jpg", jpeg(40, 40)[:200], "not a picture that can be read"),
        ("a.png", b"<!doctype html><script>alert(1)</script>", "not a picture that can be read"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not"),
        ("a.php", jpeg(), "not allowed"),
        ("a.html", jpeg(), "not allowed"),
        ("a", jpeg(), "not allowed"),
        ("a.gif", jpeg(12, 8, "GIF"), "not allowed"),
        ("a.jpg", b"", "empty"),
        ("a.png", bomb(), "pixels|not a picture"),
        ("a.png", bomb(15_000, 10_000), "pixels|not a picture"),
    ],
    ids=["text", "cut off", "truncated", "HTML", "SVG", "PHP", "HTML's name", "no extension", "GIF", "empty", "bomb", "large"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_sentence(name: str, content: bytes, said: str, writer: Person) -> None:
    response = upload(writer, Image, name, content)
    assert response.status_code == 200
    assert any(part in errors(response) for part in said.split("|")), errors(response)
    assert 'value="Typed title"' in response.content.decode()
    assert 'value="What it shows"' in response.content.decode()
    assert not Image.objects.exists()
    assert not list(Path(live_settings.MEDIA_ROOT).rglob("a.svg"))


@pytest.mark.parametrize("kind", TAKEN)
def test_a_good_picture_of_a_rare_kind_is_stored_and_shown(kind: str, writer: Person) -> None:
    name, content, size, extension = TAKEN[kind]
    response = upload(writer, Image, name, content())
    assert response.status_code == 200
    image = Image.objects.get()
    assert (image.width, image.height) == size
    assert image.file.name.endswith(f".{extension}")
    shown = writer.get(preview_url(image))
    assert shown["Content-Type"] == "image/jpeg"
    with Picture.open(io.BytesIO(shown.content)) as picture:
        assert (picture.format, picture.mode, getattr(picture, "n_frames", 1)) == ("JPEG", "RGB", 1)
        assert (picture.width >= picture.height) == (size[0] >= size[1])
    assert b"<script" not in shown.content
    assert b"<?php" not in shown.content


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(kind: str, writer: Person) -> None:
    name, content, said = REFUSED[kind]
    response = upload(writer, Image, name, content())
    assert response.status_code == 200
    assert said in errors(response)
    assert not Image.objects.exists()


def test_deep_grey_is_scaled_and_not_cut_off(writer: Person) -> None:
    name, content, _size, _extension = TAKEN["16 bits"]
    upload(writer, Image, name, content())
    assert Image.objects.get().colour == "#9c9c9c"  # 40,000 of 65,535


def test_metadata_stays_out_of_what_the_desk_shows(writer: Person) -> None:
    exif = Picture.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
    exif[ExifTags.Base.Artist] = "Somebody’s name"
    upload(writer, Image, "a.jpg", saved(plain(), "JPEG", exif=exif))
    shown = writer.get(preview_url(Image.objects.get()))
    with Picture.open(io.BytesIO(shown.content)) as picture:
        assert not picture.getexif()


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("photo\u202egpj.jpg", "photo-gpj.jpg"),
        ("../../etc/pass wd.JPG", "pass-wd.jpg"),
        ("C:\\Users\\me\\été à Bruxelles.jpeg", "été-à-Bruxelles.jpg"),
        ("x" * 300 + ".jpg", "x" * 80 + ".jpg"),
        ("....jpg", "picture.jpg"),
        ("a\0\n<b>.jpg", "a-b.jpg"),
    ],
)
def test_a_stored_file_has_a_plain_name(name: str, stored: str) -> None:
    assert plain_name(name, "jpg") == stored


@pytest.mark.parametrize("model", [Image, Document])
def test_a_file_over_the_limit_is_refused_with_both_sizes(model: Any, writer: Person, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MEGABYTES = 1
    name = "a.jpg" if model is Image else "a.pdf"
    response = upload(writer, model, name, jpeg() + b"\0" * (1024 * 1024 + 1))
    assert response.status_code == 200
    assert "the limit is 1.0" in errors(response).replace("\xa0", " ")
    assert "Typed title" in response.content.decode()
    assert not model.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", pdf(2)), ("a.docx", office("docx")), ("a.csv", b"a;b\n"), ("a.TXT", b"words")],
    ids=["PDF", "Word", "CSV", "text"],
)
def test_a_document_is_taken(name: str, content: bytes, writer: Person) -> None:
    assert upload(writer, Document, name, content).status_code == 200
    assert Document.objects.get().extension == name.rpartition(".")[2].upper()


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.js", "a.exe", "a", "a.pdf.html"])
def test_a_document_that_a_browser_would_run_is_refused(name: str, writer: Person) -> None:
    response = upload(writer, Document, name, b"<script>alert(1)</script>")
    assert response.status_code == 200
    assert "not allowed" in errors(response)
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../settings.jpg", "..\\..\\settings.jpg", "/etc/passwd.jpg", "a\0b.jpg", "é ü.jpg", "x" * 300 + ".jpg"]
)
def test_a_name_leads_nowhere_outside_the_library(name: str, writer: Person) -> None:
    response = upload(writer, Image, name, jpeg())
    assert response.status_code == 200
    for image in Image.objects.all():
        assert Path(image.file.path).resolve().is_relative_to(Path(live_settings.MEDIA_ROOT).resolve())


def test_alternative_text_is_asked_for(writer: Person) -> None:
    data = form_data(writer.get(add_url(Image)), "image_form")
    response = writer.post(add_url(Image), {**data, "title_en": "T", "file": SimpleUploadedFile("a.jpg", jpeg())})
    assert response.status_code == 200
    assert "alt_text" in response.context["adminform"].form.errors


def test_changing_the_words_keeps_the_file(writer: Person) -> None:
    image = ImageFactory()
    data = form_data(writer.get(change_url(image)), "image_form")
    writer.post(change_url(image), {**data, "title_en": "Other title"})
    before, image = image.file.name, Image.objects.get()
    assert (str(image.title), image.file.name) == ("Other title", before)


def test_a_lost_file_does_not_break_the_admin(writer: Person) -> None:
    image, document = ImageFactory(), DocumentFactory()
    Path(image.file.path).unlink()
    Path(document.file.path).unlink()
    for url in (list_url(Image), change_url(image), list_url(Document), change_url(document)):
        assert writer.get(url).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "../portal/settings.py",
        "%2e%2e/portal/settings.py",
        "",
        "images/",
        "nothing.jpg",
        "a" * 3000,
        "a/" * 1500,
        "%00",
    ],
)
def test_uploads_are_served_from_their_folder_only(path: str, visitor: Person) -> None:
    assert visitor.get(f"/media/{path}").status_code in (301, 302, 400, 404)
