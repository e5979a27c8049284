"""A gallery in the admin: pictures from the library, put in order, with a caption a language.

Without a script it is a table of plain inputs: a picture's number in the library, its place, its captions. The script
puts thumbnails, buttons and dragging in their place, and writes into the same inputs.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.utils.translation import gettext

from library.models import Image
from library.previews import preview_url
from publishing.keys import key_in, keys_among
from publishing.languages import own_name

# Rows to fill in where no script adds any.
SPARE = 3


class GalleryWidget(forms.Widget):
    template_name = "admin/widgets/gallery.html"
    use_fieldset = True

    class Media:
        js = (Script("admin_portal/pictures.js", type="module"),)
        css = {"all": ("admin_portal/pictures.css",)}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        entries = [one for one in value or [] if one["image"] not in (None, "")]
        images = Image.objects.in_bulk(keys_among(one["image"] for one in entries))
        spare = [{"image": "", "caption": {}}] * (SPARE + 1)
        rows = [
            {
                "place": place,
                "key": one["image"],
                "image": (image := images.get(key_in(one["image"]))),
                "thumbnail": preview_url(image, small=True) if image else "",
                "captions": [
                    {"code": code, "language": own_name(code), "text": one["caption"].get(code, "")}
                    for code, _name in settings.LANGUAGES
                ],
            }
            for place, one in enumerate([*entries, *spare], start=1)
        ]
        context["widget"] |= {
            "rows": rows[: len(entries)],
            "spare": rows[len(entries) : -1],
            "blank": {**rows[-1], "place": ""},
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        """The rows in the order of their places, as they were typed; those without a picture are gone."""
        columns = [data.getlist(f"{name}_{part}") for part in ("image", "place", *self._captions)]
        rows = [
            (place, {"image": image.strip(), "caption": dict(zip(self._codes, captions, strict=True))})
            for image, place, *captions in zip(*columns, strict=False)
            if image.strip()
        ]
        rows.sort(key=lambda row: key_in(row[0]) or 0)
        return [row for _place, row in rows]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_image" not in data

    def id_for_label(self, id_: str) -> str:
        return ""

    @property
    def _codes(self) -> list[str]:
        return [code for code, _name in settings.LANGUAGES]

    @property
    def _captions(self) -> list[str]:
        return [f"caption_{code}" for code in self._codes]


class GalleryFormField(forms.Field):
    widget = GalleryWidget

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        return [self._entry(place, one) for place, one in enumerate(value or [], start=1)]

    def _entry(self, place: int, one: dict[str, Any]) -> dict[str, Any]:
        key = key_in(one["image"])
        if key is None:
            raise ValidationError(
                gettext("Picture %(place)d: enter its number in the library, or leave it empty.") % {"place": place}
            )
        # Browsers send the line ends of HTTP; without this, saving would look like changing.
        # PostgreSQL takes no NUL.
        texts = {code: text.strip().replace("\r\n", "\n").replace("\0", "") for code, text in one["caption"].items()}
        return {"image": key, "caption": {code: text for code, text in texts.items() if text}}

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True
