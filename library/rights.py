"""When the right to show a picture ends, and how long before that it is announced."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from library.models import Image
from publishing import clock

# Before the last day.
NOTICE = dt.timedelta(days=30)


def ended() -> Q:
    return Q(rights_end_on__lt=clock.today())


def end_soon() -> Q:
    today = clock.today()
    return Q(rights_end_on__range=(today, today + NOTICE))


def standing_of(image: Image) -> str:
    """ "ended", "soon" or "" for one without an end in sight."""
    today, end = clock.today(), image.rights_end_on
    if end is None or end > today + NOTICE:
        return ""
    return "ended" if end < today else "soon"
