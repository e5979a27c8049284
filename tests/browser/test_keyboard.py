"""The newsroom by the keyboard alone: the focus can always be seen, and goes the way one reads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from news.models import NewsItem
from tests.browser.conftest import PASSWORD, Tab

Opener = Callable[..., Tab]
ADD = reverse("admin:news_newsitem_add")

# What has the focus: whether it looks otherwise than without it, whether nothing lies over it, and where it stands.
STOP = """() => {
  const here = document.activeElement;
  if (here === document.body) return null;
  if (here === window.lastStop?.here) return window.lastStop.answer; // the next part of a date
  const around = [here];
  for (let up = here.parentElement; up && around.length < 6; up = up.parentElement) around.push(up);
  const look = () => around.map((element) => {
    const { outline, outlineStyle, boxShadow, borderColor, backgroundColor } = getComputedStyle(element);
    return [outlineStyle === "none" || outline, boxShadow, borderColor, backgroundColor].join();
  }).join();
  const focused = look();
  here.blur();
  const plain = look();
  here.focus({ focusVisible: true });
  const { x, y, width, height } = here.getBoundingClientRect();
  const over = document.elementFromPoint(Math.max(x + width / 2, 0), y + height / 2);
  const answer = {
    html: here.outerHTML.slice(0, 120),
    marked: focused !== plain,
    uncovered: over !== null && (here.contains(over) || over.contains(here)),
    top: y + scrollY,
  };
  window.lastStop = { here, answer };
  return answer;
}"""


class Keyboard:
    """Somebody who uses nothing else. `stops` is what has had the focus on this page, in its order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops: list[dict[str, Any]] = []

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def tab_to(self, selector: str, *, within: int = 200) -> None:
        """Each stop on the way can be seen to have the focus."""
        for _ in range(within):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP)
            assert stop, "the focus has left the page"
            assert (stop["marked"], stop["uncovered"]) == (True, True), stop["html"]
            self.stops.append(stop)
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not among the first {within} stops")

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.stops.clear()

    def skip_to_content(self) -> None:
        self.tab_to(".skip-to-content-link", within=1)
        self.page.keyboard.press("Enter")
        self.stops.clear()

    def jumps(self) -> list[str]:
        """Stops that stand well above the one before."""
        return [after["html"] for before, after in pairwise(self.stops) if after["top"] < before["top"] - 40]


def test_an_item_is_written_and_published_without_a_mouse(person: Opener, tab: Opener) -> None:
    person("emil", "Editors")  # has an account, and signs in below
    page = tab().open("/admin/")
    keys = Keyboard(page)
    keys.type("emil")
    keys.tab_to("#id_password", within=1)
    keys.type(PASSWORD)
    keys.enter()

    keys.skip_to_content()
    keys.tab_to(f'#content a[href="{ADD}"]')
    keys.enter()
    expect(page.get_by_label("Kind:")).to_be_focused()
    keys.tab_to("#id_title", within=1)
    keys.type("Written by hand")
    keys.tab_to("#id_teaser")
    keys.type("In short.")
    keys.tab_to(".field-body .tiptap")
    keys.type("At length.")
    keys.tab_to("#id_note")
    keys.tab_to("[name=_verb][value=approve]")
    assert keys.jumps() == []
    keys.enter()

    keys.skip_to_content()
    keys.tab_to(".submit-row [type=submit]", within=12)
    assert keys.jumps() == []
    keys.enter()
    expect(page.locator(".messagelist")).to_contain_text("Approved.")
    item = NewsItem.objects.get(slug="written-by-hand")
    seen = tab().open(item.get_absolute_url())
    expect(seen.locator(".prose")).to_have_text("At length.")
