"""What the library tells people on the admin's start page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from library.models import Image
from library.rights import NOTICE, end_soon, standing_of
from publishing import clock
from publishing.admin_start import LIMIT, Line, Panel


def rights_that_end(user: Any) -> Panel | None:
    """Pictures whose rights end within a month, or have within the last."""
    if not user.has_perm("library.change_image"):
        return None
    today = clock.today()
    lately = Q(rights_end_on__range=(today - NOTICE, today))
    images = Image.objects.filter(end_soon() | lately).order_by("rights_end_on", "pk")[: LIMIT + 1]
    panel = Panel("rights", _("Rights of pictures end"), "", url=f"{_list()}?rights=soon")
    return panel.show(_rights_line(image) for image in images) if images else None


def without_description(user: Any) -> Panel | None:
    """Pictures that were uploaded with others and are still to be described."""
    if not user.has_perm("library.change_image"):
        return None
    images = Image.objects.filter(lacks_alt_text=True)[: LIMIT + 1]
    panel = Panel("undescribed", _("Pictures to be described"), "", url=reverse("admin:library_image_describe"))
    return (
        panel.show(Line(str(image), _url(image), kind=_kind(), when=image.created_at) for image in images)
        if images
        else None
    )


def _rights_line(image: Image) -> Line:
    assert image.rights_end_on is not None
    has_ended = standing_of(image) == "ended"
    day = date_format(image.rights_end_on, "DATE_FORMAT")
    said = gettext("Not shown since: the last day was %(day)s.") if has_ended else gettext("Shown until %(day)s.")
    return Line(str(image), _url(image), kind=_kind(), label=_("Ended") if has_ended else "", note=said % {"day": day})


def _kind() -> str:
    return capfirst(str(Image._meta.verbose_name))


def _url(image: Image) -> str:
    return reverse("admin:library_image_change", args=[image.pk])


def _list() -> str:
    return reverse("admin:library_image_changelist")
