"""Narrowing the calendar: upcoming or recent events, one month, a kind, a topic, a year."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventQuerySet
from pages.filters import TopicFilter
from publishing.models import PublishableQuerySet

UPCOMING, RECENT, MONTH = "upcoming", "recent", "month"


class EventFilter(TopicFilter):
    year_field = "start_date"

    when = forms.ChoiceField(required=False, choices=[(UPCOMING, ""), (RECENT, "")], widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=lambda: [("", _("All kinds")), *Event.Kind.choices]
    )

    @property
    def view(self) -> str:
        """Which of the three lists is asked for. A year without more shows what happened in it, the last first."""
        if self.first_of_month:
            return MONTH
        return self.cleaned_data["when"] or (RECENT if self.cleaned_data["year"] else UPCOMING)

    def in_month(self, queryset: PublishableQuerySet[Any], first: dt.date, last: dt.date) -> PublishableQuerySet[Any]:
        """Also what began before or ends after it."""
        assert isinstance(queryset, EventQuerySet)
        return queryset.touching(first, last)

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        queryset = super().narrow(queryset)
        assert isinstance(queryset, EventQuerySet)
        if kind := self.cleaned_data["kind"]:
            queryset = queryset.filter(kind=kind)
        if self.view == MONTH:
            return queryset
        if self.cleaned_data["year"] and not self.cleaned_data["when"]:
            return queryset.latest_first()
        return queryset.upcoming() if self.view == UPCOMING else queryset.recent()
