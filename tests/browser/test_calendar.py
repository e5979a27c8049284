"""The tabs of the home page's calendar, the sheet of a month, and the reader's own time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from events.models import Event
from tests.browser.conftest import PHONE, SMALLEST, WIDE, Tab, overflow, violations

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


# ── A month ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", WIDE, False), ("ar", WIDE, True), ("fr", PHONE, True), ("uk", SMALLEST, False)],
)
def test_a_month_can_be_read_and_turned_by_everybody(language: str, width: int, dark: bool, tab: Opener) -> None:
    opened = tab(width, dark=dark)
    page = opened.open(f"/{language}/events/")
    page.locator("nav.tabs a").last.click()
    expect(page.locator(".month__event a").first).to_be_visible()
    assert overflow(page) == 0
    assert violations(page, within="main") == []
    # A sheet of seven columns where there is room, else the days that have events.
    assert (page.locator(".month__day--empty").first.is_visible()) == (width == WIDE)
    opened.faults.clear()  # the checker styles what it looks at, which the policy rightly refuses
    before = page.locator(".month__title").inner_text()
    page.locator("a[rel=next]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".month__title")).not_to_have_text(before)


# ── The reader's own time ────────────────────────────────────────────────────────────────────────────────
def event_with_time() -> Event:
    found = Event.objects.live().in_language("en").filter(time_zone="Europe/Brussels", end_time__isnull=False)
    return found.exclude(start_time=None).order_by("-starts_at")[0]


def at(opened: Tab, zone: str) -> Tab:
    session = opened.page.context.new_cdp_session(opened.page)
    session.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
    return opened


def test_a_reader_elsewhere_may_read_the_time_of_their_own_clock(tab: Opener) -> None:
    event = event_with_time()
    page = at(tab(), "Asia/Tokyo").open(event.get_absolute_url())
    when = page.locator("[data-when-text]")
    expect(when).to_have_text(event.when)
    page.get_by_role("button", name="Show in my own time").click()
    expect(when).to_contain_text("GMT+9")
    expect(when).not_to_contain_text("Brussels")
    page.reload()
    expect(when).to_contain_text("GMT+9")
    page.get_by_role("button", name="Show the local time of the place").click()
    expect(when).to_have_text(event.when)
    page.reload()
    expect(when).to_have_text(event.when)


def test_whose_clock_shows_the_same_is_offered_no_choice(tab: Opener) -> None:
    page = at(tab(), "Europe/Paris").open(event_with_time().get_absolute_url())
    expect(page.locator("[data-when-text]")).to_be_visible()
    expect(page.locator("[data-when-switch]")).to_be_hidden()
