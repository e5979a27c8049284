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

# The modules name each other so, whatever the hashes in their addresses are.
importmap: Any = ImportMap(  # type: ignore[no-untyped-call]
    {
        "editor/checks": "admin_portal/editor/checks.js",
        "editor/dialogs": "admin_portal/editor/dialogs.js",
        "editor/library": "admin_portal/editor/library.js",
        "editor/link": "admin_portal/editor/link.js",
        "editor/marks": "admin_portal/editor/marks.js",
        "editor/nodes": "admin_portal/editor/nodes.js",
        "editor/paste": "admin_portal/editor/paste.js",
        "editor/toolbar": "admin_portal/editor/toolbar.js",
    }
)


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
                    "admin_portal/editor/editor.css",
                ]
            },
            js=[prose_editor_js, Script("admin_portal/editor/body.js", type="module")],
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
