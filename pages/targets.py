"""The column for what a link leads to, and its search box; the texts in it are those of `publishing.targets`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse_lazy

from publishing import registry
from publishing.mentions import path_of
from publishing.models import Publishable
from publishing.targets import describe, target_of, validate_target

TARGETS = reverse_lazy("admin:pages_page_targets")


class TargetField(models.CharField[str, str]):
    """A column that holds where a link leads."""

    default_validators = [validate_target]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 500)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field | None:  # type: ignore[override]
        return super().formfield(**{**kwargs, "widget": TargetWidget})

    def readable(self, value: str) -> str:
        return describe(value)


class TargetWidget(forms.Select):
    """A search box over everything that has an address; an outside address can be typed into it."""

    template_name = "django/forms/widgets/select.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-target-search": TARGETS, **(attrs or {})})

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        self.choices = [("", ""), *((text, describe(text)) for text in value if text)]
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
                "admin_portal/target.js",
            ],
            css={"screen": [f"admin/css/vendor/select2/select2{kind}.css", "admin/css/autocomplete.css"]},
        )


def links_to(item: Publishable) -> Iterator[registry.Mention]:
    """Menu links, featured items and whatever else points at an item, in the language of this version."""
    path = path_of(item)
    if not path:
        return
    target = target_of(item)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, TargetField):
                by_item = Q(**{field.name: target, "language": item.language})
                by_address = Q(**{f"{field.name}__startswith": "http", f"{field.name}__endswith": path})
                for row in model._default_manager.filter(by_item | by_address):
                    yield registry.Mention.of(row, field, title=str(item) if str(row) == target else "")
