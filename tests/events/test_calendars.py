"""Events for calendar programs, read by a strict parser."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from icalendar import Calendar

from events.models import Event
from publishing import workflow
from tests.conftest import Person
from tests.factories import EventFactory, translated

pytestmark = pytest.mark.django_db
IMPORTER = User(username="importer", is_active=True, is_superuser=True)


def file_of(event: Event, visitor: Person) -> Any:
    response = visitor.get(f"{event.get_absolute_url()}event.ics")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{event.slug}.ics"'
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    return Calendar.from_ical(response.content)


def entry(event: Event, visitor: Person) -> Any:
    (found,) = file_of(event, visitor).walk("VEVENT")
    return found


def test_it_says_what_the_page_says(visitor: Person) -> None:
    event = EventFactory(
        title="A visit, at last; with “guests”", teaser="Two\ndays.", place="The House", city="Riga", slug="visit"
    )
    found = entry(event, visitor)
    assert found["summary"] == event.title
    assert found["description"] == f"Two\ndays.\n\n{found['url']}"
    assert found["location"] == "The House, Riga"
    assert found["url"] == f"http://testserver{event.get_absolute_url()}"
    assert found["status"] == "CONFIRMED"
    assert found["categories"].cats == ["Meeting"]


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ({}, dt.date(2024, 3, 30), dt.date(2024, 3, 31)),
        ({"end_date": dt.date(2024, 4, 1)}, dt.date(2024, 3, 30), dt.date(2024, 4, 2)),
        ({"start_time": dt.time(9)}, "2024-03-30T09:00:00+02:00", None),
        (
            {"start_time": dt.time(9), "end_date": dt.date(2024, 3, 31), "end_time": dt.time(9)},
            "2024-03-30T09:00:00+02:00",
            "2024-03-31T09:00:00+03:00",
        ),
    ],
)
def test_days_and_instants_are_those_of_its_place(times: dict[str, Any], start: Any, end: Any, visitor: Person) -> None:
    """Clocks went forward in Riga in the night to 31 March 2024."""
    event = EventFactory(start_date=dt.date(2024, 3, 30), time_zone="Europe/Riga", **times)
    calendar = file_of(event, visitor)
    (found,) = calendar.walk("VEVENT")
    told = [found[name].dt if name in found else None for name in ("dtstart", "dtend")]
    assert [one.isoformat() if isinstance(one, dt.datetime) else one for one in told] == [start, end]
    zones = [zone["tzid"] for zone in calendar.walk("VTIMEZONE")]
    assert zones == (["Europe/Riga"] if times.get("start_time") else [])


@pytest.mark.parametrize(("status", "told"), [("postponed", "TENTATIVE"), ("cancelled", "CANCELLED")])
def test_a_status_is_told(status: str, told: str, visitor: Person) -> None:
    assert entry(EventFactory(status=status), visitor)["status"] == told


def test_a_changed_event_replaces_the_one_before_in_every_language(visitor: Person) -> None:
    event = EventFactory()
    french = translated(event)
    first = entry(event, visitor)
    assert entry(french, visitor)["uid"] == first["uid"]
    event.title = "Moved"
    workflow.save_draft(event, by=IMPORTER)
    assert entry(event, visitor)["sequence"] == first["sequence"], "a draft is nobody's news"
    workflow.approve(event, by=IMPORTER)
    second = entry(event, visitor)
    assert second["uid"] == first["uid"]
    assert second["sequence"] > first["sequence"]
    assert entry(french, visitor)["sequence"] == second["sequence"]


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
def test_what_is_not_public_has_no_file(state: str, visitor: Person) -> None:
    event = EventFactory(**{state: True})
    assert visitor.get(f"{event.get_absolute_url()}event.ics").status_code == 404


def test_its_page_leads_to_it(visitor: Person) -> None:
    event = EventFactory()
    assert f'href="{event.get_absolute_url()}event.ics"' in visitor.get(event.get_absolute_url()).content.decode()
