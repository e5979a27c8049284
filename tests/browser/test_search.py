"""Suggestions while somebody types: by mouse, by keyboard, and not at all without scripts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Tab

Opener = Callable[..., Tab]


def field_of(page: Page) -> Locator:
    return page.locator("main").get_by_role("combobox", name="Search the site")


def test_titles_are_suggested_and_chosen_by_keyboard(tab: Opener) -> None:
    page = tab().open("/en/search/")
    field = field_of(page)
    field.press_sequentially("secu")
    options = page.locator("main").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("main [role=status]")).to_contain_text("suggestions")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    field.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    field.press("ArrowDown")
    url = options.first.get_attribute("data-url")
    field.press("Enter")
    page.wait_for_url(f"**{url}")


def test_escape_closes_and_enter_searches(tab: Opener) -> None:
    page = tab().open("/en/search/")
    field = field_of(page)
    field.press_sequentially("secu")
    listbox = page.locator("main").get_by_role("listbox")
    expect(listbox).to_be_visible()
    field.press("Escape")
    expect(listbox).to_be_hidden()
    expect(field).to_have_value("secu")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("security")
    field.press("Enter")
    page.wait_for_url("**/en/search/?q=security")
    expect(page.locator("main mark").first).to_be_visible()


def test_a_suggestion_of_the_masthead_is_chosen_by_mouse(tab: Opener) -> None:
    page = tab().open("/fr/")
    field = page.locator("#masthead-q")
    field.press_sequentially("secu")
    option = page.locator(".masthead").get_by_role("option").first
    expect(option).to_be_visible()
    url = option.get_attribute("data-url")
    option.click()
    page.wait_for_url(f"**{url}")


def test_suggestions_close_when_the_focus_moves_on(tab: Opener) -> None:
    page = tab(PHONE).open("/en/search/")
    field_of(page).press_sequentially("secu")
    listbox = page.locator("main").get_by_role("listbox")
    expect(listbox).to_be_visible()
    page.keyboard.press("Tab")
    expect(listbox).to_be_hidden()


def test_without_scripts_the_form_just_works(tab: Opener) -> None:
    page = tab(scripts=False).open("/en/search/")
    page.locator("main input[name=q]").fill("security")
    page.locator("main form button").first.click()
    page.wait_for_url("**/en/search/?q=security")
    expect(page.locator("main h2").first).to_be_visible()
    page.locator("main select[name=kind]").select_option("page")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main .kicker").first).to_have_text("Page")
