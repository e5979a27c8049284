"""What a menu or a feature can point to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from publishing import registry
from publishing.targets import describe, resolve_targets, suggestions, target_of, validate_target
from tests.conftest import Person
from tests.factories import (
    FACTORIES,
    IMPORTER,
    FeaturedItemFactory,
    NewsItemFactory,
    PageFactory,
    TopicFactory,
    UserFactory,
    translated,
)

pytestmark = pytest.mark.django_db


# ── Resolving ────────────────────────────────────────────────────────────────────────────────────────────
def test_any_number_of_kinds_is_resolved_in_one_query() -> None:
    items = [FACTORIES[kind.model]() for kind in registry.kinds_with_pages() for _ in range(3)]
    texts = [target_of(item) for item in items]
    with CaptureQueriesContext(connection) as queries:
        found = resolve_targets([*texts, "section:news", "https://example.org/a"], language="en")
    assert len(queries) == 1
    assert {text: target.url for text, target in found.items()} == {
        **{text: item.get_absolute_url() for text, item in zip(texts, items, strict=True)},
        "section:news": "/en/news/",
        "https://example.org/a": "https://example.org/a",
    }


def test_sections_and_outside_addresses_cost_no_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        found = resolve_targets(["section:events", "https://example.org/", "mailto:press@example.org"], language="fr")
    assert len(queries) == 0
    assert found["section:events"].url == "/fr/events/"
    assert not found["section:events"].external
    assert found["https://example.org/"].external
    assert found["mailto:press@example.org"].title == "press@example.org"


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
def test_what_is_not_public_is_left_out(state: str) -> None:
    hidden, shown = NewsItemFactory(**{state: True}, title="SECRET"), NewsItemFactory()
    found = resolve_targets([target_of(hidden), target_of(shown)], language="en")
    assert list(found) == [target_of(shown)]


def test_a_link_leads_to_the_version_in_the_readers_language() -> None:
    original = PageFactory(slug="history")
    french = translated(original, slug="histoire", title="Histoire")
    assert target_of(french) == target_of(original) == f"page:{original.pk}"
    assert resolve_targets([target_of(original)], language="fr")[target_of(original)].title == "Histoire"
    assert resolve_targets([target_of(original)], language="fr")[target_of(original)].url == "/fr/histoire/"


def test_a_link_is_left_out_in_a_language_in_which_the_item_does_not_exist() -> None:
    assert resolve_targets([target_of(PageFactory())], language="fr") == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "page:999",
        "page:0",
        "nonsense:1",
        "page:1 OR 1=1",
        "section:nowhere",
        "javascript:alert(1)",
        "page:" + "9" * 40,
    ],
)
def test_a_text_that_leads_nowhere_is_left_out(text: str) -> None:
    assert resolve_targets([text], language="en") == {}


def test_a_featured_card_cannot_be_pointed_at() -> None:
    with pytest.raises(ValueError, match="Nothing can point at"):
        target_of(FeaturedItemFactory())


# ── Validation ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    ["section:news", "https://example.org/path?a=b", "http://example.org", "mailto:press@example.org"],
)
def test_sections_and_full_addresses_are_taken(text: str) -> None:
    validate_target(text)


@pytest.mark.parametrize(
    "text",
    [
        "news", "example.org", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//example.org",
        "page:999999", "section:nowhere", "featured:1", "https://", "https:// example.org", "mailto:", "ftp://example.org",
        "page:" + "9" * 18, "page:" + "9" * 30,
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_target(text)


def test_an_item_of_ours_is_taken_and_a_draft_too() -> None:
    validate_target(target_of(PageFactory()))
    validate_target(target_of(PageFactory(draft=True)))


# ── The editor's search box ──────────────────────────────────────────────────────────────────────────────
def test_suggestions_hold_sections_and_items_of_every_kind() -> None:
    NewsItemFactory(title="Review of cyber policy")
    TopicFactory(title="Cyber review")
    PageFactory(title="Something else")
    assert {entry["text"] for entry in suggestions("review", user=IMPORTER)} == {
        "Section: The Review",
        "news item: Review of cyber policy",
        "topic: Cyber review",
    }


def test_suggestions_are_originals_so_a_link_follows_the_language() -> None:
    original = NewsItemFactory(title="Summit")
    translated(original, title="Summit aussi")
    assert [entry["id"] for entry in suggestions("summit", user=IMPORTER)] == [target_of(original)]


def test_suggestions_are_limited() -> None:
    for number in range(30):
        NewsItemFactory(title=f"Summit {number}")
    assert len(suggestions("summit", user=IMPORTER)) == 20


def test_a_target_is_described_by_kind_and_title() -> None:
    page = PageFactory(title="History")
    assert describe(target_of(page)) == "page: History"
    assert describe("section:events") == "Section: Event calendar"
    assert describe("https://example.org/") == "https://example.org/"
    assert describe("page:999") == "page: (deleted)"


def test_the_search_box_answers_staff(writer: Person) -> None:
    page = PageFactory(title="History of the house")
    answer: dict[str, Any] = writer.get("/admin/pages/page/targets/", {"term": "history"}).json()
    assert answer["results"] == [{"id": target_of(page), "text": "page: History of the house"}]


def test_the_search_box_tells_no_titles_to_who_may_not_see_them() -> None:
    PageFactory(draft=True, title="Top secret")
    porter = Person(UserFactory())
    assert porter.get("/admin/pages/page/targets/", {"term": "top secret"}).json()["results"] == []


@pytest.mark.parametrize("term", ["", " ", "%", "_", "\x00", "'; drop table", "é" * 500])
def test_the_search_box_takes_any_term(term: str, writer: Person) -> None:
    assert writer.get("/admin/pages/page/targets/", {"term": term}).status_code == 200


def test_the_search_box_does_not_answer_visitors(visitor: Person) -> None:
    PageFactory(title="SECRET", draft=True)
    response = visitor.get("/admin/pages/page/targets/", {"term": "secret"})
    assert response.status_code == 302
    assert b"SECRET" not in response.content


def test_suggestions_speak_the_editors_language() -> None:
    with override("fr"):
        assert [entry["id"] for entry in suggestions("calendrier", user=IMPORTER)] == ["section:events"]


def test_a_dated_address_is_resolved() -> None:
    item = NewsItemFactory(slug="summit", date=dt.date(2024, 1, 5))
    assert resolve_targets([target_of(item)], language="en")[target_of(item)].url == "/en/news/2024/01/05/summit/"
