"""Releases: put together, approved, moved and cancelled as one, and live all at once or not at all."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publishing import due, registry, releases, workflow
from publishing.models import Publishable, State
from publishing.preview import release_url
from publishing.records import AuditEntry, Release, Revision
from publishing.versions import Refused
from tests.admin_forms import act, confirm, verb_url
from tests.conftest import Person
from tests.factories import FACTORIES, IMPORTER, NewsItemFactory, TopicFactory, translated
from tests.html import form_data

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


@pytest.fixture
def noon() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def edit(item: Any, by: Any = IMPORTER, **values: Any) -> Revision:
    for name, value in values.items():
        setattr(item, name, value)
    return workflow.save_draft(item, by=by)


def holding(*items: Publishable, name: str = "Summit", **values: Any) -> Release:
    release = Release.objects.create(name=name, **values)
    for item in items:
        releases.add(release, item, by=IMPORTER)
    return release


def page(release: Release, name: str) -> str:
    return reverse(f"admin:publishing_release_{name}", args=[release.pk])


def do(person: Person, release: Release, verb: str, **values: Any) -> Any:
    """Open the page of a release's verb, fill it in and send it."""
    return confirm(person, person.get(reverse("admin:publishing_release_verb", args=[release.pk, verb])), **values)


def at(instant: dt.datetime) -> dict[str, str]:
    local = timezone.localtime(instant)
    return {"when": "later", "at_0": f"{local:%Y-%m-%d}", "at_1": f"{local:%H:%M:%S}"}


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


# ── Rights ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_writer_sees_releases_neither_in_the_menu_nor_by_their_address(writer: Person) -> None:
    release = holding(NewsItemFactory(draft=True))
    for name in ("change", "add_items"):
        assert writer.get(page(release, name)).status_code == 403
    assert writer.post(reverse("admin:publishing_release_verb", args=[release.pk, "approve"])).status_code == 403
    for verb in (releases.approve, releases.cancel):
        with pytest.raises(PermissionDenied):
            verb(release, by=writer.user)


def test_the_french_desk_decides_on_no_release_with_english_in_it(french_desk: Person) -> None:
    english = NewsItemFactory(draft=True)
    release = holding(english)
    with pytest.raises(PermissionDenied):
        releases.approve(release, by=french_desk.user)
    with pytest.raises(PermissionDenied):
        releases.remove(release, english, by=french_desk.user)
    french = NewsItemFactory(draft=True, language="fr")
    releases.approve(holding(french), by=french_desk.user, at=timezone.now() + HOUR)


@override_settings(FOUR_EYES=True)
def test_four_eyes_hold_for_every_item_of_a_release(editor: Person) -> None:
    own = NewsItemFactory(draft=True, title="My own")
    edit(own, editor.user, title="My own words")
    release = holding(own, NewsItemFactory(draft=True))
    with pytest.raises(Refused, match=r"“My own words” .*Somebody else"):
        releases.approve(release, by=editor.user)
    releases.approve(release, by=editor.user, emergency="The summit begins.")
    assert AuditEntry.objects.filter(note="The summit begins.").exists()


def test_the_french_desk_deletes_no_release_with_english_in_it(french_desk: Person, editor: Person) -> None:
    english = NewsItemFactory(draft=True)
    release = holding(english)
    assert french_desk.post(page(release, "delete"), {"post": "yes"}).status_code == 403
    assert [revision.item for revision in release.members()] == [english]
    assert editor.post(page(release, "delete"), {"post": "yes"}).status_code == 302
    assert not Release.objects.exists()
    assert english.revisions.get().state == Revision.State.DRAFT


def test_an_approved_release_is_not_deleted() -> None:
    release = holding(NewsItemFactory(draft=True))
    releases.approve(release, by=IMPORTER, at=timezone.now() + HOUR)
    with pytest.raises(Refused, match="approved"):
        releases.delete(release, by=IMPORTER)


def test_the_trail_holds_the_beginning_and_the_end_of_a_release(editor: Person) -> None:
    editor.post(reverse("admin:publishing_release_add"), {"name": "Summit", "due_at_0": "", "due_at_1": ""})
    release = Release.objects.get()
    item = NewsItemFactory(draft=True)
    releases.add(release, item, by=editor.user)
    editor.post(page(release, "delete"), {"post": "yes"})
    entries = AuditEntry.objects.filter(by=editor.user).order_by("pk").values_list("verb", "label", "note")
    assert list(entries) == [
        ("plan", "Summit", ""), ("join", item.title, "Summit"), ("leave", item.title, "Summit"),
        ("delete", "Summit", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("seen", ["9" * 5000, "1" * 30, ",", "1,,2", "x", "1\x00"])
def test_keys_that_cannot_be_are_a_message(seen: str, editor: Person) -> None:
    release = holding(NewsItemFactory(draft=True))
    url = reverse("admin:publishing_release_verb", args=[release.pk, "approve"])
    assert editor.post(url, {"when": "now", "seen": seen}).status_code == 200
    release.refresh_from_db()
    assert release.approved_at is None


# ── In the admin ─────────────────────────────────────────────────────────────────────────────────────────
def test_an_editor_makes_fills_and_approves_a_release(noon: Any, editor: Person, visitor: Person) -> None:
    draft, other = NewsItemFactory(draft=True, title="For the summit"), NewsItemFactory(draft=True, title="Apart")
    response = editor.post(
        reverse("admin:publishing_release_add"),
        {"name": "Summit", "due_at_0": "2024-01-23", "due_at_1": "15:00:00"},
        follow=True,
    )
    release = Release.objects.get()
    assert response.request["PATH_INFO"] == page(release, "add_items")
    response = editor.get(page(release, "add_items"), {"q": "summit"})
    assert "For the summit" in response.content.decode()
    assert "Apart" not in response.content.decode()
    response = editor.post(page(release, "add_items"), {"revision": draft.revisions.get().pk}, follow=True)
    content = response.content.decode()
    assert "1 item is in the release now." in content
    assert "1 item is not approved yet." in content
    data = form_data(editor.get(reverse("admin:publishing_release_verb", args=[release.pk, "approve"])), "verb_form")
    assert (data["when"], data["at_0"], data["at_1"]) == ("later", "2024-01-23", "15:00:00")
    content = do(editor, release, "approve").content.decode()
    assert "The release is approved." in content
    assert "Everything in it is approved." in content
    noon.move_to(dt.datetime(2024, 1, 23, 14, 0, tzinfo=dt.UTC))
    content = visitor.get("/en/news/").content.decode()
    assert "For the summit" in content
    assert "Apart" not in content
    other.refresh_from_db()
    assert other.state is State.DRAFT
    content = editor.get(page(release, "change")).content.decode()
    assert "went live on" in content
    assert "Take out" not in content


def test_an_item_is_put_into_a_release_from_its_form_with_a_public_note(editor: Person) -> None:
    item = NewsItemFactory()
    edit(item, title="Right")
    release = Release.objects.create(name="Summit")
    act(editor, item, "release", release=release.pk, weight="substantive", correction="The title was wrong.")
    member = release.members().get()
    assert member.correction == "The title was wrong."
    assert "In the release “Summit”" in editor.get(verb_url(item, "release")).content.decode()


def test_the_button_is_there_as_long_as_there_is_a_release_to_join(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    form = reverse("admin:news_newsitem_change", args=[item.pk])
    assert "Put into a release…" not in editor.get(form).content.decode()
    Release.objects.create(name="Summit")
    assert "Put into a release…" in editor.get(form).content.decode()


def test_a_release_is_moved_and_cancelled_on_its_page(noon: Any, editor: Person) -> None:
    release = holding(NewsItemFactory(draft=True))
    do(editor, release, "approve", **at(NOON + HOUR))
    do(editor, release, "move", **at(NOON + 2 * HOUR))
    release.refresh_from_db()
    assert release.due_at == NOON + 2 * HOUR
    assert "not approved any more" in do(editor, release, "cancel").content.decode()
    assert "Take out" in editor.get(page(release, "change")).content.decode()
    editor.post(page(release, "remove"), {"revision": release.members().get().pk})
    assert list(release.members()) == []


@pytest.mark.parametrize("revision", ["", "x", "0", "9" * 30])
def test_what_is_not_in_the_release_cannot_be_taken_out(revision: str, editor: Person) -> None:
    release = holding(NewsItemFactory(draft=True))
    response = editor.post(page(release, "remove"), {"revision": revision}, follow=True)
    assert "not in the release any more" in response.content.decode()
    assert release.members().count() == 1


def test_an_approved_release_keeps_its_time_in_the_form(noon: Any, editor: Person) -> None:
    release = holding(NewsItemFactory(draft=True))
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    editor.post(page(release, "change"), {"name": "Renamed", "due_at_0": "2024-01-23", "due_at_1": "23:00:00"})
    release.refresh_from_db()
    assert release.name == "Renamed"
    assert release.due_at == NOON + HOUR
    assert release.state == Release.State.APPROVED


def test_the_whole_site_is_previewed_as_the_release_will_leave_it(noon: Any, editor: Person, visitor: Person) -> None:
    changed, first = NewsItemFactory(title="Old words"), NewsItemFactory(draft=True, title="First words")
    edit(changed, title="New words")
    for release in (holding(changed, first), Release.objects.get()):
        content = editor.get(f"{release_url(release)}en/news/").content.decode()
        assert "New words" in content
        assert "First words" in content
        assert "Old words" not in content
        if release.state == Release.State.OPEN:
            releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    assert "Old words" in visitor.get("/en/news/").content.decode()


def queries_of(person: Person, url: str) -> int:
    person.get(url)
    with CaptureQueriesContext(connection) as found:
        assert person.get(url).status_code == 200
    return len(found)


def test_the_page_of_a_release_costs_the_same_however_much_it_holds(editor: Person) -> None:
    release = holding(NewsItemFactory(draft=True))
    with_one = queries_of(editor, page(release, "change"))
    for _ in range(9):
        releases.add(release, NewsItemFactory(draft=True), by=IMPORTER)
    assert queries_of(editor, page(release, "change")) == with_one


# ── Readers at the moment itself ─────────────────────────────────────────────────────────────────────────
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_no_reader_ever_sees_a_part_of_a_release(noon: Any) -> None:
    """32 readers while 20 items fall due: each page shows all of them as they were, or all as they are."""
    changed = [NewsItemFactory(title=f"Before {n}") for n in range(10)]
    for n, item in enumerate(changed):
        edit(item, title=f"After {n}")
    release = holding(*changed, *(NewsItemFactory(draft=True, title=f"First {n}") for n in range(10)))
    releases.approve(release, by=IMPORTER, at=NOON + HOUR)
    before, after = (10, 0, 0), (0, 10, 10)
    pages_read = threading.Semaphore(0)

    def read() -> Counter[tuple[int, ...]]:
        seen: Counter[tuple[int, ...]] = Counter()
        try:
            while seen[after] < 2 and seen.total() < 100:
                content = Client().get("/en/news/").content.decode()
                words = ("Before", "After", "First")
                seen[tuple(sum(f">{word} {n}<" in content for n in range(10)) for word in words)] += 1
                pages_read.release()
        finally:
            connections.close_all()
        return seen

    with ThreadPoolExecutor(32) as pool:
        readers = [pool.submit(read) for _ in range(32)]
        for _ in range(64):
            assert pages_read.acquire(timeout=60)
        noon.move_to(NOON + HOUR)  # in the middle of as many pages as there are readers
    assert set().union(*(reader.result() for reader in readers)) == {before, after}
