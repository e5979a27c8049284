"""Sitemaps: valid, complete, true at every instant, and never about what is not public."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from portal import sitemaps
from publishing import workflow
from publishing.models import Publishable
from publishing.preview import moment_url, preview_url
from publishing.records import PreviewLink
from publishing.registry import kinds_with_pages
from tests.conftest import Person
from tests.factories import (
    A_DAY,
    IMPORTER,
    ArticleFactory,
    EventFactory,
    ImageFactory,
    NewsItemFactory,
    PageFactory,
    SiteSettingsFactory,
    TermFactory,
    factory_of,
    jpeg,
    translated,
)
from tests.sitemaps import HOST, everything, index_of, listed, news

pytestmark = pytest.mark.django_db

SECOND = dt.timedelta(seconds=1)
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
KINDS = pytest.mark.parametrize("kind", kinds_with_pages(), ids=lambda kind: kind.key)


def change(item: Any, *, at: dt.datetime | None = None, **values: Any) -> None:
    """An editor writes something else and approves it."""
    item.refresh_from_db()
    for name, value in values.items():
        setattr(item, name, value)
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, at=at)
    item.refresh_from_db()


# ── What is listed ───────────────────────────────────────────────────────────────────────────────────────
def test_a_site_without_any_item_lists_its_home_page_and_its_lists(visitor: Person) -> None:
    found = everything(visitor)
    assert {f"{HOST}/en/", f"{HOST}/fr/news/", f"{HOST}/ar/news/speech/", f"{HOST}/uk/topics/"} <= set(found)
    assert found[f"{HOST}/fr/news/"].alternates == {
        **{code: f"{HOST}/{code}/news/" for code in ("en", "fr", "uk", "ar")},
        "x-default": f"{HOST}/en/news/",
    }


def test_what_shows_a_persons_page_is_left_out_for_the_page_itself(visitor: Person) -> None:
    term = TermFactory()
    found = everything(visitor)
    assert HOST + term.get_absolute_url() in found
    assert f"{HOST}/en/secretary-general/" not in found
    assert f"{HOST}/en/secretary-general/former/" in found


def test_neither_search_results_nor_forms_of_one_reader_are_listed(visitor: Person) -> None:
    assert not [address for address in everything(visitor) if "/search/" in address or "unsubscribe" in address]


@KINDS
def test_an_item_of_every_kind_is_listed_with_its_live_versions(kind: Any, visitor: Person) -> None:
    item = factory_of(kind.model).create()
    french = translated(item)
    translated(item, language="uk", live_from=None)
    page = listed(visitor, item)
    assert page is not None
    assert page.alternates == {
        "en": HOST + item.get_absolute_url(),
        "fr": HOST + french.get_absolute_url(),
        "x-default": HOST + item.get_absolute_url(),
    }
    french_page = listed(visitor, french)
    assert french_page is not None
    assert french_page.alternates == page.alternates


@KINDS
def test_what_is_not_public_or_not_to_be_listed_is_in_no_file(kind: Any, visitor: Person) -> None:
    factory = factory_of(kind.model)
    for state in ("draft", "scheduled", "expired", "withdrawn"):
        factory.create(title="SECRET", slug=f"hidden-{state}", **{state: True})
    factory.create(slug="hidden-unlisted", unlisted=True)
    assert not [path for path in index_of(visitor.get("/sitemap.xml")) if f"-{kind.key}-" in path]
    assert not [address for address in everything(visitor) if "hidden" in address]


def test_an_unlisted_translation_leaves_the_original_listed(visitor: Person) -> None:
    item = NewsItemFactory()
    french = translated(item, unlisted=True)
    assert listed(visitor, item) is not None
    assert listed(visitor, french) is None


def test_a_featured_card_has_no_page_and_so_no_file(visitor: Person) -> None:
    assert visitor.get("/en/sitemap-featured-0.xml").status_code == 404


# ── At every instant ─────────────────────────────────────────────────────────────────────────────────────
@KINDS
def test_a_scheduled_item_is_listed_at_its_instant_and_not_a_second_before(kind: Any, visitor: Person) -> None:
    with time_machine.travel(NOON - A_DAY, tick=False):
        item = factory_of(kind.model).create(live_from=NOON)
    with time_machine.travel(NOON - SECOND, tick=False):
        assert listed(visitor, item) is None
        assert not [path for path in index_of(visitor.get("/sitemap.xml")) if f"-{kind.key}-" in path]
    with time_machine.travel(NOON, tick=False):
        item.refresh_from_db()
        assert listed(visitor, item) is not None


@KINDS
def test_an_item_leaves_at_the_instant_of_its_end_and_when_it_is_withdrawn(kind: Any, visitor: Person) -> None:
    with time_machine.travel(NOON - A_DAY, tick=False):
        ending, withdrawn = (factory_of(kind.model).create() for _number in range(2))
        workflow.expire(ending, by=IMPORTER, at=NOON)
    with time_machine.travel(NOON - SECOND, tick=False):
        assert listed(visitor, ending) is not None
        assert listed(visitor, withdrawn) is not None
        workflow.withdraw(withdrawn, by=IMPORTER)
        assert listed(visitor, withdrawn) is None
    with time_machine.travel(NOON, tick=False):
        assert listed(visitor, ending) is None


def test_a_scheduled_address_is_listed_at_its_instant_in_place_of_the_former(visitor: Person) -> None:
    with time_machine.travel(NOON - A_DAY, tick=False):
        item = NewsItemFactory(slug="before")
        change(item, slug="after", at=NOON)
    with time_machine.travel(NOON - SECOND, tick=False):
        assert [address for address in everything(visitor) if "/2024/" in address] == [
            f"{HOST}/en/news/2024/01/23/before/"
        ]
    with time_machine.travel(NOON, tick=False):
        assert [address for address in everything(visitor) if "/2024/" in address] == [
            f"{HOST}/en/news/2024/01/23/after/"
        ]


def test_a_scheduled_item_is_in_the_news_at_its_instant_and_leaves_after_two_days(visitor: Person) -> None:
    with time_machine.travel(NOON - A_DAY, tick=False):
        NewsItemFactory(live_from=NOON, date=None)
    for instant, count in ((NOON - SECOND, 0), (NOON, 1), (NOON + 2 * A_DAY, 1), (NOON + 2 * A_DAY + SECOND, 0)):
        with time_machine.travel(instant, tick=False):
            assert len(news(visitor)) == count, instant
            in_index = "/en/sitemap-latest-news.xml" in index_of(visitor.get("/sitemap.xml"))
            assert in_index == bool(count), instant


# ── Previews ─────────────────────────────────────────────────────────────────────────────────────────────
def test_there_is_no_sitemap_in_a_preview(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    for preview in (preview_url(item), moment_url(timezone.now() + A_DAY)):
        for file in ("sitemap-news-0", "sitemap-sections", "sitemap-latest-news"):
            assert editor.get(f"{preview}en/{file}.xml").status_code == 404
        assert editor.get(f"{preview}sitemap.xml").status_code == 404


def test_looking_at_previews_changes_no_sitemap(visitor: Person, editor: Person) -> None:
    live, draft = NewsItemFactory(slug="live"), NewsItemFactory(draft=True, slug="draft")
    live.slug = "changed"
    revision = workflow.save_draft(live, by=IMPORTER)
    live.refresh_from_db()
    before = everything(visitor)
    PreviewLink.objects.create(item=live, revision=revision, expires_at=timezone.now() + A_DAY)
    for item in (live, draft):
        assert editor.get(preview_url(item), follow=True).status_code == 200
        assert everything(visitor) == before
    assert not [address for address in before if "draft" in address or "changed" in address]


def test_no_preview_address_is_listed(visitor: Person, editor: Person) -> None:
    editor.get(preview_url(NewsItemFactory(draft=True)), follow=True)
    NewsItemFactory()
    pages = [*everything(visitor).values(), *news(visitor)]
    addresses = [address for page in pages for address in (page.loc, *page.alternates.values(), *page.images)]
    assert not [address for address in addresses if "/preview/" in address]


# ── When it changed ──────────────────────────────────────────────────────────────────────────────────────
def lastmod(visitor: Person, item: Publishable) -> dt.datetime:
    page = listed(visitor, item)
    assert page is not None
    return dt.datetime.fromisoformat(page.lastmod)


def test_lastmod_tells_when_readers_last_saw_a_change_and_nothing_else_moves_it(visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        item = NewsItemFactory(live_from=NOON)
        assert lastmod(visitor, item) == NOON
    with time_machine.travel(NOON + A_DAY, tick=False):
        item.title = "A draft"
        workflow.save_draft(item, by=IMPORTER)
        workflow.submit(item, by=IMPORTER)
        item.refresh_from_db()
        workflow.expire(item, by=IMPORTER, at=NOON + 30 * A_DAY)
        translated(item)
        assert lastmod(visitor, item) == NOON
    with time_machine.travel(NOON + 2 * A_DAY, tick=False):
        workflow.approve(item, by=IMPORTER)
        item.refresh_from_db()
        assert lastmod(visitor, item) == NOON + 2 * A_DAY


def test_lastmod_of_what_was_approved_before_is_the_instant_of_going_live(visitor: Person) -> None:
    with time_machine.travel(NOON - A_DAY, tick=False):
        item = NewsItemFactory(live_from=NOON)
    with time_machine.travel(NOON + A_DAY, tick=False):
        assert lastmod(visitor, item) == NOON


def test_a_change_that_waits_does_not_move_lastmod(visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        item = NewsItemFactory(live_from=NOON)
    with time_machine.travel(NOON + A_DAY, tick=False):
        change(item, title="Later", at=NOON + 3 * A_DAY)
        assert lastmod(visitor, item) == NOON
    with time_machine.travel(NOON + 3 * A_DAY, tick=False):
        assert lastmod(visitor, item) == NOON + 3 * A_DAY


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────
def a_picture(**values: Any) -> Any:
    return ImageFactory(file=ContentFile(jpeg(1600, 900), name="a.jpg"), **values)


def test_an_items_picture_and_its_gallerys_are_listed_whole(visitor: Person) -> None:
    image, *others = (a_picture() for _number in range(3))
    gallery = [{"image": one.pk, "caption": {}} for one in (image, *others)]
    item = NewsItemFactory(kind="photo-gallery", image=image, gallery=gallery)
    page = listed(visitor, item)
    assert page is not None
    assert [address.split("/")[5] for address in page.images] == [str(one.pk) for one in (image, *others)]
    assert {address.rpartition("/")[2] for address in page.images} == {"free-1280.jpg"}
    assert visitor.get(page.images[0].removeprefix(HOST)).status_code == 200


def test_a_long_gallery_is_listed_by_its_first_pictures(visitor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST_PICTURES", 2)
    gallery = [{"image": a_picture().pk, "caption": {}} for _number in range(3)]
    page = listed(visitor, NewsItemFactory(kind="photo-gallery", gallery=gallery))
    assert page is not None
    assert len(page.images) == 2


def test_a_picture_whose_rights_have_ended_is_not_listed(visitor: Person) -> None:
    with time_machine.travel(NOON - 3 * A_DAY, tick=False):
        image = a_picture(rights_end_on=NOON.date())
        item = NewsItemFactory(image=image)
    for instant, count in ((NOON, 1), (NOON + A_DAY, 0)):
        with time_machine.travel(instant, tick=False):
            page = listed(visitor, item)
            assert page is not None
            assert len(page.images) == count


# ── News ─────────────────────────────────────────────────────────────────────────────────────────────────
@time_machine.travel(NOON, tick=False)
def test_news_are_the_items_and_articles_of_two_days_in_their_language_newest_first(visitor: Person) -> None:
    SiteSettingsFactory()
    now = timezone.now()
    item = NewsItemFactory(title="First", date=None, live_from=now - dt.timedelta(hours=3))
    article = ArticleFactory(title="Second", date=None, live_from=now - dt.timedelta(hours=2))
    french = translated(item, title="Troisième", live_from=now - dt.timedelta(hours=1))
    EventFactory()
    PageFactory()
    NewsItemFactory(live_from=now - 3 * A_DAY, date=None)
    NewsItemFactory(draft=True)
    NewsItemFactory(date=None, live_from=now - dt.timedelta(hours=1), unlisted=True)
    assert [page.loc for page in news(visitor)] == [HOST + one.get_absolute_url() for one in (article, item)]
    (page,) = news(visitor, "fr")
    assert page.loc == HOST + french.get_absolute_url()
    assert (page.news["name"], page.news["language"], page.news["title"]) == ("L’Organisation", "fr", "Troisième")
    assert dt.datetime.fromisoformat(page.news["date"]) == french.live_from


def test_an_archive_that_is_put_online_today_is_no_news(visitor: Person) -> None:
    NewsItemFactory(date=dt.date(1949, 4, 4), live_from=timezone.now())
    assert news(visitor) == []
    assert "/en/sitemap-latest-news.xml" not in index_of(visitor.get("/sitemap.xml"))


def test_news_are_at_most_a_thousand_the_newest(visitor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sitemaps.MOST_NEWS == 1_000
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 2)
    now = timezone.now()
    for hours in (1, 2, 3):
        for factory in (NewsItemFactory, ArticleFactory):
            factory(title=f"{hours}", date=None, live_from=now - dt.timedelta(hours=hours))
    assert [page.news["title"] for page in news(visitor)] == ["1", "1"]
