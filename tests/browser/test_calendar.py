"""The tabs of the home page's calendar."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Tab

Opener = Callable[..., Tab]


def test_a_tab_shows_its_events_and_hides_the_others(tab: Opener) -> None:
    page = tab().open("/en/")
    upcoming, recent = page.get_by_role("tabpanel", name="Upcoming"), page.get_by_role("tabpanel", name="Recent")
    expect(upcoming).to_be_visible()
    expect(recent).to_be_hidden()
    page.get_by_role("tab", name="Recent").click()
    expect(recent).to_be_visible()
    expect(upcoming).to_be_hidden()
    expect(recent.get_by_role("link").first).to_be_visible()


def test_tabs_move_with_the_arrows(tab: Opener) -> None:
    page = tab().open("/en/")
    upcoming, recent = page.get_by_role("tab", name="Upcoming"), page.get_by_role("tab", name="Recent")
    upcoming.focus()
    for key, chosen in (
        ("ArrowRight", recent), ("ArrowRight", upcoming), ("ArrowLeft", recent), ("Home", upcoming), ("End", recent),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(chosen).to_be_focused()
        expect(chosen).to_have_attribute("aria-selected", "true")
    expect(upcoming).to_have_attribute("tabindex", "-1")


def test_an_address_can_point_to_a_tab(tab: Opener) -> None:
    page = tab().open("/en/#calendar-recent")
    expect(page.get_by_role("tab", name="Recent")).to_have_attribute("aria-selected", "true")


def test_without_scripts_both_lists_are_there(tab: Opener) -> None:
    page = tab(scripts=False).open("/fr/")
    expect(page.get_by_role("heading", name="À venir", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Récents", exact=True)).to_be_visible()
    assert page.locator(".diary__list a").count() > 6


def test_the_calendars_own_tabs_are_links(tab: Opener) -> None:
    page = tab(scripts=False).open("/en/events/")
    page.get_by_role("link", name="Recent").click()
    expect(page.get_by_role("link", name="Recent")).to_have_attribute("aria-current", "page")
