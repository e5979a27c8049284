"""What a page may cost: queries, and bytes on a visitor's line. Counted, never timed."""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import NewsItem
from portal.lettering import SANS, SERIF, faces
from portal.style_sheet import SHEET, in_one_piece
from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    DocumentFactory,
    EventFactory,
    FeaturedItemFactory,
    ImageFactory,
    IssueFactory,
    MenuLinkFactory,
    NewsItemFactory,
    PageFactory,
    ReportFactory,
    SiteSettingsFactory,
    TermFactory,
    TopicFactory,
    translated,
)

pytestmark = pytest.mark.django_db

HOME, PAGE = 12, 8
FIRST_VISIT = 120 * 1024

LISTS = [
    "/en/news/", "/en/news/news/", "/en/featured/", "/en/review/", "/en/events/", "/en/events/?when=recent",
    "/en/secretary-general/", "/en/secretary-general/former/", "/en/secretary-general/annual-reports/", "/en/topics/",
    "/en/search/?q=item", "/en/subscribe/", "/en/feeds/", "/en/news/feed.xml", "/en/review/feed.atom",
    "/en/events/feed.xml", "/en/events/calendar.ics", "/en/featured/feed.atom", "/en/secretary-general/feed.atom",
]  # fmt: skip


class Site:
    """A site with one item of every kind, each connected to all the others it can be connected to, that can grow."""

    def __init__(self) -> None:
        SiteSettingsFactory()
        self.topics = [TopicFactory(in_focus=True, image=ImageFactory())]
        self.term = TermFactory(image=ImageFactory())
        self.documents = [DocumentFactory()]
        self.authors = [AuthorFactory(image=ImageFactory())]
        self.issue = IssueFactory()
        self.page = PageFactory(image=ImageFactory())
        self.news = self.add_to_the_lists()
        self.gallery = NewsItemFactory(kind="photo-gallery", gallery=pictures(1), **self.about)
        self.article = ArticleFactory(**self.about, **self.of_the_review)
        self.event, _recent = (
            EventFactory(start_date=timezone.localdate() + dt.timedelta(days=days), **self.about) for days in (2, -2)
        )
        TermFactory(began_on=dt.date(1949, 1, 1), ended_on=dt.date(1950, 1, 1))
        self.report = ReportFactory(image=ImageFactory(), document=self.documents[0])
        MenuLinkFactory(target=target_of(self.page))
        self.write_bodies(1)

    def write_bodies(self, count: int) -> None:
        """Every item's text has figures and links within the site."""
        figures = "".join(f'<figure data-image="{ImageFactory().pk}"></figure>' for _number in range(count))
        links = "".join(f'<p><a href="target:{target_of(NewsItemFactory())}">x</a></p>' for _number in range(count))
        for item in self.with_bodies:
            type(item).objects.filter(pk=item.pk).update(body=figures + links)

    @property
    def with_bodies(self) -> tuple[Any, ...]:
        return (self.news, self.article, self.event, self.report, self.page, self.topics[0], self.term)

    @property
    def about(self) -> dict[str, Any]:
        return {"image": ImageFactory(), "topics": self.topics}

    @property
    def of_the_review(self) -> dict[str, Any]:
        return {"authors": self.authors, "issue": self.issue}

    def add_to_the_lists(self) -> Any:
        news = NewsItemFactory(secretary_general=self.term, attachments=self.documents, **self.about)
        FeaturedItemFactory(target=target_of(news), image=ImageFactory())
        translated(news)
        return news

    def grow(self) -> None:
        """Thirty of everything, also of what the first items are connected to."""
        today = timezone.localdate()
        for number in range(29):
            self.topics.append(TopicFactory(in_focus=True, image=ImageFactory()))
            self.documents.append(DocumentFactory())
            self.authors.append(AuthorFactory(image=ImageFactory()))
            PageFactory(parent=self.page, image=ImageFactory())
            TermFactory(began_on=dt.date(1950 + number, 1, 1), ended_on=dt.date(1951 + number, 1, 1))
            ReportFactory(year=1950 + number, image=ImageFactory())
        for number in range(29):
            self.add_to_the_lists()
            ArticleFactory(**self.about, **self.of_the_review)
            for days in (number, -number - 1):
                EventFactory(start_date=today + dt.timedelta(days=days), **self.about)
            above = MenuLinkFactory(target=target_of(self.page))
            MenuLinkFactory(parent=above, target=target_of(self.news))
        NewsItem.objects.filter(pk=self.gallery.pk).update(gallery=pictures(30))
        for item in (self.news, self.article, self.event):
            item.topics.set(self.topics)
        self.news.attachments.set(self.documents)
        self.article.authors.set(self.authors)
        self.write_bodies(30)

    @property
    def items(self) -> list[str]:
        return [item.get_absolute_url() for item in (*self.with_bodies, self.gallery)]


def pictures(count: int) -> list[dict[str, Any]]:
    return [{"image": ImageFactory().pk, "caption": {"en": "What it shows"}} for _number in range(count)]


def queries(visitor: Person, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = visitor.get(address)
    assert response.status_code == 200, address
    return len(captured)


def test_pages_cost_the_same_few_queries_with_1_item_and_with_30(visitor: Person) -> None:
    site = Site()
    addresses = ["/en/", *LISTS, *site.items]
    with_one = {address: queries(visitor, address) for address in addresses}
    site.grow()
    with_thirty = {address: queries(visitor, address) for address in addresses}

    grown = {address: (with_one[address], count) for address, count in with_thirty.items()
             if count > with_one[address]}  # fmt: skip
    assert grown == {}
    assert with_thirty.pop("/en/") <= HOME
    assert {address: count for address, count in with_thirty.items() if count > PAGE} == {}


# ── Bytes ────────────────────────────────────────────────────────────────────────────────────────────────
def compressed(content: bytes) -> int:
    return len(brotli.compress(content, quality=11))


def weight(name: str) -> int:
    """Of a static file as a visitor receives it."""
    found = finders.find(name)
    assert found, name
    content = (
        in_one_piece(FileSystemStorage(settings.STATICFILES_DIRS[0])).encode()
        if name == SHEET
        else Path(found).read_bytes()
    )
    return len(content) if name.endswith((".woff2", ".png")) else compressed(content)


@pytest.mark.usefixtures("sample")
@pytest.mark.xdist_group("sample")
@pytest.mark.parametrize(
    "address", ["/en/", "/fr/", "/uk/", "/ar/", "/en/news/", "/fr/secretary-general/", "/en/events/", "/uk/events/"]
)
def test_a_first_visit_stays_light(address: str, visitor: Person) -> None:
    page = visitor.get(address).content
    files = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg|woff2))"', page.decode()))
    fonts = {name for name in files if name.endswith(".woff2")}
    ahead = {"uk": 4, "ar": 0}.get(address[1:3], 2)
    assert len(fonts) == ahead, "the faces that every page of a language shows are loaded ahead"
    # Those of which a page has a letter are loaded later; the names of languages are set in the faces of the system.
    markup = re.sub(r'<ul class="language__list">.*?</ul>|<script.*?</script>', "", page.decode(), flags=re.DOTALL)
    letters = set(html.unescape(re.sub(r"<[^>]+>", "", markup)))
    needed = [face for family in (SERIF, SANS) for face in faces(family) if any(map(face.has, letters))]
    fonts |= {f"fonts/{face.path.name}" for face in needed}
    total = compressed(page) + sum(weight(name) for name in files | fonts)
    assert 20_000 < total <= FIRST_VISIT, total


def test_scripts_stay_a_handful_of_small_modules() -> None:
    modules = sorted(Path("static/js").glob("*.js"))
    assert 0 < len(modules) <= 8
    assert sum(compressed(module.read_bytes()) for module in modules) <= 6 * 1024
