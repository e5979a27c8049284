"""Site settings and menus in the admin, as the tests of their history handle them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.models import MenuLink
from publishing import history
from publishing.records import AuditEntry, Revision
from tests.admin_forms import change_url, verb_url
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    MenuLinkFactory,
)
from tests.html import elements, form_data, parse, text, texts


def page(name: str, item: Any, *args: object) -> str:
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_{name}", args=[item.pk, *args])


def tables(response: Any) -> list[Any]:
    """The bodies of the tables on a page about the past, as rows of cells."""
    shown = next(elements(parse(response), "div", cls="history"))
    return [[[text(cell) for cell in row] for row in body] for body in shown.iter("tbody")]


def opened(person: Person, item: Any) -> dict[str, Any]:
    """The form as a browser holds it."""
    return form_data(person.get(change_url(item)), f"{item._meta.model_name}_form")


def save(person: Person, item: Any, data: dict[str, Any] | None = None, **values: Any) -> Any:
    return person.post(change_url(item), {**(data or opened(person, item)), **values, "_continue": "1"}, follow=True)


def again(person: Person, response: Any, item: Any, **values: Any) -> Any:
    """Send the form as it was shown once more."""
    return save(person, item, form_data(response, f"{item._meta.model_name}_form"), **values)


def section_of(*links: str, **values: Any) -> MenuLink:
    section: MenuLink = MenuLinkFactory(**{"label": "About us", **values})
    for place, label in enumerate(links):
        MenuLinkFactory(label=label, parent=section, position=place, language=section.language, menu=section.menu)
    history.record(section, by=IMPORTER)
    return section


def labels(section: MenuLink) -> list[str]:
    return [link.label for link in MenuLink.objects.filter(parent=section)]


def put_back(person: Person, item: Any, number: int) -> Any:
    """Open the page that asks for confirmation, and confirm."""
    url = verb_url(item, "restore")
    return person.post(url, form_data(person.get(url, {"revision": number}), "verb_form"), follow=True)


def numbers(item: Any) -> list[tuple[int, str]]:
    return list(Revision.objects.of(item).order_by("number").values_list("number", "state"))


def compared(person: Person, item: Any, old: int = 1, new: int = 2) -> dict[str, str]:
    """What the comparison shows, by field: [-removed-], {+added+} and *moved*."""
    response = person.get(page("compare", item), {"from": old, "to": new})
    return shown(response)


def shown(response: Any) -> dict[str, str]:
    marks = {"removed": "[-{}-]", "added": "{{+{}+}}", "moved": "*{}*", "kept": "{}"}
    return {
        one.label: "".join(marks[kind].format(words) for kind, words in one.parts).strip()
        for one in response.context["differences"]
    }


def last_entry(item: Any) -> AuditEntry:
    return AuditEntry.objects.of(item).first()  # type: ignore[no-any-return]


def before_and_after(person: Person, entry: AuditEntry) -> list[str]:
    return texts(next(elements(parse(person.get(change_url(entry))), "div", cls="before-after")), "td")
