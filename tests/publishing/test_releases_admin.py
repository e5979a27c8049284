"""Releases in the admin, who may do what with them, and what readers see at the moment itself."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publishing import releases
from publishing.models import State
from publishing.preview import release_url
from publishing.records import AuditEntry, Release, Revision
from publishing.versions import Refused
from tests.admin_forms import act, verb_url
from tests.conftest import Person
from tests.factories import IMPORTER, NewsItemFactory
from tests.html import form_data
from tests.publishing.drafts import HOUR, NOON, edit
from tests.publishing.held import at, do, holding, page

pytestmark = pytest.mark.django_db


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
