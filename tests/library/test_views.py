"""Documents, recordings and captions at their addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from library.models import CaptionTrack, Document, Recording
from tests.conftest import Person
from tests.factories import DocumentFactory, NewsItemFactory, RecordingFactory, ReportFactory
from tests.html import hrefs, one, parse, text
from tests.library.files import CAPTIONS, WEBM, office, pdf

pytestmark = pytest.mark.django_db


def document(name: str = "a.pdf", content: bytes = pdf(2), **values: Any) -> Document:
    made: Document = DocumentFactory(file=ContentFile(content, name=name), **values)
    return made


def recording(**values: Any) -> Recording:
    made: Recording = RecordingFactory(file=ContentFile(WEBM, name="a.webm"), **values)
    return made


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_pdf_is_shown_and_others_are_kept_under_their_titles(visitor: Person) -> None:
    shown = visitor.get(document(title="Annual report 2023").get_absolute_url())
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "application/pdf")
    french = visitor.get(document(language="fr").get_absolute_url())
    assert (shown.headers["Content-Language"], french.headers["Content-Language"]) == ("en", "fr")
    assert "attachment" not in shown.headers.get("Content-Disposition", "")
    kept = visitor.get(document("x.docx", office("docx"), title="Les « faits »").get_absolute_url())
    assert kept.headers["Content-Type"] == "application/octet-stream"
    assert kept.headers["Content-Disposition"] == 'attachment; filename="les-faits.docx"'
    assert body(shown) == pdf(2)


def test_nothing_that_is_served_can_be_run(visitor: Person) -> None:
    for row in (document(), document("a.txt", b"<script>alert(1)</script>"), recording()):
        response = visitor.get(row.get_absolute_url())
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert response.headers["Content-Type"].partition("/")[0] in ("application", "text", "video")
        assert "html" not in response.headers["Content-Type"]
        assert not response.cookies


def test_a_former_title_leads_to_the_file_and_a_guess_does_not(visitor: Person) -> None:
    row = document(title="First title")
    before = row.get_absolute_url()
    row.title = "Second title"
    row.save()
    assert visitor.get(before).headers["Location"] == row.get_absolute_url() != before
    folder = f"/media/documents/{row.pk}"
    for guess in ("second-title.pdf", f"second-title-{'a' * 10}.pdf", row.key, "%00", "x" * 500):
        assert visitor.get(f"{folder}/{guess}").status_code == 404
    for path in ("/media/documents/99999999999999999999/a.pdf", "/media/documents/0/a.pdf", f"{folder}/", "/media/x"):
        assert visitor.get(path).status_code == 404


def test_keys_cannot_be_guessed_from_one_another() -> None:
    rows = [document() for _number in range(20)]
    assert len({row.key for row in rows}) == 20
    assert all(len(row.key) == 10 for row in rows)


def test_the_title_of_a_file_is_harmless_in_its_address() -> None:
    row = document(title='../\u202egnp.fdp"><script>')
    assert row.name == f"gnpfdpscript-{row.key}.pdf"
    assert document(title="!!!").name.startswith("file-")
    assert document(title="ناتو").name.startswith("ناتو-")


def test_a_replaced_file_keeps_its_address_and_browsers_learn_of_it(visitor: Person) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(days=1), tick=False):
        row = document()
    first = visitor.get(row.get_absolute_url())
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert "max-age=300" in first.headers["Cache-Control"]
    for header in ({"if-none-match": etag}, {"if-modified-since": modified}):
        unchanged = visitor.get(row.get_absolute_url(), headers=header)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["ETag"] == etag
    row.file = ContentFile(pdf(5), name="other.pdf")
    row.save()
    for header in ({"if-none-match": etag}, {"if-modified-since": modified}):
        changed = visitor.get(row.get_absolute_url(), headers=header)
        assert (changed.status_code, body(changed)) == (200, pdf(5))


def test_a_player_gets_the_part_that_it_asks_for(visitor: Person) -> None:
    url = recording().get_absolute_url()
    part = visitor.get(url, headers={"range": "bytes=4-9"})
    assert (part.status_code, body(part)) == (206, WEBM[4:10])
    etag = visitor.get(url).headers["ETag"]
    same = visitor.get(url, headers={"range": "bytes=4-9", "if-range": etag})
    other = visitor.get(url, headers={"range": "bytes=4-9", "if-range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert body(other) == WEBM


def test_a_recording_on_another_website_is_not_served_here(visitor: Person) -> None:
    row = RecordingFactory()
    assert row.get_absolute_url() == "https://video.example.org/watch?v=1"
    assert visitor.get(f"/media/recordings/{row.pk}/x-{row.key}.webm").status_code == 404


def test_captions_are_served_as_captions_to_who_knows_their_recording(visitor: Person) -> None:
    row = recording()
    track = CaptionTrack.objects.create(recording=row, file=ContentFile(CAPTIONS, name="a.vtt"))
    response = visitor.get(track.get_absolute_url())
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert body(response) == CAPTIONS
    for key in ("x", "%00", "a" * 10):
        assert visitor.get(f"/media/captions/{track.pk}-{key}.vtt").status_code == 404


def test_a_lost_file_is_not_found(visitor: Person) -> None:
    row = document()
    row.file.storage.delete(row.file.name)
    assert visitor.get(row.get_absolute_url()).status_code == 404


def test_files_are_only_read(visitor: Person) -> None:
    url = document().get_absolute_url()
    assert visitor.post(url).status_code == 405
    assert visitor.head(url).status_code == 200


def test_pages_lead_to_the_address_that_stays_and_say_what_waits_there(visitor: Person) -> None:
    row = document(title="The report", language="fr")
    for item in (NewsItemFactory(attachments=[row]), ReportFactory(document=row)):
        page = parse(visitor.get(item.get_absolute_url()))
        attachment = one(page, "a", cls="attachment")
        assert attachment.get("href") == row.get_absolute_url()
        assert attachment.get("hreflang") == "fr"
        assert text(attachment).replace("\xa0", " ") == f"The report PDF · {row.size} bytes · 2 pages · français"
        assert f"/media/{row.file.name}" not in hrefs(page)


def test_the_admin_links_to_the_same_address(administrator: Person) -> None:
    row = document()
    page = parse(administrator.get(f"/admin/library/document/{row.pk}/change/"))
    assert hrefs(page).count(row.get_absolute_url()) >= 2
