"""The language switch."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from news.models import NewsItem
from tests.browser.conftest import PHONE, Tab, overflow

Opener = Callable[..., Tab]


def switch(page: Page, language: str) -> None:
    page.locator("details.language summary").click()
    page.locator("details.language").get_by_role("link", name=language).click()


def test_it_leads_to_the_same_item_and_back(tab: Opener) -> None:
    english = NewsItem.objects.live().in_language("en").latest_first().first()
    assert english is not None
    french = english.translations.get(language="fr")
    page = tab().open(english.get_absolute_url())
    switch(page, "Français")
    expect(page.locator("h1")).to_have_text(french.title)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    switch(page, "English")
    expect(page.locator("h1")).to_have_text(english.title)


def test_it_keeps_a_list(tab: Opener) -> None:
    page = tab(PHONE, scripts=False).open("/en/events/")
    switch(page, "Français")
    page.wait_for_url("**/fr/events/")


def test_an_item_without_a_version_says_so_and_leads_back(tab: Opener) -> None:
    english = NewsItem.objects.live().in_language("en").latest_first()[1]
    NewsItem.objects.filter(original=english).update(live_from=None)
    page = tab().open(english.get_absolute_url())
    switch(page, "العربيّة")
    expect(page.locator("h1")).to_have_text("لم تُترجم بعد")
    assert overflow(page) == 0
    page.get_by_role("link", name=english.title).click()
    expect(page.locator("h1")).to_have_text(english.title)
