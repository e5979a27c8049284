"""Two people save the same item at the very same time, again and again: what either wrote is kept or shown to them."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from publishing.models import Publishable
from publishing.records import Revision
from tests.admin_forms import change_url, form_id
from tests.conftest import Person
from tests.factories import NewsItemFactory, TopicFactory, UserFactory
from tests.html import elements, form_data, parse

ROUNDS = 200
FIELDS = ["title", "slug", "teaser", "body"]


class Editor:
    """A person with a thread, and so a connection to the database, of their own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.person = Person(UserFactory(username=name, is_superuser=True))
        self.thread = ThreadPoolExecutor(max_workers=1)

    def words(self, field: str, turn: int) -> str:
        return {"slug": f"{self.name}-{turn}", "body": f"<p>{self.name} {turn}</p>"}.get(field, f"{self.name} {turn}")

    def send(self, item: Publishable, data: dict[str, Any], start: threading.Barrier) -> Any:
        def run() -> Any:
            start.wait()
            return self.person.post(change_url(item), {**data, "_continue": "1"})

        return self.thread.submit(run)

    def leave(self) -> None:
        self.thread.submit(lambda: connection.close()).result()
        self.thread.shutdown()


@pytest.fixture
def editors() -> Iterator[list[Editor]]:
    both = [Editor("ada"), Editor("ben")]
    yield both
    for editor in both:
        editor.leave()


def stored(item: Publishable) -> Revision:
    newest = Revision.objects.of(item).first()
    assert newest is not None
    return newest


def conflicts(page: Any) -> set[str | None]:
    return {box.get("value") for box in elements(parse(page), "input", name="theirs")}


def judge(item: Publishable, base: Revision, typed: list[dict[str, str]], pages: list[Any]) -> bool:
    """Whether both changed a field; in any case nothing of either is lost."""
    saved = [words for words, page in zip(typed, pages, strict=True) if page.status_code == 302]
    newest, expected = stored(item), dict(base.content)
    for words in saved:
        expected |= words
    assert newest.content == expected
    assert newest.number == base.number + len(saved)
    both = typed[0].keys() & typed[1].keys()
    assert len(saved) == (1 if both else 2)
    for words, page in zip(typed, pages, strict=True):
        if words not in saved:
            assert conflicts(page) == both
            kept = form_data(page, form_id(type(item)))
            assert {field: kept[field] for field in words} == words
    return bool(both)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_two_who_save_at_once_lose_nothing(editors: list[Editor]) -> None:
    luck = random.Random(24)
    # One that is public, where a save adds a draft, and one that is not, where the columns follow.
    items = [NewsItemFactory(title="News"), TopicFactory(title="Topic", draft=True)]
    forms = [form_data(editors[0].person.get(change_url(item)), form_id(type(item))) for item in items]
    met = 0
    for turn in range(ROUNDS):
        item, base = items[turn % 2], stored(items[turn % 2])
        data = {**forms[turn % 2], **{field: base.content[field] for field in FIELDS}, "seen": base.number}
        typed = [
            {field: editor.words(field, turn) for field in luck.sample(FIELDS, luck.randint(1, 2))}
            for editor in editors
        ]
        start = threading.Barrier(2)
        sent = [editor.send(item, {**data, **words}, start) for editor, words in zip(editors, typed, strict=True)]
        met += judge(item, base, typed, [answer.result() for answer in sent])
    assert 0 < met < ROUNDS
    for item in items:
        numbers = list(Revision.objects.of(item).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
