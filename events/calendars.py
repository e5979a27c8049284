"""Events for calendar programs (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.contrib.contenttypes.models import ContentType
from django.db.models import Sum
from icalendar import Calendar
from icalendar import Event as Entry

from events.models import Event
from publishing import clock
from publishing.metadata import Absolute
from publishing.records import Revision

MEDIA_TYPE = "text/calendar; charset=utf-8"
# RFC 5545, 3.8.1.11: what is postponed is not certain to take place.
STATUSES = {
    Event.Status.CONFIRMED: "CONFIRMED",
    Event.Status.POSTPONED: "TENTATIVE",
    Event.Status.CANCELLED: "CANCELLED",
}


def calendar_file(events: Iterable[Event], absolute: Absolute) -> bytes:
    """The events, with the time zones that they name."""
    calendar = Calendar()
    calendar.add("prodid", "-//Chancery//Event calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    years: list[int] = [clock.today().year]
    for event in events:
        calendar.add_component(entry(event, absolute))
        years += [event.starts_at.year, event.ends_at.year]
    # When clocks change is told for those years, and not for all that there have been.
    calendar.add_missing_timezones(first_date=dt.date(min(years), 1, 1), last_date=dt.date(max(years) + 1, 1, 1))
    return bytes(calendar.to_ical())


def entry(event: Event, absolute: Absolute) -> Entry:
    """One event. It keeps its UID in all languages and for ever, so that a change replaces what was taken before."""
    found = Entry()
    address = absolute(event.get_absolute_url())
    found.add("uid", f"event-{event.original_key}@{urlsplit(address).hostname}")
    found.add("sequence", sequence(event))
    found.add("dtstamp", event.updated_at)
    found.add("last-modified", event.updated_at)
    found.add("dtstart", begins(event))
    if (end := ends(event)) is not None:
        found.add("dtend", end)
    found.add("summary", event.title)
    for name, value in (("description", event.teaser), ("location", event.where)):
        if value:
            found.add(name, value)
    found.add("categories", [event.kicker])
    found.add("status", STATUSES[Event.Status(event.status)])
    found.add("url", address)
    return found


def sequence(event: Event) -> int:
    """A number that grows with every change that the public sees, in whatever language (RFC 5545, 3.8.7.4)."""
    versions = Event.objects.versions_of(event.original_key).values("pk")
    live = Revision.objects.filter(
        content_type=ContentType.objects.get_for_model(Event), object_id__in=versions, state=Revision.State.LIVE
    )
    return int(live.aggregate(sum=Sum("number", default=0))["sum"])


def begins(event: Event) -> dt.date:
    """A day for an event of whole days, else an instant in the time zone of its place."""
    return event.start_date if event.all_day else event.starts_there


def ends(event: Event) -> dt.date | None:
    """The first day or instant after it; None if that is not known."""
    if event.all_day:
        return (event.end_date or event.start_date) + dt.timedelta(days=1)
    return event.ends_there if event.end_time else None
