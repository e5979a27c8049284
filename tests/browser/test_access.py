"""What WCAG 2.2 asks and no checker sees: the keyboard alone, other spacing, colours of one's own, no movement, no style."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, WIDE, Tab, overflow
from tests.browser.test_pages import some_addresses

Opener = Callable[..., Tab]

# WCAG 2.2, 1.4.12: text may be set so without loss.
SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"
# Elements that cut off words of theirs; what is hidden from eyes on purpose does so.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const { overflowX, overflowY, clipPath } = getComputedStyle(element);
  const hides = [overflowX, overflowY].some((overflow) => ["hidden", "clip"].includes(overflow));
  if (!hides || clipPath !== "none" || !element.innerText?.trim() || !element.checkVisibility()) return false;
  return element.scrollWidth > element.clientWidth + 2 || element.scrollHeight > element.clientHeight + 2;
}).map((element) => element.outerHTML.slice(0, 120))"""


def tab_to(page: Page, selector: str, *, within: int = 150) -> None:
    """Press Tab until a link with the selector has the focus, which has to be seen."""
    for _ in range(within):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        assert here.count() == 1, "the focus has left the page"
        outline = here.evaluate("here => getComputedStyle(here).outlineStyle")
        assert outline != "none", here.evaluate("here => here.outerHTML.slice(0, 120)")
        if here.evaluate("(here, selector) => here.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not among the first {within} stops")


def test_the_keyboard_alone_reaches_what_the_home_page_leads_to(tab: Opener) -> None:
    page = tab().open("/en/")
    tab_to(page, ".skip", within=1)
    page.keyboard.press("Enter")
    for selector in (".lead-story__title a", ".essay__title a", ".event-row__title a"):
        tab_to(page, selector)
    title = page.locator(":focus").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/events/**")
    expect(page.locator("h1")).to_have_text(title)


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_the_keyboard_alone_changes_the_language(width: int, tab: Opener) -> None:
    page = tab(width).open("/en/events/")
    tab_to(page, "details.language summary")
    page.keyboard.press("Enter")
    tab_to(page, "a[lang=uk]", within=4)
    page.keyboard.press("Enter")
    page.wait_for_url("**/uk/events/")
    expect(page.locator("html")).to_have_attribute("lang", "uk")


def test_text_may_be_spaced_without_loss(tab: Opener) -> None:
    opened, lost = tab(PHONE), {}
    for path in some_addresses("fr"):
        page = opened.open(path)
        page.evaluate(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }",
            SPACED,
        )
        if found := page.evaluate(CUT_OFF):
            lost[path] = found
        if (pixels := overflow(page)) > 0:
            lost[path] = [f"{pixels} pixels wider than the window"]
    assert lost == {}


def test_in_colours_of_the_readers_own_what_is_chosen_can_be_told(tab: Opener) -> None:
    opened = tab()
    opened.page.emulate_media(forced_colors="active")
    page = opened.open("/en/events/?when=recent")
    colour = "tab => getComputedStyle(tab).borderBlockEndColor"
    chosen = page.locator(".tabs__tab[aria-current]").evaluate(colour)
    assert chosen != page.locator(".tabs__tab:not([aria-current])").first.evaluate(colour)
    border = page.locator("main .button").first.evaluate("button => getComputedStyle(button).borderTopWidth")
    assert float(border.removesuffix("px")) >= 1


def test_nothing_moves_for_who_wants_no_movement(tab: Opener) -> None:
    page = tab().open("/en/")  # tabs ask for less motion
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((element) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
          return animationName !== "none" || scrollBehavior === "smooth" || !/^0s(, 0s)*$/.test(transitionDuration);
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert moving == []


def test_every_page_can_be_read_without_scripts_and_styles(tab: Opener) -> None:
    opened = tab(scripts=False)

    def without(route: Route) -> None:
        route.abort() if route.request.resource_type in ("stylesheet", "font", "image") else route.continue_()

    opened.page.route("**/*", without)
    for path in some_addresses("ar"):
        page = opened.open(path)
        expect(page.locator("h1")).to_be_visible()
        assert len(page.locator("main").inner_text()) > 40, path
        assert page.get_by_role("navigation").get_by_role("link").count() > 10, path
    opened.faults.clear()  # Chromium notes what was not loaded
