"""The calendar in feeds: what has been announced, and when and where it takes place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from events.filters import UPCOMING, EventFilter
from events.models import Event
from events.views import EventList
from library.feeds import ListFeed
from pages.feeds import lists_about, topics_of
from publishing.languages import listed
from publishing.models import PublishableQuerySet
from publishing.syndication import Labels, Told


class EventFeed(ListFeed, EventList):
    def ordered(self, queryset: PublishableQuerySet[Any]) -> Any:
        """Of what is to come the last announced first: a feed tells what is new, however far away its day is."""
        assert isinstance(self.filter, EventFilter)
        rows = super().ordered(queryset)
        return rows.order_by("-live_from", "-pk") if self.filter.view == UPCOMING else rows


def tell_event(item: Event, labels: Labels) -> Told:
    facts = (item.note, item.when, item.where)
    return Told(
        title=gettext("%(status)s: %(title)s") % {"status": item.note, "title": item.title} if item.note else "",
        summary=" – ".join(filter(None, (listed([item.when, item.where]), item.teaser))),
        facts=facts,
        texts=("body", "programme"),
        categories=(item.kicker, *labels["topic"]),
        enclosed=(item.image,),
    )


def labels_of_events(keys: Collection[int]) -> Iterator[QuerySet[Any, Any]]:
    yield topics_of("event", Event, keys)


def lists_of_event(item: Event) -> list[str]:
    return [reverse("events:list"), *lists_about(item)]
