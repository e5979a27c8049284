"""The columns and filters of the lists of content."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from news.models import NewsItem
from publishing import workflow
from publishing.models import Publishable
from tests.admin_forms import list_url
from tests.conftest import PUBLISHABLE, Person
from tests.factories import FACTORIES, IMPORTER, NewsItemFactory, TopicFactory, translated
from tests.html import parse, texts

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)


def rows(person: Person, query: str = "", model: type[Publishable] = NewsItem) -> list[str]:
    page = person.get(list_url(model) + query)
    assert page.status_code == 200
    return sorted(str(row) for row in page.context["cl"].result_list)


def rewrite(item: Publishable, person: Person, title: str = "New words") -> None:
    item.title = title
    workflow.save_draft(item, by=person.user)


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_every_kind_shows_state_languages_author_and_time(model: Any, editor: Person) -> None:
    item = FACTORIES[model](draft=True)
    editor.user.first_name, editor.user.last_name = "Maria", "Rossi"
    editor.user.save()
    rewrite(item, editor)
    page = parse(editor.get(list_url(model)))
    assert texts(page, "td", cls="field-state_badge") == ["Draft"]
    assert texts(page, "td", cls="field-language_badges") == ["EN"]
    assert texts(page, "td", cls="field-author_name") == ["Maria Rossi"]
    assert texts(page, "td", cls="field-changed_at")[0]


def test_the_author_is_the_newest_revisions_and_may_be_nobody(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    assert texts(parse(editor.get(list_url(NewsItem))), "td", cls="field-author_name") == ["–"]
    for person in (editor, writer):
        rewrite(item, person, title=f"By {person.user}")
    assert texts(parse(editor.get(list_url(NewsItem))), "td", cls="field-author_name") == ["writer"]


def test_a_draft_over_a_live_item_is_an_update(editor: Person) -> None:
    item = NewsItemFactory()
    with time_machine.travel(NOON, tick=False):
        rewrite(item, editor)
    shown = texts(parse(editor.get(list_url(NewsItem))), "td", cls="field-changed_at")
    assert "2024" in shown[0]
    assert "13:00" in shown[0]


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_every_kind_can_be_narrowed_to_what_is_in_review_or_not_yet_published(model: Any, writer: Person) -> None:
    factory = FACTORIES[model]
    submitted, changed = factory(title="Submitted", draft=True), factory(title="Changed")
    factory(title="Live")
    factory(title="Draft", draft=True)
    workflow.submit(submitted, by=writer.user)
    rewrite(changed, writer)
    assert rows(writer, "?state=review", model) == ["Submitted"]
    assert rows(writer, "?state=pending", model) == ["Changed"]
    workflow.submit(changed, by=writer.user)
    assert rows(writer, "?state=review", model) == ["Changed", "Submitted"]


def test_revisions_of_another_kind_with_the_same_key_do_not_count(writer: Person) -> None:
    topic = TopicFactory(draft=True)
    workflow.submit(topic, by=writer.user)
    NewsItemFactory.build(pk=topic.pk, title="News", live_from=None).save()
    assert rows(writer, "?state=review") == []


def test_a_list_can_be_narrowed_to_a_language(editor: Person) -> None:
    translated(NewsItemFactory(title="Words"), title="Mots")
    assert rows(editor, "?language=fr") == ["Mots"]
    assert rows(editor, "?language=en") == ["Words"]
    assert rows(editor) == ["Mots", "Words"]


def test_a_list_in_hand_order_is_narrowed_to_items_that_exist_in_a_language(editor: Person) -> None:
    translated(TopicFactory(title="Both"))
    TopicFactory(title="English only")
    assert rows(editor, "?language=fr", type(TopicFactory.build())) == ["Both"]
    assert rows(editor, "?language=en", type(TopicFactory.build())) == ["Both", "English only"]


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_mine_are_those_i_have_written_on(model: Any, writer: Person, editor: Person) -> None:
    mine, others = FACTORIES[model](draft=True), FACTORIES[model](draft=True)
    rewrite(mine, writer, "Mine")
    rewrite(others, editor, "Theirs")
    assert rows(writer, "?mine=yes", model) == ["Mine"]
    assert rows(editor, "?mine=yes", model) == ["Theirs"]


@pytest.mark.parametrize("query", ["?state=nonsense", "?language=xx", "?mine=nonsense", "?mine=no"])
def test_a_value_that_does_not_exist_narrows_nothing_or_to_nothing(query: str, editor: Person) -> None:
    NewsItemFactory()
    assert editor.get(list_url(NewsItem) + query, follow=True).status_code == 200


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_the_list_costs_the_same_queries_with_work_on_1_and_8_items(model: Any, editor: Person) -> None:
    """Whole, and narrowed by all that staff narrow it by."""

    def queries() -> list[int]:
        counts = []
        for query in ("", "?state=pending&mine=yes&language=en"):
            with CaptureQueriesContext(connection) as captured:
                rows(editor, query, model)
            counts.append(len(captured))
        return counts

    def fill(count: int) -> None:
        for _number in range(count):
            item = translated(FACTORIES[model]()).original
            rewrite(item, editor)
            workflow.approve(item, by=IMPORTER, at=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
            rewrite(item, editor, "Newer words")

    fill(1)
    queries()
    with_one = queries()
    fill(7)
    assert queries() == with_one
    assert max(with_one) <= 12
