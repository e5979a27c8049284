"""The header's menu, by every means that people have."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Tab

Opener = Callable[..., Tab]


def section(page: Page, name: str) -> tuple[object, object]:
    panel = page.locator("details.panel").filter(has=page.locator("summary", has_text=name))
    return panel.locator("summary"), panel.locator(".panel__list a").first


def test_a_section_opens_and_closes_with_the_mouse(tab: Opener) -> None:
    page = tab().open("/en/")
    name, link = section(page, "About us")
    expect(link).to_be_hidden()
    name.click()
    expect(link).to_be_visible()
    other, other_link = section(page, "What we do")
    other.click()
    expect(other_link).to_be_visible()
    expect(link).to_be_hidden()
    page.mouse.click(20, 880)
    expect(other_link).to_be_hidden()


def test_a_section_opens_with_the_keyboard_and_escape_gives_the_focus_back(tab: Opener) -> None:
    page = tab().open("/en/")
    name, link = section(page, "About us")
    name.focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(name).to_be_focused()


def test_a_section_closes_when_the_focus_moves_on(tab: Opener) -> None:
    page = tab().open("/en/")
    name, link = section(page, "About us")
    name.click()
    page.locator("main a").first.focus()
    expect(link).to_be_hidden()


def test_a_link_of_the_menu_leads_to_its_page_and_is_marked_there(tab: Opener) -> None:
    page = tab().open("/en/")
    name, link = section(page, "About us")
    name.click()
    link.click()
    page.wait_for_load_state()
    assert page.url != page.context.pages[0].url or "/en/" in page.url
    name, link = section(page, "About us")
    name.click()
    expect(link).to_have_attribute("aria-current", "page")


def test_the_phones_menu_opens_by_touch(tab: Opener) -> None:
    page = tab(PHONE, touch=True).open("/en/")
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").tap()
    expect(menu).to_be_visible()
    name, link = section(page, "About us")
    name.tap()
    expect(link).to_be_visible()
    menu.get_by_role("button", name="Close").tap()
    expect(menu).to_be_hidden()


def test_the_menu_works_without_scripts(tab: Opener) -> None:
    page = tab(scripts=False).open("/en/")
    name, link = section(page, "About us")
    name.click()
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("h1")).to_be_visible()


def test_the_phones_menu_works_without_scripts(tab: Opener) -> None:
    page = tab(PHONE, scripts=False).open("/en/")
    page.get_by_role("button", name="Menu").click()
    name, link = section(page, "About us")
    name.click()
    expect(link).to_be_visible()


def test_the_first_stop_of_the_keyboard_leads_to_the_content(tab: Opener) -> None:
    page = tab().open("/en/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
