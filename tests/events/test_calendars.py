"""Events for calendar programs, read by a strict parser."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from publishing import workflow
from publishing.preview import preview_url
from tests.conftest import Person
from tests.factories import A_DAY, IMPORTER, EventFactory, ImageFactory, SiteSettingsFactory, TopicFactory, translated
from tests.strict_feeds import strict_calendar

pytestmark = pytest.mark.django_db


def file_of(event: Event, visitor: Person) -> Any:
    response = visitor.get(f"{event.get_absolute_url()}event.ics")
    calendar = strict_calendar(response)
    assert response.headers["Content-Disposition"] == f'attachment; filename="{event.slug}.ics"'
    return calendar


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


# ── The calendar to be followed ──────────────────────────────────────────────────────────────────────────
NOW = dt.datetime(2024, 5, 2, 10, 0, tzinfo=dt.UTC)
CALENDAR = "/en/events/calendar.ics"


def followed(visitor: Person, address: str = CALENDAR) -> list[Any]:
    return list(strict_calendar(visitor.get(address)).walk("VEVENT"))


def summaries(visitor: Person, address: str = CALENDAR) -> list[str]:
    return [str(event["summary"]) for event in followed(visitor, address)]


def test_an_empty_calendar_is_valid(visitor: Person) -> None:
    assert followed(visitor) == []


def test_it_says_whose_it_is_and_when_to_look_again(visitor: Person) -> None:
    SiteSettingsFactory()
    TopicFactory(slug="peace", title="Peace, at last")
    response = visitor.get(f"{CALENDAR}?topic=peace&utm_source=x")
    calendar = strict_calendar(response)
    content = response.content.decode()
    for name in ("NAME", "X-WR-CALNAME"):
        assert f"\r\n{name}:Event calendar – Peace\\, at last – The Organisation\r\n" in content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in response.content, "RFC 7986, 5.7"
    assert calendar["x-published-ttl"].to_ical() == b"PT1H"
    assert calendar["source"] == "http://testserver/en/events/calendar.ics?topic=peace"
    assert "method" not in calendar, "so DTSTAMP may say when an entry was revised (RFC 5545, 3.8.7.2)"
    assert response.headers["Content-Disposition"] == 'inline; filename="calendar.ics"'
    assert response.headers["Content-Language"] == "en"
    assert not response.cookies


def test_it_reaches_a_year_back_and_holds_all_that_is_to_come(visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        for title, day in (
            ("Far", "2031-01-01"),
            ("Past", "2023-06-01"),
            ("Long past", "2023-04-30"),
            ("Now", "2024-05-02"),
        ):
            EventFactory(title=title, start_date=dt.date.fromisoformat(day), live_from=NOW)
        assert summaries(visitor) == ["Past", "Now", "Far"]


def test_it_narrows_to_a_kind_and_a_topic(visitor: Person) -> None:
    topic = TopicFactory(slug="peace")
    day = timezone.localdate()
    EventFactory(title="A", kind="visit", topics=[topic], start_date=day)
    EventFactory(title="B", kind="visit", start_date=day + A_DAY)
    EventFactory(title="C", kind="press", topics=[topic], start_date=day + 2 * A_DAY)
    calendars = {
        "": ["A", "B", "C"],
        "?kind=visit": ["A", "B"],
        "?topic=peace": ["A", "C"],
        "?kind=press&topic=peace": ["C"],
    }
    assert {query: summaries(visitor, CALENDAR + query) for query in calendars} == calendars
    for query in ("?kind=nonsense", "?topic=nowhere", "?kind=visit%00", "?year=9", "?month=x"):
        assert visitor.get(CALENDAR + query).status_code == 404


def test_it_says_of_an_event_what_its_file_says(visitor: Person) -> None:
    topic = TopicFactory(title="Peace")
    event = EventFactory(start_date=timezone.localdate(), start_time=dt.time(9), topics=[topic], place="X")
    french = translated(event)
    (found,), alone = followed(visitor), entry(event, visitor)
    assert found.to_ical() == alone.to_ical()
    assert found["uid"] == f"event-{event.pk}@newsroom.example.org"
    assert found["categories"].cats == ["Meeting", "Peace"]
    assert found["transp"] == "TRANSPARENT"
    (in_french,) = followed(visitor, "/fr/events/calendar.ics")
    assert in_french["uid"] == found["uid"]
    assert in_french["summary"] == french.title


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ({"end_date": dt.date(2024, 10, 28)}, dt.date(2024, 10, 26), dt.date(2024, 10, 29)),
        (
            {"start_time": dt.time(9), "end_date": dt.date(2024, 10, 28)},
            "2024-10-26T09:00+02:00",
            "2024-10-29T00:00+01:00",
        ),
        ({"start_time": dt.time(9), "end_time": dt.time(9)}, "2024-10-26T09:00+02:00", None),
    ],
)
def test_several_days_end_after_the_last_and_nothing_ends_as_it_begins(
    times: dict[str, Any], start: Any, end: Any, visitor: Person
) -> None:
    """Clocks went back in Brussels in the night to 27 October 2024."""
    with time_machine.travel(NOW, tick=False):
        EventFactory(start_date=dt.date(2024, 10, 26), live_from=NOW, **times)
        (found,) = followed(visitor)
    told = [found[name].dt if name in found else None for name in ("dtstart", "dtend")]
    assert [one.isoformat(timespec="minutes") if isinstance(one, dt.datetime) else one for one in told] == [start, end]


def test_every_zone_tells_when_its_clocks_change_for_as_long_as_it_is_needed(visitor: Person) -> None:
    zones = ("Europe/Brussels", "America/New_York", "Asia/Kathmandu", "UTC", "Africa/Casablanca")
    for zone in zones:
        for year in (timezone.localdate().year, timezone.localdate().year + 2):
            EventFactory(
                start_date=dt.date(year, 12, 31),
                start_time=dt.time(18),
                time_zone=zone,
                slug=f"x{year}{zone[-4:].lower()}",
            )
    calendar = strict_calendar(visitor.get(CALENDAR))
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == sorted(set(zones) - {"UTC"})
    # A program that knows no zones by name reads the instants from what is told alone.
    for event in calendar.walk("VEVENT"):
        start = event["dtstart"].dt
        zone = next((z for z in calendar.walk("VTIMEZONE") if z["tzid"] == event["dtstart"].params.get("TZID")), None)
        if zone is not None:
            assert start.replace(tzinfo=zone.to_tz(lookup_tzid=False)).utcoffset() == start.utcoffset()


def test_a_cancelled_event_stays_and_a_withdrawn_one_leaves(visitor: Person) -> None:
    off, gone = (EventFactory(title=title, start_date=timezone.localdate()) for title in ("Off", "Gone"))
    before = {str(event["summary"]): event["sequence"] for event in followed(visitor)}
    off.status = "cancelled"
    workflow.save_draft(off, by=IMPORTER)
    workflow.approve(off, by=IMPORTER)
    workflow.withdraw(gone, by=IMPORTER)
    (found,) = followed(visitor)
    assert (found["summary"], found["status"]) == ("Off", "CANCELLED")
    assert found["sequence"] > before["Off"]


def test_the_sequence_never_falls(visitor: Person) -> None:
    event = EventFactory(start_date=timezone.localdate())
    counted = [followed(visitor)[0]["sequence"]]
    scheduled = translated(event, live_from=timezone.now() + A_DAY)
    counted.append(followed(visitor)[0]["sequence"])
    workflow.cancel_schedule(scheduled, by=IMPORTER)
    counted.append(followed(visitor)[0]["sequence"])
    for correction in ("", "It is in Riga."):
        event.city = f"{event.city} too"
        workflow.save_draft(event, by=IMPORTER)
        counted.append(followed(visitor)[0]["sequence"])
        workflow.approve(event, by=IMPORTER, correction=correction)
        counted.append(followed(visitor)[0]["sequence"])
    workflow.withdraw(event, by=IMPORTER)
    workflow.approve(event, by=IMPORTER)
    counted.append(followed(visitor)[0]["sequence"])
    assert counted == sorted(counted)
    assert counted[0] == counted[2] == counted[3] < counted[4] == counted[5] < counted[6] < counted[7]


def test_an_entry_tells_when_the_public_last_saw_it_change(visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        event = EventFactory(start_date=dt.date(2024, 6, 1), live_from=NOW)
        clock.shift(A_DAY)
        event.city = "Riga"
        workflow.save_draft(event, by=IMPORTER)
        assert followed(visitor)[0]["dtstamp"].dt == NOW, "a draft is nobody's news"
        workflow.approve(event, by=IMPORTER)
        (found,) = followed(visitor)
    assert found["dtstamp"].dt == found["last-modified"].dt == NOW + A_DAY


def test_a_scheduled_event_is_there_at_its_instant_and_not_a_second_before(visitor: Person) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        event = EventFactory(title="Soon", start_date=dt.date(2024, 6, 1), live_from=NOW + A_DAY)
        EventFactory(draft=True, start_date=dt.date(2024, 6, 1))
        clock.move_to(NOW + A_DAY - dt.timedelta(seconds=1))
        assert summaries(visitor) == []
        assert visitor.get(f"{event.get_absolute_url()}event.ics").status_code == 404
        clock.move_to(NOW + A_DAY)
        assert summaries(visitor) == ["Soon"]
        assert followed(visitor)[0]["dtstamp"].dt == NOW + A_DAY
        assert visitor.get(f"{event.get_absolute_url()}event.ics").status_code == 200


def test_a_preview_reaches_no_calendar(editor: Person, visitor: Person) -> None:
    event = EventFactory(draft=True, title="Secret", start_date=timezone.localdate() + A_DAY)
    inside = preview_url(event)
    path = event.get_absolute_url().removeprefix("/")
    assert "Secret" in editor.get(inside + path).content.decode()
    for page in (path, "en/events/"):
        html = editor.get(inside + page).content.decode()
        assert "webcal:" not in html
        assert "calendar.ics" not in html
    assert editor.get(f"{inside}en/events/calendar.ics").status_code == 404
    assert editor.get(f"{inside}{path}event.ics").status_code == 404
    assert summaries(editor) == []


HOSTILE = "a\x01\x0bb\r\nBEGIN:VALARM\rc\x7f;,:\\n\"'^n‮😀" + "é" * 60


def test_no_text_breaks_a_calendar(visitor: Person) -> None:
    SiteSettingsFactory(name={"en": HOSTILE})
    topic = TopicFactory(title=HOSTILE)
    event = EventFactory(start_date=timezone.localdate(), topics=[topic])
    Event.objects.filter(pk=event.pk).update(title=HOSTILE, teaser=HOSTILE, place=HOSTILE, city=HOSTILE[:90])
    for address in (CALENDAR, f"{event.get_absolute_url()}event.ics"):
        calendar = strict_calendar(visitor.get(address))
        assert not calendar.walk("VALARM")
        assert "😀" in calendar.walk("VEVENT")[0]["summary"]


def test_who_has_it_already_is_told_so(visitor: Person) -> None:
    event = EventFactory(start_date=timezone.localdate(), start_time=dt.time(9))
    EventFactory(start_date=timezone.localdate(), start_time=dt.time(9), time_zone="Asia/Tokyo")
    for address in (CALENDAR, f"{event.get_absolute_url()}event.ics"):
        first, head = visitor.get(address), visitor.head(address)
        assert head.headers["ETag"] == first.headers["ETag"]
        assert head.content == b""
        assert visitor.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert first.headers["Cache-Control"] == "no-cache"


def test_an_event_that_has_moved_takes_its_file_along(visitor: Person) -> None:
    event = EventFactory()
    before = event.get_absolute_url()
    event.start_date = event.end_date = event.start_date + A_DAY
    workflow.save_draft(event, by=IMPORTER)
    workflow.approve(event, by=IMPORTER)
    event.refresh_from_db()
    moved = visitor.get(f"{before}event.ics")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{event.get_absolute_url()}event.ics")


def test_pages_lead_to_the_calendar_with_the_kind_and_topic_that_are_chosen(visitor: Person) -> None:
    event = EventFactory(start_date=timezone.localdate(), kind="visit", topics=[TopicFactory(slug="peace")])
    chosen = visitor.get("/en/events/?kind=visit&topic=peace&when=recent").content.decode()
    for address in ("webcal://testserver/en/events/calendar.ics", "/en/events/calendar.ics"):
        assert f'href="{address}?kind=visit&amp;topic=peace"' in chosen
    assert 'href="webcal://testserver/en/events/calendar.ics"' in visitor.get(event.get_absolute_url()).content.decode()


def test_it_costs_the_same_few_queries_with_1_event_and_with_30(visitor: Person) -> None:
    SiteSettingsFactory()
    topic, image = TopicFactory(slug="peace"), ImageFactory()

    def add(number: int) -> None:
        event = EventFactory(start_date=timezone.localdate() + number * A_DAY, topics=[topic], image=image)
        translated(event)

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(address).status_code == 200
        return len(captured)

    add(0)
    followed(visitor)
    addresses = (CALENDAR, f"{CALENDAR}?topic=peace&kind=meeting")
    with_one = [count(address) for address in addresses]
    for number in range(1, 30):
        add(number)
    assert [count(address) for address in addresses] == with_one
    assert max(with_one) <= 8
