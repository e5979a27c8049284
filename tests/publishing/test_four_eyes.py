"""Where four eyes are asked for, nobody publishes their own words: only in an emergency, and that is written down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group

from news.models import NewsItem
from publishing import workflow
from publishing.models import State
from publishing.records import AuditEntry, Revision
from publishing.versions import Refused
from tests.admin_forms import act, change_url, messages, send, verb_url
from tests.conftest import Person, member_of
from tests.factories import NewsItemFactory, UserFactory, translated
from tests.html import parse, text
from tests.publishing.drafts import edit

pytestmark = pytest.mark.django_db

REASON = "The building is on fire."


@pytest.fixture(autouse=True)
def four_eyes(settings: Any) -> None:
    settings.FOUR_EYES = True


def written_by(person: Person, **values: Any) -> NewsItem:
    item = NewsItemFactory(draft=True, **values)
    edit(item, person.user, title=f"Words of {person.user}")
    return item


def approvals(item: NewsItem) -> list[AuditEntry]:
    return list(AuditEntry.objects.of(item).filter(verb=AuditEntry.Verb.APPROVE))


def test_ones_own_words_are_not_published_without_a_reason(editor: Person) -> None:
    item = written_by(editor)
    for sent in ({}, {"emergency": ""}, {"emergency": " \n "}):
        page = act(editor, item, "approve", **sent)
        assert "Somebody else has to approve what you wrote." in page.content.decode()
    item.refresh_from_db()
    assert item.state is State.DRAFT
    assert approvals(item) == []


def test_a_reason_lets_them_through_and_stands_in_the_trail(editor: Person, administrator: Person) -> None:
    item = NewsItemFactory()
    edit(item, editor.user, title="In a hurry")
    sent = {"emergency": REASON, "weight": "substantive", "correction": "We were wrong."}
    assert "Approved" in messages(act(editor, item, "approve", **sent))
    [entry] = [entry for entry in approvals(item) if entry.by == editor.user]
    assert REASON in entry.note
    assert "We were wrong." in entry.note
    assert entry.changes["emergency"] == [None, REASON]
    page = text(parse(administrator.get(change_url(entry))))
    assert f"Reason for approving one’s own words–{REASON}" in page
    assert REASON in editor.get(change_url(item).replace("/change/", "/history/")).content.decode()
    assert REASON not in editor.get(item.get_absolute_url()).content.decode()


def test_no_reason_is_asked_for_where_somebody_else_wrote(editor: Person, writer: Person) -> None:
    item = written_by(writer)
    assert "emergency" not in editor.get(verb_url(item, "approve")).context["form"].fields
    act(editor, item, "approve", emergency="Sent all the same.")
    item.refresh_from_db()
    assert item.state is State.LIVE
    assert [(entry.note, "emergency" in entry.changes) for entry in approvals(item)] == [("", False)]


def test_no_reason_is_asked_for_where_two_eyes_are_enough(editor: Person, settings: Any) -> None:
    settings.FOUR_EYES = False
    item = written_by(editor)
    assert "emergency" not in editor.get(verb_url(item, "approve")).context["form"].fields
    assert "Approved" in messages(act(editor, item, "approve"))


def test_two_groups_are_not_two_people(writer: Person) -> None:
    """What somebody wrote as a writer is still theirs when they have become an editor."""
    item = written_by(writer)
    workflow.submit(item, by=writer.user)
    writer.user.groups.add(Group.objects.get(name="Editors"))
    again = Person(type(writer.user).objects.get(pk=writer.user.pk))
    assert "Somebody else has to approve" in act(again, item, "approve").content.decode()


def test_not_even_a_superuser_is_two_people() -> None:
    boss = Person(UserFactory(username="boss", is_superuser=True))
    with pytest.raises(Refused, match="Somebody else"):
        workflow.approve(written_by(boss), by=boss.user)


def test_whoever_wrote_last_needs_the_other_one(editor: Person) -> None:
    colleague = member_of("Editors", "colleague")
    item = written_by(colleague)
    send(editor, change_url(item), NewsItem, "_continue", title="With a comma, put right")
    with pytest.raises(Refused, match="Somebody else"):
        workflow.approve(item, by=editor.user)
    workflow.approve(item, by=colleague.user)
    assert item.title == "With a comma, put right"


def test_a_revision_that_one_restores_is_ones_own(editor: Person, writer: Person) -> None:
    item = written_by(writer)
    workflow.approve(item, by=editor.user)
    workflow.restore(item, by=editor.user, revision=item.revisions.last())
    with pytest.raises(Refused, match="Somebody else"):
        workflow.approve(item, by=editor.user)


def test_what_others_have_approved_is_not_moved_to_another_time_by_its_author(
    editor: Person, administrator: Person
) -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    first, change = written_by(editor), NewsItemFactory()
    edit(change, editor.user, title="A change")
    for item in (first, change):
        workflow.approve(item, by=administrator.user, at=later)
        for at in (None, later + dt.timedelta(days=1)):
            with pytest.raises(Refused, match="Somebody else"):
                workflow.approve(item, by=editor.user, at=at)
    first.refresh_from_db()
    assert first.live_from == later
    assert change.revisions.get(state=Revision.State.APPROVED).due_at == later


def test_each_language_has_its_own_second_pair_of_eyes(editor: Person, french_desk: Person) -> None:
    original = written_by(editor)
    french = translated(original, draft=True)
    edit(french, french_desk.user, title="Mots")
    with pytest.raises(Refused, match="Somebody else"):
        workflow.approve(french, by=french_desk.user)
    workflow.approve(french, by=editor.user)
    assert french.state is State.LIVE
