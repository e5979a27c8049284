"""Digests: at their hour by the readers' clock, with what went live since the last."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from subscriptions import periods, service
from subscriptions.ledger import Mailing
from subscriptions.models import Subscriber
from tests.factories import NewsItemFactory
from tests.subscriptions.mails import A_DAY, BRUSSELS, HOUR, NOON, SECOND, morning, subjects, watch_since, work_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]


def test_a_daily_digest_comes_in_the_morning_with_what_went_live_since_the_last(reader: Subscriber) -> None:
    watch_since(morning(23))
    Subscriber.objects.update(often="daily", since=morning(22))
    NewsItemFactory(title="Yesterday", live_from=morning(23) - HOUR)
    NewsItemFactory(title="Noon", live_from=NOON)
    NewsItemFactory(title="Night", live_from=NOON + 12 * HOUR)
    NewsItemFactory(title="Morning", live_from=morning(24) + SECOND)
    assert work_at(morning(24) - SECOND) == []
    (message,) = work_at(morning(24))
    assert message.subject == "Chancery: the day’s news, 24 January 2024"
    assert [title in message.body for title in ("Yesterday", "Noon", "Night", "Morning")] == [False, True, True, False]
    assert work_at(morning(24) + 2 * HOUR) == []
    (message,) = work_at(morning(25) + HOUR)
    assert "Morning" in message.body
    assert "Noon" not in message.body


def test_a_day_without_news_is_a_day_without_mail(reader: Subscriber) -> None:
    Subscriber.objects.update(often="daily")
    NewsItemFactory(language="fr", live_from=NOON + HOUR)
    assert work_at(morning(24)) == []
    assert not Mailing.objects.exists()


def test_a_weekly_digest_comes_on_monday(reader: Subscriber) -> None:
    Subscriber.objects.update(often="weekly")
    watch_since(morning(22))
    NewsItemFactory(title="Tuesday", live_from=NOON + HOUR)
    NewsItemFactory(title="Sunday", live_from=morning(28))
    assert work_at(morning(24)) == work_at(morning(29) - SECOND) == []
    (message,) = work_at(morning(29))
    assert message.subject == "Chancery: the week’s news, 29 January 2024"
    assert all(title in message.body for title in ("Tuesday", "Sunday"))


def test_a_digest_that_is_late_reaches_back_to_the_last(reader: Subscriber) -> None:
    Subscriber.objects.update(often="daily")
    NewsItemFactory(title="Early", live_from=NOON + HOUR)
    NewsItemFactory(title="Late", live_from=NOON + 3 * A_DAY)
    (message,) = work_at(NOON + 4 * A_DAY)
    assert all(title in message.body for title in ("Early", "Late"))


@pytest.mark.parametrize(
    ("day", "hours"), [((31, 3), 23), ((27, 10), 25), ((1, 7), 24)], ids=["put forward", "put back", "as usual"]
)
def test_a_day_of_the_digest_is_one_of_the_sites_clocks(day: tuple[int, int], hours: int) -> None:
    end = morning(*day)
    assert periods.last_end("daily", end) == end
    before = periods.last_end("daily", end - SECOND)
    assert before.astimezone(BRUSSELS).hour == 7
    assert (end.astimezone(dt.UTC) - before.astimezone(dt.UTC)) == dt.timedelta(hours=hours)


@pytest.mark.parametrize("day", [(31, 3), (27, 10)])
def test_nothing_falls_between_two_digests_when_clocks_change(day: tuple[int, int], reader: Subscriber) -> None:
    end = morning(*day)
    begin = periods.last_end("daily", end - SECOND)
    watch_since(begin)
    Subscriber.objects.update(often="daily", since=begin)
    live = [begin + SECOND, begin + 12 * HOUR, end - HOUR, end]
    for number, at in enumerate(live):
        NewsItemFactory(title=f"Item {number}", live_from=at)
    assert work_at(end - SECOND) == []
    (message,) = work_at(end)
    assert all(f"Item {number}" in message.body for number in range(4))


def test_a_new_rhythm_repeats_nothing_and_skips_nothing_between_digests(reader: Subscriber) -> None:
    def choose(often: str, at: dt.datetime) -> None:
        with time_machine.travel(at, tick=False):
            choices = service.Choices(languages=["en"], kinds=[], topics=[], often=often)
            service.choose(reader, choices=choices, language="en")

    NewsItemFactory(title="Immediately", live_from=NOON + HOUR)
    assert subjects(work_at(NOON + HOUR)) == ["Immediately"]
    choose("daily", NOON + 2 * HOUR)
    NewsItemFactory(title="Daily", live_from=NOON + 3 * HOUR)
    (message,) = work_at(morning(24))
    assert "Daily" in message.body
    assert "Immediately" not in message.body
    NewsItemFactory(title="Between", live_from=NOON + A_DAY)
    choose("weekly", NOON + A_DAY + HOUR)
    (message,) = work_at(morning(29))
    assert "Between" in message.body
    assert "Daily" not in message.body
