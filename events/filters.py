"""Narrowing the calendar: upcoming or recent events, one month, a kind, a topic, a year."""

import calendar
import datetime as dt
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventQuerySet
from pages.filters import TopicFilter
from publishing import clock
from publishing.models import PublishableQuerySet

UPCOMING, RECENT, MONTH = "upcoming", "recent", "month"


class EventFilter(TopicFilter):
    year_field = "start_date"

    when = forms.ChoiceField(required=False, choices=[(UPCOMING, ""), (RECENT, "")], widget=forms.HiddenInput)
    month = forms.RegexField(r"^[12][0-9]{3}-(0[1-9]|1[0-2])\Z", required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=lambda: [("", _("All kinds")), *Event.Kind.choices]
    )

    @property
    def first_of_month(self) -> dt.date | None:
        """The month that is asked for. Somebody who then chooses another year has left it."""
        month, year = self.cleaned_data["month"], self.cleaned_data["year"]
        first = dt.date.fromisoformat(f"{month}-01") if month else None
        return first if first and year in (None, first.year) else None

    @property
    def view(self) -> str:
        """Which of the three lists is asked for. A year without more shows what happened in it, the last first."""
        if self.first_of_month:
            return MONTH
        return self.cleaned_data["when"] or (RECENT if self.cleaned_data["year"] else UPCOMING)

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        queryset = super().narrow(queryset)
        assert isinstance(queryset, EventQuerySet)
        if kind := self.cleaned_data["kind"]:
            queryset = queryset.filter(kind=kind)
        first = self.first_of_month
        if first:
            return queryset.touching(first, last_of_month(first))
        if self.cleaned_data["year"] and not self.cleaned_data["when"]:
            return queryset.latest_first()
        return queryset.upcoming() if self.view == UPCOMING else queryset.recent()

    def months(self) -> list[dt.date]:
        """The first days of the months to offer: those of the year that is chosen, else those around the open month or
        today; no further than the calendar reaches, so that nobody (and no robot) leafs through it without end."""
        if self.first_day is None or self.last_day is None:
            return []
        here = self.first_of_month or clock.today().replace(day=1)
        year = self.cleaned_data["year"]
        months = [dt.date(year, month, 1) for month in range(1, 13)] if year else months_around(here)
        return [first for first in months if self.first_day.replace(day=1) <= first <= self.last_day or first == here]

    def nearest_month(self) -> dt.date | None:
        """The month of today, or the one nearest to it that the calendar reaches; None for an empty calendar."""
        if self.first_day is None or self.last_day is None:
            return None
        nearest: dt.date = min(max(clock.today(), self.first_day), self.last_day)
        return nearest.replace(day=1)


def last_of_month(first: dt.date) -> dt.date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def months_around(day: dt.date, *, before: int = 3, after: int = 8) -> list[dt.date]:
    """The first days of the months around a day, in order."""
    index = day.year * 12 + day.month - 1
    return [dt.date(number // 12, number % 12 + 1, 1) for number in range(index - before, index + after + 1)]


def month_label(first: dt.date) -> str:
    return f"{MONTHS[first.month]} {first.year}".capitalize()
