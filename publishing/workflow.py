"""The verbs by which content changes its state.

Each is one transaction: it locks the item in all its languages, checks the person's right and that nobody has
overtaken the revision that they saw, and writes the audit trail. Admin, importers and tests call the same verbs.

Errors: PermissionDenied for what a person may not do; Refused (a ValidationError) for what does not fit where the
item stands, with a sentence that says what to do; Overtaken (a Refused) if a newer revision exists; ValidationError
if a rule of the model or of the database is broken.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing.models import Publishable, State
from publishing.problems import require_sound
from publishing.records import AuditEntry, PreviewLink, Release, Revision, WorkingCopy
from publishing.registry import tell_followers
from publishing.rights import may_publish_everywhere, require
from publishing.snapshots import Relations, snapshot
from publishing.versions import (
    Person,
    Refused,
    audit,
    go_live,
    hold,
    record,
    rehearsal,
    rehearse,
    relate,
    reopen,
    settle,
    stored_person,
    wait,
    write,
)

Verb = AuditEntry.Verb


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def save_draft(
    item: Publishable, *, by: Person, relations: Relations | None = None, seen: int | None = None, note: str = ""
) -> Revision:
    """Keep what was written as the item's newest revision. The public sees nothing of it.

    `item` carries the new values in memory, `relations` its many-to-many ones, `seen` the number of the revision that
    the author began from. As long as the item has never been approved, its columns follow.
    """
    if item.pk is None:
        require(by, "add", item)
        item.live_from = item.live_until = None
        item.full_clean()
        item.save()
        relate(item, relations or {})
        settle(item)
        return record(item, snapshot(item), by=by, note=note)
    require(by, "change", item)
    content = snapshot(item, relations)
    stored, latest = hold(item, seen)
    if content == latest.content and not note:
        return latest
    write(stored, content, store=stored.live_from is None)
    revision = record(stored, content, by=by, after=latest, note=note)
    item.refresh_from_db()
    return revision


@transaction.atomic
def restore(item: Publishable, *, by: Person, revision: Revision, seen: int | None = None) -> Revision:
    """An earlier revision becomes the newest draft."""
    require(by, "change", item)
    stored, latest = hold(item, seen)
    relations = write(stored, revision.content, store=stored.live_from is None)
    note = gettext("As in revision %(number)d.") % {"number": revision.number}
    content = snapshot(stored, relations)
    restored = record(stored, content, by=by, after=latest, note=note, verb=Verb.RESTORE)
    item.refresh_from_db()
    return restored


@transaction.atomic
def delete(item: Publishable, *, by: Person) -> None:
    """Remove a version that was never public, with its revisions."""
    require(by, "delete", item)
    stored, latest = hold(item, None)
    if stored.was_public:
        raise Refused(_("What was public is withdrawn, not deleted: its address goes on to answer."))
    if stored.live_from is not None:
        require(by, "publish", item)
    WorkingCopy.objects.of(stored).delete()
    changes = {name: [value, None] for name, value in latest.content.items()}
    audit(Verb.DELETE, stored, by=by, changes=changes)
    key = stored.pk
    stored.delete()
    tell_followers(type(item), [key])


@transaction.atomic
def place(item: Publishable, *, by: Person, position: int) -> None:
    """Say where a `HandOrdered` item stands among its neighbours, in all languages. The public sees it at once."""
    model = type(item)
    if not may_publish_everywhere(by, model):
        raise PermissionDenied
    rows = model.rows().select_for_update().filter(pk=item.pk)
    before = rows.values_list("position", flat=True).get()
    rows.update(position=position)
    audit(Verb.PLACE, item, by=by, changes={"position": [before, position]})


@transaction.atomic
def submit(item: Publishable, *, by: Person, seen: int | None = None, note: str = "") -> Revision:
    """Ask for approval of the newest draft."""
    require(by, "change", item)
    stored, latest = hold(item, seen)
    if latest.state != Revision.State.DRAFT:
        raise Refused(_("There is no draft to submit."))
    latest.state = Revision.State.SUBMITTED
    latest.note = note or latest.note
    latest.save()
    audit(Verb.SUBMIT, stored, by=by, note=note, changes={"state": [Revision.State.DRAFT, latest.state]})
    return latest


@transaction.atomic
def return_to_author(item: Publishable, *, by: Person, note: str, seen: int | None = None) -> Revision:
    """Hand a submitted draft back, with a note that says why."""
    require(by, "publish", item)
    stored, latest = hold(item, seen)
    if latest.state != Revision.State.SUBMITTED:
        raise Refused(_("Nothing has been submitted for review."))
    if not note.strip():
        raise Refused(_("Say in a note what the author should change."))
    latest.state = Revision.State.DRAFT
    latest.note = note
    latest.save()
    audit(Verb.RETURN, stored, by=by, note=note, changes={"state": [Revision.State.SUBMITTED, latest.state]})
    return latest


# ── What the public sees ─────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def approve(
    item: Publishable,
    *,
    by: Person,
    at: dt.datetime | None = None,
    seen: int | None = None,
    correction: str = "",
    emergency: str = "",
) -> Revision:
    """Let the newest revision go live, now or at an instant (aware).

    What was never public appears by its timestamp, so its instant may also lie in the past (an importer's). A change
    to what is or was public waits for its instant as an approved revision, and so does a first publication that other
    public rows follow. `correction` is a public note on a substantive change. `emergency` is the reason for approving
    one's own words where four eyes are asked for.
    """
    require(by, "publish", item)
    stored, latest = hold(item, seen)
    now = timezone.now()
    _require_second_eyes(latest, by, emergency)
    if latest.state == Revision.State.LIVE and stored.state is State.LIVE:
        raise Refused(_("There is nothing new to publish."))
    latest.correction = correction.strip()
    latest.release = None
    _sign(latest, stored, by=by, at=at or now, emergency=emergency, note=correction)
    if at is not None and at > now and (stored.was_public or stored.is_followed_before(at)):
        _schedule(stored, latest, at)
    else:
        if not stored.was_public:
            stored.live_from = at or now
        go_live(stored, latest, at=now)
        require_sound(stored, latest.content, at=max(at or now, now))
    item.refresh_from_db()
    return latest


def approve_for(revision: Revision, *, by: Person, at: dt.datetime, release: Release, emergency: str = "") -> None:
    """Let a revision wait for its release. For `releases`, which has locked the release and rehearsed it as a whole."""
    item = revision.item
    assert isinstance(item, Publishable)
    require(by, "publish", item)
    stored, _latest = hold(item, None)
    _require_second_eyes(revision, by, emergency)
    _sign(revision, stored, by=by, at=at, emergency=emergency, note=release.name)
    wait(stored, revision, at, release)


def _sign(
    revision: Revision, stored: Publishable, *, by: Person, at: dt.datetime, emergency: str, note: str
) -> None:  # fmt: skip
    """Say on the revision and in the audit trail who has approved it, for when, and why without a second person."""
    revision.approved_by, revision.approved_at = stored_person(by), timezone.now()
    revision.save()
    changes: dict[str, list[Any]] = {"due_at": [None, at]}
    if emergency:
        changes["emergency"] = [None, emergency]
    audit(Verb.APPROVE, stored, by=by, note="\n".join(filter(None, (emergency, note))), changes=changes)


def _require_second_eyes(revision: Revision, by: Person, emergency: str) -> None:
    if settings.FOUR_EYES and revision.author_id is not None and revision.author_id == by.pk and not emergency.strip():
        raise Refused(
            _("Somebody else has to approve what you wrote. In an emergency, give the reason; it is recorded.")
        )


def _schedule(stored: Publishable, revision: Revision, at: dt.datetime) -> None:
    """Everything that could refuse the revision at that moment refuses it now, while somebody is there to be told."""
    if stored.state is State.SCHEDULED:
        raise Refused(
            _("A translation or a page below is public before that. Cancel the schedule first, then approve anew.")
        )
    with rehearsal():
        rehearse(revision, at=at)
        require_sound(stored, revision.content, at=at)
    wait(stored, revision, at)


@transaction.atomic
def cancel_schedule(item: Publishable, *, by: Person, seen: int | None = None) -> None:
    """What is approved and waits becomes a draft again; what is public stays as it is."""
    require(by, "publish", item)
    stored, latest = hold(item, seen)
    waiting = Revision.objects.of(stored).filter(state=Revision.State.APPROVED).first()
    if waiting is not None:
        before = waiting.due_at
        reopen(waiting, latest)
    elif stored.state is State.SCHEDULED:
        before = stored.live_from
        stored.live_from = stored.live_until = None
        write(stored, latest.content, store=True)
        Revision.objects.of(stored).filter(state=Revision.State.LIVE).update(
            state=Revision.State.DRAFT if latest.state == Revision.State.LIVE else Revision.State.SUPERSEDED
        )
    else:
        raise Refused(_("Nothing is scheduled."))
    audit(Verb.CANCEL, stored, by=by, changes={"due_at": [before, None]})
    item.refresh_from_db()


@transaction.atomic
def expire(item: Publishable, *, by: Person, at: dt.datetime | None, seen: int | None = None) -> None:
    """Let a version come down by itself at an instant (aware), or stay (None). What is down stays down."""
    require(by, "publish", item)
    stored, _latest = hold(item, seen)
    if stored.state not in (State.LIVE, State.SCHEDULED):
        raise Refused(_("Only what is public or scheduled can come down."))
    if at is not None and Revision.objects.of(stored).waiting().filter(due_at__gte=at).exists():
        raise Refused(_("A change that waits goes live after that. Cancel its schedule first."))
    before = stored.live_until
    stored.live_until = at
    stored.full_clean()
    # `updated_at` tells when what readers see was last written, which this is not.
    stored.save(update_fields=["live_until"])
    tell_followers(type(item), [stored.pk])
    audit(Verb.EXPIRE, stored, by=by, changes={"live_until": [before, at]})
    item.refresh_from_db()


@transaction.atomic
def withdraw(item: Publishable, *, by: Person, explanation: str = "", seen: int | None = None) -> None:
    """Take a version down now. Its address goes on to answer, with the explanation.

    A change that waits is dropped, and the preview links that outsiders have are closed.
    """
    require(by, "publish", item)
    stored, latest = hold(item, seen)
    if stored.state is not State.LIVE:
        raise Refused(_("Only what is public can be withdrawn."))
    before = stored.live_until
    stored.live_until = stored.withdrawn_at = timezone.now()
    stored.withdrawal_note = explanation.strip()
    stored.save()
    tell_followers(type(item), [stored.pk])
    waiting = Revision.objects.of(stored).filter(state=Revision.State.APPROVED).first()
    if waiting is not None:
        reopen(waiting, latest)
    PreviewLink.objects.of(stored).filter(revoked_at=None).update(revoked_at=timezone.now())
    audit(Verb.WITHDRAW, stored, by=by, note=explanation, changes={"live_until": [before, stored.live_until]})
    item.refresh_from_db()


@transaction.atomic
def confirm_translation(item: Publishable, *, by: Person, seen: int | None = None) -> None:
    """Say that a translation still renders its original, whatever has changed there."""
    require(by, "change", item)
    stored, _latest = hold(item, seen)
    live = Revision.objects.of(stored).filter(state=Revision.State.LIVE).first()
    if stored.original is None or live is None:
        raise Refused(_("Only a published translation can be out of date."))
    source = Revision.objects.of(stored.original).filter(state=Revision.State.LIVE).first()
    before, live.renders = live.renders, source.number if source else None
    live.save(update_fields=["renders"])
    audit(Verb.CONFIRM, stored, by=by, changes={"renders": [before, live.renders]})
