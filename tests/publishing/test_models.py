"""Visibility, states, languages and addresses of everything publishable."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from news.models import FeaturedItem, NewsItem
from pages.models import Topic
from publishing.models import Publishable, State
from publishing.versions import Refused
from tests.factories import (
    ArticleFactory,
    EventFactory,
    FeaturedItemFactory,
    NewsItemFactory,
    ReportFactory,
    TermFactory,
    TopicFactory,
    translated,
)

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


# ── Visibility ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (NOON - SECOND, State.SCHEDULED),
        (NOON, State.LIVE),
        (NOON + HOUR - SECOND, State.LIVE),
        (NOON + HOUR, State.EXPIRED),
        (NOON + HOUR + SECOND, State.EXPIRED),
    ],
)
def test_state_changes_at_the_very_instant_without_a_job(moment: dt.datetime, state: State) -> None:
    item = NewsItemFactory(live_from=NOON, live_until=NOON + HOUR)
    with time_machine.travel(moment, tick=False):
        assert item.state is state
        assert NewsItem.objects.live().exists() is (state is State.LIVE)
        assert NewsItem.objects.in_state(state).get() == item


def test_draft_is_never_live() -> None:
    NewsItemFactory(draft=True)
    assert not NewsItem.objects.live().exists()
    assert not NewsItem.objects.live(at=NOON + 10_000 * HOUR).exists()


def test_item_without_an_end_stays_live() -> None:
    NewsItemFactory(live_from=NOON)
    with time_machine.travel(NOON + dt.timedelta(days=36_500)):
        assert NewsItem.objects.live().count() == 1


def test_the_future_can_be_asked_for() -> None:
    with time_machine.travel(NOON, tick=False):
        item = NewsItemFactory(live_from=NOON + HOUR)
        assert not NewsItem.objects.live().exists()
        assert NewsItem.objects.live(at=NOON + HOUR).get() == item


def test_a_scheduled_item_was_not_public_and_an_expired_one_was() -> None:
    with time_machine.travel(NOON, tick=False):
        assert not NewsItemFactory.build(live_from=NOON + SECOND).was_public
        assert NewsItemFactory.build(live_from=NOON - HOUR, live_until=NOON).was_public
        assert not NewsItemFactory.build(live_from=None).was_public


instants = st.integers(min_value=-3, max_value=3).map(lambda hours: NOON + hours * HOUR)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(live_from=st.none() | instants, length=st.none() | st.integers(min_value=1, max_value=4), at=instants)
def test_the_state_in_python_is_the_state_in_sql(
    live_from: dt.datetime | None, length: int | None, at: dt.datetime
) -> None:
    live_until = live_from + length * HOUR if live_from and length else None
    with transaction.atomic():
        topic = TopicFactory(live_from=live_from, live_until=live_until)
        for state in State:
            in_sql = Topic.objects.in_state(state, at=at).filter(pk=topic.pk).exists()
            assert in_sql is (topic.state_at(at) is state)
        topic.delete()


# ── Constraints, each in the form and in the database ────────────────────────────────────────────────────
def test_a_slug_twice_on_one_day_is_refused_with_a_message() -> None:
    NewsItemFactory(slug="summit", date=dt.date(2024, 1, 23))
    with pytest.raises(ValidationError, match="already uses this slug"):
        NewsItemFactory(slug="summit", date=dt.date(2024, 1, 23))


def test_a_slug_twice_on_one_day_is_refused_by_the_database() -> None:
    NewsItemFactory(slug="summit", date=dt.date(2024, 1, 23))
    with pytest.raises(IntegrityError):
        NewsItemFactory.build(slug="summit", date=dt.date(2024, 1, 23)).save()


def test_a_slug_can_stand_on_another_day_and_in_another_language() -> None:
    original = NewsItemFactory(slug="summit", date=dt.date(2024, 1, 23))
    NewsItemFactory(slug="summit", date=dt.date(2024, 1, 24))
    assert translated(original, slug="summit").date == original.date


@pytest.mark.parametrize("end", [NOON, NOON - HOUR], ids=["at once", "before"])
def test_coming_down_before_going_live_is_refused(end: dt.datetime) -> None:
    with pytest.raises(ValidationError, match="must be later than"):
        NewsItemFactory(live_from=NOON, live_until=end)
    with pytest.raises(IntegrityError):
        NewsItemFactory.build(live_from=NOON, live_until=end).save()


def test_coming_down_without_ever_going_live_is_refused() -> None:
    with pytest.raises(Refused):
        NewsItemFactory(live_from=None, live_until=NOON)


@pytest.mark.parametrize(
    "make",
    [NewsItemFactory, ArticleFactory, EventFactory, TopicFactory, TermFactory, ReportFactory, FeaturedItemFactory],
)
def test_an_item_has_one_version_a_language(make: type) -> None:
    original = make()
    translated(original)
    different = {} if make is FeaturedItemFactory else {"slug": "another-slug"}
    with pytest.raises(ValidationError, match="already a version in this language"):
        translated(original, **different)
    with pytest.raises(ValidationError, match="in this language already"):
        translated(original, "en", **different)


def test_a_translation_of_a_translation_is_refused() -> None:
    french = translated(NewsItemFactory())
    with pytest.raises(ValidationError, match="belongs to the original version"):
        NewsItemFactory(original=french, language="en", slug="third")


def test_a_dated_page_cannot_be_public_without_a_date() -> None:
    with pytest.raises(IntegrityError):
        NewsItemFactory.build(date=None, live_from=NOON).save()


def test_a_date_left_empty_becomes_the_local_day_of_going_live() -> None:
    # 23:30 in London is half past midnight of the next day in Brussels, the site's time zone.
    late = dt.datetime(2024, 1, 23, 23, 30, tzinfo=dt.UTC)
    assert NewsItemFactory(date=None, live_from=late).date == dt.date(2024, 1, 24)


def test_a_draft_needs_no_date() -> None:
    assert NewsItemFactory(date=None, draft=True).date is None


# ── Languages ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_version_is_found_by_its_language_and_by_its_original() -> None:
    english = NewsItemFactory()
    french = translated(english)
    NewsItemFactory()
    assert NewsItem.objects.in_language("fr").get() == french
    assert set(NewsItem.objects.versions_of(english.pk)) == {english, french}
    assert french.original_key == english.original_key == english.pk
    assert french not in NewsItem.objects.originals()


def test_an_address_is_in_the_language_of_its_version() -> None:
    english = NewsItemFactory(slug="summit", date=dt.date(2024, 1, 5))
    french = translated(english, slug="sommet")
    assert english.get_absolute_url() == "/en/news/2024/01/05/summit/"
    assert french.get_absolute_url() == "/fr/news/2024/01/05/sommet/"


def test_a_french_version_can_be_live_before_the_original() -> None:
    english = NewsItemFactory(draft=True)
    french = translated(english)
    assert list(NewsItem.objects.live()) == [french]


# ── Order ────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_latest_comes_first_by_date_then_by_the_moment_of_going_live() -> None:
    morning = NewsItemFactory(date=dt.date(2024, 1, 23), live_from=NOON - HOUR)
    older = NewsItemFactory(date=dt.date(2024, 1, 22), live_from=NOON + HOUR)
    midday = NewsItemFactory(date=dt.date(2024, 1, 23), live_from=NOON)
    assert list(NewsItem.objects.latest_first()) == [midday, morning, older]


def test_translations_stand_where_their_originals_stand() -> None:
    first, second = FeaturedItemFactory(position=20), FeaturedItemFactory(position=10)
    french_first, french_second = translated(first), translated(second)
    assert list(FeaturedItem.objects.in_language("en").in_hand_order()) == [second, first]
    assert list(FeaturedItem.objects.in_language("fr").in_hand_order()) == [french_second, french_first]


def test_what_has_no_page_says_so() -> None:
    with pytest.raises(NotImplementedError, match="no page of its own"):
        Publishable.address("slug", None)
