"""The form field for tags: chosen from those there are by typing, or made on the fly."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from library.embedded import clean
from library.models import Tag
from publishing.keys import keys_among

# What a word that is no tag yet begins with, so that a tag named “2024” is not taken for a key.
NEW = "new:"
MOST = 30


class TagsWidget(forms.SelectMultiple):
    """A search box over all tags; a word that is none yet can be typed."""

    template_name = "django/forms/widgets/select.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-tag-search": reverse_lazy("admin:autocomplete"), "data-new": NEW, **(attrs or {})})

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        names = {str(tag.pk): tag.name for tag in Tag.objects.filter(pk__in=keys_among(value))}
        self.choices = [(text, names.get(text, text.removeprefix(NEW))) for text in value]
        return super().optgroups(name, value, attrs)

    @property
    def media(self) -> forms.Media:
        # The very files of the admin's own search boxes, so that a form with both loads them once.
        kind = "" if settings.DEBUG else ".min"
        return forms.Media(
            js=[
                f"admin/js/vendor/jquery/jquery{kind}.js",
                f"admin/js/vendor/select2/select2.full{kind}.js",
                "admin/js/jquery.init.js",
                "admin_portal/tags.js",
            ],
            css={"screen": [f"admin/css/vendor/select2/select2{kind}.css", "admin/css/autocomplete.css"]},
        )


class TagsField(forms.MultipleChoiceField):
    """Gives the tags; those that are new are made when the field is found valid."""

    widget = TagsWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Tags"))
        kwargs.setdefault("help_text", _("Type a word and choose it, or press Enter to make it a new tag."))
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return [str(getattr(tag, "pk", tag)) for tag in value or ()]

    def clean(self, value: Any) -> QuerySet[Tag]:
        chosen = super().clean(value)
        if len(chosen) > MOST:
            raise ValidationError(gettext("At most %(most)d tags, please.") % {"most": MOST})
        keys = keys_among(chosen)
        for text in chosen:
            name = clean(text.removeprefix(NEW), 60) if text.startswith(NEW) else ""
            if name:
                tag = Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
                keys.append(tag.pk)
        return Tag.objects.filter(pk__in=keys)

    def valid_value(self, value: str) -> bool:
        return True

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {*self.prepare_value(initial)} != {*(data or ())}
