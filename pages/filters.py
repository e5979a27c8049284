"""Narrowing a list to a topic."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
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
        self.fields["topic"].choices = self.topic_choices  # type: ignore[attr-defined]

    @cached_property
    def topics(self) -> dict[str, Topic]:
        live = Topic.objects.live().for_readers_of(current_language())
        return {topic.slug: topic for topic in live.order_by("title").only("slug", "title", "original")}

    def topic_choices(self) -> list[tuple[str, Any]]:
        return [("", _("All topics")), *((slug, topic.title) for slug, topic in self.topics.items())]

    def narrow(self, queryset: PublishableQuerySet[Any]) -> PublishableQuerySet[Any]:
        queryset = super().narrow(queryset)
        slug = self.cleaned_data["topic"]
        return queryset.filter(topics=self.topics[slug].original_key) if slug else queryset
