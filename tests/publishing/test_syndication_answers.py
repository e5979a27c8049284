"""How feeds are answered, and what they cost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import (
    A_DAY,
    ArticleFactory,
    AuthorFactory,
    DocumentFactory,
    EventFactory,
    FeaturedItemFactory,
    ImageFactory,
    NewsItemFactory,
    RecordingFactory,
    ReportFactory,
    SiteSettingsFactory,
    TermFactory,
    TopicFactory,
)
from tests.publishing.entries import BOTH, change

pytestmark = pytest.mark.django_db


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────
@BOTH
def test_who_has_it_already_is_told_so(form: str, visitor: Person) -> None:
    item = NewsItemFactory()
    address = f"/en/news/feed.{form}"
    first = visitor.get(address)
    again = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    packed = visitor.get(address, headers={"If-None-Match": f"W/{first.headers['ETag']}", "Accept-Encoding": "gzip"})
    assert packed.status_code == 304
    change(item, title="A typing error less")
    assert visitor.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@BOTH
def test_its_headers_are_those_of_the_site(form: str, visitor: Person) -> None:
    NewsItemFactory()
    address = f"/fr/news/feed.{form}"
    got, head = visitor.get(address), visitor.head(address)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["ETag"] == got.headers["ETag"]
    assert got.headers["Content-Language"] == "fr"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-cache"
    assert "Link" not in got.headers
    assert not got.cookies
    assert "cookie" not in got.headers.get("Vary", "").lower()
    assert visitor.post(address).status_code == 405


def test_a_moved_topic_takes_its_feed_along(visitor: Person) -> None:
    topic, term = TopicFactory(slug="before"), TermFactory(slug="then")
    change(topic, slug="after")
    change(term, slug="now")
    moved = visitor.get("/en/topics/before/feed.atom")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/en/topics/after/feed.atom")
    moved = visitor.get("/en/secretary-general/then/feed.xml")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/en/secretary-general/now/feed.xml")


def test_pages_announce_their_feeds_with_the_filter_that_is_on(visitor: Person) -> None:
    topic = TopicFactory(slug="peace", title="Peace")
    TermFactory()
    NewsItemFactory(topics=[topic])
    found = {}
    for address in ("/en/", "/en/news/?topic=peace", "/en/topics/peace/", "/en/secretary-general/", "/en/topics/"):
        html = visitor.get(address).content.decode()
        found[address] = re.findall(
            r'<link rel="alternate" type="application/(\w+)\+xml" title="[^"]+" href="([^"]+)"', html
        )
        for _form, url in found[address]:
            assert visitor.get(url.replace("&amp;", "&")).status_code == 200
    assert found == {
        "/en/": [("rss", "/en/news/feed.xml"), ("atom", "/en/news/feed.atom")],
        "/en/news/?topic=peace": [("rss", "/en/news/feed.xml?topic=peace"), ("atom", "/en/news/feed.atom?topic=peace")],
        "/en/topics/peace/": [("rss", "/en/topics/peace/feed.xml"), ("atom", "/en/topics/peace/feed.atom")],
        "/en/secretary-general/": [
            ("rss", "/en/secretary-general/feed.xml"), ("atom", "/en/secretary-general/feed.atom"),
        ],
        "/en/topics/": [("rss", "/en/topics/feed.xml"), ("atom", "/en/topics/feed.atom")][:0],
    }  # fmt: skip


# ── What it costs ────────────────────────────────────────────────────────────────────────────────────────
MOST_QUERIES = 8


def test_a_feed_costs_the_same_few_queries_with_1_item_and_with_30(visitor: Person) -> None:
    SiteSettingsFactory()
    topic, term, author, image = TopicFactory(slug="peace"), TermFactory(), AuthorFactory(), ImageFactory()
    target = NewsItemFactory(date=dt.date(1990, 1, 1))

    def add() -> None:
        body = f'<p><a href="target:{target_of(target)}">x</a></p><figure data-image="{image.pk}"></figure>'
        about: dict[str, Any] = {"topics": [topic], "image": image, "body": body}
        news = NewsItemFactory(secretary_general=term, recording=RecordingFactory(), **about)
        ArticleFactory(authors=[author], **about)
        EventFactory(start_date=timezone.localdate() + A_DAY, **about)
        ReportFactory(image=image, document=DocumentFactory(), body=body)
        FeaturedItemFactory(target=target_of(news), image=image)

    paths = [
        "/en/news/feed.{}", "/en/news/feed.{}?kind=news", "/en/news/feed.{}?topic=peace", "/en/news/news/feed.{}",
        "/en/review/feed.{}", "/en/review/feed.{}?topic=peace", "/en/events/feed.{}", "/en/featured/feed.{}",
        "/en/topics/peace/feed.{}", "/en/secretary-general/feed.{}", "/en/secretary-general/annual-reports/feed.{}",
    ]  # fmt: skip

    def counts() -> dict[str, int]:
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                assert visitor.get(path.format("atom")).status_code == 200
            found[path] = len(captured)
        return found

    add()
    with_one = counts()
    for _number in range(29):
        add()
    with_thirty = counts()
    assert {path: (with_one[path], count) for path, count in with_thirty.items() if count > with_one[path]} == {}
    assert {path: count for path, count in with_thirty.items() if count > MOST_QUERIES} == {}
