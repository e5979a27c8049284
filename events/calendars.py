"""Events for calendar programs (RFC 5545, RFC 7986): one to be kept, or all to be followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max
from django.db.models.functions import Coalesce
from icalendar import Calendar, vText
from icalendar import Event as Entry

from events.models import Event
from library.feeds import labels_of
from publishing import clock
from publishing.records import AuditEntry
from publishing.syndication import Labels, absolute, legible

MEDIA_TYPE = "text/calendar; charset=utf-8"
# RFC 5545, 3.8.1.11: what is postponed is not certain to take place.
STATUSES = {
    Event.Status.CONFIRMED: "CONFIRMED",
    Event.Status.POSTPONED: "TENTATIVE",
    Event.Status.CANCELLED: "CANCELLED",
}
# How far back a calendar reaches, and how many events it holds at most.
PAST = dt.timedelta(days=365)
MOST = 1000
# How often programs are asked to look again.
REFRESH = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Changes:
    """What the public has seen change of an event, in whatever language: how often, and when last (aware)."""

    count: int = 0
    last: dt.datetime | None = None


def calendar_file(events: Sequence[Event], *, name: str = "", address: str = "") -> bytes:
    """The events, with the time zones that they name. With a name and an address it can be followed.

    No METHOD: so DTSTAMP says when an entry was last revised (3.8.7.2), and the file changes only with its events.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Chancery//Event calendar//EN")
    calendar.add("version", "2.0")
    if name:
        # As text, which the library does not know of these two: it would not escape a comma or the end of a line.
        calendar["name"] = calendar["x-wr-calname"] = vText(plain(name))
        calendar.add("source", absolute(address), parameters={"VALUE": "URI"})
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", REFRESH, parameters={"VALUE": "DURATION"})
    changes, labels = changes_of(events), labels_of(list(events))
    for event in events:
        found = changes.get(event.original_key, Changes())
        calendar.add_component(entry(event, changes=found, labels=labels["event", event.pk]))
    _tell_zones(calendar, events)
    return bytes(calendar.to_ical())


def entry(event: Event, *, changes: Changes, labels: Labels) -> Entry:
    """One event. It keeps its UID in all languages and for ever, so that a change replaces what was taken before."""
    assert event.live_from is not None
    found = Entry()
    address = absolute(event.get_absolute_url())
    revised = max(event.live_from, changes.last or event.live_from)
    found.add("uid", f"event-{event.original_key}@{settings.IDENTITY_HOST}")
    found.add("sequence", changes.count)
    found.add("dtstamp", revised)
    found.add("last-modified", revised)
    found.add("dtstart", begins(event))
    if (end := ends(event)) is not None:
        found.add("dtend", end)
    found.add("summary", plain(event.title))
    # With its address in the text too: some programs show no other.
    found.add("description", plain("\n\n".join(filter(None, (event.teaser, event.live_stream_url, address)))))
    if event.where:
        found.add("location", plain(event.where))
    found.add("categories", [plain(words) for words in (event.kicker, *labels["topic"])])
    found.add("status", STATUSES[Event.Status(event.status)])
    # It is on somebody's calendar to be known of, and does not keep them busy.
    found.add("transp", "TRANSPARENT")
    found.add("url", address)
    return found


def changes_of(events: Collection[Event]) -> dict[int, Changes]:
    """By the original's key, in two queries. The audit trail only grows, so a count of it does too (3.8.7.4)."""
    versions = Event.objects.versions_of(*(event.original_key for event in events)).order_by()
    originals: dict[int, int] = dict(versions.values_list("pk", Coalesce("original_id", "pk")))
    went_live = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Event),
        object_id__in=versions.values("pk"),
        verb=AuditEntry.Verb.GO_LIVE,
    )
    found: dict[int, Changes] = {}
    for key, count, last in went_live.order_by().values_list("object_id").annotate(Count("pk"), Max("at")):
        before = found.get(originals[key], Changes())
        found[originals[key]] = Changes(before.count + count, max(last, before.last or last))
    return found


def begins(event: Event) -> dt.date:
    """A day for an event of whole days, else an instant in the time zone of its place."""
    return event.start_date if event.all_day else event.starts_there


def ends(event: Event) -> dt.date | None:
    """The first day or instant after it, which must be later than the beginning (3.8.2.2); None if it is not known."""
    if event.all_day:
        return (event.end_date or event.start_date) + dt.timedelta(days=1)
    known = (event.end_time or event.several_days) and event.ends_at > event.starts_at
    return event.ends_there if known else None


def _tell_zones(calendar: Calendar, events: Sequence[Event]) -> None:
    """When clocks change is told for the years of the events, and not for all that there have been."""
    years = [clock.today().year, *(moment.year for event in events for moment in (event.starts_at, event.ends_at))]
    calendar.add_missing_timezones(first_date=dt.date(min(years), 1, 1), last_date=dt.date(max(years) + 1, 1, 1))
    # In an order of their own: the same events are the same file in every process.
    zones = sorted(calendar.walk("VTIMEZONE"), key=lambda zone: str(zone["tzid"]))
    calendar.subcomponents = [*zones, *calendar.walk("VEVENT")]


def plain(text: str) -> str:
    """Without what would end a line or is no text (3.1)."""
    return legible(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x7f", "")
