"""The notice at the foot of the window."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Tab

Opener = Callable[..., Tab]


def test_it_is_closed_for_good(tab: Opener) -> None:
    opened = tab()
    page = opened.open("/en/")
    notice = page.get_by_role("complementary", name="Notice")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()
    page.reload()
    expect(notice).to_be_hidden()
    opened.open("/en/news/")
    expect(notice).to_be_hidden()


def test_closing_it_is_remembered_by_no_cookie(tab: Opener) -> None:
    page = tab().open("/en/")
    page.get_by_role("complementary", name="Notice").get_by_role("button", name="Close").click()
    assert page.context.cookies() == []


def test_in_another_language_it_says_something_new_and_is_shown(tab: Opener) -> None:
    opened = tab()
    page = opened.open("/en/")
    page.get_by_role("complementary", name="Notice").get_by_role("button", name="Close").click()
    opened.open("/fr/")
    expect(page.locator("[data-notice]")).to_be_visible()


def test_without_scripts_it_does_not_stand_in_the_way(tab: Opener) -> None:
    page = tab(scripts=False).open("/en/")
    expect(page.locator("[data-notice]")).to_be_hidden()
