"""What schema.org's words say of the newsroom's items."""

from __future__ import annotations

from typing import Any

from library.metadata import pictures, recording_of
from news.models import NewsItem
from publishing.metadata import Absolute, Thing, filled, organisation, work

Kind = NewsItem.Kind
# What is no news is an article; so is what a search engine knows by no name of its own.
TYPES = {
    Kind.NEWS: "NewsArticle",
    Kind.MEDIA_ADVISORY: "NewsArticle",
    Kind.PRESS_RELEASE: "NewsArticle",
    Kind.STATEMENT: "NewsArticle",
    Kind.OPINION: "NewsArticle",
    Kind.PHOTO_GALLERY: "ImageGallery",
}


def news_item(item: NewsItem, absolute: Absolute, *, topics: list[Any], gallery: list[Any]) -> Thing:
    kind = TYPES.get(Kind(item.kind), "Article")
    return work(
        item,
        kind,
        absolute,
        image=pictures(item.image or (gallery[0].image if gallery else None), absolute),
        author=author(item) or organisation(absolute),
        articleSection=item.get_kind_display() if kind.endswith("Article") else "",
        keywords=[topic.title for topic in topics],
        identifier=item.reference,
        dateline=item.dateline if kind == "NewsArticle" else "",
        associatedMedia=[found for one in gallery for found in pictures(one.image, absolute, ratios=("free",))],
        **recording_of(item, item.recording, item.image, absolute),
    )


def author(item: NewsItem) -> Thing:
    """Who speaks, with their office; nothing for what the organisation itself says."""
    name, _comma, office = item.speaker_name.partition(", ")
    return filled({"@type": "Person", "name": name, "jobTitle": office}) if name else {}
