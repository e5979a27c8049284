"""Every type of page: nothing in the console, nothing against WCAG, nothing that scrolls sideways, nothing that jumps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.models import Event
from leadership.models import AnnualReport, TermOfOffice
from news.models import NewsItem
from pages.models import Page, Topic
from publishing import clock
from publishing.models import PublishableQuerySet
from review.models import Article
from tests.browser.conftest import PHONE, SMALLEST, WIDE, Tab, overflow, shown_at, violations

Opener = Callable[..., Tab]

LANGUAGES = ("en", "fr", "uk", "ar")
# One of every type of list, full, empty and on its second page.
LISTS = (
    "", "news/?page=2", "featured/", "review/", "events/", "events/?month={month}", "topics/", "secretary-general/",
    "secretary-general/former/", "secretary-general/annual-reports/", "search/?q=a", "search/?q=nothing-like-this",
    "subscribe/",
)  # fmt: skip


# The kinds of news that differ in what their page holds: a byline, a button, files.
KINDS = (NewsItem.Kind.NEWS, NewsItem.Kind.SPEECH, NewsItem.Kind.VIDEO, NewsItem.Kind.FACTSHEET)


def items(language: str) -> list[str]:
    """The address of one item of every kind; where there is none in a language, the page that says so."""

    def first(items: PublishableQuerySet[Any]) -> str:
        here = items.live().in_language(language).first() or items.live().originals()[0]
        return here.get_absolute_url().replace(f"/{here.language}/", f"/{language}/", 1)

    kinds = (Article, Event, TermOfOffice, AnnualReport, Page, Topic)
    found: list[PublishableQuerySet[Any]] = [model.rows().order_by("pk") for model in kinds]
    found += [NewsItem.objects.filter(kind=kind).order_by("pk") for kind in KINDS]
    found += [Page.objects.filter(path__contains="/").order_by("pk")]
    found += [Event.objects.filter(status=Event.Status.CANCELLED).order_by("pk")]
    return [first(items) for items in found]


def longest_word(language: str) -> str:
    """The address of the event whose title has the longest word: titles of events stand beside their date."""
    events = Event.objects.live().in_language(language)
    return max(events, key=lambda event: max(map(len, event.title.split()))).get_absolute_url()


def addresses(language: str) -> list[str]:
    month = f"{clock.today():%Y-%m}"
    return [*(f"/{language}/{path.format(month=month)}" for path in LISTS), *items(language)]


def some_addresses(language: str) -> list[str]:
    """In the first language everything, in the others every second page, and others in each."""
    every = [*addresses(language), longest_word(language)]
    return every if language == "en" else every[LANGUAGES.index(language) % 2 :: 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_breaks_the_accessibility_guidelines(language: str, tab: Opener) -> None:
    """All rules on a desk in light colours or on a telephone in the dark, by turns; in the first language in both, of the
    second those rules that can fare otherwise there. And nothing scrolls sideways, at 320 pixels neither, which is what
    a window of 1280 shows at 400 % (WCAG 2.2, 1.4.10)."""
    opened, found = tab(WIDE), []
    for number, path in enumerate([*addresses(language), longest_word(language)], LANGUAGES.index(language)):
        page = opened.open(path)
        looks = [(WIDE, False), (PHONE, True)]
        if language != LANGUAGES[0]:
            looks = [looks[number % 2]]
        for width, dark in looks:
            shown_at(page, width, dark=dark)
            found += violations(page, only_looks=(width, dark) != looks[0])
        for width in (SMALLEST, PHONE, 768, WIDE):
            shown_at(page, width)
            if (pixels := overflow(page)) > 0:
                found.append(f"{path} is {pixels} pixels wider than {width}")
    assert found == []


def test_the_open_menu_keeps_the_guidelines(tab: Opener) -> None:
    phone = tab(PHONE).open("/en/")
    phone.get_by_role("button", name="Menu").click()
    phone.locator("details.panel summary").first.click()
    wide = tab(WIDE).open("/ar/")
    wide.locator("details.panel summary").first.click()
    found = violations(phone) + violations(wide)
    for page, width in ((phone, PHONE), (wide, WIDE)):
        shown_at(page, width, dark=True)
        found += violations(page, only_looks=True)
    assert found == []


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_nothing_jumps_while_the_home_page_loads(width: int, tab: Opener) -> None:
    page = tab(width, first=True).open("/en/")
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
                .observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 200);
        })"""
    )
    assert shift < 0.001


def test_a_page_that_is_not_there_keeps_the_guidelines_too(tab: Opener) -> None:
    opened = tab()
    page = opened.open("/en/no/such/page/")
    assert violations(page) == []
    opened.faults = [fault for fault in opened.faults if "404" not in fault]  # the browser's own line about the status
