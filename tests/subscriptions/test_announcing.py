"""What is mailed, to whom and when: by the clock, once, and never before its instant."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from publishing import releases, workflow
from publishing.preview import preview_url
from publishing.records import Release
from subscriptions import service
from subscriptions.announcing import announce
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
from tests.subscriptions.mails import A_DAY, HOUR, NOON, SECOND, addresses, subjects, work_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]


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
