"""One version of an item under the hands of a verb: held, written, recorded, put live, and written of in the trail.

The verbs in `workflow`, `releases` and `due` are made of these steps. None of them asks who may; all but `rehearsal`
and `in_lock_order` are to be called inside the verb's transaction, with the version held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from publishing import former
from publishing.models import Publishable, Recorded, State
from publishing.records import DRAFTS, AuditEntry, Release, Revision
from publishing.registry import kind_with_page, tell_followers
from publishing.snapshots import Content, Relations, before_and_after, overlay, snapshot

Verb = AuditEntry.Verb
Person = AbstractBaseUser | AnonymousUser | PermissionsMixin


class Refused(ValidationError):  # noqa: N818  (an answer, not a fault)
    """The verb does not fit where the item stands."""


class Overtaken(Refused):
    """Somebody has added a newer revision than the one that the caller saw."""

    def __init__(self, latest: Revision) -> None:
        super().__init__(_("Somebody else has saved this item meanwhile."))
        self.latest = latest


# ── Held ─────────────────────────────────────────────────────────────────────────────────────────────
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


def in_lock_order(revisions: Iterable[Revision]) -> list[Revision]:
    """The revisions in the order of their items in all languages, so that two callers never wait for each other.

    One whose item has been deleted is left out.
    """
    rows = list(revisions)
    prefetch_related_objects(rows, "item")
    present = [(revision.item, revision) for revision in rows if isinstance(revision.item, Publishable)]
    present.sort(key=lambda pair: (pair[1].content_type_id, pair[0].original_key, pair[0].pk))
    return [revision for _item, revision in present]


# ── Written ──────────────────────────────────────────────────────────────────────────────────────────
def record(
    item: Publishable, content: Content, *, by: Person, after: Revision | None = None, note: str = "",
    verb: Verb = Verb.SAVE,
) -> Revision:  # fmt: skip
    """Add a draft. The drafts before it are replaced, also in their release; what is approved goes on to wait."""
    Revision.objects.of(item).filter(state__in=DRAFTS).supersede()
    revision = Revision(item=item, content=content, author=stored_person(by), note=note)
    revision.number = after.number + 1 if after else 1
    revision.release_id = after.release_id if after and after.state in DRAFTS else None
    revision.save()
    audit(verb, item, by=by, note=note, changes=before_and_after(after.content if after else {}, content))
    return revision


def write(stored: Publishable, content: Content, *, store: bool) -> Relations:
    """Check content against every rule in the item's place and, if asked to, store it there. Returns its relations."""
    relations = overlay(stored, content)
    stored.full_clean()
    if store:
        stored.save()
        relate(stored, relations)
        settle(stored)
    return relations


def relate(item: Publishable, relations: Relations) -> None:
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
    tell_followers(model, list(model.rows().versions_of(original.pk).values_list("pk", flat=True)))


def snapshot_of(item: Publishable | Recorded, revision: Revision) -> Content:
    """A revision's content in the fields that the model has today."""
    return {name: revision.content.get(name, value) for name, value in snapshot(item).items()}


# ── Put live ─────────────────────────────────────────────────────────────────────────────────────────
def go_live(stored: Publishable, revision: Revision, *, at: dt.datetime) -> None:
    """Write an approved revision into the columns. Whatever the item was taken down for is over.

    The trail says that it went live unless the item's own timestamp is still to come.
    """
    versions = list(type(stored).rows().versions_of(stored.original_key)) if kind_with_page(type(stored)) else []
    before = former.addresses(versions)
    old = snapshot(stored)
    if stored.live_until is not None and stored.live_until <= at:
        stored.live_until = None
    stored.withdrawn_at, stored.withdrawal_note = None, ""
    if revision.correction:
        stored.corrections = [{"at": at.isoformat(), "note": revision.correction}, *stored.corrections]
    write(stored, revision.content, store=True)
    former.remember(list(type(stored).rows().filter(pk__in=before)), before)
    others = Revision.objects.of(stored).exclude(pk=revision.pk)
    # What was live stays in the release that it went live with.
    others.filter(state=Revision.State.LIVE).update(state=Revision.State.SUPERSEDED)
    others.filter(state=Revision.State.APPROVED).supersede()
    revision.state, revision.due_at, revision.failure = Revision.State.LIVE, None, ""
    if stored.original is not None:
        live = Revision.objects.of(stored.original).filter(state=Revision.State.LIVE).first()
        revision.renders = live.number if live else None
    if stored.live_from is not None and stored.live_from <= at:
        # With what going live has filled in, such as the date, so that the form begins with what the revision holds.
        revision.content = snapshot(stored)
        audit(Verb.GO_LIVE, stored, by=None, changes=before_and_after(old, revision.content))
    revision.save()


def wait(stored: Publishable, revision: Revision, at: dt.datetime, release: Release | None = None) -> None:
    """The approved revision waits; one that waited before it is replaced."""
    if stored.state is State.LIVE and stored.live_until is not None and stored.live_until <= at:
        raise Refused(_("The page comes down before that. Change its end first."))
    Revision.objects.of(stored).filter(state=Revision.State.APPROVED).exclude(pk=revision.pk).supersede()
    revision.state, revision.due_at, revision.release, revision.failure = Revision.State.APPROVED, at, release, ""
    revision.save()


def reopen(revision: Revision, latest: Revision) -> None:
    """What was approved waits no longer: it is a draft again, or has been replaced by one that was written since."""
    revision.state = Revision.State.DRAFT if revision == latest else Revision.State.SUPERSEDED
    revision.due_at, revision.release, revision.failure = None, None, ""
    revision.approved_by = revision.approved_at = None
    revision.save()


@contextmanager
def rehearsal() -> Iterator[None]:
    """What is stored inside is taken back at the end. Inside a transaction; locks that were taken before it stay."""
    before = transaction.savepoint()
    yield
    transaction.savepoint_rollback(before)


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
    go_live(stored, revision, at=at)


# ── Told ─────────────────────────────────────────────────────────────────────────────────────────────
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


def audit(
    verb: Verb, item: models.Model, *, by: object, note: str = "", changes: dict[str, list[Any]] | None = None,
    label: str = "",
) -> None:  # fmt: skip
    """Write the audit trail. `by` is None for what the clock does; `changes` holds before and after, by field.

    `label` stands for the item where its own name is not to be kept.
    """
    AuditEntry.objects.create(
        item=item,
        verb=verb,
        by=stored_person(by),
        name="" if by is None else str(by),
        label=(label or str(item))[:250],
        note=note,
        changes=changes or {},
    )


def stored_person(by: object) -> Any:
    """A person who can be referred to: an importer may act as one who is not in the database."""
    return by if isinstance(by, AbstractBaseUser) and by.pk else None
