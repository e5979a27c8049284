"""Titles that are suggested while somebody types."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search.suggesting import MOST
from tests.conftest import Person
from tests.factories import EventFactory, NewsItemFactory, SiteSettingsFactory

pytestmark = pytest.mark.django_db


def suggested(person: Person, q: str, language: str = "en") -> list[dict[str, str]]:
    response = person.get(f"/{language}/search/suggestions/", {"q": q})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    found: list[dict[str, str]] = response.json()["suggestions"]
    return found


def test_titles_are_suggested_by_the_beginning_of_the_last_word(visitor: Person) -> None:
    item = EventFactory(title="Étés of deterrence")
    for q in ("deter", "DETERRENCE", "of det", "éte", "ete", "ETES deterr"):
        assert suggested(visitor, q) == [
            {"title": item.title, "url": item.get_absolute_url(), "kind": "Event", "language": "en"}
        ], q
    assert suggested(visitor, "terrence") == []
    assert suggested(visitor, "det of") == []


def test_teasers_and_texts_suggest_nothing(visitor: Person) -> None:
    NewsItemFactory(title="A title", teaser="Submarine", body="<p>Submarine</p>")
    assert suggested(visitor, "subm") == []


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
def test_what_is_not_public_is_not_suggested(state: str, visitor: Person) -> None:
    NewsItemFactory(title="Secret submarine", **{state: True})
    assert suggested(visitor, "submarine") == []


def test_only_what_lists_of_the_language_show_is_suggested(visitor: Person) -> None:
    NewsItemFactory(title="Summit")
    assert suggested(visitor, "summ", "fr") == []
    SiteSettingsFactory(with_originals=["fr"])
    assert [found["language"] for found in suggested(visitor, "summ", "fr")] == ["en"]


def test_the_newest_few_are_suggested_by_two_queries(visitor: Person) -> None:
    SiteSettingsFactory()
    for number in range(MOST + 3):
        NewsItemFactory(title=f"Summit {number}")
    with CaptureQueriesContext(connection) as captured:
        found = suggested(visitor, "summit")
    assert len(found) == MOST
    assert len(captured) <= 2


@pytest.mark.parametrize(
    "q", ["", " ", "s", "\x00", "-", '"', "%", "*", "'", "a\x00b", "x" * 5000, "a " * 3000, "😀", ":*"]
)
def test_anything_can_be_typed(q: str, visitor: Person) -> None:
    NewsItemFactory(title="Summit")
    assert suggested(visitor, q) == []


def test_nothing_is_written_there(visitor: Person) -> None:
    assert visitor.post("/en/search/suggestions/").status_code == 405
