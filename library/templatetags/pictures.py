"""Addresses of pictures for templates: all of a ratio, one for who takes only one, and the one in full size."""

from __future__ import annotations

from django import template

from library.full_size import FullSize
from library.models import Image
from library.pictures import Sources, single_address, sources_of

register = template.Library()


@register.filter
def full_size_url(image: Image) -> str:
    """Where it is to be had in full size, with its credit in it."""
    return FullSize(image).address


@register.simple_tag
def sources(image: Image | None, ratio: str) -> Sources | None:
    """None where a neutral picture is to stand."""
    return sources_of(image or None, ratio or "photo")


@register.simple_tag
def single_picture(image: Image | None, ratio: str) -> str:
    """The address of one JPEG, "" if there is none."""
    return single_address(image or None, ratio)
