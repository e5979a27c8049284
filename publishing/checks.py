"""System checks that catch a misuse of `Publishable` before it reaches an editor."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist

from publishing.models import Publishable, PublishableQuerySet
from publishing.registry import kind_of


@register("models")
def check_publishable_models(*, app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    return [message for model in apps.get_models() if issubclass(model, Publishable) for message in _faults(model)]


def _faults(model: type[Publishable]) -> Iterator[CheckMessage]:
    own = {constraint.name for constraint in model._meta.constraints}
    for constraint in Publishable.Meta.constraints:
        values = {"app_label": model._meta.app_label, "class": model._meta.model_name}
        if constraint.name % values not in own:
            yield Error(
                f"{model.__name__} has lost the constraint “{constraint.name % values}”.",
                hint="Begin its Meta.constraints with *Publishable.Meta.constraints.",
                obj=model,
                id="publishing.E001",
            )
    for name in model.shared_fields:
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            yield Error(f"shared_fields names “{name}”, which is no field.", obj=model, id="publishing.E002")
    if not isinstance(model.rows(), PublishableQuerySet):
        yield Error("Its manager does not come from PublishableQuerySet.", obj=model, id="publishing.E003")
    kind = kind_of(model)
    if kind is None:
        yield Error("It is not entered in publishing.registry.", obj=model, id="publishing.E004")
    elif kind.has_page and model.address.__func__ is Publishable.address.__func__:  # type: ignore[attr-defined]
        yield Error("It has pages but no address().", obj=model, id="publishing.E005")
