"""Days in words. French counts the first of a month as an ordinal, which no format string can say."""

import datetime as dt

from django.utils.formats import date_format, get_format, time_format
from django.utils.translation import pgettext


def day_in_words(day: dt.date) -> str:
    """23 January 2024; in French 23 janvier 2024, but 1er janvier 2024."""
    return _first(day, "YEAR_MONTH_FORMAT") if day.day == 1 else date_format(day, "DATE_FORMAT")


def short_day(day: dt.date) -> str:
    """23 Jan.; in French 23 jan., but 1er jan."""
    return _first(day, "N") if day.day == 1 else date_format(day, "j N")


def moment_in_words(moment: dt.datetime) -> str:
    """The day and the time of a datetime as they stand, in its own time zone."""
    return f"{day_in_words(moment)}, {time_format(moment, 'TIME_FORMAT')}"


def short_moment(moment: dt.datetime) -> str:
    """26 Nov 2026, 17:26; in French 26 nov. 2026, but 1er nov. 2026. In its own time zone."""
    short = str(get_format("SHORT_DATE_FORMAT"))
    month = short.removeprefix("j ")
    day = _first(moment, month) if moment.day == 1 and month != short else date_format(moment, short)
    return f"{day}, {time_format(moment, 'TIME_FORMAT')}"


def _first(day: dt.date, month: str) -> str:
    return pgettext("first day of a month", "1 %(month)s") % {"month": date_format(day, month)}
