"""Narrowing a list to a topic."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.models import Topic
from publishing.filters import ListFilter
from publishing.languages import current_language
from publishing.models import PublishableQuerySet


class TopicFilter(ListFilter):
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    field_order = ["kind", "topic", "year"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = (
            Topic.objects.live().for_readers_of(current_language()).order_by("title").only("slug", "title", "original")
        )
        self.topics = {topic.slug: topic for topic in topics}
        choices = [(slug, topic.title) for slug, topic in self.topics.items()]
        self.fields["topic"].choices = [("", _("All topics")), *choices]  # type: ignore[attr-defined]

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        queryset = super().narrow(queryset)
        slug = self.cleaned_data["topic"]
        return queryset.filter(topics=self.topics[slug].original_key) if slug else queryset
