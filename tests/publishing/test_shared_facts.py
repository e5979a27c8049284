"""Facts are entered once, with the original, and all versions have them."""

from __future__ import annotations

import datetime as dt

import pytest

from news.models import NewsItem
from publishing import workflow
from publishing.models import State
from publishing.records import Revision
from tests.factories import (
    IMPORTER,
    DocumentFactory,
    EventFactory,
    ImageFactory,
    NewsItemFactory,
    TopicFactory,
    translated,
)
from tests.publishing.drafts import edit

pytestmark = pytest.mark.django_db


def test_shared_columns_and_relations_are_copied_to_translations_when_they_go_live() -> None:
    original = NewsItemFactory()
    french = translated(original)
    topic, document, image = TopicFactory(), DocumentFactory(), ImageFactory()
    edit(
        original, kind=NewsItem.Kind.STATEMENT, image=image, reference="(2024) 007", date=dt.date(2024, 2, 1),
        topics=[topic], attachments=[document],
    )  # fmt: skip
    french.refresh_from_db()
    assert french.reference == ""
    workflow.approve(original, by=IMPORTER)
    french.refresh_from_db()
    assert (french.kind, french.image, french.reference) == (NewsItem.Kind.STATEMENT, image, "(2024) 007")
    assert french.date == dt.date(2024, 2, 1)
    assert list(french.topics.all()) == [topic]
    assert list(french.attachments.all()) == [document]


def test_facts_of_a_draft_do_not_reach_a_live_translation() -> None:
    original = NewsItemFactory(draft=True, reference="(2024) 001", topics=[])
    french = translated(original)
    edit(original, reference="(2024) 999", topics=[TopicFactory()])
    french.refresh_from_db()
    assert french.reference == "(2024) 001"
    assert not french.topics.exists()


def test_words_are_not_copied_to_translations() -> None:
    original = NewsItemFactory()
    french = translated(original, title="Titre", teaser="En bref.", body="<p>Mots.</p>")
    edit(original, title="Another", teaser="Other.", body="<p>Others.</p>")
    workflow.approve(original, by=IMPORTER)
    french.refresh_from_db()
    assert (french.title, french.teaser, french.body) == ("Titre", "En bref.", "<p>Mots.</p>")


def test_publication_is_not_copied_to_translations() -> None:
    original = NewsItemFactory()
    french = translated(original)
    workflow.withdraw(original, by=IMPORTER)
    french.refresh_from_db()
    assert french.state is State.LIVE


def test_a_translation_takes_its_facts_from_its_original() -> None:
    original = EventFactory(city="Brussels", start_date=dt.date(2024, 2, 15))
    french = translated(original)
    edit(french, start_date=dt.date(2030, 1, 1), end_date=dt.date(2030, 1, 1), title="Titre")
    workflow.approve(french, by=IMPORTER)
    assert french.title == "Titre"
    assert french.start_date == original.start_date
    assert (french.starts_at, french.ends_at) == (original.starts_at, original.ends_at)


def test_a_relation_that_was_removed_is_removed_from_translations() -> None:
    original = NewsItemFactory(topics=[TopicFactory()])
    french = translated(original)
    assert french.topics.exists()
    edit(original, topics=[])
    workflow.approve(original, by=IMPORTER)
    assert not french.topics.exists()


def test_a_translation_is_out_of_date_until_somebody_says_otherwise() -> None:
    original = NewsItemFactory()
    french = translated(original)
    live = french.revisions.get(state=Revision.State.LIVE)
    assert live.renders == original.revisions.get(state=Revision.State.LIVE).number
    edit(original, teaser="Changed.")
    workflow.approve(original, by=IMPORTER)
    live.refresh_from_db()
    source = original.revisions.get(state=Revision.State.LIVE)
    assert live.renders < source.number
    workflow.confirm_translation(french, by=IMPORTER)
    live.refresh_from_db()
    assert live.renders == source.number
