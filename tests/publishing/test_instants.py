"""Before and after each instant every page is right, though no process has run: the clock stands still between visits."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from pages.models import Topic
from publishing import workflow
from publishing.registry import ContentKind, kinds
from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import IMPORTER, MenuLinkFactory, TermFactory, TopicFactory, factory_of, translated

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
BEFORE, AFTER = "Lighthouse before", "Lighthouse after"
LANGUAGES = ["en", "fr"]

# How a kind comes to be on the home page, where being public is not enough.
ON_HOME: dict[str, dict[str, Any]] = {"topic": {"in_focus": True}}
# Lists that are not the kind's own: the kind's own shows those that have left office.
LISTS = {"secretary_general": "leadership:current"}


class Place:
    """An item in one language, and every page on which a visitor finds it."""

    def __init__(self, kind: ContentKind, language: str) -> None:
        self.kind, self.language = kind, language
        topic = TopicFactory()
        values = {"topics": [topic]} if kind.field_to(Topic) else ON_HOME.get(kind.key, {})
        self.item = factory_of(kind.model)(draft=True, title=BEFORE, **values)
        self.topic = topic if kind.field_to(Topic) else None
        if kind.key == "annual_report":
            in_office = TermFactory()  # beside whom the home page shows it
            translated(in_office)
        if kind.key == "page":
            MenuLinkFactory(target=target_of(self.item), label="", language=language)
        if language != "en":
            # The original stays a draft: each version has a life of its own.
            self.topic = translated(topic, language) if self.topic else None
            self.item = translated(self.item, language, title=BEFORE, draft=True)

    def addresses(self) -> Iterator[tuple[str, str]]:
        with override(self.language):
            yield "home", reverse("home")
            list_url = LISTS.get(self.kind.key, self.kind.list_url)
            if list_url:
                yield "list", reverse(list_url)
            if self.kind.has_page:
                yield "page", self.item.get_absolute_url()
                yield "search", f"{reverse('search')}?q=Lighthouse"
            if self.topic:
                yield "topic", self.topic.get_absolute_url()

    def expect(self, visitor: Person, shown: str | None, *, gone: int = 404) -> None:
        """The title that each page shows, or None. Each is visited as if it were the first page since the instant."""
        for name, address in self.addresses():
            with transaction.atomic():
                page = visitor.get(address)
                transaction.set_rollback(True)
            where = f"{name}, {address}"
            if name == "page":
                assert page.status_code == (200 if shown else gone), where
                assert not shown or f"{shown}</h1>" in page.content.decode(), where
            elif name == "list" and self.kind.key in LISTS and not shown:
                assert page.status_code == 404, where
            else:
                assert page.status_code == 200, where
                seen = re.sub("</?mark>", "", page.content.decode())  # the search marks what was asked for
                assert [title for title in (BEFORE, AFTER) if title in seen] == [*filter(None, [shown])], where


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_every_page_is_right_before_and_after_each_instant(kind: ContentKind, language: str, visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        place = Place(kind, language)
        workflow.approve(place.item, by=IMPORTER, at=NOON + HOUR)
        clock.move_to(NOON + HOUR - SECOND)
        place.expect(visitor, None)
        clock.move_to(NOON + HOUR)
        place.expect(visitor, BEFORE)
        other = next(code for code in LANGUAGES if code != language)
        assert "Lighthouse" not in visitor.get(f"/{other}/").content.decode()

        place.item.title = AFTER
        workflow.save_draft(place.item, by=IMPORTER)
        workflow.approve(place.item, by=IMPORTER, at=NOON + 2 * HOUR)
        workflow.expire(place.item, by=IMPORTER, at=NOON + 3 * HOUR)
        clock.move_to(NOON + 2 * HOUR - SECOND)
        place.expect(visitor, BEFORE)
        clock.move_to(NOON + 2 * HOUR)
        place.expect(visitor, AFTER)

        clock.move_to(NOON + 3 * HOUR - SECOND)
        place.expect(visitor, AFTER)
        clock.move_to(NOON + 3 * HOUR)
        place.expect(visitor, None, gone=410)
