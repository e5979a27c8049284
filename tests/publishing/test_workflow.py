"""The verbs: who may, what they change, what they refuse, what they write down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import override_settings
from django.utils import timezone

from news.models import NewsItem
from publishing import due, registry, rights, workflow
from publishing.admin_verbs import is_out_of_date
from publishing.models import Dated, State
from publishing.records import AuditEntry, Remit, Revision
from publishing.versions import Overtaken, Refused
from tests.conftest import PUBLISHABLE, Person
from tests.factories import (
    FACTORIES,
    IMPORTER,
    EventFactory,
    NewsItemFactory,
    TopicFactory,
    translated,
)
from tests.publishing.drafts import HOUR, NOON, edit, states

pytestmark = pytest.mark.django_db


# ── Rights ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("model", PUBLISHABLE)
def test_editors_may_publish_every_kind_and_writers_none(model: Any, editor: Person, writer: Person) -> None:
    assert rights.may_publish(editor.user, model)
    assert not rights.may_publish(writer.user, model)
    assert not rights.may_publish(AnonymousUser(), model)


def test_somebody_who_has_left_may_publish_nothing(editor: Person) -> None:
    editor.user.is_active = False
    assert not rights.may_publish(editor.user, NewsItem)


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (workflow.approve, {}),
        (workflow.withdraw, {}),
        (workflow.expire, {"at": None}),
        (workflow.cancel_schedule, {}),
        (workflow.return_to_author, {"note": "No."}),
    ],
)
def test_a_writer_is_refused_and_nothing_changes(verb: Any, arguments: dict[str, Any], writer: Person) -> None:
    item = NewsItemFactory(draft=True)
    with pytest.raises(PermissionDenied):
        verb(item, by=writer.user, **arguments)
    item.refresh_from_db()
    assert item.state is State.DRAFT
    assert states(item) == ["draft"]


def test_somebody_limited_to_a_language_may_do_nothing_in_another(editor: Person) -> None:
    Remit.objects.create(user=editor.user, languages=["fr"])
    item = NewsItemFactory()
    french = translated(item, draft=True)
    with pytest.raises(PermissionDenied):
        edit(item, editor.user, title="Mine now")
    with pytest.raises(PermissionDenied):
        workflow.withdraw(item, by=editor.user)
    edit(french, editor.user, title="À moi")
    workflow.approve(french, by=editor.user)
    assert french.state is State.LIVE


def test_somebody_limited_to_a_kind_may_do_nothing_with_another(editor: Person) -> None:
    Remit.objects.create(user=editor.user, kinds=["event"])
    event = EventFactory(draft=True)
    workflow.approve(event, by=editor.user)
    with pytest.raises(PermissionDenied):
        workflow.approve(NewsItemFactory(draft=True), by=editor.user)


def test_four_eyes_refuse_ones_own_words_unless_a_reason_is_given(editor: Person, administrator: Person) -> None:
    item = NewsItemFactory(draft=True)
    edit(item, editor.user, title="Mine")
    with override_settings(FOUR_EYES=True):
        with pytest.raises(Refused, match="Somebody else"):
            workflow.approve(item, by=editor.user)
        workflow.approve(item, by=editor.user, emergency="The building is on fire.")
        edit(item, editor.user, title="Mine again")
        workflow.approve(item, by=administrator.user)
    reasons = AuditEntry.objects.filter(verb=AuditEntry.Verb.APPROVE).order_by("pk").values_list("note", flat=True)
    assert list(reasons) == ["The building is on fire.", ""]


# ── Drafts ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_draft_over_a_live_item_changes_nothing_public() -> None:
    item = NewsItemFactory(title="Before", topics=[])
    topic = TopicFactory()
    edit(item, title="After", topics=[topic])
    assert item.title == "Before"
    assert not item.topics.exists()
    newest = item.revisions.first()
    assert (newest.content["title"], newest.content["topics"]) == ("After", [topic.pk])


def test_saving_what_has_not_changed_adds_no_revision() -> None:
    item = NewsItemFactory()
    count = item.revisions.count()
    edit(item)
    assert item.revisions.count() == count


def test_a_draft_that_breaks_a_rule_is_refused_also_over_a_live_item() -> None:
    item = NewsItemFactory()
    with pytest.raises(ValidationError):
        edit(item, kind=NewsItem.Kind.VIDEO)
    assert states(item) == ["live"]


def test_a_newer_revision_than_the_one_seen_is_not_overwritten() -> None:
    item = NewsItemFactory(draft=True)
    workflow.save_draft(item, by=IMPORTER, seen=1, note="first")
    item.title = "On top of something unseen"
    for verb in (workflow.save_draft, workflow.submit, workflow.approve):
        with pytest.raises(Overtaken) as overtaken:
            verb(item, by=IMPORTER, seen=1)
        assert overtaken.value.latest.number == 2


def test_an_earlier_revision_is_restored_as_a_draft_with_its_relations() -> None:
    topic = TopicFactory()
    item = NewsItemFactory(title="With", topics=[topic])
    edit(item, title="Without", topics=[])
    workflow.approve(item, by=IMPORTER)
    workflow.restore(item, by=IMPORTER, revision=item.revisions.get(number=1))
    assert item.title == "Without"
    workflow.approve(item, by=IMPORTER)
    assert item.title == "With"
    assert list(item.topics.all()) == [topic]


def test_nothing_is_submitted_or_returned_twice(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    workflow.submit(item, by=IMPORTER)
    with pytest.raises(Refused):
        workflow.submit(item, by=IMPORTER)
    workflow.return_to_author(item, by=editor.user, note="Again.")
    with pytest.raises(Refused):
        workflow.return_to_author(item, by=editor.user, note="Again.")


def test_returning_wants_a_note(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    workflow.submit(item, by=IMPORTER)
    with pytest.raises(Refused, match="note"):
        workflow.return_to_author(item, by=editor.user, note="  ")


# ── Going live ───────────────────────────────────────────────────────────────────────────────────────────
def test_approving_makes_a_draft_public_at_once() -> None:
    item = NewsItemFactory(draft=True, date=None)
    with time_machine.travel(NOON, tick=False):
        workflow.approve(item, by=IMPORTER)
        assert NewsItem.objects.live().get() == item
    assert item.live_from == NOON
    assert item.date == dt.date(2024, 1, 23)


def test_a_first_publication_is_scheduled_by_its_timestamp_alone() -> None:
    item = NewsItemFactory(draft=True)
    with time_machine.travel(NOON, tick=False) as clock:
        workflow.approve(item, by=IMPORTER, at=NOON + HOUR)
        assert item.state is State.SCHEDULED
        clock.move_to(NOON + HOUR)
        assert item.state is State.LIVE
        assert due.apply_due() == 0


def test_what_is_scheduled_can_be_edited_and_the_approved_words_stay_due() -> None:
    item = NewsItemFactory(title="Live")
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        instant = dt.datetime.now(dt.UTC) + HOUR
        edit(item, title="Approved")
        workflow.approve(item, by=IMPORTER, at=instant)
        edit(item, title="Still a draft")
        assert states(item)[-2:] == ["approved", "draft"]
        clock.move_to(instant)
        due.apply_due()
        item.refresh_from_db()
        assert item.title == "Approved"
        assert states(item)[-2:] == ["live", "draft"]


def test_an_approved_change_is_replaced_by_a_newer_one() -> None:
    item = NewsItemFactory()
    later = dt.datetime.now(dt.UTC) + HOUR
    edit(item, title="One")
    workflow.approve(item, by=IMPORTER, at=later)
    edit(item, title="Two")
    workflow.approve(item, by=IMPORTER, at=later + HOUR)
    assert states(item)[-2:] == ["superseded", "approved"]


def test_a_change_that_cannot_go_live_stays_behind_with_its_reason() -> None:
    item = NewsItemFactory(slug="mine", date=dt.date(2024, 1, 23))
    instant = dt.datetime.now(dt.UTC) + HOUR
    edit(item, slug="wanted")
    workflow.approve(item, by=IMPORTER, at=instant)
    NewsItemFactory(slug="wanted", date=dt.date(2024, 1, 23))
    assert due.apply_due(at=instant) == 0
    item.refresh_from_db()
    assert (item.slug, item.state) == ("mine", State.LIVE)
    assert "already uses this slug" in item.revisions.get(state=Revision.State.APPROVED).failure
    edit(item, slug="another")
    workflow.approve(item, by=IMPORTER)
    assert item.slug == "another"


def test_cancelling_takes_what_waits_back_to_a_draft() -> None:
    live, first = NewsItemFactory(title="Live"), NewsItemFactory(draft=True)
    later = dt.datetime.now(dt.UTC) + HOUR
    edit(live, title="Later")
    for item in (live, first):
        workflow.approve(item, by=IMPORTER, at=later)
        workflow.cancel_schedule(item, by=IMPORTER)
        assert due.apply_due(at=later) == 0
        assert states(item)[-1] == "draft"
    assert (live.state, live.title) == (State.LIVE, "Live")
    assert first.state is State.DRAFT
    with pytest.raises(Refused):
        workflow.cancel_schedule(live, by=IMPORTER)


def test_there_must_be_something_to_publish() -> None:
    with pytest.raises(Refused, match="nothing new"):
        workflow.approve(NewsItemFactory(), by=IMPORTER)


def test_an_item_that_breaks_a_rule_by_now_does_not_go_live() -> None:
    item = NewsItemFactory(draft=True, slug="wanted")
    NewsItem.objects.filter(pk=item.pk).update(kind=NewsItem.Kind.VIDEO)
    item.revisions.update(content={**item.revisions.get().content, "kind": "video"})
    with pytest.raises(ValidationError):
        workflow.approve(item, by=IMPORTER)
    item.refresh_from_db()
    assert item.state is State.DRAFT


def test_a_substantive_change_carries_its_note_and_its_date() -> None:
    item = NewsItemFactory()
    assert item.corrected_at is None
    for number, moment in enumerate((NOON, NOON + HOUR)):
        edit(item, teaser=f"Put right {number}.")
        with time_machine.travel(moment + dt.timedelta(days=3650), tick=False):
            workflow.approve(item, by=IMPORTER, correction=f"We were wrong {number}.")
    assert [correction["note"] for correction in item.corrections] == ["We were wrong 1.", "We were wrong 0."]
    assert item.corrected_at == NOON + HOUR + dt.timedelta(days=3650)
    edit(item, teaser="A slip of the pen.")
    workflow.approve(item, by=IMPORTER)
    assert len(item.corrections) == 2


@pytest.mark.parametrize("kind", registry.kinds_with_pages(), ids=lambda kind: kind.key)
def test_a_correction_stands_on_the_page_with_its_date(kind: registry.ContentKind, visitor: Person) -> None:
    item = FACTORIES[kind.model](title="Before")
    edit(item, title="After")
    with time_machine.travel(dt.datetime(2034, 2, 3, 12, tzinfo=dt.UTC), tick=False):
        workflow.approve(item, by=IMPORTER, correction="We were <wrong>.")
    content = visitor.get(item.get_absolute_url()).content.decode()
    assert "Corrected 3 February 2034:" in content
    if issubclass(kind.model, Dated):
        assert "Updated 3 February 2034" in content
        assert '<meta property="article:modified_time" content="2034-02-03T' in content
    assert "We were &lt;wrong&gt;." in content


def test_the_trail_holds_the_values_before_and_after() -> None:
    item = NewsItemFactory(title="Before")
    edit(item, title="After")
    workflow.approve(item, by=IMPORTER)
    entry = AuditEntry.objects.of(item).filter(verb=AuditEntry.Verb.GO_LIVE).first()
    assert entry is not None
    assert entry.changes == {"title": ["Before", "After"]}


# ── What went wrong once ─────────────────────────────────────────────────────────────────────────────────
def test_a_scheduled_change_does_not_revive_what_has_come_down() -> None:
    item = NewsItemFactory()
    now = dt.datetime.now(dt.UTC)
    workflow.expire(item, by=IMPORTER, at=now + HOUR)
    edit(item, title="Later")
    with pytest.raises(Refused, match="comes down before"):
        workflow.approve(item, by=IMPORTER, at=now + 2 * HOUR)
    workflow.expire(item, by=IMPORTER, at=None)
    workflow.approve(item, by=IMPORTER, at=now + 2 * HOUR)
    with pytest.raises(Refused, match="A change that waits"):
        workflow.expire(item, by=IMPORTER, at=now + HOUR)
    workflow.expire(item, by=IMPORTER, at=now + 3 * HOUR)


def test_a_change_that_cannot_be_read_takes_no_page_down(visitor: Person) -> None:
    item = NewsItemFactory(title="Stays")
    edit(item, title="Broken")
    instant = dt.datetime.now(dt.UTC) + HOUR
    workflow.approve(item, by=IMPORTER, at=instant)
    waiting = item.revisions.get(state=Revision.State.APPROVED)
    waiting.content = {**waiting.content, "topics": "nonsense"}
    waiting.save()
    with time_machine.travel(instant, tick=False):
        for _ in range(2):
            response = visitor.get("/fr/")
            assert response.status_code == 200
        assert "Stays" in visitor.get("/en/").content.decode()
    waiting.refresh_from_db()
    assert waiting.failure == "This change could not be applied. Approve it anew."


def test_a_translation_published_before_its_original_can_be_out_of_date() -> None:
    original = NewsItemFactory(draft=True)
    french = translated(original)
    assert not is_out_of_date(french)
    workflow.approve(original, by=IMPORTER)
    assert is_out_of_date(french)
    workflow.confirm_translation(french, by=IMPORTER)
    assert not is_out_of_date(french)


def test_a_day_handed_up_to_an_original_whose_slug_is_taken_on_it_is_refused() -> None:
    today = timezone.localdate()
    NewsItemFactory(slug="taken", date=today)
    original = NewsItemFactory(slug="taken", draft=True, date=None)
    french = translated(original, draft=True, slug="libre")
    with pytest.raises(ValidationError):
        workflow.approve(french, by=IMPORTER)


def test_cancelling_lets_the_columns_follow_the_latest_draft_again() -> None:
    item = NewsItemFactory(draft=True)
    workflow.approve(item, by=IMPORTER, at=dt.datetime.now(dt.UTC) + HOUR)
    edit(item, title="Latest")
    workflow.cancel_schedule(item, by=IMPORTER)
    assert item.title == "Latest"


# ── Coming down ──────────────────────────────────────────────────────────────────────────────────────────
def test_withdrawing_keeps_when_it_went_live_and_drops_a_change_that_waits() -> None:
    item = NewsItemFactory()
    before = item.live_from
    edit(item, title="Waits")
    workflow.approve(item, by=IMPORTER, at=dt.datetime.now(dt.UTC) + HOUR)
    workflow.withdraw(item, by=IMPORTER)
    assert item.state is State.WITHDRAWN
    assert item.live_from == before
    assert states(item)[-1] == "draft"


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired", "withdrawn"])
def test_only_what_is_public_is_withdrawn(state: str) -> None:
    with pytest.raises(Refused):
        workflow.withdraw(NewsItemFactory(**{state: True}), by=IMPORTER)


def test_an_end_before_the_beginning_is_refused() -> None:
    item = NewsItemFactory()
    with pytest.raises(ValidationError, match="must be later than"):
        workflow.expire(item, by=IMPORTER, at=item.live_from - HOUR)
    item.refresh_from_db()
    assert item.live_until is None


def test_an_end_can_be_taken_back() -> None:
    item = NewsItemFactory()
    workflow.expire(item, by=IMPORTER, at=dt.datetime.now(dt.UTC) + HOUR)
    workflow.expire(item, by=IMPORTER, at=None)
    assert item.live_until is None
