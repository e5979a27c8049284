"""A month as a sheet of a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import get_format, time_format

from events.models import Event


@dataclass(slots=True)
class Entry:
    """An event on one of its days."""

    event: Event
    day: dt.date
    goes_on: bool
    """Whether it stands on an earlier day of the sheet too."""

    @property
    def time(self) -> str:
        """When it begins, by the clocks of its place; "" for whole days and for a day on which it goes on."""
        start = self.event.start_time
        return "" if start is None or self.event.start_date != self.day else time_format(start, "TIME_FORMAT")


@dataclass(slots=True)
class Day:
    date: dt.date
    entries: list[Entry] = field(default_factory=list)

    @property
    def weekday(self) -> str:
        return str(WEEKDAYS[self.date.weekday()])


@dataclass(frozen=True, slots=True)
class Sheet:
    days: list[Day]
    column: int
    """Of its first day, from 1 to 7."""
    weekdays: list[str]
    """Short names, in the order of the columns."""

    @property
    def has_events(self) -> bool:
        return any(day.entries for day in self.days)


def sheet(first: dt.date, last: dt.date, events: Iterable[Event]) -> Sheet:
    """The days from the first to the last of a month, each with its events; the week begins as readers expect."""
    days = {day: Day(day) for day in _days(first, last)}
    for event in sorted(events, key=lambda event: event.starts_at):
        begun = False
        for day in _days(max(event.start_date, first), min(event.end_date or event.start_date, last)):
            days[day].entries.append(Entry(event, day, begun))
            begun = True
    # Django counts Sunday as 0, Python Monday.
    begin = (int(str(get_format("FIRST_DAY_OF_WEEK"))) - 1) % 7
    order = [(begin + place) % 7 for place in range(7)]
    column = order.index(first.weekday()) + 1
    return Sheet(list(days.values()), column, [str(WEEKDAYS_ABBR[number]) for number in order])


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
