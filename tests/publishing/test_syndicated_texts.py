"""The texts and files in feeds: whole, harmless, and complete for whoever reads them elsewhere."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings
from django.utils import timezone

from library import renditions
from library.models import Image
from library.pictures import rendition_alone
from publishing import workflow
from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    ArticleFactory,
    AuthorFactory,
    DocumentFactory,
    EventFactory,
    ImageFactory,
    NewsItemFactory,
    RecordingFactory,
    SiteSettingsFactory,
    TopicFactory,
    jpeg,
)
from tests.publishing.entries import BOTH, entries
from tests.strict_feeds import strict_feed

pytestmark = pytest.mark.django_db


# ── Texts and files ──────────────────────────────────────────────────────────────────────────────────────
def test_a_full_text_stands_on_its_own(visitor: Person) -> None:
    other = NewsItemFactory(title="Other", slug="other")
    gone = NewsItemFactory()
    image, document = ImageFactory(), DocumentFactory(title="Annex")
    recording = RecordingFactory(title="Film")
    item = NewsItemFactory(
        date=dt.date(2024, 2, 1),
        body=f'<p><a href="target:{target_of(other)}">in</a> <a href="target:{target_of(gone)}">gone</a> '
        '<a href="#here">here</a> <a href="/en/">home</a> <a href="https://example.org/x">out</a>'
        '<span data-footnote="">A note.</span></p>'
        f'<figure data-image="{image.pk}" data-alt="A ship"><figcaption>The ship</figcaption></figure>'
        f'<figure data-recording="{recording.pk}"></figure><p data-document="{document.pk}"></p>'
        "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>",
    )
    workflow.withdraw(gone, by=IMPORTER)
    found = next(entry for entry in entries(visitor, "/en/news/feed.atom") if entry.title == item.title)
    html = found.content[0].value
    page = f"http://testserver{item.get_absolute_url()}"
    assert f'<a href="http://testserver{other.get_absolute_url()}">in</a> gone' in html
    assert f'href="{page}#here"' in html
    assert '<a href="http://testserver/en/">home</a>' in html
    assert 'href="https://example.org/x"' in html
    assert re.search(r'<figure><img alt="A ship"|<figure><img src="http://testserver/media/pictures/', html)
    assert "<figcaption>The ship © Chancery</figcaption>" in html
    assert f'<a href="{recording.address}">Film</a> (video.example.org)' in html
    assert f'<a href="http://testserver{document.get_absolute_url()}">Annex</a> (TXT)' in html
    assert "<sup>1</sup>" in html
    assert "<h2>Notes</h2><ol><li>A note.</li></ol>" in html
    assert "tabindex" not in html


def test_a_picture_whose_rights_have_ended_is_in_no_feed(visitor: Person) -> None:
    image = ImageFactory(rights_end_on=dt.date(2020, 1, 1))
    NewsItemFactory(image=image, body=f'<p>Words.</p><figure data-image="{image.pk}"></figure>')
    content = visitor.get("/en/news/feed.atom").content
    strict_feed(visitor.get("/en/news/feed.atom"))
    assert b"/media/pictures/" not in content


@override_settings(FEED_TEXT="teaser")
@BOTH
def test_teasers_can_be_all_that_a_feed_tells(form: str, visitor: Person) -> None:
    NewsItemFactory(teaser="In short.", body="<p>At length.</p>")
    response = visitor.get(f"/en/news/feed.{form}")
    (entry,) = strict_feed(response).entries
    assert entry.summary == "In short."
    assert b"At length" not in response.content


@pytest.mark.parametrize("form", ["xml", "atom"])
def test_a_file_is_enclosed_with_its_length_and_type(form: str, visitor: Person) -> None:
    # A file that no other test has: what was made of it lies on the disk until the tests end.
    image = ImageFactory(file=ContentFile(jpeg(40, 30 + len(form)), name="picture.jpg"))
    film = RecordingFactory(kind="audio", file=ContentFile(b"ID3" + b"\0" * 97, name="talk.mp3"))
    NewsItemFactory(title="Audio", kind="audio", recording=film, image=image)
    (before,) = entries(visitor, f"/en/news/feed.{form}")
    assert next((one.type, one.get("length")) for one in before.enclosures) == ("audio/mpeg", "100")
    NewsItemFactory(title="Picture", image=image, date=dt.date(2024, 2, 1))
    unmade = entries(visitor, f"/en/news/feed.{form}")[0].enclosures[0]
    assert unmade.get("length", "0") == "0", "not known yet"
    while renditions.make_waiting():
        pass
    image = Image.objects.get(pk=image.pk)
    (made,) = entries(visitor, f"/en/news/feed.{form}")[0].enclosures
    assert made.type == "image/jpeg"
    rendition = rendition_alone(image, "wide")
    assert rendition
    answer = visitor.get(made.href.removeprefix("http://testserver"))
    assert int(made.length) == len(b"".join(answer.streaming_content)) > 0  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == made.type


HOSTILE = "a\x01b\x0bc￾d]]>e<script>alert(1)</script>&amp;‮"


@pytest.mark.parametrize("full", ["full", "teaser"])
@BOTH
def test_no_text_breaks_a_feed(form: str, full: str, visitor: Person) -> None:
    SiteSettingsFactory(name={"en": f"Org {HOSTILE}"}, tagline={"en": HOSTILE})
    topic = TopicFactory(title=HOSTILE, slug="peace")
    author = AuthorFactory(name=f"{HOSTILE[:60]}")
    item = NewsItemFactory(
        title=HOSTILE, teaser=HOSTILE, reference=HOSTILE[:30], dateline=HOSTILE[:60], speaker=HOSTILE, topics=[topic],
        body=f'<p>{HOSTILE}<a href="http://[">x</a><a href="//[">y</a><a href="a\tb">z</a></p>',
        recording=RecordingFactory(title=HOSTILE),
    )  # fmt: skip
    type(item).objects.filter(pk=item.pk).update(body=f"<p>\x02{HOSTILE}<img src=x onerror=alert(1)></p>")
    ArticleFactory(title=HOSTILE, standfirst=HOSTILE, authors=[author], topics=[topic])
    EventFactory(title=HOSTILE, teaser=HOSTILE, place=HOSTILE, start_date=timezone.localdate(), topics=[topic])
    with override_settings(FEED_TEXT=full):
        for path in ("news", "review", "events", "topics/peace"):
            assert entries(visitor, f"/en/{path}/feed.{form}")
            assert b"\x01" not in visitor.get(f"/en/{path}/feed.{form}").content


def test_addresses_in_any_script_are_written_for_machines(visitor: Person) -> None:
    topic = TopicFactory(slug="мир-та-безпека", title="Мир")
    NewsItemFactory(slug="промова", topics=[topic])
    with override_settings(WEBSUB_HUB="https://hub.example.org/", SITE_URL="https://newsroom.example.org"):
        response = visitor.get(f"{topic.get_absolute_url()}feed.atom")
    (entry,) = strict_feed(response).entries
    assert entry.link.isascii()
    assert response.headers["Link"].isascii()
    assert f'<https://newsroom.example.org{topic.get_absolute_url()}feed.atom>; rel="self"' in response.headers["Link"]
