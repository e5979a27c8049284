"""A picture in the admin: chosen from the library by its thumbnail.

Without a script it is a plain input with the picture's number in the library.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import ForeignKey
from django.forms.widgets import Script
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from library.models import Image
from library.previews import preview_url
from publishing.keys import key_in


class PictureWidget(forms.Widget):
    template_name = "admin/widgets/picture.html"

    class Media:
        js = (Script("admin_portal/pictures.js", type="module"),)
        css = {"all": ("admin_portal/pictures.css",)}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        key = key_in(value)
        image = Image.objects.filter(pk=key).first() if key is not None else None
        context["widget"] |= {"image": image, "thumbnail": preview_url(image, small=True) if image else ""}
        return context


class PicturesAdminMixin:
    """Of an admin whose model points to images."""

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Image:
            kwargs["widget"] = PictureWidget()
            kwargs["error_messages"] = {"invalid_choice": _("No picture of the library has this number.")}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
