"""Topics in feeds: the words under which items stand, and a feed of all that is about one topic."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from library.feeds import answer, newest
from pages.models import Topic
from pages.views import TopicView
from publishing import former
from publishing.languages import current_language
from publishing.models import Publishable
from publishing.syndication import refuse_preview


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


class TopicFeed(TopicView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_preview(request)
        try:
            topic: Topic = self.get_object()
        except Http404:
            if address := former.moved_to(request.path_info.rpartition("/")[0] + "/"):
                return HttpResponsePermanentRedirect(f"{address}feed.{kwargs['form'].extension}")
            raise
        return answer(request, kwargs["form"], newest(self.rows_about(topic)), title=topic.title)


def lists_about(item: Publishable) -> list[str]:
    """The paths of the pages of an item's topics in the active language: their feeds change with it."""
    if not hasattr(type(item), "topics"):
        return []
    live = Topic.objects.live().in_language(current_language())
    keys = [topic.pk for topic in item.topics.all()]  # type: ignore[attr-defined]
    return [topic.get_absolute_url() for topic in live.filter(Q(pk__in=keys) | Q(original__in=keys))]
