"""System checks that catch a misuse of Publishable."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from publishing.checks import _faults
from publishing.models import Publishable, PublishableQuerySet
from publishing.registry import ContentKind


def test_the_project_has_no_finding() -> None:
    assert run_checks() == []


def faults(model: type[Publishable]) -> list[str]:
    return [str(message.id).removeprefix("publishing.") for message in _faults(model)]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Any:
    def register(model: type[Publishable], **options: Any) -> None:
        monkeypatch.setattr("publishing.checks.kind_of", lambda asked: ContentKind("x", model, **options))

    return register


@isolate_apps("publishing")
def test_a_model_that_drops_the_constraints_is_found(registered: Any) -> None:
    class Careless(Publishable):
        objects = PublishableQuerySet.as_manager()

        class Meta:
            app_label = "publishing"
            constraints: ClassVar[list[models.BaseConstraint]] = []

    registered(Careless, has_page=False)
    assert faults(Careless) == ["E001", "E001"]


@isolate_apps("publishing")
def test_a_shared_field_that_does_not_exist_is_found(registered: Any) -> None:
    class Misspelt(Publishable):
        shared_fields = ("tittle",)
        objects = PublishableQuerySet.as_manager()

        class Meta(Publishable.Meta):
            app_label = "publishing"

    registered(Misspelt, has_page=False)
    assert faults(Misspelt) == ["E002"]


@isolate_apps("publishing")
def test_another_manager_is_found(registered: Any) -> None:
    class Plain(Publishable):
        objects = models.Manager()

        class Meta(Publishable.Meta):
            app_label = "publishing"

    registered(Plain, has_page=False)
    assert faults(Plain) == ["E003"]


@isolate_apps("publishing")
def test_a_kind_that_nobody_entered_is_found() -> None:
    class Forgotten(Publishable):
        objects = PublishableQuerySet.as_manager()

        class Meta(Publishable.Meta):
            app_label = "publishing"

    assert faults(Forgotten) == ["E004"]


@isolate_apps("publishing")
def test_a_kind_with_pages_but_no_address_is_found(registered: Any) -> None:
    class Homeless(Publishable):
        objects = PublishableQuerySet.as_manager()

        class Meta(Publishable.Meta):
            app_label = "publishing"

    registered(Homeless)
    assert faults(Homeless) == ["E005"]
