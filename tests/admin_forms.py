"""Filling in the admin's forms as a browser does."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tests.conftest import Person
from tests.html import form_data


def form_id(model: type) -> str:
    return f"{model._meta.model_name}_form"  # type: ignore[attr-defined]


def add_url(model: Any, query: str = "") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add") + query


def change_url(item: Any) -> str:
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_change", args=[item.pk])


def list_url(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def delete_url(item: Any) -> str:
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_delete", args=[item.pk])


def send(person: Person, url: str, model: type, button: str, **values: Any) -> Any:
    """Open a form, fill it in and press a button."""
    data = form_data(person.get(url), form_id(model))
    return person.post(url, {**data, **values, button: "1"}, follow=True)


def messages(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def errors(response: Any) -> str:
    form = response.context["adminform"].form
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
