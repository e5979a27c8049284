"""Releases as their tests make them and use their pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from publishing import releases
from publishing.models import Publishable
from publishing.records import Release
from tests.admin_forms import confirm
from tests.conftest import Person
from tests.factories import IMPORTER


def holding(*items: Publishable, name: str = "Summit", **values: Any) -> Release:
    release = Release.objects.create(name=name, **values)
    for item in items:
        releases.add(release, item, by=IMPORTER)
    return release


def page(release: Release, name: str) -> str:
    return reverse(f"admin:publishing_release_{name}", args=[release.pk])


def do(person: Person, release: Release, verb: str, **values: Any) -> Any:
    """Open the page of a release's verb, fill it in and send it."""
    return confirm(person, person.get(reverse("admin:publishing_release_verb", args=[release.pk, verb])), **values)


def at(instant: dt.datetime) -> dict[str, str]:
    local = timezone.localtime(instant)
    return {"when": "later", "at_0": f"{local:%Y-%m-%d}", "at_1": f"{local:%H:%M:%S}"}
