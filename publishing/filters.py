"""Narrowing a list: by the year, by the month, and by what each kind adds."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Max, Min
from django.utils.dates import MONTHS
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from publishing import clock
from publishing.models import PublishableQuerySet


class ListFilter(forms.Form):
    """What a list can be narrowed to; kinds add their fields. Years reach from the first item to the last."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    month = forms.RegexField(r"^[12][0-9]{3}-(0[1-9]|1[0-2])\Z", required=False, widget=forms.HiddenInput)
    year_field: ClassVar[str] = "date"

    def __init__(self, *args: Any, queryset: PublishableQuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queryset = queryset
        self.fields["year"].choices = self.years  # type: ignore[attr-defined]

    @cached_property
    def ends(self) -> dict[str, dt.date | None]:
        """The days of the first item and of the last; asked only by whoever needs them, which a feed does not."""
        found = self.queryset.order_by().aggregate(first=Min(self.year_field), last=Max(self.year_field))
        return {"first": found["first"], "last": found["last"]}

    @property
    def first_day(self) -> dt.date | None:
        return self.ends["first"]

    @property
    def last_day(self) -> dt.date | None:
        return self.ends["last"]

    def years(self) -> list[tuple[str, Any]]:
        known = self.first_day and self.last_day
        years = range(self.last_day.year, self.first_day.year - 1, -1) if known else []  # type: ignore[union-attr]
        return [("", _("All years")), *((str(year), str(year)) for year in years)]

    @property
    def narrows(self) -> bool:
        """Whether the reader has chosen something; what a tab has chosen is hidden."""
        return any(field.value() for field in self.visible_fields())

    @property
    def cleared(self) -> str:
        """The list's relative address with the tab's choice and without the reader's."""
        kept = urlencode({field.html_name: field.value() for field in self.hidden_fields() if field.value()})
        return f"?{kept}" if kept else "./"

    @property
    def chosen(self) -> list[str]:
        """What the list is narrowed to, in words; for a valid form."""
        shown = [
            str(dict(field.field.choices)[field.value()])  # type: ignore[attr-defined]
            for field in self.visible_fields()
            if field.value()
        ]
        first = self.first_of_month
        return [*shown, month_label(first)] if first else shown

    @property
    def query(self) -> str:
        """The choices as a query string, always in the same form."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})

    @property
    def first_of_month(self) -> dt.date | None:
        """The month that is asked for. Somebody who then chooses another year has left it."""
        month, year = self.cleaned_data["month"], self.cleaned_data["year"]
        first = dt.date.fromisoformat(f"{month}-01") if month else None
        return first if first and year in (None, first.year) else None

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        """The queryset by the cleaned data; called only for a valid form."""
        if first := self.first_of_month:
            return self.in_month(queryset, first, last_of_month(first))
        year = self.cleaned_data["year"]
        return queryset.filter(**{f"{self.year_field}__year": year}) if year else queryset

    def in_month(self, queryset: PublishableQuerySet[Any], first: dt.date, last: dt.date) -> PublishableQuerySet[Any]:
        return queryset.filter(**{f"{self.year_field}__range": (first, last)})

    def nearest_month(self) -> dt.date | None:
        """The month of today, or the one nearest to it that the list reaches; None for an empty list."""
        if self.first_day is None or self.last_day is None:
            return None
        return min(max(clock.today(), self.first_day), self.last_day).replace(day=1)

    def months(self) -> list[dt.date]:
        """The first days of the months to offer: those of the year that is chosen, else those around the open month or
        today; no further than the list reaches, so that nobody (and no robot) leafs through it without end."""
        if self.first_day is None or self.last_day is None:
            return []
        here = self.first_of_month or self.nearest_month()
        assert here is not None
        year = self.cleaned_data["year"]
        months = [dt.date(year, month, 1) for month in range(1, 13)] if year else months_around(here)
        return [first for first in months if self.first_day.replace(day=1) <= first <= self.last_day or first == here]


def last_of_month(first: dt.date) -> dt.date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def months_around(day: dt.date, *, before: int = 3, after: int = 8) -> list[dt.date]:
    """The first days of the months around a day, in order."""
    index = day.year * 12 + day.month - 1
    return [dt.date(number // 12, number % 12 + 1, 1) for number in range(index - before, index + after + 1)]


def month_label(first: dt.date) -> str:
    return f"{MONTHS[first.month]} {first.year}".capitalize()
