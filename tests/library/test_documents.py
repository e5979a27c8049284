"""Documents: what their content must be, how many pages they have, and that no file keeps an upload waiting."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from pypdf import PdfReader, PdfWriter

from library import documents
from library.documents import check_document, pages_of
from library.models import Document
from tests.factories import DocumentFactory
from tests.library.files import archive, office, open_document, pdf

PROPERTIES = b'<?xml version="1.0"?><Properties xmlns="x"><Pages>12</Pages></Properties>'
SLIDES = b'<?xml version="1.0"?><ap:Properties xmlns:ap="x"><ap:Slides>7</ap:Slides></ap:Properties>'
META = b'<office:meta><meta:document-statistic meta:page-count="31"/></office:meta>'


def file(name: str, content: bytes) -> Any:
    return ContentFile(content, name=name)


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(3))))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "content", "pages"),
    [
        ("a.pdf", pdf(1), 1),
        ("a.PDF", pdf(40), 40),
        ("a.docx", office("docx", properties=PROPERTIES), 12),
        ("a.pptx", office("pptx", properties=SLIDES), 7),
        ("a.odt", open_document("odt", meta=META), 31),
        ("a.docx", office("docx"), None),
        ("a.xlsx", office("xlsx", properties=PROPERTIES), None),
        ("a.txt", b"words", None),
        ("a.zip", archive({"a": b"b"}), None),
    ],
)
def test_pages_are_told_by_the_file(name: str, content: bytes, pages: int | None) -> None:
    assert pages_of(file(name, content)) == pages


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""),
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.pdf", pdf(3)[:120]),
        ("a.pdf", b"%PDF-1.7\n" + b"\xff" * 5000),
        ("a.pdf", pdf(1, count=b"-4")),
        ("a.pdf", pdf(1, count=b"99999999999999999999")),
        ("a.pdf", pdf(1, count=b"2 0 R")),
        ("a.pdf", pdf(1, trailer=b"/Prev 9")),
        ("a.pdf", pdf(1, trailer=b"/Encrypt 9 0 R")),
        ("a.docx", b"PK\3\4 cut off"),
        ("a.docx", archive({"docProps/app.xml": PROPERTIES}, method=zipfile.ZIP_LZMA)),
        ("a.odt", open_document("odt", meta=b'meta:page-count="999999999999"')),
    ],
)
def test_a_file_that_cannot_be_read_has_no_pages_and_no_failure(name: str, content: bytes) -> None:
    assert pages_of(file(name, content)) in (None, 1)


def test_a_locked_pdf_is_taken_whether_its_pages_are_known_or_not() -> None:
    for password in ("", "secret"):
        opened = file("a.pdf", locked(password))
        check_document(opened)
        assert pages_of(opened) in (None, 3)


def test_a_reader_that_never_ends_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Whatever a PDF does to its reader, the upload goes on."""
    (tmp_path / "pdf_pages.py").write_text("while True: pass\n")
    monkeypatch.setattr(documents, "__file__", str(tmp_path / "documents.py"))
    monkeypatch.setattr(documents, "PATIENCE", 0.5)
    began = time.monotonic()
    assert pages_of(file("a.pdf", pdf(1))) is None
    assert time.monotonic() - began < 5


def test_entities_are_not_expanded() -> None:
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Properties><Pages>&b;</Pages></Properties>'
    assert pages_of(file("a.docx", office("docx", properties=laughs))) is None


def test_an_entry_that_unpacks_to_gigabytes_is_read_in_part() -> None:
    bomb = office("docx", properties=b"<Properties>" + b" " * 50_000_000 + b"<Pages>3</Pages></Properties>")
    assert len(bomb) < 100_000
    assert pages_of(file("a.docx", bomb)) is None


def test_a_table_of_contents_without_end_is_not_read() -> None:
    many = archive({f"{number:040}": b"" for number in range(60_000)}, method=zipfile.ZIP_STORED)
    with pytest.raises(ValidationError, match="something else"):
        check_document(file("a.zip", many))


# ── Content ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", pdf(1)),
        ("a.pdf", b"\xef\xbb\xbf\n" + pdf(1)),
        *[(f"a.{kind}", office(kind)) for kind in ("docx", "xlsx", "pptx")],
        *[(f"a.{kind}", open_document(kind)) for kind in ("odt", "ods", "odp")],
        ("a.zip", archive({"a.txt": b"x"})),
        ("a.zip", archive({})),
        ("a.txt", "Żółw, 北約, ناتو".encode()),
        ("a.csv", b"\xef\xbb\xbfa;b\r\n1;2\r\n"),
    ],
)
def test_what_is_what_its_name_says_is_taken(name: str, content: bytes) -> None:
    opened = file(name, content)
    check_document(opened)
    assert opened.read() == content


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"<!doctype html><script>alert(1)</script>", "is no PDF"),
        ("a.pdf", b"<script>alert(1)</script>%PDF-1.7", "is no PDF"),
        ("a.pdf", office("docx"), "is no PDF"),
        ("a.docx", b"<html>", "something else"),
        ("a.docx", office("xlsx"), "something else"),
        ("a.docx", archive({"evil.html": b"<script>"}), "something else"),
        ("a.xlsx", pdf(1), "something else"),
        ("a.odt", open_document("ods"), "something else"),
        ("a.odt", office("docx"), "something else"),
        ("a.zip", b"<script>alert(1)</script>" + archive({"a": b"b"}), "something else"),
        ("a.zip", b"PK\3\4", "something else"),
        ("a.txt", b"MZ\0\0\x90", "UTF-8"),
        ("a.csv", "Zürich;é".encode("latin-1"), "UTF-8"),
        ("a.csv", "a;b".encode("utf-16"), "UTF-8"),
        ("a.txt", "é".encode()[:1], "UTF-8"),
    ],
)
def test_what_is_something_else_is_refused_with_a_sentence(name: str, content: bytes, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        check_document(file(name, content))


# ── The row ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_size_and_pages_are_kept_in_the_row_and_follow_the_file() -> None:
    document = DocumentFactory(title="Report", file=file("a.pdf", pdf(3)))
    assert (document.size, document.pages) == (len(pdf(3)), 3)
    document.file = file("b.docx", office("docx", properties=PROPERTIES))
    document.full_clean()
    document.save()
    document.refresh_from_db()
    assert (document.size, document.pages) == (document.file.size, 12)


@pytest.mark.django_db
def test_a_stored_document_is_not_opened_to_be_checked_again(django_assert_num_queries: Any) -> None:
    document = DocumentFactory(file=file("a.pdf", pdf(3)))
    document.file.storage.delete(document.file.name)
    document = Document.objects.get()
    document.title = "Another title"
    document.full_clean()
    document.save()
