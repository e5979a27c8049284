"""The Review in feeds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import F, QuerySet, Value
from django.urls import reverse

from library.feeds import ListFeed
from pages.feeds import lists_about, topics_of
from publishing.syndication import Labels, Told
from review.models import Article
from review.views import ArticleList


class ArticleFeed(ListFeed, ArticleList):
    pass


def tell_article(item: Article, labels: Labels) -> Told:
    issue = item.issue.title if item.issue else ""
    return Told(
        summary=item.standfirst,
        authors=tuple(labels["author"]),
        categories=(item.kicker, issue, *labels["topic"]),
        enclosed=(item.image,),
    )


def labels_of_articles(keys: Collection[int]) -> Iterator[QuerySet[Any, Any]]:
    yield topics_of("article", Article, keys)
    signed = Article.authors.through._default_manager.filter(article_id__in=keys)
    yield signed.values_list(Value("article"), "article_id", Value("author"), F("author__name"))


def lists_of_article(item: Article) -> list[str]:
    return [reverse("review:list"), *lists_about(item)]
