"""The calendar's lists and pages."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from tests.conftest import Person
from tests.factories import EventFactory, TopicFactory
from tests.html import elements, hrefs, one, parse, text, texts

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 2, 15, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def titles(person: Person, url: str) -> list[str]:
    response = person.get(url)
    assert response.status_code == 200
    page = one(parse(response), "div", cls="agenda__list")
    sheets = list(elements(page, "section", cls="month"))
    return texts(page, "h2") if not sheets else [text(one(event, "a")) for event in elements(page, cls="month__event")]


@pytest.fixture
def year(visitor: Person) -> Person:
    for title, day, kind in (
        ("Last year", dt.date(2023, 5, 5), "meeting"),
        ("Yesterday", dt.date(2024, 2, 14), "visit"),
        ("Today", dt.date(2024, 2, 15), "meeting"),
        ("Next month", dt.date(2024, 3, 1), "conference"),
    ):
        EventFactory(title=title, start_date=day, kind=kind)
    EventFactory(title="SECRET", start_date=dt.date(2024, 2, 16), draft=True)
    EventFactory(title="Étranger", start_date=dt.date(2024, 2, 16), language="fr")
    return visitor


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Today", "Next month"]),
        ("?when=upcoming", ["Today", "Next month"]),
        ("?when=recent", ["Yesterday", "Last year"]),
        ("?month=2024-02", ["Yesterday", "Today"]),
        ("?month=2024-03", ["Next month"]),
        ("?month=1999-01", []),
        ("?kind=conference", ["Next month"]),
        ("?when=recent&kind=visit", ["Yesterday"]),
        ("?year=2023", ["Last year"]),
        ("?year=2024", ["Next month", "Today", "Yesterday"]),
        ("?when=upcoming&year=2023", []),
        ("?month=2024-02&year=2024", ["Yesterday", "Today"]),
        ("?month=2024-02&year=2023", ["Last year"]),
    ],
)
def test_the_calendar_can_be_narrowed(query: str, expected: list[str], year: Person) -> None:
    assert titles(year, f"/en/events/{query}") == expected


@pytest.mark.parametrize(
    ("query", "cleared"),
    [
        ("", []),
        ("?when=recent", []),
        ("?kind=visit", ["./"]),
        ("?when=recent&kind=visit&year=2024", ["?when=recent"]),
        ("?month=2024-02&topic=", []),
    ],
)
def test_what_a_reader_chose_can_be_cleared_and_the_tab_stays(query: str, cleared: list[str], year: Person) -> None:
    page = parse(year.get(f"/en/events/{query}"))
    assert [a.get("href") for a in elements(page, "a", cls="filter__clear")] == cleared


def test_the_tabs_say_which_list_is_open(year: Person) -> None:
    for query, label in (("", "Upcoming"), ("?when=recent", "Recent"), ("?month=2024-02", "By month")):
        tabs = one(parse(year.get(f"/en/events/{query}")), "nav", cls="tabs")
        assert [text(a) for a in elements(tabs, "a", aria_current="page")] == [label]


def test_months_are_offered_around_today_and_around_the_month_that_is_open(year: Person) -> None:
    months = texts(one(parse(year.get("/en/events/")), "nav", cls="months"), "li")
    assert months[0] == "November 2023"
    assert "February 2024" in months
    months = texts(one(parse(year.get("/en/events/?month=2020-06")), "nav", cls="months"), "li")
    assert "June 2020" in months
    months = texts(one(parse(year.get("/fr/events/")), "nav", cls="months"), "li")
    assert "Février 2024" in months


def test_a_chosen_year_offers_its_months(year: Person) -> None:
    months = texts(one(parse(year.get("/en/events/?year=2023")), "nav", cls="months"), "li")
    assert months == [
        f"{name} 2023" for name in ["May", "June", "July", "August", "September", "October", "November", "December"]
    ]


def test_no_month_is_offered_beyond_the_first_and_the_last_event(year: Person) -> None:
    for query in ("", "?month=2024-03", "?month=2024-02"):
        months = texts(one(parse(year.get(f"/en/events/{query}")), "nav", cls="months"), "li")
        assert months[-1] == "March 2024"
    months = texts(one(parse(year.get("/en/events/?month=2030-06")), "nav", cls="months"), "li")
    assert months == ["June 2030"]


def test_tabs_and_months_keep_the_kind_and_the_topic(year: Person) -> None:
    TopicFactory(slug="space")
    page = parse(year.get("/en/events/?kind=visit&topic=space"))
    for navigation in ("tabs", "months"):
        links = hrefs(one(page, "nav", cls=navigation))
        assert links
        assert all(link.endswith("kind=visit&topic=space") for link in links)


@pytest.mark.parametrize("month", ["1000-01", "1999-12", "2999-12"])
def test_months_at_the_edge_of_time_open(month: str, year: Person) -> None:
    assert year.get(f"/en/events/?month={month}").status_code == 200


@pytest.mark.parametrize("month", ["2024-13", "2024-00", "0999-01", "2024-02%0A", "%D9%A1024-02", "1%D9%A924-02", "x"])
def test_what_is_no_month_is_not_found(month: str, year: Person) -> None:
    assert year.get(f"/en/events/?month={month}").status_code == 404


def test_a_part_without_events_says_what_to_do(year: Person) -> None:
    assert "Choose another month" in text(one(parse(year.get("/en/events/?month=2023-12")), "main"))


@pytest.mark.parametrize(("status", "said"), [("cancelled", "Cancelled"), ("postponed", "Postponed")])
@pytest.mark.parametrize("where", ["list", "page", "home"])
def test_a_cancelled_or_postponed_event_says_so(status: str, said: str, where: str, visitor: Person) -> None:
    event = EventFactory(status=status, start_date=dt.date(2024, 2, 20))
    url = {"list": "/en/events/", "page": event.get_absolute_url(), "home": "/en/"}[where]
    assert said in text(one(parse(visitor.get(url)), "main"))


def test_a_confirmed_event_needs_no_word(visitor: Person) -> None:
    event = EventFactory(start_date=dt.date(2024, 2, 20))
    assert "Confirmed" not in text(one(parse(visitor.get(event.get_absolute_url())), "main"))


def test_the_page_of_an_event_tells_what_the_press_needs(visitor: Person) -> None:
    topic = TopicFactory(title="Space")
    event = EventFactory(
        title="Meeting of Ministers", start_date=dt.date(2024, 2, 20), start_time=dt.time(9), place="Headquarters",
        city="Brussels", accreditation_note="Bring your press card.", live_stream_url="https://example.org/live",
        accreditation_deadline=dt.datetime(2024, 2, 18, 17, 0, tzinfo=dt.UTC), topics=[topic],
        programme="<p>09:00 Arrivals</p>", body="<p>What it is about.</p>",
    )  # fmt: skip
    page = parse(visitor.get(event.get_absolute_url()))
    main = text(one(page, "main"))
    for words in (
        "20 February 2024, 09:00", "Headquarters, Brussels", "Bring your press card.", "18 February 2024", "09:00 Arrivals",
        "What it is about.", "Space", "Live stream",
    ):  # fmt: skip
        assert words in main, words
    assert "https://example.org/live" in [a.get("href") for a in page.iter("a")]


@pytest.mark.parametrize(
    "path", ["2024/02/30/x/", "2024/13/01/x/", "2024/00/00/x/", "2024/2/3/x/", "0000/01/01/x/", "2024/02/20/nothing/"]
)
def test_a_day_that_does_not_exist_is_not_found(path: str, visitor: Person) -> None:
    assert visitor.get(f"/en/events/{path}").status_code == 404
