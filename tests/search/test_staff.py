"""Staff search with the same index, drafts among it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.conftest import Person
from tests.factories import FeaturedItemFactory, NewsItemFactory, TopicFactory
from tests.html import parse, text

pytestmark = pytest.mark.django_db

LIST = "admin:news_newsitem_changelist"


def listed(person: Person, q: str, **query: str) -> str:
    response = person.get(reverse(LIST), {"q": q, **query})
    assert response.status_code == 200
    return text(parse(response))


def test_the_list_finds_drafts_by_their_texts_in_any_language(editor: Person) -> None:
    NewsItemFactory(title="First", body="<p>About submarines</p>", draft=True)
    NewsItemFactory(title="Second", body="<p>Les déploiements</p>", language="fr", slug="second")
    NewsItemFactory(title="Third", body="<p>Other</p>")
    found = listed(editor, "submarine")
    assert "First" in found
    assert "Third" not in found
    assert "Second" in listed(editor, "deploye")
    assert "First" not in listed(editor, "submarine", state="live")


def test_the_beginning_of_a_titles_word_is_enough(editor: Person) -> None:
    NewsItemFactory(title="Deterrence at sea", draft=True)
    assert "Deterrence at sea" in listed(editor, "sea det")
    assert "Deterrence at sea" in listed(editor, "d")


def test_choosers_find_by_the_beginning_of_a_word(editor: Person) -> None:
    TopicFactory(title="Deterrence and defence")
    TopicFactory(title="Climate")
    query = {"term": "defen", "app_label": "news", "model_name": "newsitem", "field_name": "topics"}
    found = editor.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [one["text"] for one in found] == ["Deterrence and defence"]
    assert len(editor.get(reverse("admin:autocomplete"), {**query, "term": ""}).json()["results"]) == 2


def test_what_has_no_page_is_found_as_before(editor: Person) -> None:
    FeaturedItemFactory(title="A card of note")
    response = editor.get(reverse("admin:news_featureditem_changelist"), {"q": "of no"})
    assert "A card of note" in text(parse(response))


@pytest.mark.parametrize("q", ["%", "'", '"', "\\", ":*", "-", "x" * 5000, "😀", "a b c d e f g h i j k l m n o p"])
def test_anything_can_be_typed(q: str, editor: Person) -> None:
    NewsItemFactory(title="Summit")
    assert "Summit" not in listed(editor, q)


def test_the_list_costs_the_same_queries_with_many_matches(editor: Person) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(editor, "summit")
        return len(captured)

    NewsItemFactory(title="Summit")
    queries()
    few = queries()
    for _number in range(20):
        NewsItemFactory(title="Summit")
    assert queries() == few
