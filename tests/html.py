"""Reading pages as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

import html5lib
from django.http import HttpResponseBase

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SVG = "{http://www.w3.org/2000/svg}"


class Reader(HTMLParser):
    """The tree of a page that closes in order whatever it opens, as ours do; any other is an AssertionError.

    html5lib, which also makes sense of the rest, takes four times as long.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tree, self.open = TreeBuilder(), [""]
        self.tree.start("page", {})
        self.feed(html.replace("\r\n", "\n"))
        self.close()
        assert self.open == [""], f"never closed: {self.open[1:]}"
        self.tree.end("page")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = f"{SVG}{tag}" if tag == "svg" or self.open[-1].startswith(SVG) else tag
        self.tree.start(name, {name: value or "" for name, value in reversed(attrs)})
        if tag in VOID:
            self.tree.end(name)
        else:
            self.open.append(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open[-1].startswith(SVG):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        opened = self.open.pop()
        assert opened.removeprefix(SVG) == tag, f"</{tag}> closes <{opened}> at {self.getpos()}"
        self.tree.end(opened)

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


@lru_cache(maxsize=8)
def _read(html: str) -> Element:
    return Reader(html).tree.close()


def parse(page: HttpResponseBase | str | bytes) -> Element:
    """The tree of a page of ours, to be looked at and not changed: whoever reads the same page is given the same tree."""
    return _read(_text(page))


def parse_as_browsers_do(page: HttpResponseBase | str | bytes, *, strict: bool = False) -> Element:
    """The tree that the HTML standard makes of anything; with `strict`, ParseError where it sees an error in it."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=strict, namespaceHTMLElements=False)
    return parser.parse(_text(page))  # type: ignore[no-any-return]


def _text(page: HttpResponseBase | str | bytes) -> str:
    content = getattr(page, "content", page)
    return content.decode() if isinstance(content, bytes) else str(content)


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
