"""The editor of a body in the admin: TipTap, as django-prose-editor ships it, with nodes and a toolbar of our own."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.urls import reverse
from django_prose_editor.widgets import importmap as editor_importmap
from django_prose_editor.widgets import prose_editor_js
from js_asset.js import ImportMap, Script
from js_asset.media import Media

from library.editor_labels import labels
from publishing.languages import language_choices

MODULES = ("body", "dialogs", "link", "library", "marks", "nodes", "paste", "toolbar", "checks")
FOLDER = "admin_portal/editor"
# The modules name each other so, whatever the hashes in their addresses are.
importmap: Any = ImportMap({f"editor/{name}": f"{FOLDER}/{name}.js" for name in MODULES})  # type: ignore[no-untyped-call]


class BodyWidget(forms.Textarea):
    @property
    def media(self) -> forms.Media:
        found: forms.Media = Media(  # type: ignore[no-untyped-call]
            importmap=editor_importmap | importmap,
            css={
                "all": [
                    "django_prose_editor/material-icons.css",
                    "django_prose_editor/editor.css",
                    "django_prose_editor/overrides.css",
                    f"{FOLDER}/editor.css",
                ]
            },
            js=[prose_editor_js, Script(f"{FOLDER}/body.js", type="module")],
        )
        return found

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        config = {
            "labels": {key: str(label) for key, label in labels().items()},
            "languages": language_choices(),
            "library": reverse("body-library"),
            "targets": reverse("body-targets"),
            "search": reverse("admin:pages_page_targets"),
            "check": reverse("body-check"),
        }
        context["widget"]["attrs"]["data-body-editor"] = json.dumps(config, separators=(",", ":"))
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        """The textarea itself is hidden: a browser could not point at it."""
        return False
