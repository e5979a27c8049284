"""The HTML that a body may hold, for the sanitiser that stores it and the renderer that shows it.

What comes from the library and what leads to an item is written by its key, so that it follows what happens to it:

    <figure data-image="12" data-width="wide" data-alt="…"><figcaption>…</figcaption></figure>
    <figure data-recording="7"></figure>
    <p data-document="5"></p>
    <a href="target:news:12">…</a>
    <blockquote data-pull=""><p>…</p><footer>who said it</footer></blockquote>
    <span data-footnote="">the note, at its place</span>
    <p data-speaker="Name">a turn in a transcript</p>
    <span lang="fr">…</span>
"""

from __future__ import annotations

import re
from typing import Any

WIDTHS = ("text", "wide", "full")
SCHEMES = {"http", "https", "mailto", "tel"}
TARGET = "target:"

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "sub", "sup", "ul", "ol", "li", "blockquote", "footer", "a",
    "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "span",
}  # fmt: skip
VOID = {"br", "hr"}

_key = re.compile(r"[1-9]\d{0,17}")
_present = re.compile("")
_cells = re.compile(r"[2-9]|[1-9]\d")
# Of its attributes an element keeps those with a value that matches wholly.
_rules: dict[str, dict[str, re.Pattern[str]]] = {
    # RFC 5646: a language, perhaps with a script, a region or a variant.
    "*": {"lang": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")},
    "a": {"href": re.compile(r"[^\x00-\x1f]{1,2000}"), "title": re.compile(r".{1,300}", re.DOTALL)},
    "ol": {"start": re.compile(r"\d{1,6}")},
    "th": {"colspan": _cells, "rowspan": _cells, "scope": re.compile("row|col|rowgroup|colgroup")},
    "td": {"colspan": _cells, "rowspan": _cells},
    "blockquote": {"data-pull": _present},
    "figure": {
        "data-image": _key,
        "data-recording": _key,
        "data-width": re.compile("|".join(WIDTHS)),
        "data-alt": re.compile(r".{1,500}", re.DOTALL),
    },
    "p": {"data-document": _key, "data-speaker": re.compile(r".{1,120}", re.DOTALL)},
    "span": {"data-footnote": _present},
}
ATTRIBUTES: dict[str, set[str]] = {tag: set(rules) for tag, rules in _rules.items()}

_target = re.compile(TARGET + r"(section:[a-z0-9_-]{1,60}|[a-z_]{1,40}:[1-9]\d{0,17})")
# A browser passes over white space and controls before and within a scheme (WHATWG URL Standard, 4.4).
_passed_over = re.compile(r"[\x00-\x20\x7f-\xa0]")
_scheme = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

# What a body refers to, found without parsing.
IMAGE = re.compile(r'<figure [^>]*?data-image="([1-9]\d{0,17})"')
SPEAKER = re.compile(r'<p [^>]*?data-speaker="([^"]*)"[^>]*>')
RECORDING = re.compile(r'<figure [^>]*?data-recording="([1-9]\d{0,17})"')
DOCUMENT = re.compile(r'<p [^>]*?data-document="([1-9]\d{0,17})"')
LINK = re.compile(rf'<a [^>]*?href="{_target.pattern}"')


def allowed(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute if an element of a body may have it."""
    rule = _rules.get(tag, {}).get(name) or _rules["*"].get(name)
    if rule is None or not rule.fullmatch(value):
        return None
    return value if name != "href" or leads_somewhere(value) else None


def leads_somewhere(href: str) -> bool:
    """Whether a link may lead there: within the site, or by one of the schemes."""
    bare = _passed_over.sub("", href)
    scheme = _scheme.match(bare)
    if scheme is None:
        return True
    return scheme[0].lower().rstrip(":") in SCHEMES or _target.fullmatch(href) is not None


def keys_in(html: str, pattern: re.Pattern[str]) -> set[int]:
    return {int(key) for key in pattern.findall(html)}


def targets_in(html: Any) -> set[str]:
    """What the links within the site lead to, as `publishing.targets` writes it."""
    return set(LINK.findall(html or ""))
