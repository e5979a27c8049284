"""What falls due: approved changes whose instant has come, applied by whoever comes first."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from publishing.languages import default_language
from publishing.records import Release, Revision
from publishing.versions import go_live, hold, in_lock_order, told_of

log = logging.getLogger(__name__)


def apply_due(*, at: dt.datetime | None = None) -> int:
    """Put everything live whose instant has come, each item or release wholly or not at all. Safe to call at any time.

    Returns how many revisions went live. What breaks a rule stays behind and is logged; the reason stands in the
    newsroom until somebody approves it anew.
    """
    at = at or timezone.now()
    applied = 0
    due = Revision.objects.due(at=at).select_related("release").order_by("due_at", "pk")
    for one in dict.fromkeys(revision.release or revision for revision in due):
        try:
            applied += apply_release(one, at=at) if isinstance(one, Release) else _apply([one], at)
        except Exception as error:
            if isinstance(error, DatabaseError) and not isinstance(error, (DataError, IntegrityError)):
                raise
            # Whatever is wrong with one change must not take the site down; it is told to those who can mend it.
            log.exception("%r could not go live", one)
            problem = _problem(error)
            if isinstance(one, Release):
                one.revisions.waiting().update(failure=problem)
            type(one)._default_manager.filter(pk=one.pk).update(failure=problem)
    return applied


@transaction.atomic
def apply_release(release: Release, *, at: dt.datetime) -> int:
    """All that waits in a release goes live, as soon as its instant has come. Returns how many revisions."""
    held = Release.objects.select_for_update().get(pk=release.pk)
    applied = _apply(held.revisions.waiting(), at)
    if applied:
        held.applied_at = held.due_at
        held.save(update_fields=["applied_at"])
    return applied


@transaction.atomic
def _apply(revisions: Iterable[Revision], at: dt.datetime) -> int:
    applied = 0
    for revision in in_lock_order(revisions):
        stored, _latest = hold(revision.item, None)
        revision.refresh_from_db()
        # Somebody else may have applied, moved or cancelled it while this caller waited for the lock.
        if revision.state != Revision.State.APPROVED or revision.due_at is None or revision.due_at > at:
            continue
        if not stored.was_public:
            stored.live_from = revision.due_at
        with told_of(stored):
            go_live(stored, revision, at=revision.due_at)
        applied += 1
    return applied


def _problem(error: Exception) -> str:
    """For the newsroom, in the site's first language: the visitor who came first may read another one."""
    with override(default_language()):
        if isinstance(error, ValidationError):
            return " ".join(error.messages)
        return gettext("This change could not be applied. Approve it anew.")
