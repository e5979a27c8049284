"""Columns that follow from the others of their row."""

from __future__ import annotations

from typing import Any

from django.db import models


class Derived(models.Field[Any, Any]):
    """Computed by a method of its model whenever the row is stored; declared after the fields that it follows from."""

    def __init__(self, *args: Any, derive: str = "", **kwargs: Any) -> None:
        self.derive = derive
        super().__init__(*args, **{"editable": False, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.derive)()
        setattr(model_instance, self.attname, value)
        return value


class DerivedTextField(Derived, models.TextField[str, str]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"blank": True, "default": "", **kwargs})


class DerivedBooleanField(Derived, models.BooleanField[bool, bool]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": False, **kwargs})
