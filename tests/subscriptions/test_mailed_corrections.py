"""Corrections: mailed once, to those who got the item."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from news.models import NewsItem
from publishing import due, workflow
from subscriptions.announcing import who_got
from subscriptions.models import Subscriber
from tests.factories import (
    IMPORTER,
    ArticleFactory,
    NewsItemFactory,
    SubscriberFactory,
)
from tests.publishing.drafts import edit
from tests.subscriptions.mails import A_DAY, HOUR, NOON, SECOND, addresses, morning, subjects, work_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]


def correct(item: NewsItem, note: str, at: dt.datetime | None = None) -> None:
    item.refresh_from_db()
    edit(item, title=f"{item.title}, put right")
    workflow.approve(item, by=IMPORTER, correction=note, at=at)


def test_a_correction_is_mailed_once_to_those_who_got_the_item(reader: Subscriber) -> None:
    digest = SubscriberFactory(confirmed=True, since=NOON, often="daily", email="daily@example.org")
    SubscriberFactory(confirmed=True, since=NOON, often="weekly")  # gets it later, put right
    SubscriberFactory(confirmed=True, since=NOON, languages=["fr"])
    item = NewsItemFactory(title="Item", live_from=NOON + HOUR)
    work_at(NOON + HOUR)
    work_at(morning(24))
    later = SubscriberFactory(confirmed=True, since=morning(24))
    with time_machine.travel(NOON + A_DAY, tick=False):
        correct(item, "It was 12, not 21.")
    messages = work_at(NOON + A_DAY + SECOND)
    assert addresses(messages) == sorted([reader.email, digest.email])
    assert subjects(messages) == ["Correction: Item, put right"] * 2
    assert all("It was 12, not 21." in message.body + message.alternatives[0][0] for message in messages)
    assert later.email not in addresses(messages)
    assert work_at(NOON + A_DAY + HOUR) == []
    with time_machine.travel(NOON + 2 * A_DAY, tick=False):
        correct(item, "It was 13.")
    (first, _second) = work_at(NOON + 2 * A_DAY + SECOND)
    assert "It was 13." in first.body
    assert "It was 12" not in first.body


def test_a_change_without_a_public_note_is_not_mailed(reader: Subscriber) -> None:
    item = NewsItemFactory(live_from=NOON + HOUR)
    work_at(NOON + HOUR)
    with time_machine.travel(NOON + A_DAY, tick=False):
        correct(item, "")
    assert work_at(NOON + A_DAY + SECOND) == []


def test_a_correction_that_is_scheduled_is_mailed_at_its_instant(reader: Subscriber) -> None:
    item = NewsItemFactory(live_from=NOON + HOUR)
    work_at(NOON + HOUR)
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        correct(item, "It was 12.", at=NOON + A_DAY)
    assert work_at(NOON + A_DAY - SECOND) == []
    assert len(work_at(NOON + A_DAY)) == 1


def test_an_old_correction_is_not_mailed_when_something_else_changes(reader: Subscriber) -> None:
    with time_machine.travel(NOON - 9 * A_DAY, tick=False):
        item = NewsItemFactory()
        correct(item, "Long ago.")
    with time_machine.travel(NOON + HOUR, tick=False):
        correct(item, "")
    assert work_at(NOON + HOUR) == []


def test_only_those_who_were_sent_an_item_of_a_digest_got_it(reader: Subscriber) -> None:
    Subscriber.objects.update(often="daily", kinds=["article"])
    all_kinds = SubscriberFactory(confirmed=True, since=NOON, often="daily")
    news = NewsItemFactory(live_from=NOON + HOUR)
    article = ArticleFactory(live_from=NOON + HOUR)
    assert len(work_at(morning(24))) == 2
    assert set(who_got(article)) == {reader, all_kinds}
    assert set(who_got(news)) == {all_kinds}


def test_what_a_worker_applies_late_is_corrected_all_the_same(reader: Subscriber) -> None:
    item = NewsItemFactory(live_from=NOON + HOUR)
    work_at(NOON + HOUR)
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        correct(item, "It was 12.", at=NOON + 3 * HOUR)
    with time_machine.travel(NOON + 2 * A_DAY, tick=False):
        assert due.apply_due() == 1  # by a visitor, while no worker ran
    assert len(work_at(NOON + 2 * A_DAY + HOUR)) == 1
