"""What schema.org's words say of the calendar's events."""

from __future__ import annotations

from typing import Any

from events.models import Event
from library.metadata import pictures
from publishing.metadata import Absolute, Thing, filled, organisation

SCHEMA = "https://schema.org/"
STATUSES = {
    Event.Status.CONFIRMED: "EventScheduled",
    Event.Status.POSTPONED: "EventPostponed",
    Event.Status.CANCELLED: "EventCancelled",
}


def event(item: Event, absolute: Absolute, *, topics: list[Any]) -> Thing:
    where = [*place(item), *online(item)]
    return filled(
        {
            "@type": "Event",
            "name": item.title,
            "url": absolute(item.get_absolute_url()),
            "description": item.summary_elsewhere,
            "image": pictures(item.image, absolute),
            "inLanguage": item.language,
            "isAccessibleForFree": True,
            "startDate": begins(item),
            "endDate": ends(item),
            "eventStatus": SCHEMA + STATUSES[Event.Status(item.status)],
            "eventAttendanceMode": SCHEMA + attendance(item) if where else "",
            "location": where[0] if len(where) == 1 else where,
            "organizer": organisation(absolute),
            "keywords": [topic.title for topic in topics],
        }
    )


def begins(item: Event) -> str:
    """In the zone of the place, as its clocks show it; a day alone for an event of whole days."""
    return item.start_date.isoformat() if item.all_day else item.starts_there.isoformat(timespec="seconds")


def ends(item: Event) -> str:
    """A day alone where nobody has said at what time."""
    last = item.end_date or item.start_date
    return item.ends_there.isoformat(timespec="seconds") if item.end_time else last.isoformat()


def place(item: Event) -> list[Thing]:
    if not (item.place or item.city):
        return []
    address = {"@type": "PostalAddress", "addressLocality": item.city} if item.city else item.place
    return [{"@type": "Place", "name": item.place or item.city, "address": address}]


def online(item: Event) -> list[Thing]:
    return [{"@type": "VirtualLocation", "url": item.live_stream_url}] if item.live_stream_url else []


def attendance(item: Event) -> str:
    there, away = place(item), online(item)
    name = "Mixed" if there and away else "Offline" if there else "Online"
    return f"{name}EventAttendanceMode"
