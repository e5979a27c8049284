"""Narrowing the newsroom's list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from news.models import NewsItem
from pages.filters import TopicFilter
from publishing.models import PublishableQuerySet


class NewsFilter(TopicFilter):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=lambda: [("", _("All kinds")), *NewsItem.Kind.choices]
    )

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        queryset = super().narrow(queryset)
        kind = self.cleaned_data["kind"]
        return queryset.filter(kind=kind) if kind else queryset
