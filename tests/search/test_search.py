"""What the site's search finds, and what it does with anything typed into it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishing import registry
from search.finding import Narrowed, Question, search, shown
from tests.conftest import Person
from tests.factories import FACTORIES, ArticleFactory, NewsItemFactory, PageFactory, translated
from tests.html import one, parse, text, texts

pytestmark = pytest.mark.django_db


def results(person: Person, q: str, language: str = "en") -> list[str]:
    response = person.get(f"/{language}/search/", {"q": q})
    assert response.status_code == 200
    return texts(one(parse(response), "main"), "h2")


@pytest.mark.parametrize("kind", [kind.key for kind in registry.kinds_with_pages()])
def test_every_kind_is_found_by_its_title_and_leads_to_its_page(kind: str, visitor: Person) -> None:
    item = FACTORIES[registry.kind_named(kind).model](title="Unmistakable words")  # type: ignore[union-attr]
    question = Question.read("unmistakable")
    rows, _topics = shown(search(question, language="en", narrowed=Narrowed()).matches, question, language="en")
    assert [row.url for row in rows] == [item.get_absolute_url()]
    assert results(visitor, "UNMISTAKABLE") == ["Unmistakable words"]


def test_teasers_and_standfirsts_are_searched(visitor: Person) -> None:
    NewsItemFactory(title="One", teaser="About submarines")
    ArticleFactory(title="Two", standfirst="Submarines again")
    assert set(results(visitor, "submarines")) == {"One", "Two"}


def test_all_words_must_be_there(visitor: Person) -> None:
    NewsItemFactory(title="Cyber defence", teaser="of ships")
    NewsItemFactory(title="Cyber attack")
    assert results(visitor, "cyber ships") == ["Cyber defence"]


def test_accented_words_are_found(visitor: Person) -> None:
    NewsItemFactory(title="Réunion à Évreux", language="fr")
    assert results(visitor, "réunion Évreux", "fr") == ["Réunion à Évreux"]


def test_accented_capitals_are_found_by_small_letters(visitor: Person) -> None:
    NewsItemFactory(title="Réunion à Évreux", language="fr")
    assert results(visitor, "évreux", "fr") == ["Réunion à Évreux"]


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
def test_what_is_not_live_is_not_found(state: str, visitor: Person) -> None:
    NewsItemFactory(title="SECRET words", **{state: True})
    assert results(visitor, "words") == []


def test_only_the_language_of_the_page_is_searched(visitor: Person) -> None:
    translated(NewsItemFactory(title="Summit"), title="Summit en français")
    assert results(visitor, "summit") == ["Summit"]
    assert results(visitor, "summit", "fr") == ["Summit en français"]


def test_the_newest_comes_first_whatever_its_kind(visitor: Person) -> None:
    now = timezone.now()
    NewsItemFactory(title="Summit 1", live_from=now - dt.timedelta(days=3))
    PageFactory(title="Summit 2", live_from=now - dt.timedelta(days=1))
    ArticleFactory(title="Summit 3", live_from=now - dt.timedelta(days=2))
    page = parse(visitor.get("/en/search/?q=summit&order=date"))
    assert texts(one(page, "main"), "h2") == ["Summit 2", "Summit 3", "Summit 1"]


def test_results_go_on_over_pages(visitor: Person) -> None:
    for _ in range(25):
        NewsItemFactory(teaser="summit")
    response = visitor.get("/en/search/?q=summit&page=2")
    assert len(texts(one(parse(response), "main"), "h2")) == 5
    assert "25 results" in text(parse(response))
    for page in ("3", "0", "abc", "9999", "-1"):
        assert visitor.get(f"/en/search/?q=summit&page={page}").status_code == 404


def test_a_search_costs_the_same_queries_for_1_and_30_results(visitor: Person) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            visitor.get("/en/search/?q=summit")
        return len(captured)

    NewsItemFactory(teaser="summit")
    one_result = queries()
    for _ in range(29):
        NewsItemFactory(teaser="summit")
    assert queries() == one_result <= 8


@pytest.mark.parametrize(
    "q",
    ["", " ", "\x00", "a\x00b", "%", "_", "\\", "'", '"', "'; DROP TABLE news_newsitem; --", "<script>alert(1)</script>",
     "a " * 90, "é" * 199, "x" * 5000, "NEAR(", "a AND", "*", "\ud7ff", "😀"],
)  # fmt: skip
def test_anything_can_be_typed(q: str, visitor: Person) -> None:
    NewsItemFactory(title="Words")
    response = visitor.get("/en/search/", {"q": q})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("q", ["%", "_ews", "N_ws"])
def test_signs_of_the_database_are_plain_letters(q: str, visitor: Person) -> None:
    NewsItemFactory(title="News", teaser="Words")
    assert results(visitor, q) == []


def test_too_long_a_question_is_told_so(visitor: Person) -> None:
    assert "Use at most 200 characters" in text(parse(visitor.get("/en/search/", {"q": "x" * 201})))


def test_nothing_found_says_so_and_repeats_the_question(visitor: Person) -> None:
    page = parse(visitor.get("/en/search/?q=zzz"))
    assert "Nothing was found for “zzz”" in text(one(page, "main"))
    assert one(one(page, "main"), "input", name="q").get("value") == "zzz"
