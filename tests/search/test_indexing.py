"""The index follows the verbs, and the clock; what came another way is found by the sweep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from library.models import Recording
from news.models import NewsItem
from pages.models import Page
from publishing import registry, versions, workflow
from publishing.models import Publishable
from publishing.preview import preview_url
from review.models import Author
from search import engines, indexing
from search.finding import Narrowed, search
from search.models import Entry, Vocable
from search.question import Question
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    ArticleFactory,
    AuthorFactory,
    EventFactory,
    FeaturedItemFactory,
    ImageFactory,
    NewsItemFactory,
    PageFactory,
    RecordingFactory,
    TopicFactory,
    translated,
)
from tests.html import hrefs, one, parse, texts

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def titles(person: Person, q: str, language: str = "en", **query: str) -> list[str]:
    response = person.get(f"/{language}/search/", {"q": q, **query})
    assert response.status_code == 200
    return texts(one(parse(response), "main"), "h2")


def keys(q: str, language: str = "en") -> list[int]:
    found = search(Question.read(q), language=language, narrowed=Narrowed())
    return list(Entry.objects.filter(pk__in=[match.pk for match in found.matches]).values_list("key", flat=True))


# ── By the clock ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_scheduled_item_is_found_at_its_instant_and_not_a_second_before(visitor: Person) -> None:
    with time_machine.travel(NOON - dt.timedelta(days=1), tick=False):
        NewsItemFactory(title="Embargoed words", live_from=NOON)
    with time_machine.travel(NOON - SECOND, tick=False):
        assert titles(visitor, "embargoed") == []
        assert visitor.get("/en/search/suggestions/?q=embar").json() == {"suggestions": []}
    with time_machine.travel(NOON, tick=False):
        assert titles(visitor, "embargoed") == ["Embargoed words"]
        assert len(visitor.get("/en/search/suggestions/?q=embar").json()["suggestions"]) == 1


def test_an_item_that_comes_down_leaves_at_its_instant(visitor: Person) -> None:
    with time_machine.travel(NOON - dt.timedelta(days=1), tick=False):
        item = NewsItemFactory(title="Passing words", live_from=NOON - dt.timedelta(days=2))
        workflow.expire(item, by=IMPORTER, at=NOON)
    with time_machine.travel(NOON - SECOND, tick=False):
        assert titles(visitor, "passing") == ["Passing words"]
    with time_machine.travel(NOON, tick=False):
        assert titles(visitor, "passing") == []


def test_a_withdrawn_item_leaves_and_comes_back(visitor: Person) -> None:
    item = NewsItemFactory(title="Withdrawn words")
    workflow.withdraw(item, by=IMPORTER)
    assert titles(visitor, "withdrawn") == []
    workflow.save_draft(item, by=IMPORTER, note="again")
    workflow.approve(item, by=IMPORTER)
    assert titles(visitor, "withdrawn") == ["Withdrawn words"]


def test_a_change_to_a_live_item_is_found_when_it_goes_live(visitor: Person) -> None:
    with time_machine.travel(NOON - dt.timedelta(days=1), tick=False):
        item = NewsItemFactory(title="Former words", live_from=NOON - dt.timedelta(days=2))
        item.title = "Latter words"
        workflow.save_draft(item, by=IMPORTER)
        assert titles(visitor, "latter") == []
        workflow.approve(item, by=IMPORTER, at=NOON)
    with time_machine.travel(NOON - SECOND, tick=False):
        assert (titles(visitor, "latter"), titles(visitor, "former")) == ([], ["Former words"])
    with time_machine.travel(NOON, tick=False):
        assert (titles(visitor, "latter"), titles(visitor, "former")) == (["Latter words"], [])


def test_a_schedule_that_is_cancelled_is_forgotten(visitor: Person) -> None:
    with time_machine.travel(NOON - dt.timedelta(days=1), tick=False):
        item = NewsItemFactory(title="Cancelled words", live_from=NOON)
        workflow.cancel_schedule(item, by=IMPORTER)
    with time_machine.travel(NOON + SECOND, tick=False):
        assert titles(visitor, "cancelled") == []


# ── Undone ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_preview_never_reaches_the_index(editor: Person, visitor: Person) -> None:
    item = NewsItemFactory(title="Public words")
    item.title = "Secret words"
    workflow.save_draft(item, by=IMPORTER)
    before = list(Entry.objects.values_list("title", "digest"))
    page = editor.get(preview_url(item), follow=True)
    assert "Secret words" in page.content.decode()
    assert list(Entry.objects.values_list("title", "digest")) == before
    assert titles(visitor, "secret") == []
    assert titles(visitor, "public") == ["Public words"]


def test_the_search_of_a_preview_finds_what_will_be_there(editor: Person) -> None:
    at = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    NewsItemFactory(title="Coming words", live_from=at - dt.timedelta(days=1))
    response = editor.get(f"/preview/at-{at:%Y%m%dT%H%M}/en/search/?q=coming")
    assert texts(one(parse(response), "main"), "h2") == ["Coming words"]


def test_a_rehearsal_leaves_the_index_as_it_was() -> None:
    item = NewsItemFactory(title="Kept words")
    item.title = "Tried words"
    revision = workflow.save_draft(item, by=IMPORTER)
    with transaction.atomic(), versions.rehearsal():
        versions.rehearse(revision, at=NOON)
        assert keys("tried") == [item.pk]
    assert (keys("tried"), keys("kept")) == ([], [item.pk])


# ── With the verbs ───────────────────────────────────────────────────────────────────────────────────────
def test_a_deleted_draft_is_forgotten() -> None:
    item = NewsItemFactory(title="Draft words", draft=True)
    assert Entry.objects.filter(kind="news", key=item.pk).exists()
    workflow.delete(item, by=IMPORTER)
    assert not Entry.objects.exists()


def test_a_page_that_moves_takes_the_addresses_below_along(visitor: Person) -> None:
    above = PageFactory(slug="above")
    PageFactory(title="Moved words", slug="below", parent=above)
    above.slug = "elsewhere"
    workflow.save_draft(above, by=IMPORTER)
    workflow.approve(above, by=IMPORTER)
    page = parse(visitor.get("/en/search/?q=moved"))
    assert "/en/elsewhere/below/" in hrefs(one(page, "main"))
    assert Page.objects.get(slug="below").path == "elsewhere/below"


def test_facts_reach_the_entries_of_translations() -> None:
    original = NewsItemFactory(title="Summit")
    version = translated(original)
    topic = TopicFactory()
    workflow.save_draft(original, by=IMPORTER, relations={"topics": [topic]})
    workflow.approve(original, by=IMPORTER)
    assert Entry.objects.get(kind="news", key=version.pk).topics == [topic.pk]


def test_what_has_no_page_is_not_in_the_index() -> None:
    FeaturedItemFactory(title="A card")
    assert not Entry.objects.exists()


def test_texts_names_and_transcripts_are_searched() -> None:
    author = AuthorFactory(name="Ada Quillon")
    article = ArticleFactory(
        authors=[author], body="<p>About <strong>peri</strong>scopes.</p><ul><li>Ballast</li></ul>"
    )
    recording = RecordingFactory(transcript="<p data-speaker='Ola Nordmann'>We met on the <em>frigate</em>.</p>")
    news = NewsItemFactory(recording=recording, reference="(2026) 014", speaker="Jana Vltava", dateline="Ljubljana")
    event = EventFactory(city="Rovaniemi", programme="<p>Reindeer</p>")
    assert keys("quillon") == keys("periscope") == keys("ballast") == [article.pk]
    for word in ("frigates", "nordmann", "“(2026) 014”", "2026/014", "vltava", "ljubljana"):
        assert keys(word) == [news.pk], word
    assert keys("rovaniemi") == keys("reindeer") == [event.pk]
    assert keys("strong") == keys("li") == []


def test_a_renamed_author_and_a_new_transcript_are_followed(administrator: Person) -> None:
    author, recording = AuthorFactory(name="Old Name"), RecordingFactory(transcript="<p>Before</p>")
    article, news = ArticleFactory(authors=[author]), NewsItemFactory(recording=recording)
    Author.objects.filter(pk=author.pk).update(name="Quillon")
    registry.tell_followers_of(author)
    Recording.objects.filter(pk=recording.pk).update(transcript="<p>Afterwards</p>")
    registry.tell_followers_of(recording)
    assert keys("quillon") == [article.pk]
    assert keys("afterwards") == [news.pk]


def test_captions_of_a_gallery_are_searched_in_their_language() -> None:
    gallery = [{"image": ImageFactory().pk, "caption": {"en": "A lighthouse", "fr": "Un phare"}}]
    item = NewsItemFactory(kind="photo-gallery", gallery=gallery)
    assert keys("lighthouse") == [item.pk]
    assert keys("phare") == []


def test_indexing_what_has_not_changed_writes_nothing() -> None:
    item = NewsItemFactory()
    kind = registry.kind_named("news")
    assert kind is not None
    with CaptureQueriesContext(connection) as captured:
        indexing.index(kind, [item.pk])
    assert [query["sql"] for query in captured if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))] == []


# ── Hostile ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "body",
    [
        " ".join(f"word{number}" for number in range(30_000)),
        "same " * 30_000,
        "x" * 200_000,
        " ".join(chr(0x4E00 + number) * 40 for number in range(20_000)),
        "' \\ & | ! ( ) : * <-> \" NEAR AND OR NOT \u2028 \U0001f600 ½ ﷺ \u202e",
        "a'b''c\\'d " * 500,
    ],
    ids=["many words", "one word", "a long word", "wide words", "signs", "quotes"],
)  # fmt: skip
def test_no_text_is_too_long_or_too_strange(body: str) -> None:
    item = NewsItemFactory(title="Unmistakable", body=f"<p>first {body}</p>")
    assert keys("first") == keys("unmistakable") == [item.pk]


# ── What came another way ────────────────────────────────────────────────────────────────────────────────
def test_the_sweep_makes_what_is_missing_and_drops_what_is_gone() -> None:
    item = NewsItemFactory(title="Lost words")
    entries = list(Entry.objects.values_list("pk", flat=True))
    engines.engine().remove(entries)
    Entry.objects.all().delete()
    assert keys("lost") == []
    assert indexing.mend() == 1
    assert keys("lost") == [item.pk]
    NewsItem.objects.filter(pk=item.pk).delete()
    assert indexing.mend() == 1
    assert not Entry.objects.exists()
    assert indexing.mend() == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(live_until=dt.datetime.now(dt.UTC)),
        lambda rows: rows.update(live_from=None, live_until=None),
        lambda rows: rows.update(title="Other", updated_at=dt.datetime.now(dt.UTC)),
    ],
)
def test_the_sweep_sees_what_was_changed_behind_the_verbs(change: Callable[[Any], None]) -> None:
    item = NewsItemFactory(title="Changed words")
    assert indexing.mend() == 0
    change(NewsItem.objects.filter(pk=item.pk))
    assert indexing.mend() == 1
    assert keys("changed") == []
    assert indexing.mend() == 0


def test_the_worker_sweeps_when_it_begins_and_then_now_and_then() -> None:
    NewsItemFactory(title="Words")
    sweep = indexing.Sweep()
    while sweep():
        pass
    Entry.objects.all().delete()
    assert sweep() == 0, "not before its time"
    assert indexing.Sweep()() > 0


def test_the_command_makes_everything_anew_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    items: list[Publishable] = [NewsItemFactory(title=f"Summit {number}") for number in range(5)]
    pks = set(Entry.objects.values_list("pk", flat=True))
    engines.engine().write(dict.fromkeys(pks, engines.Document()))
    assert keys("summit") == []
    out = StringIO()
    call_command("search_index", stdout=out)
    assert sorted(keys("summit")) == sorted(item.pk for item in items)
    assert set(Entry.objects.values_list("pk", flat=True)) == pks, "entries are replaced, not taken away"
    assert "5 versions" in out.getvalue()
    assert not Entry.objects.filter(spelled=False).exists()


def test_words_are_learnt_once_with_their_accents() -> None:
    NewsItemFactory(title="La Réunion", language="fr", teaser="", body="")
    NewsItemFactory(title="Reunion", language="fr", teaser="", body="")
    assert indexing.learn() == 2
    assert indexing.learn() == 0
    assert list(Vocable.objects.values_list("language", "text", "written")) == [("fr", "reunion", "réunion")]


def test_the_admin_tells_of_authors(administrator: Person) -> None:
    author = AuthorFactory(name="Old Name")
    article = ArticleFactory(authors=[author])
    form = {"name": "Quillon", "affiliation_en": "", "biography_en": ""}
    response = administrator.post(reverse("admin:review_author_change", args=[author.pk]), form)
    assert response.status_code == 302
    assert keys("quillon") == [article.pk]
