"""Topics in feeds: the words under which items stand, and a feed of all that is about one topic."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from library.feeds import ItemFeed
from pages.models import Topic
from pages.views import TopicView
from publishing.languages import current_language


def topics_of(kind: str, model: type[Any], keys: Collection[int]) -> QuerySet[Any, Any]:
    """The titles of the live topics of items, in the reader's language: (kind, key, "topic", title)."""
    through, column = model.topics.through, f"{model._meta.model_name}_id"
    live = Topic.objects.live().for_readers_of(current_language()).order_by()
    of_item = live.filter(Q(pk=OuterRef("topic_id")) | Q(original=OuterRef("topic_id")))
    rows: QuerySet[Any, Any] = through.objects.filter(**{f"{column}__in": keys})
    found: QuerySet[Any, Any] = (
        rows.annotate(words=Subquery(of_item.values("title")[:1]))
        .filter(words__isnull=False)
        .values_list(Value(kind), column, Value("topic"), "words")
    )
    return found


class TopicFeed(ItemFeed, TopicView):
    pass


def lists_about(item: Any) -> list[str]:
    """The paths of the pages of an item's topics in the active language: their feeds change with it."""
    live = Topic.objects.live().in_language(current_language())
    return [topic.get_absolute_url() for topic in live.versions_of(*(topic.pk for topic in item.topics.all()))]
