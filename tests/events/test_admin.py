"""The calendar in the admin."""

from __future__ import annotations

import datetime as dt

import pytest

from events.models import Event
from tests.admin_forms import add_url, change_url, errors, publish, send
from tests.conftest import Person
from tests.factories import EventFactory, translated

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "values",
    [
        {"start_date": "2024-02-15", "end_date": "2024-02-14"},
        {"start_date": "2024-02-15", "start_time": "10:00", "end_time": "09:00"},
    ],
)
def test_an_end_before_the_start_is_a_message(values: dict[str, str], editor: Person) -> None:
    response = publish(editor, add_url(Event), Event, title="Typed title", slug="s", **values)
    assert response.status_code == 200
    assert "cannot end before it starts" in errors(response)
    assert "Typed title" in response.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"start_date": "2024-02-30"},
        {"start_date": ""},
        {"start_date": "2024-02-15", "start_time": "25:00"},
        {"start_date": "2024-02-15", "time_zone": "Europe/Atlantis"},
        {"start_date": "9999-12-31"},
        {"start_date": "0001-01-01"},
        {"start_date": "2024-02-15", "live_stream_url": "javascript:alert(1)"},
    ],
)
def test_a_wrong_value_is_a_message(values: dict[str, str], editor: Person) -> None:
    response = send(editor, add_url(Event), Event, "_save", title="T", slug="s", **values)
    assert response.status_code == 200
    assert errors(response)


def test_instants_follow_when_the_dates_are_changed(editor: Person) -> None:
    event = EventFactory(draft=True)
    send(editor, change_url(event), Event, "_save", start_date="2024-06-01", end_date="2024-06-02", time_zone="UTC")
    event.refresh_from_db()
    assert event.starts_at == dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    assert event.ends_at == dt.datetime(2024, 6, 3, tzinfo=dt.UTC)


def test_moving_an_event_moves_its_translation(editor: Person) -> None:
    event = EventFactory(start_date=dt.date(2024, 2, 15))
    french = translated(event)
    publish(editor, change_url(event), Event, start_date="2024-06-01", end_date="2024-06-01")
    french.refresh_from_db()
    assert french.start_date == dt.date(2024, 6, 1)
    assert french.starts_at == Event.objects.get(pk=event.pk).starts_at


def test_a_translated_slug_that_is_taken_on_that_day_is_a_message(french_desk: Person) -> None:
    event = EventFactory(start_date=dt.date(2024, 2, 15))
    EventFactory(start_date=dt.date(2024, 2, 15), language="fr", slug="reunion")
    url = add_url(Event, f"?original={event.pk}&language=fr")
    response = send(french_desk, url, Event, "_save", title="Réunion", slug="reunion")
    assert response.status_code == 200
    assert "already uses this slug" in errors(response)


def test_moving_an_original_onto_a_day_where_the_translated_slug_is_taken_is_a_message(editor: Person) -> None:
    event = EventFactory(start_date=dt.date(2024, 2, 15))
    translated(event, slug="reunion")
    EventFactory(start_date=dt.date(2024, 6, 1), language="fr", slug="reunion")
    response = send(editor, change_url(event), Event, "_save", start_date="2024-06-01", end_date="2024-06-01")
    assert response.status_code == 200
    assert "slug" in errors(response)
    event.refresh_from_db()
    assert event.start_date == dt.date(2024, 2, 15)
