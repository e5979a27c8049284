"""How pictures come into the library, change their file and leave it."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from library.embedded import Proposals, proposals_of
from library.models import Image, ImageFileField
from library.usage import uses_of
from publishing.fields import Translations
from publishing.languages import default_language
from publishing.versions import Refused

TEXTS = ("title", "caption", "credit")


def take_in(file: File[Any]) -> tuple[Image, bool]:
    """The library's image of an uploaded file, and whether it is new: the same file is not stored twice.

    Its words are the file's own proposals, its alternative text is missing. Raises ValidationError, with a sentence
    for its owner, for a file that cannot be taken.
    """
    name = file.name or ""
    form_field = ImageFileField().formfield()
    assert form_field is not None
    picture = form_field.clean(file)
    known = same_file(picture.facts.content_hash)
    if known is not None:
        return known, False
    image = Image(file=picture)
    propose(image, proposals_of(picture, name))
    if not image.title:
        image.title = Translations({default_language(): _("Picture")})
    image.full_clean(exclude=["alt_text", "file"])
    image.save()
    return image, True


def same_file(content_hash: str, *, besides: int | None = None) -> Image | None:
    """The oldest image with the same file, other than the one with a key."""
    others = Image.objects.filter(content_hash=content_hash).order_by("pk")
    return others.exclude(pk=besides).first() if besides else others.first()


def propose(image: Image, proposals: Proposals) -> None:
    """Fill in what is empty, in the site's first language."""
    for name in TEXTS:
        text = getattr(proposals, name)
        if text and not getattr(image, name):
            setattr(image, name, Translations({default_language(): text}))
    image.copyright_holder = image.copyright_holder or proposals.copyright_holder
    image.taken_on = image.taken_on or proposals.taken_on


def forget_file(image: Image, name: str) -> None:
    """Take a file that no row holds any longer out of the storage, once that is certain."""
    if name:
        transaction.on_commit(lambda: image.file.storage.delete(name))


@transaction.atomic
def remove(image: Image) -> None:
    """Delete an image with its file. Raises Refused if something shows it."""
    if uses_of(image):
        raise Refused(_("This picture is used and cannot be deleted."))
    name = image.file.name or ""
    image.delete()
    forget_file(image, name)
