"""Releases: revisions of any kinds and languages that go live at one instant, all or none.

A release is put together from drafts and approved, moved and cancelled as one. From its approval on its members wait
as approved revisions with one instant; `due.apply_due` puts them live in one transaction. As long as a release is
not approved, what is written on goes into it: it holds an item and its newest draft.

Like the verbs of `workflow`, each of these is one transaction, checks its right and writes the audit trail, and they
raise the same errors. The release is locked before its items, and those in one order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing import due, rights, versions, workflow
from publishing.models import Publishable
from publishing.problems import require_sound
from publishing.records import DRAFTS, OPEN, AuditEntry, Release, Revision
from publishing.snapshots import before_and_after
from publishing.versions import Person, Refused

Verb = AuditEntry.Verb


def may(user: object, action: str) -> bool:
    """Whether a person may "view", "add", "change", "delete" or "publish" releases. Items ask for their own rights."""
    return isinstance(user, PermissionsMixin) and user.has_perm(f"publishing.{action}_release")


# ── What a release holds ─────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def add(
    release: Release,
    item: Publishable,
    *,
    by: Person,
    seen: int | None = None,
    correction: str = "",
    emergency: str = "",
) -> Revision:
    """The item's newest draft joins, out of any other release, in place of an older revision of the item.

    If the release is approved already, the draft is approved too, unless the release has failed: then it waits with
    it for a new approval. `correction` is a public note on a substantive change, `emergency` as in `workflow.approve`.
    """
    held = _hold(release, by, "change")
    rights.require(by, "publish", item)
    stored, latest = versions.hold(item, seen)
    if latest.state not in DRAFTS:
        raise Refused(_("There is no draft to put into a release."))
    older = held.revisions.open().of(stored).exclude(pk=latest.pk)
    older.update(state=Revision.State.SUPERSEDED, release=None)
    latest.release, latest.correction = held, correction.strip()
    latest.save()
    versions.audit(Verb.JOIN, stored, by=by, note=held.name)
    if held.state == Release.State.APPROVED and not held.failure:
        _decide(held, [latest], by=by, at=_instant(held), emergency=emergency)
    return latest


@transaction.atomic
def remove(release: Release, item: Publishable, *, by: Person) -> None:
    """The item leaves; if it was approved with the release, it is a draft again."""
    _hold(release, by, "change")
    rights.require(by, "publish", item)
    stored, _latest = versions.hold(item, None)
    for revision in release.revisions.open().of(stored):
        _reopen(revision, release=None)
        versions.audit(Verb.LEAVE, stored, by=by, note=release.name)


@transaction.atomic
def create(release: Release, *, by: Person) -> None:
    """Store a new, empty release."""
    if not may(by, "add"):
        raise PermissionDenied
    release.save()
    changes = before_and_after({}, {"name": release.name, "due_at": release.due_at})
    versions.audit(Verb.PLAN, release, by=by, changes=changes)


@transaction.atomic
def plan(release: Release, *, by: Person, name: str, due_at: dt.datetime | None) -> None:
    """Name a release and say when it is meant to go live. Nothing is scheduled by that: `approve` does it."""
    held = _hold(release, by, "change")
    if held.approved_at is not None and due_at != held.due_at:
        raise Refused(_("The release is approved for its time. Move it, or cancel its approval first."))
    changes = before_and_after({"name": held.name, "due_at": held.due_at}, {"name": name, "due_at": due_at})
    held.name, held.due_at = name, due_at
    held.save()
    versions.audit(Verb.PLAN, held, by=by, changes=changes)


@transaction.atomic
def delete(release: Release, *, by: Person) -> None:
    """The release goes; what it held is a draft on its own again."""
    held = _hold(release, by, "delete")
    if held.approved_at is not None:
        raise Refused(_("The release is approved for its time. Move it, or cancel its approval first."))
    for revision in versions.in_lock_order(held.revisions.open()):
        rights.require(by, "publish", revision.item)
        versions.audit(Verb.LEAVE, revision.item, by=by, note=held.name)
    versions.audit(Verb.DELETE, held, by=by, changes={"name": [held.name, None], "due_at": [held.due_at, None]})
    held.delete()


# ── What becomes of it ───────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def approve(
    release: Release,
    *,
    by: Person,
    at: dt.datetime | None = None,
    seen: Collection[int] | None = None,
    emergency: str = "",
) -> None:
    """Let everything in the release go live at one instant (aware), or now. An approved release is moved there.

    `seen` are the keys of the revisions that the caller saw. A problem of any item refuses the whole, and names it.
    """
    held = _hold(release, by, "publish")
    revisions = list(held.revisions.open())
    if not revisions:
        raise Refused(_("There is nothing in this release."))
    if seen is not None and set(seen) != {revision.pk for revision in revisions}:
        raise Refused(_("The release holds something else by now. Look at it again, then approve it."))
    now = timezone.now()
    if at is not None and at <= now:
        raise Refused(_("This time is over. Enter one in the future, or choose “Now”."))
    before, held.due_at, held.approved_at, held.failure = held.due_at, at or now, now, ""
    held.save()
    _decide(held, revisions, by=by, at=held.due_at, emergency=emergency)
    versions.audit(Verb.APPROVE, held, by=by, note=emergency, changes={"due_at": [before, held.due_at]})
    if at is None:
        due.apply_release(held, at=now)
    release.refresh_from_db()


@transaction.atomic
def cancel(release: Release, *, by: Person) -> None:
    """Take the approval back: what waits is a draft again, and in the release still."""
    held = _hold(release, by, "publish")
    if held.approved_at is None:
        raise Refused(_("This release is not approved."))
    for revision in _held(held, held.revisions.open()):
        rights.require(by, "publish", revision.item)
        _reopen(revision, release=held)
    before, held.approved_at, held.failure = held.approved_at, None, ""
    held.save()
    versions.audit(Verb.CANCEL, held, by=by, changes={"approved_at": [before, None]})
    release.refresh_from_db()


# ── Inside ───────────────────────────────────────────────────────────────────────────────────────────
def _hold(release: Release, by: Person, action: str) -> Release:
    """The release as stored, which nobody else changes until the transaction ends."""
    if not may(by, action):
        raise PermissionDenied
    held = Release.objects.select_for_update().get(pk=release.pk)
    if held.applied_at is not None:
        raise Refused(_("This release has gone live already."))
    return held


def _instant(release: Release) -> dt.datetime:
    if release.due_at is None or release.due_at <= timezone.now():
        raise Refused(_("This release is about to go live. Nothing can join it any more."))
    return release.due_at


def _decide(release: Release, revisions: Iterable[Revision], *, by: Person, at: dt.datetime, emergency: str) -> None:
    """Approve revisions for the release's instant, after they have gone live together on trial."""
    revisions = _held(release, revisions)
    with versions.rehearsal():
        for revision in revisions:
            with versions.told_of(revision.item):
                versions.rehearse(revision, at=at)
        # Only now: members may lead to each other.
        for revision in revisions:
            with versions.told_of(revision.item):
                require_sound(revision.item, revision.content, at=at)
    for revision in revisions:
        with versions.told_of(revision.item):
            workflow.approve_for(revision, by=by, at=at, release=release, emergency=emergency)


def _held(release: Release, revisions: Iterable[Revision]) -> list[Revision]:
    """The release's revisions as stored, whose items nobody else changes until the transaction ends."""
    held = versions.in_lock_order(revisions)
    for revision in held:
        versions.hold(revision.item, None)
        revision.refresh_from_db(fields=["state", "release"])
        if revision.release_id != release.pk or revision.state not in OPEN:
            raise Refused(_("The release holds something else by now. Look at it again, then approve it."))
    return held


def _reopen(revision: Revision, *, release: Release | None) -> None:
    """An approved member is a draft again, or gives its place to the draft that was written since."""
    newest = Revision.objects.of(revision.item).first()
    assert newest is not None
    if revision.state == Revision.State.APPROVED:
        versions.reopen(revision, newest)
    revision.release = release if revision == newest else None
    revision.save()
    if release is not None and revision != newest and newest.state in DRAFTS and newest.release_id is None:
        newest.release = release
        newest.save()
