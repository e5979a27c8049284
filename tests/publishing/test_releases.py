"""Releases: put together, approved, moved and cancelled as one, and live all at once or not at all."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from publishing import due, registry, releases, workflow
from publishing.models import State
from publishing.records import AuditEntry, Release, Revision
from publishing.versions import Refused
from tests.conftest import Person
from tests.factories import FACTORIES, IMPORTER, NewsItemFactory, TopicFactory, translated
from tests.publishing.drafts import HOUR, NOON, SECOND, edit
from tests.publishing.held import do, holding, page

pytestmark = pytest.mark.django_db


# ── Putting one together ─────────────────────────────────────────────────────────────────────────────────
def test_what_is_written_on_goes_into_the_release() -> None:
    item = NewsItemFactory(title="Old")
    edit(item, title="New")
    release = holding(item)
    edit(item, title="Newer")
    assert [revision.content["title"] for revision in release.members()] == ["Newer"]


def test_only_a_draft_can_join() -> None:
    with pytest.raises(Refused, match="no draft"):
        holding(NewsItemFactory())


def test_a_draft_is_in_one_release_at_a_time() -> None:
    item = NewsItemFactory(draft=True)
    first, second = holding(item), holding(item, name="Another")
    assert list(first.members()) == []
    assert second.members().count() == 1


def test_a_release_that_has_lost_all_it_held_can_be_cancelled_and_dropped(editor: Person) -> None:
    item = NewsItemFactory()
    edit(item, title="New")
    release = holding(item)
    releases.approve(release, by=IMPORTER, at=timezone.now() + HOUR)
    workflow.cancel_schedule(item, by=IMPORTER)
    assert release.members().count() == 0
    do(editor, release, "cancel")
    release.refresh_from_db()
    assert release.state == Release.State.OPEN
    assert editor.post(page(release, "delete"), {"post": "yes"}).status_code == 302
    assert not Release.objects.exists()
    trail = AuditEntry.objects.of(release).values_list("verb", flat=True)
    assert list(trail) == ["delete", "cancel", "approve"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all")
@pytest.mark.django_db(transaction=True)
def test_nobody_changes_an_item_while_its_release_is_being_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    item = NewsItemFactory()
    edit(item, title="New")
    release = holding(item)
    outcome: list[str] = []

    def other() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
            try:
                cursor.execute("SELECT id FROM news_newsitem WHERE id = %s FOR UPDATE", [item.pk])
                outcome.append("free")
            except OperationalError:
                outcome.append("held")
        connection.close()

    approve_for = workflow.approve_for

    def watched(*args: Any, **kwargs: Any) -> None:
        if not outcome:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
        approve_for(*args, **kwargs)

    monkeypatch.setattr(workflow, "approve_for", watched)
    releases.approve(release, by=IMPORTER, at=timezone.now() + HOUR)
    assert outcome == ["held"]


def test_what_is_taken_out_stays_a_draft() -> None:
    item = NewsItemFactory(draft=True)
    release = holding(item)
    releases.remove(release, item, by=IMPORTER)
    assert list(release.members()) == []
    assert item.revisions.get().state == Revision.State.DRAFT


def test_what_is_published_by_itself_leaves_the_release(visitor: Person) -> None:
    item = NewsItemFactory(draft=True)
    release = holding(item)
    workflow.approve(item, by=IMPORTER)
    assert list(release.members()) == []


# ── Approved as one ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("noon")
def test_every_kind_goes_live_with_its_release_and_no_process_runs(noon: Any, visitor: Person) -> None:
    changed = [FACTORIES[kind.model](title=f"Old {kind.key}") for kind in registry.kinds()]
    first = [FACTORIES[kind.model](draft=True, title=f"First {kind.key}") for kind in registry.kinds()]
    for item in changed:
        edit(item, title=str(item).replace("Old", "New"))
    release = holding(*changed, *first)
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    assert [item.state for item in first] == [State.DRAFT] * len(first)
    noon.move_to(NOON + HOUR - SECOND)
    before = visitor.get("/en/").content.decode()
    assert "Old featured" in before
    assert "First" not in before
    noon.move_to(NOON + HOUR)
    after = visitor.get("/en/").content.decode()
    assert "New featured" in after
    assert "First news" in after
    for item in (*changed, *first):
        item.refresh_from_db()
        assert item.state is State.LIVE
        assert not item.title.startswith("Old")
    assert {item.live_from for item in first} == {NOON + HOUR}
    release.refresh_from_db()
    assert release.state == Release.State.LIVE
    assert release.applied_at == NOON + HOUR
    assert release.members().count() == len(changed) + len(first)


def test_now_means_now(visitor: Person) -> None:
    item = NewsItemFactory(draft=True)
    release = holding(item)
    releases.approve(release, by=IMPORTER)
    item.refresh_from_db()
    assert visitor.get(item.get_absolute_url()).status_code == 200
    assert release.state == Release.State.LIVE


def test_languages_and_their_facts_go_live_together(noon: Any) -> None:
    topic = TopicFactory()
    english = NewsItemFactory(title="Old")
    french = translated(english, title="Ancien")
    english.title = "New"
    workflow.save_draft(english, by=IMPORTER, relations={"topics": [topic], "attachments": []})
    edit(french, title="Nouveau")
    release = holding(french, english)
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    noon.move_to(NOON + HOUR)
    due.apply_due()
    french.refresh_from_db()
    assert french.title == "Nouveau"
    assert list(french.topics.all()) == [topic]


def test_an_empty_release_cannot_be_approved() -> None:
    with pytest.raises(Refused, match="nothing in this release"):
        releases.approve(holding(), by=IMPORTER)


def test_a_past_time_is_refused() -> None:
    with pytest.raises(Refused, match="This time is over"):
        releases.approve(holding(NewsItemFactory(draft=True)), by=IMPORTER, at=timezone.now() - SECOND)


def test_items_that_cannot_be_live_together_are_refused_by_name_and_nothing_changes() -> None:
    first, second = NewsItemFactory(slug="first"), NewsItemFactory(slug="second", title="The second")
    edit(first, slug="same")
    edit(second, slug="same")
    release = holding(first, second)
    with pytest.raises(Refused, match=r"“The second” .*slug"):
        releases.approve(release, by=IMPORTER, at=timezone.now() + HOUR)
    release.refresh_from_db()
    assert release.state == Release.State.OPEN
    assert {revision.state for revision in release.members()} == {Revision.State.DRAFT}


def test_approval_is_for_what_was_seen() -> None:
    seen = NewsItemFactory(draft=True)
    release = holding(seen)
    keys = [revision.pk for revision in release.members()]
    releases.add(release, NewsItemFactory(draft=True), by=IMPORTER)
    with pytest.raises(Refused, match="something else by now"):
        releases.approve(release, by=IMPORTER, at=timezone.now() + HOUR, seen=keys)


def test_one_problem_when_the_time_comes_holds_all_back_and_is_told(noon: Any, visitor: Person, editor: Person) -> None:
    good, bad = NewsItemFactory(title="Good old"), NewsItemFactory(title="Bad old", slug="bad")
    edit(good, title="Good new")
    edit(bad, title="Bad new", slug="taken")
    release = holding(good, bad)
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    NewsItemFactory(slug="taken")
    noon.move_to(NOON + HOUR)
    assert "Good old" in visitor.get("/en/news/").content.decode()
    good.refresh_from_db()
    assert good.title == "Good old"
    release.refresh_from_db()
    assert release.state == Release.State.APPROVED
    assert "slug" in release.failure
    assert release.failure in editor.get(reverse("admin:index")).content.decode()
    # It is not tried again by every visitor, but when somebody approves it anew.
    assert not Revision.objects.due(at=timezone.now()).exists()
    edit(bad, slug="free")
    releases.add(release, bad, by=IMPORTER)
    releases.approve(release, by=IMPORTER)
    bad.refresh_from_db()
    assert (bad.slug, release.failure) == ("free", "")


def test_a_public_note_goes_live_with_the_release(noon: Any, visitor: Person) -> None:
    item = NewsItemFactory()
    edit(item, title="Right")
    release = Release.objects.create(name="Summit")
    releases.add(release, item, by=IMPORTER, correction="The title was wrong.")
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    noon.move_to(NOON + HOUR)
    assert "The title was wrong." in visitor.get(item.get_absolute_url()).content.decode()


# ── Moved, cancelled, joined late ────────────────────────────────────────────────────────────────────────
def test_a_release_is_moved_as_one(noon: Any) -> None:
    items = [NewsItemFactory(draft=True) for _ in range(3)]
    release = holding(*items)
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    releases.approve(release, by=IMPORTER, at=NOON + 2 * HOUR)
    noon.move_to(NOON + HOUR)
    assert due.apply_due() == 0
    noon.move_to(NOON + 2 * HOUR)
    assert due.apply_due() == 3


def test_a_cancelled_release_goes_back_to_what_it_was(noon: Any) -> None:
    untouched, written_on = NewsItemFactory(), NewsItemFactory()
    edit(untouched, title="Once")
    edit(written_on, title="Once")
    release = holding(untouched, written_on)
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    edit(written_on, title="Twice")
    releases.cancel(release, by=IMPORTER)
    assert release.state == Release.State.OPEN
    assert sorted(revision.content["title"] for revision in release.members()) == ["Once", "Twice"]
    assert {revision.state for revision in release.members()} == {Revision.State.DRAFT}
    noon.move_to(NOON + HOUR)
    assert due.apply_due() == 0


def test_what_joins_an_approved_release_is_approved_with_it(noon: Any) -> None:
    release = holding(NewsItemFactory(draft=True))
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    late = NewsItemFactory(draft=True)
    releases.add(release, late, by=IMPORTER)
    assert late.revisions.get().state == Revision.State.APPROVED
    noon.move_to(NOON + HOUR)
    assert due.apply_due() == 2


def test_what_leaves_an_approved_release_is_a_draft_again(noon: Any) -> None:
    stays, leaves = NewsItemFactory(draft=True), NewsItemFactory(draft=True)
    release = holding(stays, leaves)
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    releases.remove(release, leaves, by=IMPORTER)
    noon.move_to(NOON + HOUR)
    assert due.apply_due() == 1
    leaves.refresh_from_db()
    assert leaves.state is State.DRAFT


def test_what_has_gone_live_cannot_be_touched(noon: Any) -> None:
    release = holding(NewsItemFactory(draft=True))
    releases.approve(release, by=IMPORTER)
    for verb in (releases.approve, releases.cancel):
        with pytest.raises(Refused, match="has gone live already"):
            verb(release, by=IMPORTER)
    with pytest.raises(Refused, match="has gone live already"):
        releases.add(release, NewsItemFactory(draft=True), by=IMPORTER)
