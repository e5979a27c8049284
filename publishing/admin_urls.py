"""Where a model's pages lie in the admin."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import reverse


def admin_url(of: Any, page: str, *args: object) -> str:
    """The address of a page: of a row, such as "change", or of a model, such as "add" or "changelist".

    What else stands in the address follows. Raises NoReverseMatch if the model has no such page.
    """
    keys = (of.pk,) if isinstance(of, Model) else ()
    return reverse(f"admin:{of._meta.app_label}_{of._meta.model_name}_{page}", args=(*keys, *args))
