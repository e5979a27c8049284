"""The verbs by which content changes its state.

Each is one transaction: it locks the item in all its languages, checks the person's right and that nobody has
overtaken the revision that they saw, and writes the audit trail. Admin, importers and tests call the same verbs.

Errors: PermissionDenied for what a person may not do; Refused (a ValidationError) for what does not fit where the
item stands, with a sentence that says what to do; Overtaken (a Refused) if a newer revision exists; ValidationError
if a rule of the model or of the database is broken.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from publishing import former
from publishing.languages import default_language, language_choices
from publishing.models import Publishable, Recorded, State
from publishing.records import DRAFTS, AuditEntry, Release, Remit, Revision, WorkingCopy
from publishing.registry import kind_of
from publishing.snapshots import Content, Relations, changed, overlay, snapshot

log = logging.getLogger(__name__)

Verb = AuditEntry.Verb
Person = AbstractBaseUser | AnonymousUser | PermissionsMixin


class Refused(ValidationError):  # noqa: N818  (an answer, not a fault)
    """The verb does not fit where the item stands."""


class Overtaken(Refused):
    """Somebody has added a newer revision than the one that the caller saw."""

    def __init__(self, latest: Revision) -> None:
        super().__init__(_("Somebody else has saved this item meanwhile."))
        self.latest = latest


# ── Rights ───────────────────────────────────────────────────────────────────────────────────────────
def may(user: object, action: str, model: type[Publishable], language: str | None = None) -> bool:
    """Whether a person may "view", "add", "change", "delete" or "publish" a kind, in a language if one is given.

    A remit limits everything but "view".
    """
    codename = f"{model._meta.app_label}.{action}_{model._meta.model_name}"
    if not isinstance(user, PermissionsMixin) or not user.has_perm(codename):
        return False
    # Colleagues' work can be read by all: who renders an original into another language has to.
    return action == "view" or _in_remit(user, model, language)


def may_publish(user: object, model: type[Publishable], language: str | None = None) -> bool:
    """Whether a person may decide what the public sees of this kind."""
    return may(user, "publish", model, language)


def may_publish_everywhere(user: object, model: type[Publishable]) -> bool:
    """Whether a person may decide what is the same in all languages, such as an order set by hand."""
    return all(may_publish(user, model, code) for code, _name in language_choices())


def _in_remit(user: Any, model: type[Publishable], language: str | None) -> bool:
    remit = remit_of(user)
    kind = kind_of(model)
    return (
        remit is None
        or ((not remit.kinds or (kind is not None and kind.key in remit.kinds))
        and (language is None or not remit.languages or language in remit.languages))
    )  # fmt: skip


def remit_of(user: Any) -> Remit | None:
    """What a person is limited to; None for no limits, as for a superuser."""
    if user.is_superuser:
        return None
    try:
        return user.remit  # type: ignore[no-any-return]
    except Remit.DoesNotExist:
        return None


def require(user: object, action: str, item: Publishable) -> None:
    if not may(user, action, type(item), item.language):
        raise PermissionDenied


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
        _relate(item, relations or {})
        settle(item)
        return _record(item, snapshot(item), by=by, note=note)
    require(by, "change", item)
    content = snapshot(item, relations)
    stored, latest = hold(item, seen)
    if content == latest.content and not note:
        return latest
    _write(stored, content, store=stored.live_from is None)
    revision = _record(stored, content, by=by, after=latest, note=note)
    item.refresh_from_db()
    return revision


@transaction.atomic
def restore(item: Publishable, *, by: Person, revision: Revision, seen: int | None = None) -> Revision:
    """An earlier revision becomes the newest draft."""
    require(by, "change", item)
    stored, latest = hold(item, seen)
    relations = _write(stored, revision.content, store=stored.live_from is None)
    note = gettext("As in revision %(number)d.") % {"number": revision.number}
    content = snapshot(stored, relations)
    restored = _record(stored, content, by=by, after=latest, note=note, verb=Verb.RESTORE)
    item.refresh_from_db()
    return restored


def snapshot_of(item: Publishable | Recorded, revision: Revision) -> Content:
    """A revision's content in the fields that the model has today."""
    return {name: revision.content.get(name, value) for name, value in snapshot(item).items()}


@transaction.atomic
def delete(item: Publishable, *, by: Person) -> None:
    """Remove a version that was never public, with its revisions."""
    require(by, "delete", item)
    stored, _latest = hold(item, None)
    if stored.was_public:
        raise Refused(_("What was public is withdrawn, not deleted: its address goes on to answer."))
    if stored.live_from is not None:
        require(by, "publish", item)
    WorkingCopy.objects.of(stored).delete()
    stored.delete()


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
    audit(Verb.SUBMIT, stored, by=by, note=note)
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
    audit(Verb.RETURN, stored, by=by, note=note)
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
    if at is not None and at > now and (stored.was_public or stored.is_followed_before(at)):
        _schedule(stored, latest, at)
    else:
        if not stored.was_public:
            stored.live_from = at or now
        _go_live(stored, latest, at=now)
    _sign(latest, stored, by=by, at=at or now, emergency=emergency, note=correction)
    item.refresh_from_db()
    return latest


def approve_for(revision: Revision, *, by: Person, at: dt.datetime, release: Release, emergency: str = "") -> None:
    """Let a revision wait for its release. For `releases`, which has locked the release and rehearsed it as a whole."""
    item = revision.item
    assert isinstance(item, Publishable)
    require(by, "publish", item)
    stored, _latest = hold(item, None)
    _require_second_eyes(revision, by, emergency)
    _wait(stored, revision, at, release)
    _sign(revision, stored, by=by, at=at, emergency=emergency, note=release.name)


def _sign(
    revision: Revision, stored: Publishable, *, by: Person, at: dt.datetime, emergency: str, note: str
) -> None:  # fmt: skip
    """Say on the revision and in the audit trail who has approved it, for when, and why without a second person."""
    revision.approved_by, revision.approved_at = stored_person(by), timezone.now()
    revision.save()
    changes: dict[str, list[Any]] = {"at": [None, at]}
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
    _wait(stored, revision, at)


def _wait(stored: Publishable, revision: Revision, at: dt.datetime, release: Release | None = None) -> None:
    """The approved revision waits; one that waited before it is replaced."""
    if stored.state is State.LIVE and stored.live_until is not None and stored.live_until <= at:
        raise Refused(_("The page comes down before that. Change its end first."))
    waiting = Revision.objects.of(stored).filter(state=Revision.State.APPROVED).exclude(pk=revision.pk)
    waiting.update(state=Revision.State.SUPERSEDED, release=None)
    revision.state, revision.due_at, revision.release, revision.failure = Revision.State.APPROVED, at, release, ""
    revision.save()


@contextmanager
def rehearsal() -> Iterator[None]:
    """What is stored inside is taken back at the end; inside a transaction, so that its locks stay."""
    before = transaction.savepoint()
    yield
    transaction.savepoint_rollback(before)


def _go_live(stored: Publishable, revision: Revision, *, at: dt.datetime) -> None:
    """Write an approved revision into the columns. Whatever the item was taken down for is over.

    The trail says that it went live unless the item's own timestamp is still to come.
    """
    versions = list(type(stored).rows().versions_of(stored.original_key)) if _has_page(stored) else []
    before = former.addresses(versions)
    old = snapshot(stored)
    if stored.live_until is not None and stored.live_until <= at:
        stored.live_until = None
    stored.withdrawn_at, stored.withdrawal_note = None, ""
    if revision.correction:
        stored.corrections = [{"at": at.isoformat(), "note": revision.correction}, *stored.corrections]
    _write(stored, revision.content, store=True)
    former.remember(list(type(stored).rows().filter(pk__in=before)), before)
    others = Revision.objects.of(stored).exclude(pk=revision.pk)
    others.filter(state=Revision.State.LIVE).update(state=Revision.State.SUPERSEDED)
    others.filter(state=Revision.State.APPROVED).update(state=Revision.State.SUPERSEDED, release=None)
    revision.state, revision.due_at, revision.failure = Revision.State.LIVE, None, ""
    if stored.original is not None:
        live = Revision.objects.of(stored.original).filter(state=Revision.State.LIVE).first()
        revision.renders = live.number if live else None
    if stored.live_from is not None and stored.live_from <= at:
        # With what going live has filled in, such as the date, so that the form begins with what the revision holds.
        revision.content = snapshot(stored)
        changes = {name: [old.get(name), revision.content[name]] for name in changed(old, revision.content)}
        audit(Verb.GO_LIVE, stored, by=None, changes=changes)
    revision.save()


@transaction.atomic
def cancel_schedule(item: Publishable, *, by: Person, seen: int | None = None) -> None:
    """What is approved and waits becomes a draft again; what is public stays as it is."""
    require(by, "publish", item)
    stored, latest = hold(item, seen)
    waiting = Revision.objects.of(stored).filter(state=Revision.State.APPROVED).first()
    if waiting is not None:
        waiting.state = Revision.State.DRAFT if waiting.pk == latest.pk else Revision.State.SUPERSEDED
        waiting.due_at = waiting.release = None
        waiting.save()
    elif stored.state is State.SCHEDULED:
        stored.live_from = stored.live_until = None
        _write(stored, latest.content, store=True)
        Revision.objects.of(stored).filter(state=Revision.State.LIVE).update(
            state=Revision.State.DRAFT if latest.state == Revision.State.LIVE else Revision.State.SUPERSEDED
        )
    else:
        raise Refused(_("Nothing is scheduled."))
    audit(Verb.CANCEL, stored, by=by)
    item.refresh_from_db()


@transaction.atomic
def expire(item: Publishable, *, by: Person, at: dt.datetime | None, seen: int | None = None) -> None:
    """Let a version come down by itself at an instant (aware), or stay (None). What is down stays down."""
    require(by, "publish", item)
    stored, _latest = hold(item, seen)
    if stored.state not in (State.LIVE, State.SCHEDULED):
        raise Refused(_("Only what is public or scheduled can come down."))
    if at is not None and Revision.objects.of(stored).due(at=dt.datetime.max.replace(tzinfo=dt.UTC)).filter(
        due_at__gte=at
    ):
        raise Refused(_("A change that waits goes live after that. Cancel its schedule first."))
    before = stored.live_until
    stored.live_until = at
    stored.full_clean()
    stored.save()
    audit(Verb.EXPIRE, stored, by=by, changes={"live_until": [before, at]})
    item.refresh_from_db()


@transaction.atomic
def withdraw(item: Publishable, *, by: Person, explanation: str = "", seen: int | None = None) -> None:
    """Take a version down now. Its address goes on to answer, with the explanation. A change that waits is dropped."""
    require(by, "publish", item)
    stored, latest = hold(item, seen)
    if stored.state is not State.LIVE:
        raise Refused(_("Only what is public can be withdrawn."))
    stored.live_until = stored.withdrawn_at = timezone.now()
    stored.withdrawal_note = explanation.strip()
    stored.save()
    waiting = Revision.objects.of(stored).filter(state=Revision.State.APPROVED)
    waiting.filter(pk=latest.pk).update(state=Revision.State.DRAFT, due_at=None, release=None)
    waiting.exclude(pk=latest.pk).update(state=Revision.State.SUPERSEDED, due_at=None, release=None)
    audit(Verb.WITHDRAW, stored, by=by, note=explanation)
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
    live.renders = source.number if source else None
    live.save(update_fields=["renders"])
    audit(Verb.CONFIRM, stored, by=by)


# ── What falls due ───────────────────────────────────────────────────────────────────────────────────
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
            if isinstance(error, DatabaseError) and not isinstance(error, IntegrityError):
                raise
            # Whatever is wrong with one change must not take the site down; it is told to those who can mend it.
            log.exception("%r could not go live", one)
            problem = _problem(error)
            if isinstance(one, Release):
                one.revisions.waiting().update(failure=problem)
            type(one)._default_manager.filter(pk=one.pk).update(failure=problem)
    return applied


def _problem(error: Exception) -> str:
    """For the newsroom, in the site's first language: the visitor who came first may read another one."""
    with override(default_language()):
        if isinstance(error, ValidationError):
            return " ".join(error.messages)
        return gettext("This change could not be applied. Approve it anew.")


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
            _go_live(stored, revision, at=revision.due_at)
        applied += 1
    return applied


@contextmanager
def told_of(item: Any) -> Iterator[None]:
    """A problem says of which item it is: a release has many."""
    try:
        yield
    except ValidationError as error:
        raise Refused(
            _("“%(item)s” (%(language)s): %(problem)s"),
            params={"item": item, "language": item.language, "problem": " ".join(error.messages)},
        ) from error


def in_lock_order(revisions: Iterable[Revision]) -> list[Revision]:
    """The revisions in the order of their items in all languages, so that two callers never wait for each other.

    One whose item has been deleted is left out.
    """
    rows = list(revisions)
    prefetch_related_objects(rows, "item")
    present = [(revision.item, revision) for revision in rows if isinstance(revision.item, Publishable)]
    present.sort(key=lambda pair: (pair[1].content_type_id, pair[0].original_key, pair[0].pk))
    return [revision for _item, revision in present]


def rehearse(revision: Revision, *, at: dt.datetime) -> None:
    """Put a revision live as of an instant, whoever asks: for `rehearsal`, and for previews, which are undone too."""
    revision = Revision.objects.get(pk=revision.pk)
    item = revision.item
    assert isinstance(item, Publishable)
    stored, _latest = hold(item, None)
    if revision.state in (Revision.State.LIVE, Revision.State.SUPERSEDED):
        revision.correction = ""  # if it was public, its note stands on the page already
    if stored.live_from is None or stored.live_from > at:
        stored.live_from = at
    _go_live(stored, revision, at=at)


# ── Inside ───────────────────────────────────────────────────────────────────────────────────────────
def hold(item: Publishable, seen: int | None) -> tuple[Any, Revision]:
    """The item as stored and its newest revision; until the transaction ends nobody else changes any version of it."""
    versions = list(type(item).rows().versions_of(item.original_key).order_by("pk").select_for_update(of=("self",)))
    stored = next((version for version in versions if version.pk == item.pk), None)
    if stored is None:
        raise Refused(_("This item has been deleted meanwhile."))
    newest = Revision.objects.of(stored).order_by("-number").first()
    latest = newest or _baseline(stored)
    if seen is not None and seen != (newest.number if newest else 0):
        raise Overtaken(latest)
    return stored, latest


def _baseline(stored: Publishable) -> Revision:
    """The first revision of a row that came into the database another way."""
    revision = Revision(item=stored, number=1, content=snapshot(stored), created_at=stored.updated_at)
    revision.state = Revision.State.DRAFT if stored.live_from is None else Revision.State.LIVE
    revision.save()
    return revision


def _record(
    item: Publishable, content: Content, *, by: Person, after: Revision | None = None, note: str = "",
    verb: Verb = Verb.SAVE,
) -> Revision:  # fmt: skip
    """Add a draft. The drafts before it are replaced, also in their release; what is approved goes on to wait."""
    Revision.objects.of(item).filter(state__in=DRAFTS).update(state=Revision.State.SUPERSEDED, release=None)
    revision = Revision(item=item, content=content, author=stored_person(by), note=note)
    revision.number = after.number + 1 if after else 1
    revision.release_id = after.release_id if after and after.state in DRAFTS else None
    revision.save()
    audit(verb, item, by=by, note=note)
    return revision


def _write(stored: Publishable, content: Content, *, store: bool) -> Relations:
    """Check content against every rule in the item's place and, if asked to, store it there. Returns its relations."""
    relations = overlay(stored, content)
    stored.full_clean()
    if store:
        stored.save()
        _relate(stored, relations)
        settle(stored)
    return relations


def _relate(item: Publishable, relations: Relations) -> None:
    for name, related in relations.items():
        getattr(item, name).set(related)


def settle(item: Publishable) -> None:
    """Copy the facts from the original to its translations and bring dependent rows in line. Safe to repeat.

    A draft's facts reach no translation that has been approved. The day that a translation got by going live first is
    handed up to an original that has none.
    """
    original = item.original or item
    model = type(original)
    columns, day = model.fact_columns(), model.address_day
    if day in columns and getattr(original, day) is None and getattr(item, day) is not None:
        setattr(original, day, getattr(item, day))
        original.validate_constraints()
        original.save(update_fields=[day])
    translations = model.rows().filter(original=original)
    if original.live_from is None:
        translations = translations.filter(live_from=None)
    if columns:
        translations.update(**{name: getattr(original, name) for name in columns})
    for name in set(model.shared_fields).difference(columns):
        related = list(getattr(original, name).all())
        for translation in translations:
            getattr(translation, name).set(related)
    item.settled()


def _has_page(item: Publishable) -> bool:
    kind = kind_of(type(item))
    return kind is not None and kind.has_page


def stored_person(by: object) -> Any:
    """A person who can be referred to: an importer may act as one who is not in the database."""
    return by if isinstance(by, AbstractBaseUser) and by.pk else None


def audit(
    verb: Verb, item: models.Model, *, by: object, note: str = "", changes: dict[str, list[Any]] | None = None
) -> None:
    """Write the audit trail. `by` is None for what the clock does; `changes` holds before and after, by field."""
    AuditEntry.objects.create(
        item=item,
        verb=verb,
        by=stored_person(by),
        name="" if by is None else str(by),
        label=str(item)[:250],
        note=note,
        changes=changes or {},
    )
