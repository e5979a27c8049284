"""The rich-text body: HTML by an allow-list, sanitised whenever it is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import nh3
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from library.markup import ATTRIBUTES, SCHEMES, SPEAKER, TAGS, allowed, targets_in
from library.pasted import looks_pasted, tidied
from library.widgets import BodyWidget
from publishing.diff import text_of

if TYPE_CHECKING:
    from publishing.models import Publishable
    from publishing.problems import Problem

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=allowed,
    url_schemes={*SCHEMES, "target"},
    link_rel=None,  # the renderer knows which links lead outside
)
# What is left where somebody made room with the Enter key.
_EMPTY = re.compile(r"<p(?: lang=\"[^\"]*\")?>(?:\s|&nbsp;|<br>)*</p>")


# What can stand in itself without end, by way of others. The time that a parser takes grows with the square of the
# depth, so that a form full of it would keep a process busy for hours.
NESTING = re.compile(r"<(?!(?:p|br|hr|td|th|tr|strong|em|sub|sup|a|b|i|u)[\s/>])[a-z]", re.IGNORECASE)
MOST_NESTING = 10_000


def sanitise(html: str) -> str:
    """HTML with only the allowed elements and attributes; "" for a body without content.

    Raises ValidationError for more lists, headings and tables than any text has.
    """
    if sum(1 for _found in NESTING.finditer(html)) > MOST_NESTING:
        raise ValidationError(_("This text has too many lists, headings or tables. Make several of it."))
    cleaned = _cleaned(tidied(html) if looks_pasted(html) else html)
    # What an element that is not allowed held can belong elsewhere without it: a paragraph in a button, in a paragraph.
    while cleaned != (again := _cleaned(cleaned)):
        cleaned = again
    return cleaned


def _cleaned(html: str) -> str:
    return _EMPTY.sub("", _cleaner.clean(html)).strip()


class RichTextFormField(forms.CharField):
    widget = BodyWidget

    def clean(self, value: Any) -> str:
        return sanitise(super().clean(value))


class RichTextField(models.TextField[str, str]):
    """Stores sanitised HTML. Only `library.body` shows it: no other way into the column exists, and none out of it."""

    # Told to what searches texts for links.
    holds_html = True

    def get_prep_value(self, value: Any) -> Any:
        return sanitise(value) if isinstance(value, str) else super().get_prep_value(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = sanitise(value)
            setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> forms.Field | None:  # type: ignore[override]
        return models.Field.formfield(self, **{**kwargs, "form_class": RichTextFormField, "widget": BodyWidget})

    def targets(self, value: str) -> Iterable[str]:
        """What its links within the site lead to."""
        return targets_in(value)

    def readable(self, value: str) -> str:
        """Its words, a line a block; pictures, documents and recordings by their titles."""
        from library.body import words  # the body's things are models, and models have this field

        return words(value)

    def words(self, value: str, language: str) -> str:
        """What the site's search looks in: its text, with the names of who speaks."""
        return text_of(SPEAKER.sub(r"\g<0>\1: ", value))

    def problems(self, value: str, item: Publishable) -> list[Problem]:
        """What is wrong with it as a text for readers."""
        from library.checks import problems_in  # as above

        return problems_in(value, language=item.language)
