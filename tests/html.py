"""Reading pages as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from django.http import HttpResponseBase


def parse(page: HttpResponseBase | str | bytes, *, strict: bool = False) -> Element:
    """The page's tree. With `strict`, raises html5lib.html5parser.ParseError where the HTML standard sees an error."""
    content = getattr(page, "content", page)
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=strict, namespaceHTMLElements=False)
    text = content.decode() if isinstance(content, bytes) else content
    return parser.parse(text)  # type: ignore[no-any-return]


def text(element: Element | None) -> str:
    """All text inside, on one line."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def classes(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def elements(root: Element, tag: str = "*", /, *, cls: str = "", **attributes: str) -> Iterator[Element]:
    """Every element below with this tag, class and attributes, in the order of the page."""
    for element in root.iter(None if tag == "*" else tag):
        if not isinstance(element.tag, str) or (cls and cls not in classes(element)):
            continue
        if all(element.get(name.rstrip("_").replace("_", "-")) == value for name, value in attributes.items()):
            yield element


def one(root: Element, tag: str = "*", /, **wanted: str) -> Element:
    found = list(elements(root, tag, **wanted))
    assert len(found) == 1, f"{len(found)} × <{tag}> {wanted}"
    return found[0]


def texts(root: Element, tag: str = "*", /, **wanted: str) -> list[str]:
    return [text(element) for element in elements(root, tag, **wanted)]


def hrefs(root: Element) -> list[str]:
    return [href for anchor in elements(root, "a") if (href := anchor.get("href")) is not None]


def form_data(page: Any, form_id: str) -> dict[str, Any]:
    """What a browser would send for a form as it was loaded, without any button."""
    data: dict[str, Any] = {}
    for field in _outside_templates(one(parse(page), "form", id=form_id)):
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        if field.tag == "select":
            chosen = [o.get("value") or "" for o in field.iter("option") if o.get("selected") is not None]
            if field.get("multiple") is not None:
                data[name] = chosen
            elif chosen or len(field):
                first = next((o.get("value") or "" for o in field.iter("option")), "")
                data[name] = chosen[0] if chosen else first
        elif field.tag == "textarea":
            _send(data, name, "".join(field.itertext()).removeprefix("\n"))
        elif field.tag == "input":
            kind = field.get("type", "text")
            if kind in ("submit", "button", "image", "file"):
                continue
            if kind in ("checkbox", "radio") and field.get("checked") is None:
                continue
            _send(data, name, field.get("value") or ("on" if kind == "checkbox" else ""))
    return data


def _outside_templates(element: Element) -> Iterator[Element]:
    """What stands in a template is no part of the page until a script puts it there."""
    if element.tag != "template":
        yield element
        for inside in element:
            yield from _outside_templates(inside)


def _send(data: dict[str, Any], name: str, value: str) -> None:
    """Of several fields with one name, such as the rows of a gallery, every value is sent."""
    if name not in data:
        data[name] = value
    else:
        data[name] = [*(data[name] if isinstance(data[name], list) else [data[name]]), value]
