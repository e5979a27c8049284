"""The page tree: addresses, moves, what may not stand where. Topics."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from pages.models import Page, Topic
from publishing import registry, workflow
from tests.factories import (
    IMPORTER,
    ArticleFactory,
    EventFactory,
    NewsItemFactory,
    PageFactory,
    TopicFactory,
    translated,
)

pytestmark = pytest.mark.django_db


# ── Paths ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_path_is_made_of_the_slugs_from_the_top_down() -> None:
    top = PageFactory(slug="about-us")
    middle = PageFactory(slug="structure", parent=top)
    deep = PageFactory(slug="military-committee", parent=middle)
    assert deep.path == "about-us/structure/military-committee"
    assert deep.get_absolute_url() == "/en/about-us/structure/military-committee/"


def test_a_translation_stands_under_the_translation_of_its_parent() -> None:
    top = PageFactory(slug="about-us")
    child = PageFactory(slug="history", parent=top)
    translated(top, slug="a-propos")
    assert translated(child, slug="histoire").path == "a-propos/histoire"


def test_a_translation_whose_parent_is_not_translated_stands_under_the_original() -> None:
    child = PageFactory(slug="history", parent=PageFactory(slug="about-us"))
    assert translated(child, slug="histoire").path == "about-us/histoire"


def test_translating_the_parent_later_moves_the_children_that_are_translated() -> None:
    top = PageFactory(slug="about-us")
    child = PageFactory(slug="history", parent=top)
    french = translated(child, slug="histoire")
    translated(top, slug="a-propos")
    french.refresh_from_db()
    assert french.path == "a-propos/histoire"


def test_a_new_slug_moves_everything_below_in_every_language() -> None:
    top = PageFactory(slug="old")
    middle = PageFactory(slug="middle", parent=top)
    deep = PageFactory(slug="deep", parent=middle)
    french = translated(deep, slug="profond")
    top.slug = "new"
    workflow.save_draft(top, by=IMPORTER)
    workflow.approve(top, by=IMPORTER)
    for page in (deep, french):
        page.refresh_from_db()
    assert deep.path == "new/middle/deep"
    assert french.path == "new/middle/profond"


def test_a_draft_moves_the_drafts_below_and_nothing_that_is_public() -> None:
    top = PageFactory(slug="old", draft=True)
    draft, live = PageFactory(slug="draft", parent=top, draft=True), PageFactory(slug="live", parent=top)
    top.slug = "new"
    workflow.save_draft(top, by=IMPORTER)
    for page in (draft, live):
        page.refresh_from_db()
    assert (draft.path, live.path) == ("new/draft", "old/live")


def test_a_page_can_move_to_another_parent() -> None:
    first, second = PageFactory(slug="first"), PageFactory(slug="second")
    page = PageFactory(slug="page", parent=first)
    child = PageFactory(slug="child", parent=page)
    french = translated(page, slug="feuille")
    page.parent = second
    workflow.save_draft(page, by=IMPORTER)
    workflow.approve(page, by=IMPORTER)
    for moved in (child, french):
        moved.refresh_from_db()
    assert child.path == "second/page/child"
    assert (french.parent, french.path) == (second, "second/feuille")


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_page_cannot_stand_under_itself(depth: int) -> None:
    page = below = PageFactory()
    for _ in range(depth):
        below = PageFactory(parent=below)
    page.parent = below
    with pytest.raises(ValidationError, match="cannot be placed under itself"):
        workflow.save_draft(page, by=IMPORTER)


def test_two_pages_cannot_stand_at_one_address() -> None:
    top = PageFactory(slug="top")
    PageFactory(slug="same", parent=top)
    with pytest.raises(ValidationError, match="is already at this address"):
        PageFactory(slug="same", parent=top)
    with pytest.raises(IntegrityError):
        PageFactory.build(slug="same", path="top/same").save()


def test_one_slug_can_stand_under_two_parents() -> None:
    assert PageFactory(slug="same", parent=PageFactory()).path != PageFactory(slug="same", parent=PageFactory()).path


@pytest.mark.parametrize(
    "slug", ["news", "review", "events", "topics", "search", "subscribe", "featured", "go", "secretary-general"]
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_address_of_a_section_is_refused(slug: str, language: str) -> None:
    with override("en"), pytest.raises(ValidationError, match="belongs to a section"):
        PageFactory(slug=slug, language=language)


def test_every_section_of_the_site_is_out_of_reach_of_the_tree() -> None:
    for section in registry.sections():
        first = section.url().strip("/").split("/")[1]
        with pytest.raises(ValidationError):
            PageFactory(slug=first)


def test_a_sections_name_is_free_below_the_first_level() -> None:
    assert PageFactory(slug="news", parent=PageFactory(slug="about-us")).path == "about-us/news"


def test_a_page_with_pages_below_it_cannot_be_deleted() -> None:
    parent = PageFactory(draft=True)
    PageFactory(parent=parent)
    with pytest.raises(ProtectedError):
        parent.delete()


def test_reading_a_page_walks_no_tree() -> None:
    page = PageFactory(parent=PageFactory(parent=PageFactory()))
    with CaptureQueriesContext(connection) as queries:
        Page.objects.get(path=page.path).get_absolute_url()
    assert len(queries) == 1
    assert "recursive" not in queries[0]["sql"].lower()


# ── Topics ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_topics_slug_is_used_once_a_language() -> None:
    topic = TopicFactory(slug="cyber-defence")
    with pytest.raises(ValidationError, match="already uses this slug"):
        TopicFactory(slug="cyber-defence")
    assert translated(topic, slug="cyber-defence").slug == "cyber-defence"


@pytest.mark.parametrize("factory", [NewsItemFactory, ArticleFactory, EventFactory])
def test_an_item_names_its_topics_in_its_own_language(factory: type) -> None:
    both, english_only, draft = TopicFactory(title="Both"), TopicFactory(title="English"), TopicFactory(draft=True)
    other = TopicFactory(title="Other")
    french_topic = translated(both, title="Les deux")
    item = factory(topics=[both, english_only, draft])
    french = translated(item)
    french.topics.set([both, english_only, draft])
    assert list(Topic.objects.of(item)) == [both, english_only]
    assert list(Topic.objects.of(french)) == [french_topic]
    assert other not in Topic.objects.of(item)


def test_topics_in_focus_come_in_the_order_of_staff() -> None:
    last, first = TopicFactory(in_focus=True, position=2), TopicFactory(in_focus=True, position=1)
    TopicFactory(in_focus=False, position=0)
    TopicFactory(in_focus=True, draft=True)
    assert list(Topic.objects.live().in_focus().in_hand_order()) == [first, last]


def test_a_topic_goes_by_its_address() -> None:
    assert TopicFactory(slug="kosovo").get_absolute_url() == "/en/topics/kosovo/"
    assert TopicFactory.build(slug="kosovo", language="fr").get_absolute_url() == "/fr/topics/kosovo/"
    assert Topic.address("x", dt.date(2024, 1, 1)).endswith("/topics/x/")


def test_a_drafts_slug_is_no_part_of_a_public_address() -> None:
    about = PageFactory(slug="about")
    child = PageFactory(slug="x", parent=about)
    french = translated(child, slug="x")
    assert french.path == "about/x"
    translated(about, slug="projet-secret", draft=True)
    workflow.expire(french, by=IMPORTER, at=timezone.now() + dt.timedelta(days=1))
    french.refresh_from_db()
    assert french.path == "about/x"


@pytest.mark.parametrize("slug", ["", "a b"])
def test_a_page_without_a_proper_slug_is_refused_with_a_message(slug: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Page(title="T", slug=slug).full_clean()
    assert "slug" in refused.value.message_dict
