"""What stands on a page in another language than the page's own is marked, for voices and for eyes."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info

from publishing.languages import listed

register = template.Library()
register.filter("listed", listed)


@register.filter
def lang(language: str) -> SafeString:
    """The attributes of an element whose text is in a language; none if that is the page's."""
    if not _is_other(language):
        return SafeString("")
    direction = "rtl" if get_language_info(language)["bidi"] else "ltr"
    return format_html(' lang="{}" dir="{}"', language, direction)


@register.filter
def other_language(language: str) -> str:
    """What readers of the page call a language; "" for the page's own."""
    return capfirst(str(get_language_info(language)["name_translated"])) if _is_other(language) else ""


def _is_other(language: str) -> bool:
    return bool(language) and language != get_language()
