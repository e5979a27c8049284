"""The verbs: who may, what they change, what they copy."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError

from news.models import NewsItem
from publishing import workflow
from publishing.models import State
from tests.conftest import PUBLISHABLE, Person
from tests.factories import DocumentFactory, EventFactory, ImageFactory, NewsItemFactory, TopicFactory, translated

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)


# ── Permission ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("model", PUBLISHABLE)
def test_editors_may_publish_every_kind_and_writers_none(model: type, editor: Person, writer: Person) -> None:
    assert workflow.may_publish(editor.user, model)
    assert not workflow.may_publish(writer.user, model)
    assert not workflow.may_publish(AnonymousUser(), model)


def test_somebody_who_has_left_may_publish_nothing(editor: Person) -> None:
    editor.user.is_active = False
    assert not workflow.may_publish(editor.user, NewsItem)


@pytest.mark.parametrize("verb", [workflow.approve, workflow.withdraw])
def test_a_writer_is_refused_and_nothing_changes(verb: object, writer: Person) -> None:
    item = NewsItemFactory(draft=True)
    with pytest.raises(PermissionDenied):
        verb(item, by=writer.user)  # type: ignore[operator]
    item.refresh_from_db()
    assert item.state is State.DRAFT


# ── Approve, withdraw ────────────────────────────────────────────────────────────────────────────────────
def test_approving_makes_a_draft_public_at_once(editor: Person) -> None:
    item = NewsItemFactory(draft=True, date=None)
    with time_machine.travel(NOON, tick=False):
        workflow.approve(item, by=editor.user)
        assert NewsItem.objects.live().get() == item
    assert item.live_from == NOON
    assert item.date == dt.date(2024, 1, 23)


def test_approving_for_later_schedules(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    with time_machine.travel(NOON, tick=False):
        workflow.approve(item, by=editor.user, at=NOON + dt.timedelta(hours=2))
        assert item.state is State.SCHEDULED


def test_approving_brings_back_what_was_expired(editor: Person) -> None:
    item = NewsItemFactory(expired=True)
    workflow.approve(item, by=editor.user)
    assert item.state is State.LIVE
    assert item.live_until is None


def test_an_item_that_breaks_a_rule_does_not_go_live(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    item.kind = NewsItem.Kind.VIDEO
    with pytest.raises(ValidationError):
        workflow.approve(item, by=editor.user)
    item.refresh_from_db()
    assert item.state is State.DRAFT


def test_withdrawing_takes_a_live_item_down_now_and_keeps_when_it_went_live(editor: Person) -> None:
    item = NewsItemFactory()
    before = item.live_from
    workflow.withdraw(item, by=editor.user)
    assert item.state is State.EXPIRED
    assert item.live_from == before


def test_withdrawing_what_is_only_scheduled_makes_it_a_draft(editor: Person) -> None:
    item = NewsItemFactory(scheduled=True)
    workflow.withdraw(item, by=editor.user)
    assert item.state is State.DRAFT


def test_withdrawing_twice_changes_nothing_more(editor: Person) -> None:
    item = NewsItemFactory()
    workflow.withdraw(item, by=editor.user)
    workflow.withdraw(item, by=editor.user)
    assert item.state is State.EXPIRED


# ── Facts that all versions share ────────────────────────────────────────────────────────────────────────
def test_shared_columns_and_relations_are_copied_to_translations() -> None:
    original = NewsItemFactory()
    french = translated(original)
    topic, document, image = TopicFactory(), DocumentFactory(), ImageFactory()
    original.kind, original.image, original.reference = NewsItem.Kind.STATEMENT, image, "(2024) 007"
    original.date = dt.date(2024, 2, 1)
    workflow.save_draft(original, relations={"topics": [topic], "attachments": [document]})
    french.refresh_from_db()
    assert (french.kind, french.image, french.reference) == (NewsItem.Kind.STATEMENT, image, "(2024) 007")
    assert french.date == dt.date(2024, 2, 1)
    assert list(french.topics.all()) == [topic]
    assert list(french.attachments.all()) == [document]


def test_words_are_not_copied_to_translations() -> None:
    original = NewsItemFactory()
    french = translated(original, title="Titre", teaser="En bref.", body="<p>Mots.</p>")
    original.title, original.teaser, original.body = "Another", "Other.", "<p>Others.</p>"
    workflow.save_draft(original)
    french.refresh_from_db()
    assert (french.title, french.teaser, french.body) == ("Titre", "En bref.", "<p>Mots.</p>")


def test_publication_is_not_copied_to_translations(editor: Person) -> None:
    original = NewsItemFactory()
    french = translated(original)
    workflow.withdraw(original, by=editor.user)
    french.refresh_from_db()
    assert french.state is State.LIVE


def test_saving_a_translation_takes_the_facts_from_its_original() -> None:
    original = EventFactory(city="Brussels", start_date=dt.date(2024, 2, 15))
    french = translated(original)
    french.start_date, french.end_date = dt.date(2030, 1, 1), dt.date(2030, 1, 1)
    workflow.save_draft(french)
    french.refresh_from_db()
    assert french.start_date == original.start_date
    assert (french.starts_at, french.ends_at) == (original.starts_at, original.ends_at)


def test_a_relation_that_was_removed_is_removed_from_translations() -> None:
    topic = TopicFactory()
    original = NewsItemFactory(topics=[topic])
    french = translated(original)
    workflow.settle(original)
    workflow.save_draft(original, relations={"topics": []})
    assert not french.topics.exists()
