"""What schema.org's words say of the Review's articles."""

from __future__ import annotations

from typing import Any

from library.metadata import pictures
from publishing.metadata import Absolute, Thing, filled, organisation, work
from review.models import Article, Author


def article(item: Article, absolute: Absolute, *, topics: list[Any], authors: list[Author]) -> Thing:
    return work(
        item,
        "Article",
        absolute,
        image=pictures(item.image, absolute),
        author=[person(author, absolute) for author in authors] or organisation(absolute),
        isPartOf={"@type": "PublicationIssue", "name": item.issue.title} if item.issue else None,
        keywords=[topic.title for topic in topics],
        timeRequired=f"PT{item.reading_time}M",
    )


def person(author: Author, absolute: Absolute) -> Thing:
    affiliation = str(author.affiliation)
    return filled(
        {
            "@type": "Person",
            "name": author.name,
            "affiliation": {"@type": "Organization", "name": affiliation} if affiliation else None,
            "description": str(author.biography),
            "image": [picture["url"] for picture in pictures(author.image, absolute, ratios=("square",))],
        }
    )
