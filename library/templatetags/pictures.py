"""`{% sources image ratio as picture %}` and `{% single_picture image ratio as address %}`, for templates."""

from __future__ import annotations

from django import template

from library.models import Image
from library.pictures import Sources, single_address, sources_of

register = template.Library()


@register.simple_tag
def sources(image: Image | None, ratio: str) -> Sources | None:
    """None where a neutral picture is to stand."""
    return sources_of(image or None, ratio or "photo")


@register.simple_tag
def single_picture(image: Image | None, ratio: str) -> str:
    """The address of one JPEG, "" if there is none."""
    return single_address(image or None, ratio)
