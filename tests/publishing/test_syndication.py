"""Feeds: they hold what is public, in the list's order and by the list's filters, and pass strict readers."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from publishing import workflow
from publishing.preview import moment_url, preview_url
from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import (
    A_DAY,
    IMPORTER,
    ArticleFactory,
    AuthorFactory,
    DocumentFactory,
    EventFactory,
    FeaturedItemFactory,
    NewsItemFactory,
    ReportFactory,
    SiteSettingsFactory,
    TermFactory,
    TopicFactory,
    translated,
)
from tests.publishing.entries import BOTH, NOW, change, entries, titles
from tests.strict_feeds import strict_feed

pytestmark = pytest.mark.django_db


# ── What it holds ────────────────────────────────────────────────────────────────────────────────────────
@BOTH
def test_an_empty_feed_is_valid_and_does_not_change_by_itself(form: str, visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first = visitor.get(f"/en/news/feed.{form}")
        assert strict_feed(first).entries == []
        clock.shift(60)
        assert visitor.get(f"/en/news/feed.{form}").headers["ETag"] == first.headers["ETag"]


@BOTH
def test_an_entry_says_what_the_page_says(form: str, visitor: Person) -> None:
    topic, other = TopicFactory(title="Zeal"), TopicFactory(title="Air & sea")
    item = NewsItemFactory(
        title="“Tea & bread” for <all>", kind="speech", speaker="A. Person, Minister", teaser="In <short>.",
        body="<p>All of <strong>it</strong> &amp; more.</p>", topics=[topic, other],
    )  # fmt: skip
    (entry,) = entries(visitor, f"/en/news/feed.{form}")
    assert entry.title_detail.value in (item.title, "“Tea & bread” for &lt;all&gt;")
    assert entry.link == f"http://testserver{item.get_absolute_url()}"
    assert entry.id == f"tag:newsroom.example.org,{item.created_at.year}:news/{item.pk}/en"
    assert entry.author == "A. Person, Minister"
    assert [tag.term for tag in entry.tags] == ["Speech or transcript", "Air & sea", "Zeal"]
    assert entry.content[-1].value == "<p>All of <strong>it</strong> &amp; more.</p>"
    assert entry.summary in ("In <short>.", "In &lt;short&gt;.")


@BOTH
def test_a_feed_says_whose_and_what_it_is(form: str, visitor: Person) -> None:
    SiteSettingsFactory(tagline={"en": "Together"})
    topic = TopicFactory(title="Peace", slug="peace")
    NewsItemFactory(topics=[topic])
    feed = strict_feed(visitor.get(f"/en/news/feed.{form}?topic=peace&utm_source=x")).feed
    assert feed.title == "News – Peace – The Organisation"
    assert feed.subtitle == "Together"
    assert feed.language == "en"
    assert feed.link == "http://testserver/en/news/?topic=peace"
    (here,) = [link.href for link in feed.links if link.rel == "self"]
    assert here == f"http://testserver/en/news/feed.{form}?topic=peace"


@BOTH
def test_its_identity_is_for_ever(form: str, visitor: Person) -> None:
    item = NewsItemFactory(slug="before")
    french = translated(item)
    (before,) = entries(visitor, f"/en/news/feed.{form}")
    item.slug, item.title = "after", "Another title"
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER)
    with override_settings(SECRET_KEY="another key"):
        (after,) = entries(visitor, f"/en/news/feed.{form}")
    assert after.link != before.link
    assert after.id == before.id
    (in_french,) = entries(visitor, f"/fr/news/feed.{form}")
    assert in_french.id == f"tag:newsroom.example.org,{french.created_at.year}:news/{item.pk}/fr" != before.id


@BOTH
def test_updated_moves_with_a_correction_and_with_no_other_change(form: str, visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        item = NewsItemFactory(date=None, live_from=NOW)
        (first,) = entries(visitor, f"/en/news/feed.{form}")
        assert first.published_parsed[:6] == first.updated_parsed[:6] == NOW.timetuple()[:6]
        clock.shift(A_DAY)
        change(item, body="<p>A comma less.</p>")
        (touched,) = entries(visitor, f"/en/news/feed.{form}")
        assert touched.updated == first.updated
        assert touched.content[-1].value == "<p>A comma less.</p>"
        clock.shift(A_DAY)
        change(item, body="<p>Twelve, not ten.</p>", correction="There were twelve.")
        (corrected,) = entries(visitor, f"/en/news/feed.{form}")
        assert corrected.published == first.published
        assert corrected.updated_parsed[:3] == (2024, 5, 4)


def test_an_older_text_is_published_on_its_day_and_none_in_the_future(visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        NewsItemFactory(title="Old", date=dt.date(1999, 4, 1), live_from=NOW)
        NewsItemFactory(title="Ahead", date=dt.date(2024, 5, 9), live_from=NOW)
        found = {entry.title: entry.published for entry in entries(visitor, "/en/news/feed.atom")}
    assert found == {"Old": "1999-03-31T22:00:00+00:00", "Ahead": "2024-05-02T10:00:00+00:00"}


@BOTH
def test_it_holds_the_newest_and_no_more_than_thirty(form: str, visitor: Person) -> None:
    for number in range(32):
        NewsItemFactory(title=f"No. {number}", date=dt.date(2024, 1, 1) + number * A_DAY)
    assert titles(visitor, f"/en/news/feed.{form}") == [f"No. {number}" for number in range(31, 1, -1)]


def test_it_narrows_as_its_list_does(visitor: Person) -> None:
    topic = TopicFactory(slug="peace")
    NewsItemFactory(title="A", kind="speech", speaker="X", topics=[topic], date=dt.date(2023, 5, 1))
    NewsItemFactory(title="B", kind="statement", topics=[topic], date=dt.date(2024, 5, 1))
    NewsItemFactory(title="C", kind="speech", speaker="X", date=dt.date(2024, 6, 1))
    feeds = {
        "/en/news/feed.xml": ["C", "B", "A"],
        "/en/news/feed.xml?page=7": ["C", "B", "A"],
        "/en/news/feed.xml?kind=speech": ["C", "A"],
        "/en/news/speech/feed.xml": ["C", "A"],
        "/en/news/speech/feed.xml?topic=peace": ["A"],
        "/en/news/feed.xml?topic=peace": ["B", "A"],
        "/en/news/feed.xml?year=2024&kind=speech": ["C"],
        "/en/news/feed.xml?month=2024-05": ["B"],
        "/en/topics/peace/feed.xml": ["B", "A"],
    }
    assert {address: titles(visitor, address) for address in feeds} == feeds


@pytest.mark.parametrize(
    "query",
    ["kind=nonsense", "topic=nowhere", "year=1066", "year=%00", "month=2024-13", "kind=speech%00", "year=9" * 9],
)
@BOTH
def test_a_filter_that_the_list_does_not_know_is_not_found(form: str, query: str, visitor: Person) -> None:
    NewsItemFactory()
    assert visitor.get(f"/en/news/?{query}").status_code == 404
    assert visitor.get(f"/en/news/feed.{form}?{query}").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/en/news/feed.rdf", "/en/news/feed.xml/", "/en/news/nonsense/feed.xml", "/en/topics/nowhere/feed.atom",
        "/en/secretary-general/feed.xml", "/en/secretary-general/nobody/feed.xml", "/en/feed.xml", "/xx/news/feed.xml",
        "/en/topics/%00/feed.xml",
    ],
)  # fmt: skip
def test_there_are_no_other_feeds(address: str, visitor: Person) -> None:
    assert visitor.get(address, follow=True).status_code == 404


def test_every_part_of_the_site_has_its_feeds(visitor: Person) -> None:
    topic, term = TopicFactory(slug="peace"), TermFactory(slug="anna", title="Anna")
    news = NewsItemFactory(title="News", topics=[topic], secretary_general=term, live_from=NOW)
    article = ArticleFactory(topics=[topic], authors=[AuthorFactory(name="Zoe"), AuthorFactory(name="Ann")])
    event = EventFactory(topics=[topic], title="Visit", start_date=timezone.localdate() + A_DAY)
    report = ReportFactory(document=DocumentFactory())
    FeaturedItemFactory(title="Look", target=target_of(news))
    FeaturedItemFactory(title="Gone", target=target_of(NewsItemFactory(withdrawn=True)))
    found = {
        path: [entry.title for entry in strict_feed(visitor.get(f"/en/{path}feed.{form}")).entries]
        for form in ("xml", "atom")
        for path in ("review/", "events/", "featured/", "topics/peace/", "secretary-general/", "secretary-general/anna/",
                     "secretary-general/annual-reports/")
    }  # fmt: skip
    assert found == {
        "review/": [article.title],
        "events/": ["Visit"],
        "featured/": ["Look"],
        "topics/peace/": [event.title, news.title, article.title],
        "secretary-general/": ["News"],
        "secretary-general/anna/": ["News"],
        "secretary-general/annual-reports/": [report.title],
    }
    (signed,) = entries(visitor, "/en/review/feed.atom")
    assert [author.name for author in signed.authors] == ["Ann", "Zoe"]
    (card,) = entries(visitor, "/en/featured/feed.xml")
    assert card.link == f"http://testserver{news.get_absolute_url()}"
    (volume,) = entries(visitor, "/en/secretary-general/annual-reports/feed.xml")
    assert [(file.type, file.length) for file in volume.enclosures] == [("text/plain", "7")]


def test_an_event_says_when_and_where_and_that_it_is_off(visitor: Person) -> None:
    day = timezone.localdate() + 9 * A_DAY
    EventFactory(title="Later", start_date=day + A_DAY, live_from=timezone.now() - 3 * A_DAY)
    EventFactory(
        title="Talks", start_date=day, start_time=dt.time(9), place="The House", city="Riga", teaser="In short.",
        time_zone="Europe/Riga", status="cancelled", body="<p>Words.</p>", programme="<ol><li>Tea</li></ol>",
    )  # fmt: skip
    talks, later = entries(visitor, "/en/events/feed.atom")
    assert later.title == "Later", "the last announced comes first, whichever day is nearer"
    assert talks.title == "Cancelled: Talks"
    assert re.fullmatch(r"\d+ \w+ \d{4}, 09:00 \(Riga time\), The House, Riga – In short\.", talks.summary)
    assert re.fullmatch(
        r"<p>Cancelled<br ?/?>.* \(Riga time\)<br ?/?>The House, Riga</p><p>Words.</p><ol><li>Tea</li></ol>",
        talks.content[0].value,
    )


def test_an_untranslated_item_is_listed_as_in_its_list_and_says_its_language(visitor: Person) -> None:
    NewsItemFactory(title="Original")
    assert titles(visitor, "/fr/news/feed.atom") == []
    SiteSettingsFactory(with_originals=["fr"])
    response = visitor.get("/fr/news/feed.atom")
    (entry,) = strict_feed(response).entries
    assert entry.title_detail.language == "en"
    assert response.headers["Content-Language"] == "fr"
    assert b"<dc:language>en</dc:language>" in visitor.get("/fr/news/feed.xml").content


def test_a_text_that_runs_from_right_to_left_says_so(visitor: Person) -> None:
    NewsItemFactory(language="ar", title="خبر", body="<p>كلمات</p>")
    (entry,) = entries(visitor, "/ar/news/feed.atom")
    assert entry.content[0].value == '<div dir="rtl"><p>كلمات</p></div>'


# ── Never before its time, never after ───────────────────────────────────────────────────────────────────
FEEDS = ["/en/news/feed.xml", "/en/news/news/feed.atom", "/en/topics/peace/feed.xml", "/en/secretary-general/feed.atom"]


def test_a_scheduled_item_is_in_the_feeds_at_its_instant_and_not_a_second_before(visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        about = {"topics": [TopicFactory(slug="peace")], "secretary_general": TermFactory()}
        NewsItemFactory(title="Soon", date=None, live_from=NOW + A_DAY, **about)
        clock.move_to(NOW + A_DAY - dt.timedelta(seconds=1))
        assert [titles(visitor, address) for address in FEEDS] == [[]] * 4
        clock.move_to(NOW + A_DAY)
        assert [titles(visitor, address) for address in FEEDS] == [["Soon"]] * 4


def test_a_scheduled_change_is_in_the_feeds_at_its_instant(visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        item = NewsItemFactory(title="Before", live_from=NOW - A_DAY)
        item.title = "After"
        workflow.save_draft(item, by=IMPORTER)
        workflow.approve(item, by=IMPORTER, at=NOW + A_DAY)
        clock.move_to(NOW + A_DAY - dt.timedelta(seconds=1))
        assert titles(visitor, "/en/news/feed.xml") == ["Before"]
        clock.move_to(NOW + A_DAY)
        assert titles(visitor, "/en/news/feed.xml") == ["After"]


def test_what_is_withdrawn_or_has_ended_leaves_all_feeds(visitor: Person) -> None:
    about = {"topics": [TopicFactory(slug="peace")], "secretary_general": TermFactory()}
    item = NewsItemFactory(**about)
    NewsItemFactory(draft=True, **about)
    NewsItemFactory(expired=True, **about)
    assert [titles(visitor, address) for address in FEEDS] == [[item.title]] * 4
    etags = [visitor.get(address).headers["ETag"] for address in FEEDS]
    workflow.withdraw(item, by=IMPORTER)
    for address, etag in zip(FEEDS, etags, strict=True):
        response = visitor.get(address, headers={"If-None-Match": etag})
        assert strict_feed(response).entries == [], "who asks by the tag of before learns that it is gone"


def test_a_preview_reaches_no_feed(editor: Person, visitor: Person) -> None:
    item = NewsItemFactory(draft=True, title="Secret")
    inside = f"{preview_url(item)}en/news/"
    page = editor.get(inside)
    assert "Secret" in page.content.decode()
    assert "feed.xml" not in page.content.decode()
    for address in (inside, f"{moment_url(timezone.now() + A_DAY)}en/news/"):
        assert editor.get(f"{address}feed.xml").status_code == 404
        assert editor.get(f"{address}feed.atom").status_code == 404
    assert titles(visitor, "/en/news/feed.xml") == []
    assert titles(editor, "/en/news/feed.xml") == []
