"""Narrowing the calendar: upcoming or recent events, one month, a kind, a topic, a year."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventQuerySet
from pages.filters import TopicFilter
from publishing.models import PublishableQuerySet

UPCOMING, RECENT, MONTH = "upcoming", "recent", "month"


class OccasionFilter(TopicFilter):
    """What a calendar to be followed can be narrowed to."""

    year_field = "start_date"

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=lambda: [("", _("All kinds")), *Event.Kind.choices]
    )

    def in_month(self, queryset: PublishableQuerySet[Any], first: dt.date, last: dt.date) -> PublishableQuerySet[Any]:
        """Also what began before or ends after it."""
        assert isinstance(queryset, EventQuerySet)
        return queryset.touching(first, last)

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        queryset = super().narrow(queryset)
        kind = self.cleaned_data["kind"]
        return queryset.filter(kind=kind) if kind else queryset


class EventFilter(OccasionFilter):
    """And the three lists that its page shows."""

    when = forms.ChoiceField(required=False, choices=[(UPCOMING, ""), (RECENT, "")], widget=forms.HiddenInput)

    @property
    def view(self) -> str:
        """Which of the three lists is asked for. A year without more shows what happened in it, the last first."""
        if self.first_of_month:
            return MONTH
        return self.cleaned_data["when"] or (RECENT if self.cleaned_data["year"] else UPCOMING)

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        queryset = super().narrow(queryset)
        assert isinstance(queryset, EventQuerySet)
        if self.view == MONTH:
            return queryset
        if self.cleaned_data["year"] and not self.cleaned_data["when"]:
            return queryset.latest_first()
        return queryset.upcoming() if self.view == UPCOMING else queryset.recent()
