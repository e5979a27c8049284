"""Where two rules of the workflow meet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import override_settings

from library.models import Image
from news.models import NewsItem
from pages.models import Page
from publishing import due, versions, workflow
from publishing.models import State
from publishing.preview import link_url, preview_url
from publishing.records import AuditEntry, PreviewLink, Revision
from publishing.versions import Refused
from tests.admin_forms import act, change_url, form_id, messages, send
from tests.conftest import Person
from tests.factories import IMPORTER, ImageFactory, NewsItemFactory, PageFactory, TopicFactory, translated
from tests.html import form_data
from tests.publishing.drafts import edit, states

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def said(item: Any) -> list[str]:
    return list(AuditEntry.objects.of(item).order_by("pk").values_list("verb", flat=True))


# ── Ends ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["draft", "expired", "withdrawn"])
@pytest.mark.parametrize("at", [None, dt.datetime(2100, 1, 1, tzinfo=dt.UTC)])
def test_moving_the_end_brings_nothing_back(state: str, at: dt.datetime | None) -> None:
    item = NewsItemFactory(**{state: True})
    before = (item.state, item.live_until)
    with pytest.raises(Refused, match="Only what is public or scheduled"):
        workflow.expire(item, by=IMPORTER, at=at)
    item.refresh_from_db()
    assert (item.state, item.live_until) == before


def test_an_end_in_the_past_is_a_message(editor: Person) -> None:
    item = NewsItemFactory(live_from=NOON)
    page = act(editor, item, "expire", at_0="2024-01-24", at_1="09:30:00")
    assert "This time is over." in page.content.decode()
    item.refresh_from_db()
    assert item.live_until is None


def test_what_expired_before_its_change_was_applied_stays_down() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        item = NewsItemFactory(title="Old")
        edit(item, title="New")
        workflow.approve(item, by=IMPORTER, at=NOON + HOUR)
        workflow.expire(item, by=IMPORTER, at=NOON + 2 * HOUR)
        clock.move_to(NOON + 3 * HOUR)
        assert due.apply_due() == 1
        item.refresh_from_db()
        assert (item.state, item.title) == (State.EXPIRED, "New")


def test_what_has_come_down_comes_back_at_its_time(visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        item = NewsItemFactory(title="Back again", expired=True)
        edit(item, teaser="Put right.")
        workflow.approve(item, by=IMPORTER, at=NOON + HOUR)
        assert item.state is State.EXPIRED
        clock.move_to(NOON + HOUR - dt.timedelta(seconds=1))
        assert visitor.get(item.get_absolute_url()).status_code == 410
        clock.move_to(NOON + HOUR)
        assert visitor.get(item.get_absolute_url()).status_code == 200
        item.refresh_from_db()
        assert (item.state, item.live_until) == (State.LIVE, None)


def test_a_change_approved_for_a_time_that_is_over_goes_live_now() -> None:
    item = NewsItemFactory(title="Old")
    before = item.live_from
    edit(item, title="New")
    workflow.approve(item, by=IMPORTER, at=NOON)
    assert (item.state, item.title, item.live_from) == (State.LIVE, "New", before)


# ── Schedules ────────────────────────────────────────────────────────────────────────────────────────────
def test_the_trail_does_not_say_that_what_waits_went_live() -> None:
    item = NewsItemFactory(draft=True)
    workflow.approve(item, by=IMPORTER, at=dt.datetime.now(dt.UTC) + HOUR)
    workflow.cancel_schedule(item, by=IMPORTER)
    assert said(item) == ["save", "approve", "cancel"]


def test_what_is_scheduled_is_rescheduled_and_then_goes_out_at_once() -> None:
    with time_machine.travel(NOON, tick=False):
        item = NewsItemFactory(live_from=NOON + HOUR)
        workflow.approve(item, by=IMPORTER, at=NOON + 2 * HOUR)
        assert (item.state, item.live_from) == (State.SCHEDULED, NOON + 2 * HOUR)
        workflow.approve(item, by=IMPORTER)
        assert (item.state, item.live_from) == (State.LIVE, NOON)
    assert states(item) == ["live"]


def test_what_is_scheduled_is_not_withdrawn_but_cancelled() -> None:
    item = NewsItemFactory(scheduled=True)
    with pytest.raises(Refused, match="Only what is public"):
        workflow.withdraw(item, by=IMPORTER)
    workflow.cancel_schedule(item, by=IMPORTER)
    assert (item.state, states(item)) == (State.DRAFT, ["draft"])


def test_cancelling_keeps_a_newer_draft_and_drops_what_waited() -> None:
    item = NewsItemFactory(title="Live")
    instant = dt.datetime.now(dt.UTC) + HOUR
    edit(item, title="Waits")
    workflow.approve(item, by=IMPORTER, at=instant)
    edit(item, title="Newer")
    workflow.submit(item, by=IMPORTER)
    workflow.cancel_schedule(item, by=IMPORTER)
    assert states(item) == ["live", "superseded", "submitted"]
    assert due.apply_due(at=instant) == 0


def test_a_change_whose_item_was_withdrawn_does_not_bring_it_back(visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        item = NewsItemFactory(live_from=NOON - HOUR)
        edit(item, title="Too late")
        workflow.approve(item, by=IMPORTER, at=NOON + HOUR)
        workflow.withdraw(item, by=IMPORTER)
        clock.move_to(NOON + 2 * HOUR)
        assert visitor.get(item.get_absolute_url()).status_code == 410


# ── Languages ────────────────────────────────────────────────────────────────────────────────────────────
def test_facts_of_an_original_that_is_only_scheduled_reach_no_public_translation(visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        original = NewsItemFactory(draft=True, reference="(2024) 001")
        french = translated(original)
        edit(original, reference="(2024) 999")
        workflow.approve(original, by=IMPORTER, at=NOON + HOUR)
        french.refresh_from_db()
        assert french.reference == "(2024) 001"
        clock.move_to(NOON + HOUR - dt.timedelta(seconds=1))
        assert visitor.get(original.get_absolute_url()).status_code == 404
        clock.move_to(NOON + HOUR)
        assert visitor.get(original.get_absolute_url()).status_code == 200
        french.refresh_from_db()
        original.refresh_from_db()
        assert (french.reference, original.live_from) == ("(2024) 999", NOON + HOUR)


def test_new_facts_of_a_scheduled_original_wait_for_it_too() -> None:
    original = NewsItemFactory(scheduled=True, reference="(2024) 001")
    french = translated(original)
    edit(original, reference="(2024) 999")
    with pytest.raises(Refused, match="Cancel the schedule first"):
        workflow.approve(original, by=IMPORTER, at=original.live_from)
    french.refresh_from_db()
    assert french.reference == "(2024) 001"


def test_versions_scheduled_for_one_moment_need_nothing_but_the_clock() -> None:
    with time_machine.travel(NOON, tick=False):
        original = NewsItemFactory(draft=True)
        french = translated(original, live_from=NOON + HOUR)
        workflow.approve(original, by=IMPORTER, at=NOON + HOUR)
    assert (original.live_from, french.live_from) == (NOON + HOUR, NOON + HOUR)


def test_a_page_that_is_only_scheduled_moves_no_public_page_below(visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        parent = PageFactory(slug="parent")
        child = PageFactory(slug="child", parent=parent)
        french = translated(parent, slug="secret", draft=True)
        child_in_french = translated(child, slug="enfant")
        workflow.approve(french, by=IMPORTER, at=NOON + HOUR)
        child_in_french.refresh_from_db()
        before = child_in_french.get_absolute_url()
        assert "secret" not in before
        clock.move_to(NOON + HOUR)
        assert visitor.get("/fr/secret/enfant/").status_code == 200
        assert visitor.get(before).status_code == 301


def test_facts_of_a_draft_reach_no_public_translation_by_a_change_of_its_own() -> None:
    original = NewsItemFactory(draft=True, reference="(2024) 001", image=ImageFactory())
    french = translated(original)
    edit(original, reference="(2024) 999", image=None)
    edit(french, title="Mots")
    workflow.approve(french, by=IMPORTER)
    original.refresh_from_db()
    assert (french.title, french.reference) == ("Mots", "(2024) 001")
    assert french.image is not None
    assert (original.reference, original.image) == ("(2024) 999", None)


# ── What was deleted ─────────────────────────────────────────────────────────────────────────────────────
def test_a_revision_with_things_that_were_deleted_is_restored_without_them(editor: Person) -> None:
    topics = [TopicFactory(), TopicFactory(draft=True)]
    image = ImageFactory()
    item = NewsItemFactory(image=image, topics=topics, title="With a picture")
    edit(item, image=None, topics=[], title="Without")
    workflow.approve(item, by=IMPORTER)
    Image.objects.all().delete()
    topics[1].delete()
    workflow.restore(item, by=IMPORTER, revision=item.revisions.get(number=1))
    newest = item.revisions.first()
    assert (newest.content["image"], newest.content["topics"]) == (None, [topics[0].pk])
    workflow.approve(item, by=IMPORTER)
    assert (item.title, item.image) == ("With a picture", None)


def test_a_change_whose_picture_was_deleted_goes_live_on_time() -> None:
    item = NewsItemFactory(title="Old")
    instant = dt.datetime.now(dt.UTC) + HOUR
    edit(item, title="New", image=ImageFactory())
    workflow.approve(item, by=IMPORTER, at=instant)
    Image.objects.all().delete()
    assert due.apply_due(at=instant) == 1
    item.refresh_from_db()
    assert (item.title, item.image) == ("New", None)


def test_a_draft_under_a_page_that_was_deleted_still_opens(editor: Person) -> None:
    parent = PageFactory(draft=True)
    page = PageFactory(title="Orphan")
    edit(page, parent=parent)
    parent.delete()
    assert form_data(editor.get(change_url(page)), form_id(Page)).get("parent", "") == ""
    assert editor.get(preview_url(page), follow=True).status_code == 200
    assert "Approved" in str(act(editor, page, "approve").content)


def test_saving_what_somebody_has_deleted_meanwhile_is_a_message(editor: Person, writer: Person) -> None:
    item = NewsItemFactory(draft=True)
    data = form_data(writer.get(change_url(item)), form_id(NewsItem))
    stale = NewsItem.objects.get(pk=item.pk)
    item.delete()
    response = writer.post(change_url(stale), {**data, "_continue": "1"}, follow=True)
    assert "deleted" in response.content.decode()
    for verb in (workflow.save_draft, workflow.submit, workflow.approve):
        with pytest.raises(Refused, match="deleted"):
            verb(stale, by=IMPORTER)


def test_what_has_gone_live_since_it_was_looked_at_is_not_deleted(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    stale = NewsItem.objects.get(pk=item.pk)
    workflow.approve(item, by=IMPORTER)
    with pytest.raises(Refused, match="withdrawn, not deleted"):
        workflow.delete(stale, by=IMPORTER)
    assert NewsItem.objects.filter(pk=item.pk).exists()


# ── People ───────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_person_did_outlasts_them(writer: Person, editor: Person, administrator: Person) -> None:
    item = NewsItemFactory(draft=True)
    edit(item, writer.user, title="Written")
    workflow.approve(item, by=editor.user)
    edit(item, writer.user, title="Written again")
    workflow.submit(item, by=writer.user)
    writer.user.delete()
    editor.user.delete()
    revision = item.revisions.get(state=Revision.State.SUBMITTED)
    assert revision.author is None
    assert [entry.name for entry in AuditEntry.objects.of(item)][:2] == ["writer", "writer"]
    history = administrator.get(change_url(item).replace("/change/", "/history/"))
    assert "writer" in history.content.decode()
    with override_settings(FOUR_EYES=True):
        workflow.approve(item, by=administrator.user)
    assert item.title == "Written again"


def test_a_submission_that_somebody_else_edits_is_a_draft_of_theirs(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    edit(item, writer.user, title="Submitted")
    submitted = workflow.submit(item, by=writer.user)
    edit(item, editor.user, title="Edited")
    assert states(item)[-2:] == ["superseded", "draft"]
    with pytest.raises(versions.Overtaken):
        workflow.approve(item, by=editor.user, seen=submitted.number)


# ── Dates that are filled in ─────────────────────────────────────────────────────────────────────────────
def test_saving_what_got_its_date_by_going_live_adds_no_revision(writer: Person) -> None:
    item = NewsItemFactory(date=None)
    assert item.date is not None
    send(writer, change_url(item), NewsItem, "_continue")
    assert states(item) == ["live"]


# ── Rows and drafts that no verb would have left like that ───────────────────────────────────────────────
def test_a_row_that_came_another_way_begins_with_a_revision_of_its_own(editor: Person) -> None:
    item = NewsItemFactory(title="Imported")
    item.revisions.all().delete()
    assert "Withdrawn" in messages(act(editor, item, "withdraw"))
    assert states(item) == ["live"]


def test_a_draft_that_breaks_a_rule_by_now_is_a_message_instead_of_a_preview(editor: Person, visitor: Person) -> None:
    item = NewsItemFactory(draft=True, slug="wanted", date=NOON.date())
    link = PreviewLink.objects.create(
        item=item, revision=item.revisions.get(), expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    )
    NewsItem.objects.filter(pk=item.pk).update(slug="another")
    NewsItemFactory(slug="wanted", date=NOON.date())
    page = editor.get(preview_url(item), follow=True)
    assert page.request["PATH_INFO"] == change_url(item)
    assert "already uses this slug" in messages(page)
    assert visitor.get(link_url(link), follow=True).status_code == 404
