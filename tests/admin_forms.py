"""Filling in the admin's forms as a browser does."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from publishing.admin_verbs import VERBS
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


def verb_url(item: Any, verb: str) -> str:
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_verb", args=[item.pk, verb])


def send(person: Person, url: str, model: type, button: str, **values: Any) -> Any:
    """Open an item's form, fill it in and press a button, by its name or by its verb."""
    data = form_data(person.get(url), form_id(model))
    pressed = {"_verb": button} if button in VERBS else {button: "1"}
    return person.post(url, {**data, **values, **pressed}, follow=True)


def act(person: Person, item: Any, verb: str, **values: Any) -> Any:
    """Open the page of a verb, fill it in and send it."""
    return confirm(person, person.get(verb_url(item, verb)), **values)


def confirm(person: Person, page: Any, **values: Any) -> Any:
    """Send the verb's page on which one has landed; a change to what is public is a minor one unless told otherwise."""
    data = form_data(page, "verb_form")
    weight = {"weight": "minor"} if b'name="weight"' in page.content else {}
    return person.post(page.request["PATH_INFO"], {**data, **weight, **values}, follow=True)


def publish(person: Person, url: str, model: type, **values: Any) -> Any:
    """Fill in an item's form, press “Publish” and confirm."""
    page = send(person, url, model, "approve", **values)
    return page if "adminform" in page.context else confirm(person, page)


def messages(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def errors(response: Any) -> str:
    form = response.context["adminform"].form
    return " ".join(str(error) for errors in form.errors.values() for error in errors)
