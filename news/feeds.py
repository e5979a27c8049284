"""The newsroom in feeds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from leadership.feeds import lists_with
from library.feeds import ListFeed
from news.models import FeaturedItem, NewsItem
from news.views import FeaturedList, KindList, NewsList
from pages.feeds import lists_about, topics_of
from publishing.syndication import Labels, Told


class NewsFeed(ListFeed, NewsList):
    pass


class KindFeed(ListFeed, KindList):
    pass


class FeaturedFeed(ListFeed, FeaturedList):
    pass


def tell_news(item: NewsItem, labels: Labels) -> Told:
    return Told(
        summary=item.teaser,
        facts=(item.reference, item.dateline),
        authors=(item.speaker_name,),
        categories=(item.get_kind_display(), *labels["topic"]),
        enclosed=(item.recording, item.image),
    )


def labels_of_news(keys: Collection[int]) -> Iterator[QuerySet[Any, Any]]:
    yield topics_of("news", NewsItem, keys)


def lists_of_news(item: NewsItem) -> list[str]:
    """Where a news item is listed, in the active language."""
    lists = [reverse("news:list"), reverse("news:kind", args=[item.kind])]
    return [*lists, *lists_about(item), *lists_with(item.secretary_general)]


def tell_featured(item: FeaturedItem, labels: Labels) -> Told:
    """A card: it has no text of its own."""
    return Told(address=item.url, texts=(), enclosed=(item.image,))


def lists_of_featured(item: FeaturedItem) -> list[str]:
    return [reverse("featured")]
