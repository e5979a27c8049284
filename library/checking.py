"""Whether the library's rows and the files in the storage fit together, and putting right what does not.

Through the storage's own interface only, so that local disk and object storage are checked alike. The storage is
listed folder by folder and asked about single files only where something is wrong.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.apps import apps
from django.core.files.storage import Storage, default_storage
from django.db import models
from django.db.models import F, ProtectedError
from django.http import QueryDict
from django.utils import timezone

from library.galleries import GalleryField
from library.markup import IMAGE, keys_in
from library.models import Image
from library.storage import WholeFileStorage
from publishing.records import Revision, WorkingCopy

RENDITIONS = "renditions"
# What is younger may belong to an upload that is still going on, or to pictures for an article of tomorrow.
GRACE = dt.timedelta(days=1)
BATCH = 500
T = TypeVar("T")


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────
def file_fields() -> list[tuple[type[models.Model], models.FileField]]:
    """Every column of the site whose files lie in the library's storage."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField) and field.storage == default_storage
    ]


def names_in_use() -> Iterator[tuple[str, models.Model | str]]:
    """Each file that a row refers to, with words for the row."""
    for model, field in file_fields():
        rows = model._default_manager.exclude(**{field.name: ""}).values_list(field.name, "pk")
        for name, pk in rows.iterator():
            yield name, f"{model._meta.verbose_name} {pk}"


def folders() -> set[str]:
    """The topmost folders that uploads are put into."""
    return {str(field.upload_to).split("/")[0] for _model, field in file_fields() if field.upload_to}


def files_below(folder: str, storage: Storage = default_storage) -> Iterator[str]:
    """The names of all files, folder by folder."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            inside, files = storage.listdir(here)
        except FileNotFoundError:
            continue
        yield from (f"{here}/{name}" for name in files if name)
        waiting += [f"{here}/{name}" for name in inside if name]


class Files:
    """What lies in the storage against what the rows say."""

    def __init__(self) -> None:
        # Listed first: what is uploaded meanwhile is then in the rows, and not yet missing here.
        self.there = {name for folder in sorted(folders()) for name in files_below(folder)}
        unfinished = set(files_below(WholeFileStorage.UNFINISHED))
        self.missing: list[tuple[str, str]] = []
        used = set()
        for name, row in names_in_use():
            used.add(name)
            if name not in self.there and not default_storage.exists(name):
                self.missing.append((name, str(row)))
        self.orphaned = sorted(self.there - used | unfinished)

    def remove_orphans(self) -> list[str]:
        """Delete those that are old enough and that no row has come to refer to. Returns their names."""
        return [
            name
            for batch in batches(self.orphaned)
            for name in sorted(set(batch) - in_use_among(batch))
            if is_old(name) and _removed(name)
        ]


def in_use_among(names: list[str]) -> set[str]:
    used: set[str] = set()
    for model, field in file_fields():
        rows = model._default_manager.filter(**{f"{field.name}__in": names})
        used.update(rows.values_list(field.name, flat=True))
    return used


def is_old(name: str) -> bool:
    """Whether it has lain there long enough to belong to nothing that is still going on; False if it is gone."""
    try:
        return default_storage.get_modified_time(name) < timezone.now() - GRACE
    except (OSError, NotImplementedError):
        return False


def _removed(name: str) -> bool:
    default_storage.delete(name)
    return True


# ── Renditions ───────────────────────────────────────────────────────────────────────────────────────────
class Renditions:
    """The pictures made of pictures, under renditions/<pk>/<version>/."""

    def __init__(self) -> None:
        current = dict(Image.objects.values_list("pk", "version").iterator())
        made: set[tuple[int, str]] = set()
        self.orphaned: list[str] = []
        for pk in _folders_in(RENDITIONS):
            for version in _folders_in(f"{RENDITIONS}/{pk}"):
                if pk.isdecimal() and current.get(int(pk)) == version:
                    made.add((int(pk), version))
                else:
                    self.orphaned.append(f"{RENDITIONS}/{pk}/{version}")
        rendered = Image.objects.filter(rendered=F("version")).exclude(rendered="")
        self.missing = [row for row in rendered.values_list("pk", "version").iterator() if row not in made]

    def remove_orphans(self) -> list[str]:
        """Delete the folders whose version is still nobody's. Returns their names."""
        removed = []
        for batch in batches(self.orphaned):
            keys = [int(pk) for _top, pk, _version in (name.split("/") for name in batch) if pk.isdecimal()]
            current = {f"{RENDITIONS}/{pk}/{version}" for pk, version in _versions(keys)}
            for folder in batch:
                if folder not in current:
                    for name in list(files_below(folder)):
                        default_storage.delete(name)
                    _remove_folder(folder)
                    removed.append(folder)
        return removed

    def ask_again(self) -> int:
        """Have the missing ones made anew. Returns how many pictures that concerns."""
        return sum(
            Image.objects.filter(pk__in=[pk for pk, _version in batch], rendered=F("version")).update(rendered="")
            for batch in batches(self.missing)
        )


def _versions(keys: list[int]) -> Any:
    return Image.objects.filter(pk__in=keys).values_list("pk", "version")


def _folders_in(folder: str) -> list[str]:
    try:
        return [name for name in default_storage.listdir(folder)[0] if name]
    except FileNotFoundError:
        return []


def _remove_folder(folder: str) -> None:
    """Object storage has none; on a disk an empty one is deleted like a file."""
    for name in (folder, folder.rpartition("/")[0]):
        try:
            default_storage.delete(name)
        except OSError:
            return  # not empty: another version is there


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────
def without_alt_text() -> list[tuple[int, str]]:
    rows = Image.objects.values_list("pk", "title", "alt_text").iterator()
    return [(pk, str(title)) for pk, title, alt_text in rows if not any(alt_text.values())]


def used_images() -> set[int]:
    """The keys of all images that a column, a gallery, a text or a waiting revision shows."""
    used: set[int] = set()
    for model in apps.get_models():
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
            if field.related_model is Image:
                used.update(key for key in _values(model, field.name) if key is not None)
            elif isinstance(field, GalleryField):
                used.update(entry["image"] for gallery in _values(model, field.name) for entry in gallery)
            elif getattr(field, "holds_html", False):
                used.update(key for text in _values(model, field.name) for key in keys_in(text, IMAGE))
    kind = ("content_type__app_label", "content_type__model")
    for content, *names in Revision.objects.open().values_list("content", *kind).iterator():
        used.update(_images_in(content, apps.get_model(*names)))
    for typed, *names in WorkingCopy.objects.typed().values_list("data", *kind).iterator():
        used.update(_images_typed(QueryDict(typed), apps.get_model(*names)))
    return used


def _values(model: type[models.Model], name: str) -> Iterator[Any]:
    return model._default_manager.values_list(name, flat=True).iterator()


def _images_in(content: dict[str, Any], model: type[models.Model]) -> Iterator[int]:
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        value = content.get(field.name)
        if not value:
            continue
        if field.related_model is Image:
            yield from value if isinstance(value, list) else [value]
        elif isinstance(field, GalleryField):
            yield from (entry["image"] for entry in value)
        elif getattr(field, "holds_html", False):
            yield from keys_in(value, IMAGE)


def _images_typed(fields: QueryDict, model: type[models.Model]) -> Iterator[int]:
    """What is typed into a form and not saved yet."""
    for field in model._meta.concrete_fields:
        name = f"{field.name}_image" if isinstance(field, GalleryField) else field.name
        if field.related_model is Image or isinstance(field, GalleryField):
            yield from (int(key) for key in fields.getlist(name) if re.fullmatch(r"[0-9]{1,18}", key))
        elif getattr(field, "holds_html", False):
            yield from (key for text in fields.getlist(name) for key in keys_in(text, IMAGE))


def unused_images() -> list[tuple[int, str]]:
    used = used_images()
    return [(pk, str(title)) for pk, title in Image.objects.values_list("pk", "title").iterator() if pk not in used]


def delete_unused(keys: Iterable[int]) -> int:
    """Delete the rows that are old enough and still unused; their files are orphans then. Returns how many."""
    deleted = 0
    used = used_images()
    for image in Image.objects.filter(created_at__lt=timezone.now() - GRACE).iterator():
        if image.pk in keys and image.pk not in used:
            try:
                image.delete()
            except ProtectedError:
                continue
            deleted += 1
    return deleted


def batches(rows: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch
