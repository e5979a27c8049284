"""What is mailed, to whom and when: by the clock, once, and never before its instant."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from news.models import NewsItem
from publishing import due, releases, workflow
from publishing.preview import preview_url
from publishing.records import Release
from subscriptions import periods, service
from subscriptions.announcing import announce, who_got
from subscriptions.ledger import Announcement, Delivery, Mailing, Occasion, Watch
from subscriptions.matching import Traits, wants
from subscriptions.models import Subscriber
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    ArticleFactory,
    EventFactory,
    FeaturedItemFactory,
    NewsItemFactory,
    PageFactory,
    SubscriberFactory,
    TopicFactory,
    translated,
)
from tests.publishing.drafts import edit
from tests.subscriptions.mails import A_DAY, HOUR, addresses, watch_since, work_at

pytestmark = pytest.mark.django_db

# A Tuesday.
NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
BRUSSELS = zoneinfo.ZoneInfo("Europe/Brussels")


@pytest.fixture(autouse=True)
def watched(db: None) -> None:
    watch_since(NOON)


@pytest.fixture
def reader() -> Subscriber:
    return SubscriberFactory(confirmed=True, since=NOON)


def subjects(messages: list[Any]) -> list[str]:
    return sorted(message.subject for message in messages)


# ── Immediately ──────────────────────────────────────────────────────────────────────────────────────────
def test_what_goes_live_is_mailed_once(reader: Subscriber) -> None:
    NewsItemFactory(title="Before", live_from=NOON - HOUR)
    item = NewsItemFactory(title="After", live_from=NOON + HOUR)
    (message,) = work_at(NOON + 2 * HOUR)
    assert (message.to, message.subject) == ([reader.email], "After")
    assert f"http://testserver{item.get_absolute_url()}" in message.body
    assert work_at(NOON + 3 * HOUR) == []


def test_a_scheduled_item_is_mailed_at_its_instant_and_not_a_second_before(reader: Subscriber) -> None:
    NewsItemFactory(title="Later", live_from=NOON + HOUR)
    assert work_at(NOON + HOUR - SECOND) == []
    assert not Announcement.objects.exists()
    assert subjects(work_at(NOON + HOUR)) == ["Later"]


def test_what_waits_as_a_revision_is_put_live_and_mailed_without_a_visitor(reader: Subscriber) -> None:
    with time_machine.travel(NOON, tick=False):
        item = NewsItemFactory(title="Original", draft=True)
        translated(item, title="Traduction", live_from=NOON - HOUR)
        workflow.approve(item, by=IMPORTER, at=NOON + HOUR)
        assert item.live_from is None, "it waits, because a public translation follows it"
    assert work_at(NOON + HOUR - SECOND) == []
    assert subjects(work_at(NOON + HOUR)) == ["Original"]


def test_an_item_seen_by_others_a_moment_after_its_instant_is_not_missed(reader: Subscriber) -> None:
    work_at(NOON + HOUR)  # the watch has passed when the transaction is committed that began before
    NewsItemFactory(title="Slow", live_from=NOON + HOUR - 5 * SECOND)
    assert subjects(work_at(NOON + HOUR + SECOND)) == ["Slow"]


def test_what_an_importer_dates_back_is_not_news(reader: Subscriber) -> None:
    work_at(NOON + HOUR)
    NewsItemFactory(live_from=dt.datetime(1999, 1, 1, tzinfo=dt.UTC))
    NewsItemFactory(live_from=NOON + HOUR / 2)
    assert work_at(NOON + HOUR + SECOND) == []


def test_a_site_that_begins_to_watch_mails_nothing_of_before(reader: Subscriber) -> None:
    Watch.objects.all().delete()
    reader.since = NOON - 10 * A_DAY
    reader.save()
    NewsItemFactory(live_from=NOON - HOUR)
    assert work_at(NOON) == []
    NewsItemFactory(title="New", live_from=NOON + SECOND)
    assert subjects(work_at(NOON + HOUR)) == ["New"]


def test_a_worker_that_was_away_mails_what_it_missed(reader: Subscriber) -> None:
    NewsItemFactory(title="Missed", live_from=NOON + HOUR)
    assert subjects(work_at(NOON + 3 * A_DAY)) == ["Missed"]


def test_what_is_not_public_is_not_mailed(reader: Subscriber) -> None:
    NewsItemFactory(title="SECRET draft", draft=True)
    NewsItemFactory(title="SECRET gone", live_from=NOON + HOUR, live_until=NOON + HOUR + HOUR / 2)
    FeaturedItemFactory(title="A card", live_from=NOON + HOUR)
    PageFactory(title="Legal notice", live_from=NOON + HOUR)
    assert work_at(NOON + 2 * HOUR) == []


def test_what_is_withdrawn_before_its_mail_is_sent_is_not_mailed(reader: Subscriber) -> None:
    item = NewsItemFactory(title="Withdrawn", live_from=NOON + HOUR)
    NewsItemFactory(title="Kept", live_from=NOON + HOUR)
    with time_machine.travel(NOON + HOUR + SECOND, tick=False):
        assert announce() == 1
        workflow.withdraw(item, by=IMPORTER)
    (message,) = work_at(NOON + HOUR + 2 * SECOND)
    assert message.subject == "Kept"
    assert "Withdrawn" not in message.body + message.alternatives[0][0]
    only = NewsItemFactory(title="Only", live_from=NOON + 2 * HOUR)
    with time_machine.travel(NOON + 2 * HOUR + SECOND, tick=False):
        assert announce() == 1
        workflow.withdraw(only, by=IMPORTER)
    assert work_at(NOON + 2 * HOUR + 2 * SECOND) == []
    assert Delivery.objects.latest("pk").state == Delivery.State.DROPPED


def test_a_preview_mails_nothing(reader: Subscriber, editor: Person) -> None:
    item = NewsItemFactory(title="SECRET", draft=True)
    assert editor.get(preview_url(item), follow=True).status_code == 200
    assert work_at(NOON + HOUR) == []
    assert not Mailing.objects.exists()


def test_a_release_is_one_mail_at_its_instant(reader: Subscriber) -> None:
    with time_machine.travel(NOON, tick=False):
        release = Release(name="Summit")
        releases.create(release, by=IMPORTER)
        for number in range(3):
            releases.add(release, NewsItemFactory(title=f"Text {number}", draft=True), by=IMPORTER)
        releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    assert work_at(NOON + HOUR - SECOND) == []
    (message,) = work_at(NOON + HOUR)
    assert message.subject.endswith(", and 2 more")
    assert all(f"Text {number}" in message.body for number in range(3))


def test_nobody_is_mailed_who_has_not_confirmed_or_whose_mail_comes_back() -> None:
    SubscriberFactory()
    for state in ("bounced", "complained"):
        SubscriberFactory(confirmed=True, since=NOON, state=state)
    NewsItemFactory(live_from=NOON + HOUR)
    assert work_at(NOON + HOUR) == []


def test_who_confirms_later_is_not_mailed_what_was_there() -> None:
    NewsItemFactory(live_from=NOON + HOUR)
    SubscriberFactory(confirmed=True, since=NOON + HOUR)
    assert work_at(NOON + HOUR + SECOND) == []


def test_who_leaves_before_their_mail_is_sent_gets_none(reader: Subscriber) -> None:
    other = SubscriberFactory(confirmed=True, since=NOON)
    NewsItemFactory(live_from=NOON + HOUR)
    with time_machine.travel(NOON + HOUR, tick=False):
        announce()
        service.leave(reader)
    assert addresses(work_at(NOON + HOUR + SECOND)) == [other.email]
    assert Delivery.objects.get(subscriber=None).state == Delivery.State.DROPPED


# ── What they want ───────────────────────────────────────────────────────────────────────────────────────
def test_readers_get_the_languages_kinds_and_topics_that_they_chose() -> None:
    one, two = TopicFactory(live_from=NOON - HOUR), TopicFactory(live_from=NOON - HOUR)
    wanted = {
        "all": {}, "french": {"languages": ["fr"]}, "both": {"languages": ["en", "fr"]}, "speech": {"kinds": ["news:speech"]},
        "articles": {"kinds": ["article"]}, "one": {}, "events of two": {"kinds": ["event"]},
    }  # fmt: skip
    readers = {
        name: SubscriberFactory(confirmed=True, since=NOON, email=f"{name.replace(' ', '-')}@example.org", **values)
        for name, values in wanted.items()
    }
    readers["one"].topics.add(one)
    readers["events of two"].topics.add(two)
    news = NewsItemFactory(title="News", live_from=NOON + HOUR, topics=[one])
    translated(news, title="Nouvelles", live_from=NOON + HOUR)
    NewsItemFactory(title="Speech", live_from=NOON + HOUR, kind="speech", speaker="Somebody", topics=[two])
    ArticleFactory(title="Article", live_from=NOON + HOUR)
    EventFactory(title="Event", live_from=NOON + HOUR, topics=[one, two])
    got = {
        message.to[0].partition("@")[0]: {
            title for title in ("News", "Nouvelles", "Speech", "Article", "Event") if title in message.body.split("\n")
        }
        for message in work_at(NOON + HOUR)
    }
    assert got == {
        "all": {"News", "Speech", "Article", "Event"},
        "french": {"Nouvelles"},
        "both": {"News", "Nouvelles", "Speech", "Article", "Event"},
        "speech": {"Speech"},
        "articles": {"Article"},
        "one": {"News", "Event"},
        "events-of-two": {"Event"},
    }
    assert {mailing.announcements.count() for mailing in Mailing.objects.all()} == {5}


KINDS = ["news:news", "news:speech", "article", "event"]
LANGUAGES = ["en", "fr", "uk"]
INSTANTS = some.sampled_from([NOON + number * HOUR for number in range(4)])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=some.lists(
        some.tuples(
            some.lists(some.sampled_from(LANGUAGES), min_size=1, unique=True),
            some.lists(some.sampled_from(KINDS), unique=True),
            some.sets(some.integers(0, 2)),
            INSTANTS,
        ),
        min_size=1, max_size=6,
    ),
    items=some.lists(
        some.tuples(some.sampled_from(LANGUAGES), some.sampled_from(KINDS), some.frozensets(some.integers(0, 2)), INSTANTS),
        max_size=4,
    ),
)  # fmt: skip
def test_the_rule_is_the_same_in_sql_and_in_python(chosen: list[Any], items: list[Any], db: None) -> None:
    Subscriber.objects.all().delete()
    topics = list(_three_topics())
    readers = []
    for languages, kinds, numbers, since in chosen:
        reader = SubscriberFactory(confirmed=True, languages=languages, kinds=kinds, since=since)
        reader.topics.set([topics[number] for number in numbers])
        readers.append(reader)
    traits = [
        Traits(language, kind, frozenset(topics[number].pk for number in numbers), at)
        for language, kind, numbers, at in items
    ]
    in_python = {reader.pk for reader in readers if any(wants(reader, one) for one in traits)}
    assert set(Subscriber.objects.who_want(traits).values_list("pk", flat=True)) == in_python


def _three_topics() -> list[Any]:
    from pages.models import Topic

    found = list(Topic.objects.order_by("pk")[:3])
    return found if len(found) == 3 else [TopicFactory() for _number in range(3)]


# ── Digests ──────────────────────────────────────────────────────────────────────────────────────────────
def morning(day: int, month: int = 1) -> dt.datetime:
    return dt.datetime(2024, month, day, 7, tzinfo=BRUSSELS)


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


# ── Corrections ──────────────────────────────────────────────────────────────────────────────────────────
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


# ── Cost ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_looking_in_vain_writes_nothing(reader: Subscriber, django_assert_max_num_queries: Any) -> None:
    with time_machine.travel(NOON + SECOND, tick=False):
        announce()
        with django_assert_max_num_queries(25) as captured:
            announce()
    verbs = {query["sql"].split()[0] for query in captured.captured_queries}
    assert verbs == {"SELECT"}


def test_two_looks_at_once_make_one_mailing(reader: Subscriber, monkeypatch: pytest.MonkeyPatch) -> None:
    NewsItemFactory(live_from=NOON + HOUR)
    with time_machine.travel(NOON + HOUR, tick=False):
        real = Watch.objects.select_for_update

        def overtaken() -> Any:
            monkeypatch.setattr(Watch.objects, "select_for_update", real)
            announce()  # another worker was here first
            return real()

        monkeypatch.setattr(Watch.objects, "select_for_update", overtaken)
        announce()
    assert Mailing.objects.filter(occasion=Occasion.IMMEDIATELY).count() == 1
    assert Delivery.objects.count() == 1


def test_a_thousand_deliveries_are_one_statement(django_assert_max_num_queries: Any) -> None:
    Subscriber.objects.bulk_create(
        Subscriber(email=f"r{n}@example.org", languages=["en"], state="confirmed", since=NOON, confirmed_at=NOON)
        for n in range(1000)
    )
    NewsItemFactory(live_from=NOON + HOUR)
    with time_machine.travel(NOON + HOUR, tick=False), django_assert_max_num_queries(50):
        announce()
    assert Delivery.objects.count() == 1000
