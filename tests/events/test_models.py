"""The calendar: local times, time zones, what is upcoming."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import override
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from events.models import Event, time_zone_choices
from tests.factories import EventFactory

pytestmark = pytest.mark.django_db


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]


# ── Instants from local times ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("zone", "day", "time", "instant"),
    [
        ("Europe/Brussels", dt.date(2024, 1, 15), dt.time(9), utc(2024, 1, 15, 8)),
        ("Europe/Brussels", dt.date(2024, 7, 15), dt.time(9), utc(2024, 7, 15, 7)),
        ("America/New_York", dt.date(2024, 7, 15), dt.time(9), utc(2024, 7, 15, 13)),
        ("Asia/Kathmandu", dt.date(2024, 7, 15), dt.time(9), utc(2024, 7, 15, 3, 15)),
        ("Pacific/Auckland", dt.date(2024, 1, 15), dt.time(9), utc(2024, 1, 14, 20)),
        ("UTC", dt.date(2024, 1, 15), dt.time(9), utc(2024, 1, 15, 9)),
        # An hour that the clocks leave out, and one that they strike twice: the first of the two.
        ("Europe/Brussels", dt.date(2024, 3, 31), dt.time(2, 30), utc(2024, 3, 31, 1, 30)),
        ("Europe/Brussels", dt.date(2024, 10, 27), dt.time(2, 30), utc(2024, 10, 27, 0, 30)),
    ],
)
def test_local_time_becomes_the_right_instant(zone: str, day: dt.date, time: dt.time, instant: dt.datetime) -> None:
    event = EventFactory(time_zone=zone, start_date=day, start_time=time)
    event.refresh_from_db()
    assert event.starts_at == instant


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2024, 1, 15), 24), (dt.date(2024, 3, 31), 23), (dt.date(2024, 10, 27), 25)]
)
def test_an_all_day_event_lasts_the_whole_local_day_when_clocks_change_too(day: dt.date, hours: int) -> None:
    event = EventFactory(start_date=day, time_zone="Europe/Brussels")
    event.refresh_from_db()
    assert event.all_day
    assert event.ends_at - event.starts_at == dt.timedelta(hours=hours)


def test_several_days_end_with_the_last_one() -> None:
    event = EventFactory(start_date=dt.date(2024, 7, 9), end_date=dt.date(2024, 7, 11), time_zone="America/New_York")
    event.refresh_from_db()
    assert event.several_days
    assert (event.starts_at, event.ends_at) == (utc(2024, 7, 9, 4), utc(2024, 7, 12, 4))


def test_without_an_end_time_an_event_lasts_to_the_end_of_its_day() -> None:
    event = EventFactory(start_date=dt.date(2024, 1, 15), start_time=dt.time(9), time_zone="UTC")
    assert event.ends_at == utc(2024, 1, 16)
    assert event.end_date == event.start_date
    assert not event.several_days


def test_an_event_can_end_after_midnight() -> None:
    event = EventFactory(
        start_date=dt.date(2024, 1, 15), start_time=dt.time(22), end_date=dt.date(2024, 1, 16), end_time=dt.time(1)
    )
    assert event.ends_at - event.starts_at == dt.timedelta(hours=3)


@pytest.mark.parametrize(
    "values",
    [
        {"end_date": dt.date(2024, 2, 14)},
        {"start_time": dt.time(10), "end_time": dt.time(9)},
        {"start_time": dt.time(10), "end_date": dt.date(2024, 2, 14), "end_time": dt.time(23)},
    ],
)
def test_an_end_before_the_start_is_refused_with_a_sentence(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="cannot end before it starts"):
        EventFactory(start_date=dt.date(2024, 2, 15), **values)


def test_an_end_before_the_start_is_refused_by_the_database() -> None:
    event = EventFactory()
    with pytest.raises(IntegrityError):
        Event.objects.filter(pk=event.pk).update(ends_at=event.starts_at - dt.timedelta(seconds=1))


def test_an_end_time_without_a_start_time_is_refused() -> None:
    with pytest.raises(ValidationError, match="Enter a start time"):
        EventFactory(end_time=dt.time(9))


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError):
        EventFactory(time_zone="Europe/Atlantis")


zones = st.sampled_from(
    ["Europe/Brussels", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Africa/Casablanca"]
)


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    zone=zones,
    day=st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)),
    start=st.none() | st.times(),
    days=st.integers(0, 10),
    end=st.none() | st.times(),
)
def test_an_event_that_passes_the_rules_never_ends_before_it_starts(
    zone: str, day: dt.date, start: dt.time | None, days: int, end: dt.time | None
) -> None:
    event = EventFactory.build(
        time_zone=zone, start_date=day, start_time=start, end_date=day + dt.timedelta(days=days), end_time=end
    )
    try:
        event.clean()
    except ValidationError:
        return
    assert event.starts_at.astimezone(dt.UTC) <= event.ends_at.astimezone(dt.UTC)
    assert event.starts_at.astimezone(zoneinfo.ZoneInfo(zone)).date() == day


# ── Upcoming, recent, a month ────────────────────────────────────────────────────────────────────────────
def test_upcoming_includes_what_is_going_on_and_comes_in_order() -> None:
    later = EventFactory(start_date=dt.date(2024, 2, 20))
    going_on = EventFactory(start_date=dt.date(2024, 2, 10), end_date=dt.date(2024, 2, 16))
    today = EventFactory(start_date=dt.date(2024, 2, 15), start_time=dt.time(9), end_time=dt.time(17))
    over = EventFactory(start_date=dt.date(2024, 2, 14))
    with time_machine.travel(utc(2024, 2, 15, 12), tick=False):
        assert list(Event.objects.upcoming()) == [going_on, today, later]
        assert list(Event.objects.recent()) == [over]


def test_an_event_changes_lists_at_the_instant_of_its_end() -> None:
    event = EventFactory(
        start_date=dt.date(2024, 2, 15), start_time=dt.time(9), end_time=dt.time(17), time_zone="America/New_York"
    )
    end = utc(2024, 2, 15, 22)
    assert list(Event.objects.upcoming(at=end - dt.timedelta(seconds=1))) == [event]
    assert list(Event.objects.upcoming(at=end)) == []
    assert list(Event.objects.recent(at=end)) == [event]


def test_recent_has_the_last_first() -> None:
    first, last = EventFactory(start_date=dt.date(2024, 1, 1)), EventFactory(start_date=dt.date(2024, 1, 2))
    assert list(Event.objects.recent()) == [last, first]


def test_a_month_holds_every_event_with_a_day_in_it() -> None:
    into = EventFactory(start_date=dt.date(2024, 1, 30), end_date=dt.date(2024, 2, 1))
    inside = EventFactory(start_date=dt.date(2024, 2, 10))
    last_day = EventFactory(start_date=dt.date(2024, 2, 29))
    EventFactory(start_date=dt.date(2024, 1, 31))
    EventFactory(start_date=dt.date(2024, 3, 1))
    over_it = EventFactory(start_date=dt.date(2024, 1, 1), end_date=dt.date(2024, 12, 31))
    found = Event.objects.touching(dt.date(2024, 2, 1), dt.date(2024, 2, 29))
    assert list(found) == [over_it, into, inside, last_day]


# ── What readers see ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("values", "english", "french"),
    [
        ({}, "15 February 2024", "15 février 2024"),
        ({"end_date": dt.date(2024, 2, 16)}, "15 February 2024 – 16 February 2024", "15 février 2024 – 16 février 2024"),
        ({"start_time": dt.time(9)}, "15 February 2024, 09:00 (New York time)", "15 février 2024, 09:00"),
        ({"start_time": dt.time(9), "end_time": dt.time(17, 30)}, "15 February 2024, 09:00–17:30 (New York time)", "09:00–17:30"),
    ],
)  # fmt: skip
def test_when_is_told_in_the_readers_language_and_the_places_time(values: Any, english: str, french: str) -> None:
    event = EventFactory(start_date=dt.date(2024, 2, 15), time_zone="America/New_York", **values)
    with override("en"):
        assert event.when == english
    with override("fr"):
        assert french in event.when


def test_time_zones_are_places_and_utc() -> None:
    names = [name for name, _label in time_zone_choices()]
    assert names[0] == "UTC"
    assert {"Europe/Brussels", "America/New_York"} <= set(names)
    assert not any(name.startswith("Etc/") for name in names)
