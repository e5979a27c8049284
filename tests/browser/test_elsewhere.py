"""How a page will look in search results and on share cards, seen while it is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from news.models import NewsItem
from tests.browser.conftest import PHONE, Tab, overflow, violations

Opener = Callable[..., Tab]


@pytest.fixture
def address(site: str) -> str:
    item = NewsItem.objects.live().in_language("en").exclude(image=None).latest_first()[0]
    return f"/admin/news/newsitem/{item.pk}/change/"


def test_the_examples_follow_what_is_typed(desk: Opener, address: str) -> None:
    page = desk().open(address)
    examples = page.locator("[data-elsewhere]")
    result, card = examples.locator(".result__title"), examples.locator(".sharecard__title")
    page.locator("#id_title").fill("A new title")
    expect(result).to_have_text("A new title")
    page.get_by_label("Search title").fill("Found under this")
    page.get_by_label("Search description").fill("And described so.")
    expect(result).to_have_text("Found under this")
    expect(card).to_have_text("Found under this")
    expect(examples.locator(".result__words").first).to_have_text("And described so.")
    page.get_by_label("Search title").fill("")
    expect(card).to_have_text("A new title")
    expect(examples.get_by_text("asked not to list")).to_be_hidden()
    page.get_by_label("Do not list in search engines").check()
    expect(examples.get_by_text("asked not to list")).to_be_visible()


def test_characters_are_counted_as_people_count_and_told_to_those_who_listen(desk: Opener, address: str) -> None:
    page = desk().open(address)
    field = page.get_by_label("Search title")
    field.fill("Škoda 👩‍🚀")
    hint = page.locator("#id_search_title_count")
    expect(hint).to_have_text("Characters: 7. About 60 are shown.")
    assert "id_search_title_count" in (field.get_attribute("aria-describedby") or "")
    expect(page.locator("[data-counted]")).to_have_text("Characters: 7. About 60 are shown.")


@pytest.mark.parametrize("width", [PHONE, 1440])
def test_the_examples_are_accessible_and_fit(width: int, desk: Opener, address: str) -> None:
    opened = desk(width)
    page = opened.open(address)
    assert violations(page, within="[data-elsewhere]") == []
    assert overflow(page) <= 0
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
