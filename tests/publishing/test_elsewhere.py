"""What is written for search engines is part of an item like everything else that is written."""

from __future__ import annotations

from typing import Any

import pytest

from news.models import FeaturedItem
from publishing import workflow
from publishing.diff import differences
from publishing.registry import kinds
from publishing.snapshots import changed, snapshot
from tests.conftest import Person
from tests.factories import IMPORTER, NewsItemFactory, factory_of
from tests.html import elements, form_data, one, parse, text

pytestmark = pytest.mark.django_db
FIELDS = ["search_title", "search_description", "unlisted"]


def form_of(item: Any) -> str:
    return f"/admin/{item._meta.app_label}/{item._meta.model_name}/{item.pk}/change/"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_every_kind_with_a_page_is_asked_and_shown_an_example(kind: Any, editor: Person) -> None:
    page = parse(editor.get(form_of(factory_of(kind.model).create())))
    asked = [name for name in FIELDS if list(elements(page, id=f"id_{name}"))]
    assert asked == (FIELDS if kind.has_page else [])
    assert len(list(elements(page, "section", data_elsewhere=""))) == kind.has_page


def test_it_goes_through_a_draft_and_its_approval(editor: Person) -> None:
    item = NewsItemFactory()
    data = form_data(editor.get(form_of(item)), "newsitem_form")
    editor.post(form_of(item), {**data, "search_title": "Found", "unlisted": "on"})
    item.refresh_from_db()
    assert (item.search_title, item.unlisted) == ("", False), "readers see nothing of a draft"
    newest = item.revisions.order_by("-number").first()
    old = item.revisions.order_by("number").first().content
    assert {one.name for one in differences(item, old, newest.content)} == {"search_title", "unlisted"}
    workflow.approve(item, by=IMPORTER)
    item.refresh_from_db()
    assert (item.search_title, item.unlisted) == ("Found", True)


def test_an_older_revision_that_knows_nothing_of_it_does_not_differ() -> None:
    item = NewsItemFactory()
    now = snapshot(item)
    before = {name: value for name, value in now.items() if name not in FIELDS}
    assert changed(before, now) == []
    assert changed(before, {**now, "search_title": "Found"}) == ["search_title"]


def test_a_draft_is_shown_as_it_will_be(editor: Person) -> None:
    item = NewsItemFactory(title="A title", teaser="A teaser.", draft=True)
    example = one(parse(editor.get(form_of(item))), "section", data_elsewhere="")
    assert "A title" in text(example)
    assert "A teaser." in text(example)


def test_a_card_on_the_home_page_has_none_of_it() -> None:
    names = {field.name for field in FeaturedItem._meta.get_fields()}
    assert not names & set(FIELDS)
