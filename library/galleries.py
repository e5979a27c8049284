"""Ordered pictures with captions: a column that holds them, and what a page shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext

from library.full_size import FullSize
from library.gallery_forms import GalleryFormField
from library.models import Image
from publishing.fields import Translations
from publishing.languages import own_name
from publishing.records import Revision
from publishing.registry import Mention, kinds

# One picture of a gallery as it is stored: {"image": key, "caption": {language: text}}.
Entry = dict[str, Any]
MOST_PICTURES = 200
# Of the places that show an image, so that a page stays short where thousands do.
LIMIT = 20


class GalleryField(models.JSONField):
    """A list of entries, in order. An empty caption stands for the picture's own.

    Keys and not a relation, so that revisions hold the order and the captions as they hold any other column.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def to_python(self, value: Any) -> list[Entry]:
        """In one form, so that equal galleries are equal. Raises ValidationError if it is no gallery."""
        if not isinstance(value, list):
            raise ValidationError(gettext("A list of pictures is expected."))
        return [_entry(one) for one in value]

    def validate(self, value: list[Entry], model_instance: models.Model | None) -> None:
        keys = [entry["image"] for entry in value]
        if len(keys) > MOST_PICTURES:
            raise ValidationError(gettext("A gallery holds at most %(most)d pictures.") % {"most": MOST_PICTURES})
        doubled = [place for place, key in enumerate(keys, start=1) if key in keys[: place - 1]]
        if doubled:
            raise ValidationError(
                gettext("Picture %(place)d stands in the gallery twice. Remove one of the two.") % {"place": doubled[0]}
            )
        there = set(Image.objects.filter(pk__in=keys).values_list("pk", flat=True))
        lost = [place for place, key in enumerate(keys, start=1) if key not in there]
        if lost:
            raise ValidationError(
                gettext("Picture %(place)d is not in the library. Remove it or choose another.") % {"place": lost[0]}
            )

    def readable(self, value: list[Entry]) -> str:
        """A line a picture, for the comparison of revisions."""
        titles = Image.objects.only("title").in_bulk([entry["image"] for entry in value])
        return "\n".join(
            "\n".join([_title(titles.get(entry["image"])), *_captions(entry["caption"])]) for entry in value
        )

    def words(self, value: list[Entry], language: str) -> str:
        """The captions in a language, for the site's search."""
        return "\n".join(filter(None, (entry["caption"].get(language) for entry in value)))

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        kwargs.pop("widget", None)
        # A callable default would make Django send the old value along, hidden, as one text.
        options = {"show_hidden_initial": False, **kwargs}
        return models.Field.formfield(self, form_class=GalleryFormField, **options)


def _entry(one: Any) -> Entry:
    image, caption = (one.get("image"), one.get("caption") or {}) if isinstance(one, dict) else (None, None)
    if not isinstance(image, int) or isinstance(image, bool) or not isinstance(caption, dict):
        raise ValidationError(gettext("A list of pictures is expected."))
    return {"image": image, "caption": {str(code): str(text) for code, text in caption.items() if text}}


def _title(image: Image | None) -> str:
    return f"– {image}" if image else f"– {gettext('(deleted)')}"


def _captions(caption: dict[str, str]) -> Iterator[str]:
    return (f"{own_name(code)}: {text}" for code, text in caption.items())


# ── What readers see ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its place."""

    number: int
    image: Image
    caption: str

    @property
    def full_size(self) -> FullSize:
        """For whoever wants to print it."""
        return FullSize(self.image)

    @property
    def full_size_url(self) -> str:
        return self.full_size.address


def pictures_of(gallery: list[Entry]) -> list[Picture]:
    """The pictures that may be shown, in the active language, in one query."""
    images = Image.objects.in_bulk([entry["image"] for entry in gallery])
    shown = [
        (images[entry["image"]], Translations(entry["caption"]))
        for entry in gallery
        if entry["image"] in images and images[entry["image"]].may_be_shown
    ]
    return [
        Picture(number, image, str(caption) or str(image.caption))
        for number, (image, caption) in enumerate(shown, start=1)
    ]


# ── Where an image is used ───────────────────────────────────────────────────────────────────────────────
def fields_with_galleries() -> Iterator[tuple[type[Any], GalleryField]]:
    for kind in kinds():
        for field in kind.model._meta.concrete_fields:
            if isinstance(field, GalleryField):
                yield kind.model, field


def galleries_with(thing: Any) -> Iterator[Mention]:
    """The items whose gallery holds it, as the public sees them or in a draft.

    JSON cannot be searched alike on both databases, but both write a gallery's entry in the same way.
    """
    if not isinstance(thing, Image):
        return
    words = f'"image": {thing.pk}, "caption":'
    for model, field in fields_with_galleries():
        drafts = (
            Revision.objects.open()
            .filter(content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name)
            .annotate(words=Cast("content", models.TextField()))
            .filter(words__contains=words)
            .values("object_id")
        )
        rows = model.rows().annotate(words=Cast(field.name, models.TextField()))
        for row in rows.filter(models.Q(words__contains=words) | models.Q(pk__in=drafts)).order_by("-pk")[:LIMIT]:
            yield Mention.of(row, field)
