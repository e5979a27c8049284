"""Days in words, in the active language."""

import datetime as dt

from django.utils.formats import date_format, time_format
from django.utils.translation import pgettext

from publishing.languages import listed


def day_in_words(day: dt.date) -> str:
    """23 January 2024; in French 23 janvier 2024, but 1er janvier 2024."""
    return _counted(day, date_format(day, "DATE_FORMAT"))


def short_day(day: dt.date) -> str:
    """23 Jan.; in French 23 jan., but 1er jan.; in Ukrainian 23 січня."""
    return _counted(day, date_format(day, pgettext("format of a day and its short month", "j N")))


def moment_in_words(moment: dt.datetime) -> str:
    """The day and the time of a datetime as they stand, in its own time zone."""
    return listed([day_in_words(moment), time_format(moment, "TIME_FORMAT")])


def short_moment(moment: dt.datetime) -> str:
    """26 Nov 2026, 17:26; in French 26 nov. 2026, but 1er nov. 2026. In its own time zone."""
    return listed([_counted(moment, date_format(moment, "SHORT_DATE_FORMAT")), time_format(moment, "TIME_FORMAT")])


def _counted(day: dt.date, words: str) -> str:
    """French counts the first of a month as an ordinal, which no format string can say."""
    begins_with_day = day.day == 1 and words.startswith("1 ")
    return pgettext("first day of a month", "1") + words[1:] if begins_with_day else words
