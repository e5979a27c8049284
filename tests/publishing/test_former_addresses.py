"""Addresses that were public lead to where their item is now, or say that it has come down."""

from __future__ import annotations

import datetime as dt

import pytest

from publishing import registry, workflow
from publishing.models import Publishable
from tests.conftest import Person
from tests.factories import (
    FACTORIES,
    IMPORTER,
    NewsItemFactory,
    PageFactory,
    translated,
)
from tests.publishing.drafts import edit

pytestmark = pytest.mark.django_db


def test_a_changed_slug_redirects_for_good(visitor: Person) -> None:
    item = NewsItemFactory(slug="first")
    addresses = [item.get_absolute_url()]
    for slug in ("second", "third"):
        edit(item, slug=slug)
        workflow.approve(item, by=IMPORTER)
        addresses.append(item.get_absolute_url())
    for former in addresses[:2]:
        response = visitor.get(former)
        assert (response.status_code, response.headers["Location"]) == (301, addresses[2])
    assert visitor.get(addresses[2]).status_code == 200


def test_a_changed_date_redirects_in_every_language(visitor: Person) -> None:
    item = NewsItemFactory(date=dt.date(2024, 1, 23))
    french = translated(item)
    former = [item.get_absolute_url(), french.get_absolute_url()]
    edit(item, date=dt.date(2024, 2, 1))
    workflow.approve(item, by=IMPORTER)
    french.refresh_from_db()
    for address, version in zip(former, (item, french), strict=True):
        assert "/2024/02/01/" in version.get_absolute_url()
        assert visitor.get(address).headers["Location"] == version.get_absolute_url()


def test_a_moved_page_takes_the_pages_below_along(visitor: Person) -> None:
    top, other = PageFactory(slug="top"), PageFactory(slug="other")
    middle = PageFactory(slug="middle", parent=top)
    bottom = PageFactory(slug="bottom", parent=middle)
    edit(middle, parent=other)
    workflow.approve(middle, by=IMPORTER)
    bottom.refresh_from_db()
    assert bottom.get_absolute_url() == "/en/other/middle/bottom/"
    assert visitor.get("/en/top/middle/bottom/").headers["Location"] == "/en/other/middle/bottom/"
    assert visitor.get("/en/top/middle/").headers["Location"] == "/en/other/middle/"


@pytest.mark.parametrize("model", [kind.model for kind in registry.kinds_with_pages()])
def test_what_came_down_says_so_at_its_address(model: type[Publishable], visitor: Person) -> None:
    expired, withdrawn = FACTORIES[model](expired=True), FACTORIES[model](title="A mistake")
    workflow.withdraw(withdrawn, by=IMPORTER, explanation="We were <wrong>.")
    response = visitor.get(expired.get_absolute_url())
    assert response.status_code == 410
    response = visitor.get(withdrawn.get_absolute_url())
    assert response.status_code == 410
    assert "A mistake" in response.content.decode()
    assert "We were &lt;wrong&gt;." in response.content.decode()


def test_a_draft_was_never_at_its_address(visitor: Person) -> None:
    item = NewsItemFactory(draft=True, title="SECRET")
    response = visitor.get(item.get_absolute_url())
    assert response.status_code == 404
    assert "SECRET" not in response.content.decode()


def test_a_new_item_takes_over_a_former_address(visitor: Person) -> None:
    item = NewsItemFactory(slug="first", title="Old")
    address = item.get_absolute_url()
    edit(item, slug="second")
    workflow.approve(item, by=IMPORTER)
    NewsItemFactory(slug="first", title="New")
    response = visitor.get(address)
    assert response.status_code == 200
    assert "New" in response.content.decode()
