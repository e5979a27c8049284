"""Shows rich text: the only way from a rich-text column to a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from library.body import Things, render_body, texts_of
from library.markup import targets_in
from publishing.languages import current_language
from publishing.targets import PageTargets, targets_of_page

register = template.Library()


@register.simple_tag(takes_context=True)
def body(context: template.Context, item: Any, field: str = "body", apart: object = "") -> SafeString:
    """The text in an item's field. What all its texts name is looked up once.

    `apart` tells the texts of several items on one page apart.
    """
    html = getattr(item, field)
    if not html:
        return SafeString("")
    language = getattr(item, "language", "") or current_language()
    things: Things | None = getattr(item, "_things_of_body", None)
    if things is None:
        things = item._things_of_body = Things.of(texts_of(item))
    request = context.get("request")
    targets = targets_of_page(request, language) if request is not None else PageTargets(language)
    return render_body(html, things, targets.among(targets_in(html)), language=language, name=f"{field}{apart}")
