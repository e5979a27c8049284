"""A month as a sheet of a calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from events.months import sheet
from tests.conftest import Person
from tests.factories import EventFactory
from tests.html import elements, hrefs, one, parse, text, texts

FIRST, LAST = dt.date(2024, 2, 1), dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("language", "column", "names"),
    [
        ("en", 4, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
        ("fr", 4, ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"]),
        ("ar", 5, None),
    ],
)
def test_the_week_begins_as_readers_expect(language: str, column: int, names: list[str] | None) -> None:
    """1 February 2024 was a Thursday; Arabic weeks begin on Sunday."""
    with override(language):
        found = sheet(FIRST, LAST, [])
    assert found.column == column
    assert len(found.days) == 29
    assert names is None or found.weekdays == names


@pytest.mark.django_db
class TestItsPage:
    url = "/en/events/?month=2024-02"

    def test_an_event_stands_on_each_of_its_days(self, visitor: Person) -> None:
        EventFactory(title="Long", start_date=dt.date(2024, 1, 30), end_date=dt.date(2024, 2, 2))
        EventFactory(title="Late", start_date=dt.date(2024, 2, 29), end_date=dt.date(2024, 3, 3))
        EventFactory(title="Early", start_date=dt.date(2024, 2, 2), start_time=dt.time(9, 30))
        EventFactory(title="Elsewhere", start_date=dt.date(2024, 3, 1))
        page = one(parse(visitor.get(self.url)), "section", cls="month")
        days = {text(one(day, "h3")): texts(day, "a") for day in elements(page, "li", cls="month__day")}
        assert {day: events for day, events in days.items() if events} == {
            "Thursday 1 February 2024": ["Long"],
            "Friday 2 February 2024": ["Long", "Early"],
            "Thursday 29 February 2024": ["Late"],
        }
        goes_on = [text(one(event, "a")) for event in elements(page, "li", cls="month__event--goes-on")]
        assert goes_on == ["Long"], "on the second of its two days here"
        assert texts(page, "span", cls="month__time") == ["09:30"]

    def test_a_full_month_stands_on_one_page(self, visitor: Person) -> None:
        for number in range(30):
            EventFactory(title=f"Event {number}", start_date=dt.date(2024, 2, 15))
        page = one(parse(visitor.get(self.url)), "section", cls="month")
        assert len(list(elements(page, "li", cls="month__event"))) == 30

    def test_one_turns_over_as_far_as_the_calendar_reaches(self, visitor: Person) -> None:
        EventFactory(start_date=dt.date(2024, 1, 15))
        EventFactory(start_date=dt.date(2024, 2, 15))

        def turns(url: str) -> list[str]:
            return hrefs(one(parse(visitor.get(url)), "ul", cls="month__turn"))

        assert turns(self.url) == ["/en/events/?month=2024-01"]
        assert turns("/en/events/?month=2024-01") == ["/en/events/?month=2024-02"]

    def test_the_tab_leads_to_the_month_nearest_to_today(self, visitor: Person) -> None:
        EventFactory(start_date=dt.date(2024, 2, 15))
        tabs = one(parse(visitor.get("/en/events/")), "nav", cls="tabs")
        assert hrefs(tabs)[-1] == "/en/events/?month=2024-02"

    def test_a_month_without_events_says_so(self, visitor: Person) -> None:
        EventFactory(start_date=dt.date(2024, 2, 15), kind="visit")
        EventFactory(start_date=dt.date(2024, 2, 16), kind="meeting")
        assert "Choose another month" in text(parse(visitor.get("/en/events/?month=2024-01")))
