"""Recordings: what may be uploaded, captions that browsers read, and a player that asks nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from library.models import CaptionTrack, Recording
from library.recordings import check_captions, check_recording
from tests.admin_forms import add_url, change_url, errors, list_url
from tests.conftest import Person
from tests.factories import ImageFactory, NewsItemFactory, RecordingFactory, SiteSettingsFactory
from tests.html import elements, form_data, one, parse, text
from tests.library.files import CAPTIONS, WEBM

MP4 = b"\0\0\0\x18ftypisom" + b"\0" * 64


def file(name: str, content: bytes) -> Any:
    return ContentFile(content, name=name)


# ── What may be uploaded ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp4", MP4), ("a.m4a", MP4), ("A.WEBM", WEBM), ("a.ogg", b"OggS\0"), ("a.mp3", b"ID3\4"),
        ("a.mp3", b"\xff\xfb\x90"),
    ],
)  # fmt: skip
def test_a_recording_is_known_by_its_beginning(name: str, content: bytes) -> None:
    check_recording(file(name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp4", b"<html>"),
        ("a.webm", MP4),
        ("a.ogg", b"ID3"),
        ("a.mp3", b""),
        ("a.mp3", b"\xff"),
        ("a.m4a", b"\0" * 8),
    ],
)
def test_what_is_none_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(ValidationError, match="something else"):
        check_recording(file(name, content))


@pytest.mark.parametrize(
    "content",
    [
        CAPTIONS,
        b"\xef\xbb\xbf" + CAPTIONS.replace(b"\n", b"\r\n"),
        b"WEBVTT - Title\n\nNOTE words\n\n1\n00:00:01.000 --> 00:00:02.000 line:0 position:20%\n<v Ann>Words</v>\n",
        b"WEBVTT\n\n00:00.000 --> 00:02.000\nA\n\n00:00.000 --> 00:03.000\nB\n\n100:00:00.000 --> 100:00:01.000\nC\n",
        "WEBVTT\n\n00:00.000 --> 00:02.000\nناتو – Żółw\n".encode(),
    ],
)
def test_captions_are_taken(content: bytes) -> None:
    check_captions(file("a.vtt", content))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "first line must be WEBVTT"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nWords\n", "first line must be WEBVTT"),
        (b"WEBVTTX\n", "first line must be WEBVTT"),
        (b"<script>alert(1)</script>", "first line must be WEBVTT"),
        (b"WEBVTT\n", "no caption in this file"),
        (b"WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nWords\n", "Line 3: a timing is written like"),
        (b"WEBVTT\n\n00:61.000 --> 00:62.000\nWords\n", "Line 3: a timing is written like"),
        (b"WEBVTT\n\n1:00.000 --> 00:02.000\nWords\n", "Line 3: a timing is written like"),
        (b"WEBVTT\n\n00:01.000-->00:02.000\nWords\n", "Line 3: a timing is written like"),
        (b"WEBVTT\n\n00:02.000 --> 00:02.000\nWords\n", "Line 3: the caption ends before it begins"),
        (b"WEBVTT\n\n00:02.000 --> 00:03.000\nA\n\n00:01.000 --> 00:04.000\nB\n", "Line 6: the caption begins before"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\né\n".encode("latin-1"), "not in UTF-8"),
        (b"WEBVTT\n\n" + b"x" * 2_200_000, "more than two megabytes"),
    ],
)  # fmt: skip
def test_captions_that_browsers_would_pass_over_are_refused_with_the_line(content: bytes, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        check_captions(file("a.vtt", content))


def test_a_long_line_is_judged_at_once() -> None:
    with pytest.raises(ValidationError):
        check_captions(file("a.vtt", b"WEBVTT\n\n" + b"0" * 1_000_000 + b" -->" + b" \t" * 400_000))


@pytest.mark.django_db
def test_either_a_file_or_an_address() -> None:
    for values in ({"address": ""}, {"file": file("a.webm", WEBM), "address": "https://example.org/"}):
        with pytest.raises(ValidationError, match="either a file or an address"):
            RecordingFactory(**values)
    with pytest.raises(ValidationError, match="The file is video"):
        RecordingFactory(file=file("a.webm", WEBM), kind="audio")
    with pytest.raises(ValidationError, match="valid URL"):
        RecordingFactory(address="javascript:alert(1)")


@pytest.mark.parametrize(
    ("seconds", "shown", "iso"), [(None, "", ""), (12, "0:12", "PT0H0M12S"), (3723.4, "1:02:03", "PT1H2M3S")]
)
def test_a_duration_is_written_for_people_and_for_machines(seconds: float | None, shown: str, iso: str) -> None:
    recording = Recording(duration=None if seconds is None else dt.timedelta(seconds=seconds))
    assert (recording.readable_duration, recording.iso_duration) == (shown, iso)


@pytest.mark.django_db
def test_captions_come_once_a_language() -> None:
    recording = RecordingFactory(file=file("a.webm", WEBM))
    CaptionTrack.objects.create(recording=recording, language="en", file=file("a.vtt", CAPTIONS))
    with pytest.raises(IntegrityError), transaction.atomic():
        CaptionTrack.objects.create(recording=recording, language="en", file=file("b.vtt", CAPTIONS))


# ── The admin ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_writer_adds_a_recording_with_its_captions(writer: Person) -> None:
    data = form_data(writer.get(add_url(Recording)), "recording_form")
    rows = {
        "caption_tracks-TOTAL_FORMS": "1",
        "caption_tracks-0-language": "en",
        "caption_tracks-0-file": SimpleUploadedFile("a.vtt", CAPTIONS),
    }
    values = {
        "title": "A film", "file": SimpleUploadedFile("a.webm", WEBM), "duration": "0:01:30",
        "transcript": "<p>Said.</p><script>alert(1)</script>",
    }  # fmt: skip
    response = writer.post(add_url(Recording), {**data, **values, **rows}, follow=True)
    assert response.status_code == 200
    recording = Recording.objects.get()
    assert (recording.size, recording.transcript) == (len(WEBM), "<p>Said.</p>")
    assert recording.caption_tracks.get().language == "en"
    assert "1:30" in text(parse(writer.get(list_url(Recording))))


@pytest.mark.django_db
def test_captions_in_another_format_are_refused_beside_their_file(writer: Person) -> None:
    recording = RecordingFactory(file=file("a.webm", WEBM))
    data = form_data(writer.get(change_url(recording)), "recording_form")
    rows = {
        "caption_tracks-TOTAL_FORMS": "1",
        "caption_tracks-0-language": "en",
        "caption_tracks-0-file": SimpleUploadedFile("a.vtt", b"1\n00:00:01,000 --> 00:00:02,000\nA\n"),
    }
    response = writer.post(change_url(recording), {**data, **rows}, follow=True)
    assert "first line must be WEBVTT" in response.content.decode()
    assert not CaptionTrack.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_something_else_is_refused_and_nothing_typed_is_lost(writer: Person) -> None:
    data = form_data(writer.get(add_url(Recording)), "recording_form")
    values = {"title": "Typed title", "file": SimpleUploadedFile("a.mp4", b"<script>alert(1)</script>")}
    response = writer.post(add_url(Recording), {**data, **values})
    assert "something else" in errors(response)
    assert 'value="Typed title"' in response.content.decode()


@pytest.mark.django_db
def test_who_may_do_what_with_recordings(writer: Person, editor: Person, visitor: Person) -> None:
    recording = RecordingFactory()
    assert [person.get(list_url(Recording)).status_code for person in (writer, editor, visitor)] == [200, 200, 302]
    delete = change_url(recording).replace("change", "delete")
    assert [person.get(delete).status_code for person in (writer, editor)] == [403, 200]


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_film_of_ours_plays_here_and_loads_nothing_before_it_is_asked_to(visitor: Person) -> None:
    poster = ImageFactory(credit={"en": "A photographer"})
    recording = RecordingFactory(
        title="A film", file=file("a.webm", WEBM), poster=poster, duration=dt.timedelta(seconds=75), language="fr",
        transcript="<p>What is said.</p>",
    )  # fmt: skip
    for language in ("en", "fr"):
        CaptionTrack.objects.create(recording=recording, language=language, file=file("a.vtt", CAPTIONS))
    item = NewsItemFactory(kind="video", recording=recording)
    page = parse(visitor.get(item.get_absolute_url()))
    video = one(page, "video", preload="none", aria_label="A film")
    assert (video.get("autoplay"), video.get("controls")) == (None, "")
    assert f"/media/pictures/{poster.pk}/{poster.version}/wide-" in (video.get("poster") or "")
    source = one(video, "source", type="video/webm")
    assert source.get("src") == recording.get_absolute_url()
    tracks = [(one.get("srclang"), one.get("label"), one.get("default")) for one in elements(video, "track")]
    assert tracks == [("en", "English", ""), ("fr", "français", None)]
    words = text(one(page, "figure", cls="player"))
    for said in ("1:15", "français", "A photographer", "Download (WEBM, 2.0"):
        assert said in words.replace("\xa0", " "), said
    assert text(one(page, "div", lang="fr", cls="prose")) == "What is said."


@pytest.mark.django_db
def test_sound_has_its_player(visitor: Person) -> None:
    recording = RecordingFactory(kind="audio", file=file("a.ogg", b"OggS" + b"\0" * 60))
    page = parse(visitor.get(NewsItemFactory(kind="audio", recording=recording).get_absolute_url()))
    assert one(page, "audio", preload="none").get("src") == recording.get_absolute_url()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "verb"), [("video", "Watch"), ("audio", "Listen")])
def test_what_lies_elsewhere_is_a_link_that_names_the_place(kind: str, verb: str, visitor: Person) -> None:
    recording = RecordingFactory(kind=kind, address="https://www.video.example.org/watch?v=1&t=2")
    response = visitor.get(NewsItemFactory(kind=kind, recording=recording).get_absolute_url())
    page = parse(response)
    link = one(page, "a", cls="player__away")
    assert link.get("href") == "https://www.video.example.org/watch?v=1&t=2"
    assert f"{verb} on video.example.org" in text(link)
    assert "leads to another website" in text(link)
    loaded = [
        value
        for element in page.iter()
        for name, value in element.attrib.items()
        if name in ("src", "srcset", "poster")
    ]
    assert not [address for address in loaded if "example.org" in address]
    assert not list(page.iter("iframe"))
    assert "media-src 'self'" in response.headers["Content-Security-Policy"]
    assert "frame-src" not in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_page_with_a_recording_costs_the_same_with_any_number_of_captions(
    visitor: Person, django_assert_max_num_queries: Any
) -> None:
    SiteSettingsFactory()
    recording = RecordingFactory(file=file("a.webm", WEBM), poster=ImageFactory())
    item = NewsItemFactory(kind="video", recording=recording)
    CaptionTrack.objects.create(recording=recording, language="en", file=file("a.vtt", CAPTIONS))
    CaptionTrack.objects.create(recording=recording, language="fr", file=file("a.vtt", CAPTIONS))
    with django_assert_max_num_queries(8):
        assert visitor.get(item.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_a_recording_that_is_shown_cannot_be_deleted(editor: Person) -> None:
    recording = RecordingFactory()
    NewsItemFactory(kind="video", recording=recording)
    editor.post(change_url(recording).replace("change", "delete"), {"post": "yes"})
    assert Recording.objects.exists()
