"""The rich-text body: HTML by an allow-list, sanitised whenever it is stored."""

import re
from typing import Any

import nh3
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

# What the editor offers. What the server lets through is TAGS; the test suite holds the two together.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "History": True,
    "SpecialCharacters": True,
}

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "sub", "sup", "ul", "ol", "li", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # nh3 lets some through on every element unless told otherwise
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)
_EMPTY = {"<p></p>", "<p><br></p>"}


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
    cleaned = _cleaner.clean(html).strip()
    return "" if cleaned in _EMPTY else cleaned


class RichTextField(models.TextField[str, str]):
    """Stores sanitised HTML. Templates may mark it safe because no other way into the column exists."""

    # Told to the diff of revisions, which shows words and not tags.
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
        return models.Field.formfield(
            self,
            **{
                **kwargs,
                "form_class": ProseEditorFormField,
                "widget": AdminProseEditorWidget,
                "config": {"extensions": EXTENSIONS},
                "sanitize": sanitise,
            },
        )
