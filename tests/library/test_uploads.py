"""Uploads through the admin: a clear sentence for what cannot be taken, never an error page, nothing typed is lost."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from library.models import Document, Image
from tests.admin_forms import add_url, change_url, errors, list_url
from tests.conftest import Person
from tests.factories import DocumentFactory, ImageFactory, jpeg
from tests.html import form_data
from tests.library.files import office, pdf

pytestmark = pytest.mark.django_db


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has 3,600 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


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


def test_pictures_are_found_by_typing(writer: Person) -> None:
    ImageFactory(title={"en": "A frigate at sea"})
    ImageFactory(title={"en": "A desert"})
    found = writer.get(
        reverse("admin:autocomplete"),
        {"term": "frig", "app_label": "news", "model_name": "newsitem", "field_name": "image"},
    ).json()["results"]
    assert [entry["text"] for entry in found] == ["A frigate at sea"]


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
