"""Sitemaps as files: every version in one of them, within the protocol's limits, at the same cost whatever is there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import NewsItem
from portal import sitemaps
from tests.conftest import Person
from tests.factories import (
    ArticleFactory,
    ImageFactory,
    NewsItemFactory,
    PageFactory,
    SiteSettingsFactory,
    translated,
)
from tests.sitemaps import HOST, everything, index_of, listed, news

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def moved(item: Any, key: int) -> Any:
    """The item under another key, as an import may leave it."""
    type(item).objects.filter(pk=item.pk).update(id=key)
    return type(item).objects.get(pk=key)


# ── Windows ──────────────────────────────────────────────────────────────────────────────────────────────
def test_every_version_is_in_exactly_one_file_however_the_keys_lie(
    visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "WINDOW", 3)
    keys = [10**7 + number for number in (1, 2, 3, 5, 6, 8, 100, 1_000_003)]
    items = [moved(NewsItemFactory(), key) for key in (*keys, 9 * 10**14)]
    french = [moved(translated(items[2]), 10**7 + 4), moved(translated(items[-1]), 7 * 10**12)]
    moved(NewsItemFactory(draft=True), 10**7 + 50)
    moved(NewsItemFactory(unlisted=True), 10**7 + 60)
    found = everything(visitor)
    assert {HOST + item.get_absolute_url() for item in (*items, *french)} == {
        address for address in found if "/2024/" in address
    }
    files = [path for path in index_of(visitor.get("/sitemap.xml")) if "sitemap-news-" in path]
    assert files == [
        f"/{language}/sitemap-news-{number}.xml"
        for language, versions in (("en", items), ("fr", french))
        for number in sorted({version.pk // 3 for version in versions})
    ]


def test_files_never_come_near_the_protocols_limits() -> None:
    languages, longest_picture = 4, 200
    addresses = 1 + languages + 1
    most = sitemaps.WINDOW * (addresses * 2_100 + (1 + sitemaps.MOST_PICTURES) * (longest_picture + 60))
    assert sitemaps.WINDOW <= 50_000
    assert most <= 50_000_000


def test_an_address_that_is_too_long_is_left_out(visitor: Person) -> None:
    PageFactory(slug="short", language="uk")
    parent = None
    for number in range(5):
        parent = PageFactory(slug=f"{number}" + "ї" * 90, parent=parent, language="uk")
    assert parent is not None
    assert len(parent.get_absolute_url()) > 2_048
    found = everything(visitor)
    assert f"{HOST}/uk/short/" in found
    assert HOST + parent.get_absolute_url() not in found


def test_a_language_that_the_site_has_given_up_is_listed_nowhere(visitor: Person) -> None:
    item = NewsItemFactory()
    NewsItem.objects.filter(pk=translated(item).pk).update(language="de")
    page = listed(visitor, item)
    assert page is not None
    assert set(page.alternates) == {"en", "x-default"}
    assert not [path for path in index_of(visitor.get("/sitemap.xml")) if "/de/" in path]


def test_text_from_outside_cannot_break_a_file(visitor: Person) -> None:
    SiteSettingsFactory(name={"en": 'A & B <c> "d"'})
    item = NewsItemFactory(title="x")
    NewsItem.objects.filter(pk=item.pk).update(
        slug="a&b<c>\"d'é", title="]]> & <b> \x07\x1f\ufffe\ud7ff 🕊", date=timezone.localdate()
    )
    address = HOST + f"/en/news/{timezone.localdate():%Y/%m/%d}/a&b%3Cc%3E%22d'%C3%A9/"
    assert address in everything(visitor)
    (page,) = news(visitor)
    assert page.loc == address
    assert page.news["title"] == "]]> & <b> \ud7ff 🕊"
    assert page.news["name"] == 'A & B <c> "d"'


# ── What it costs ────────────────────────────────────────────────────────────────────────────────────────
def queries(visitor: Person, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert visitor.get(address).status_code == 200
    return len(captured)


def test_files_cost_the_same_few_queries_with_1_item_and_with_30(visitor: Person) -> None:
    def grow(count: int) -> None:
        for _number in range(count):
            gallery = [{"image": ImageFactory().pk, "caption": {}}]
            item = NewsItemFactory(kind="photo-gallery", image=ImageFactory(), gallery=gallery, date=None)
            translated(item)
            ArticleFactory(image=ImageFactory(), date=None)

    SiteSettingsFactory()
    grow(1)
    first = NewsItem.objects.earliest("pk").pk // sitemaps.WINDOW
    addresses = [
        "/sitemap.xml",
        f"/en/sitemap-news-{first}.xml",
        "/en/sitemap-sections.xml",
        "/en/sitemap-latest-news.xml",
    ]
    with_one = {address: queries(visitor, address) for address in addresses}
    grow(29)
    assert {address: queries(visitor, address) for address in addresses} == with_one
    transaction = 2 if connection.vendor == "postgresql" and not connection.in_atomic_block else 0
    assert [count - transaction for count in with_one.values()] == [3, 4, 1, 3]


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", ["/sitemap.xml", "/en/sitemap-sections.xml", "/en/sitemap-latest-news.xml"])
def test_who_has_a_file_is_not_sent_it_again(path: str, visitor: Person) -> None:
    first = visitor.get(path, headers={"accept-encoding": "gzip"})
    assert visitor.get(path, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    head = visitor.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert visitor.post(path).status_code == 405
    assert "cookie" not in first.headers.get("Vary", "").lower()


def test_a_long_file_is_compressed(visitor: Person) -> None:
    response = visitor.get("/en/sitemap-sections.xml", headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"


def test_the_index_speaks_no_language_and_each_file_its_own(visitor: Person) -> None:
    index = visitor.get("/sitemap.xml", headers={"accept-language": "fr"})
    assert "Content-Language" not in index.headers
    assert "accept-language" not in index.headers.get("Vary", "").lower()
    assert visitor.get("/fr/sitemap-sections.xml").headers["Content-Language"] == "fr"


def test_addresses_are_absolute_by_the_hosts_name_and_scheme(visitor: Person, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["newsroom.example.org"]
    response = visitor.get("/sitemap.xml", headers={"host": "newsroom.example.org"}, secure=True)
    assert b"<loc>https://newsroom.example.org/en/sitemap-sections.xml</loc>" in response.content


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap", "/sitemap.xml/", "/sitemap.xml%00", "/sitemap.xml%0A", "/sitemaps.xml", "/en/sitemap.xml", "/xx/sitemap-news-0.xml",
        "/en/sitemap-news-1.xml", "/en/sitemap-news-.xml", "/en/sitemap-news--1.xml", "/en/sitemap-news-00.xml",
        "/en/sitemap-news-01.xml", "/en/sitemap-news-0.xml%0A", "/en/sitemap-news-0.xml%00", "/en/sitemap-news-0.xml/",
        "/en/sitemap-news-1e3.xml", "/en/sitemap-news-%D9%A1.xml", "/en/sitemap-news-999999999999999.xml",
        "/en/sitemap-news-99999999999999999999.xml", "/en/sitemap-" + "a" * 300 + "-0.xml", "/en/sitemap-nope-0.xml",
        "/en/sitemap-featured-0.xml", "/en/sitemap-NEWS-0.xml", "/en/sitemap-%FF-0.xml", "/en/sitemap-../news-0.xml",
        "/en/sitemap-news_-0.xml", "/fr/sitemap-news-0.xml", "/en/sitemap-sections.xml%0A",
    ],
)  # fmt: skip
def test_what_is_no_file_is_not_found(path: str, visitor: Person) -> None:
    moved(NewsItemFactory(), 5)
    assert visitor.get(path, follow=True).status_code == 404


def test_what_stands_behind_an_address_changes_nothing(visitor: Person) -> None:
    moved(NewsItemFactory(), 5)
    whole = visitor.get("/en/sitemap-news-0.xml").content
    for query in ("p=2", "page=0", "p=%00", "q=%FF", "kind=x"):
        assert visitor.get(f"/en/sitemap-news-0.xml?{query}").content == whole
