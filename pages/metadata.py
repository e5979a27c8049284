"""What schema.org's words say of the page tree and of the topics."""

from __future__ import annotations

from library.metadata import pictures
from pages.models import Page, Topic
from publishing.metadata import Absolute, Thing, work


def page(item: Page, absolute: Absolute) -> Thing:
    return work(item, "WebPage", absolute, image=pictures(item.image, absolute))


def topic(item: Topic, absolute: Absolute) -> Thing:
    """A page that gathers what there is on one subject."""
    return work(
        item,
        "CollectionPage",
        absolute,
        image=pictures(item.image, absolute),
        about={"@type": "Thing", "name": item.title},
    )
