"""The verbs of what has no drafts: what is saved is public at once, and a revision is kept of every state.

Each is one transaction, checks the person's right and writes the audit trail. Of two who act at once, one is refused:
no two revisions have the same number.

Errors: PermissionDenied for what a person may not do; Overtaken if a newer revision exists than the one that the
caller saw; Refused (both are ValidationErrors) if a rule of the model is broken.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing.models import Recorded
from publishing.records import AuditEntry, Revision
from publishing.snapshots import Content, before_and_after, overlay, snapshot
from publishing.versions import Overtaken, Person, Refused, audit, stored_person

Verb = AuditEntry.Verb
R = TypeVar("R", bound=Recorded)


def may(user: Any, action: str, model: type[Recorded]) -> bool:
    """Whether a person may "view", "add", "change" or "delete"."""
    return bool(user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}"))


def begin(item: Recorded) -> Revision:
    """The newest revision, made of what is stored if there is none yet. Call it before anything is written."""
    latest: Revision | None = item.revisions.first()
    if latest is not None:
        return latest
    stored = type(item)._default_manager.get(pk=item.pk)
    return _add(stored, snapshot(stored), by=None, number=1)


@transaction.atomic
def record(item: Recorded, *, by: Person, seen: int | None = None) -> Revision:
    """Keep what has just been stored. `seen` is the number of the revision that its author began with, or merged."""
    latest: Revision | None = item.revisions.first()
    _require(by, "change" if latest else "add", item)
    _require_newest(latest, seen)
    content = snapshot(item)
    if latest is not None and latest.content == content:
        return latest
    return _went_live(item, latest, content, by=by, verb=Verb.GO_LIVE)


@transaction.atomic
def restore(item: Recorded, *, by: Person, revision: Revision, seen: int | None = None) -> Revision:
    """Put an earlier state in place; a row that was deleted comes back."""
    _require(by, "add" if item._state.adding else "change", item)
    latest = begin(item)
    _require_newest(latest, seen)
    overlay(item, revision.content)
    check(item)
    item.save()
    for part in item.parts:
        if part.name in revision.content:
            part.write(item, revision.content[part.name])
    note = gettext("As in revision %(number)d.") % {"number": revision.number}
    return _went_live(item, latest, snapshot(item), by=by, verb=Verb.RESTORE, note=note)


@transaction.atomic
def delete(item: Recorded, *, by: Person) -> None:
    """The row goes, and its revisions stay, so that it can be brought back."""
    _require(by, "delete", item)
    begin(item)
    row = {**snapshot(item), **{name: item.serializable_value(name) for name in item.outside}}
    changes = {name: [value, None] for name, value in row.items()}
    audit(Verb.DELETE, item, by=by, changes=changes)
    item.delete()


def check(row: models.Model) -> None:
    """Raise Refused, with a sentence for people who do not see the row's form, if it breaks a rule of its model."""
    try:
        row.full_clean()
    except ValidationError as error:
        said = {"item": str(row), "problems": " ".join(error.messages)}
        raise Refused(_("“%(item)s” cannot be put back as it was. %(problems)s") % said) from error


# ── What was deleted ─────────────────────────────────────────────────────────────────────────────────
def deletions(model: type[Recorded]) -> list[AuditEntry]:
    """Of each row that is gone, the entry of its deletion, newest first."""
    entries = AuditEntry.objects.filter(content_type=ContentType.objects.get_for_model(model), verb=Verb.DELETE)
    newest: dict[int, AuditEntry] = {}
    for entry in entries.exclude(object_id__in=model._default_manager.values("pk")):
        newest.setdefault(entry.object_id, entry)
    return list(newest.values())


def deleted(model: type[R], key: int) -> R | None:
    """A deleted row as it was in the end, not stored; None if there never was one."""
    item = model(pk=key)
    latest: Revision | None = item.revisions.first()
    if latest is None:
        return None
    overlay(item, latest.content)
    deletion = AuditEntry.objects.of(item).filter(verb=Verb.DELETE).first()
    if deletion is not None:
        for name in item.outside:
            field: Any = model._meta.get_field(name)
            setattr(item, field.attname, deletion.changes[name][0])
    return item


# ── Inside ───────────────────────────────────────────────────────────────────────────────────────────
def _require(by: Person, action: str, item: Recorded) -> None:
    if not may(by, action, type(item)):
        raise PermissionDenied


def _require_newest(latest: Revision | None, seen: int | None) -> None:
    if latest is not None and seen is not None and seen != latest.number:
        raise Overtaken(latest)


def _went_live(
    item: Recorded, latest: Revision | None, content: Content, *, by: Person, verb: Verb, note: str = ""
) -> Revision:
    changes = before_and_after(latest.content if latest else {}, content)
    audit(verb, item, by=by, note=note, changes=changes)
    return _add(item, content, by=by, number=latest.number + 1 if latest else 1, note=note)


def _add(item: Recorded, content: Content, *, by: Person | None, number: int, note: str = "") -> Revision:
    """The newest revision is what the public sees; those before it are replaced."""
    item.revisions.filter(state=Revision.State.LIVE).update(state=Revision.State.SUPERSEDED)
    revision = Revision(item=item, number=number, content=content, author=stored_person(by), note=note)
    revision.state = Revision.State.LIVE
    revision.save()
    return revision
