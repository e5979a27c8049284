"""When digests are made: by the clock of the site's time zone, so a day may have 23 or 25 hours."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from subscriptions.models import Subscriber

# In the morning, where no clock is ever put forward or back.
AT = dt.time(7)
MONDAY = 0


def last_end(often: str, now: dt.datetime) -> dt.datetime:
    """The end (aware) of the last period that is over at an instant: this morning, or on Monday."""
    day = timezone.localdate(now)
    if dt.datetime.combine(day, AT, timezone.get_current_timezone()) > now:
        day -= dt.timedelta(days=1)
    if often == Subscriber.Often.WEEKLY:
        day -= dt.timedelta(days=(day.weekday() - MONDAY) % 7)
    return dt.datetime.combine(day, AT, timezone.get_current_timezone())
