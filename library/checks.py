"""What is wrong with a body for its readers: told while it is written, and again before it goes out.

Sources: WCAG 2.2 success criteria 1.1.1 (alternative text), 1.3.1 (headings, table headers), 2.4.4 (purpose of links).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.translation import gettext

from library.body import Things
from library.markup import TARGET, VOID
from publishing.languages import language_choices, own_name
from publishing.problems import Problem
from publishing.targets import describe, resolve_targets

# A link is read without its sentence, in a list of all links of the page.
VAGUE = {
    "en": {
        "here", "click here", "click", "click on this link", "this link", "link", "this page", "this", "more",
        "read more", "see more", "learn more", "find out more", "see here", "read here", "details",
    },
    "fr": {
        "ici", "cliquez ici", "cliquer ici", "cliquez", "cliquez sur ce lien", "ce lien", "lien", "cette page",
        "plus", "lire la suite", "lire plus", "en savoir plus", "voir plus", "voir ici", "suite", "détails",
    },
}  # fmt: skip
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(slots=True)
class _Part:
    """An element that a rule asks about, with its words."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    has_header: bool = False


@dataclass(slots=True)
class _Outline:
    parts: list[_Part] = field(default_factory=list)

    def of(self, *tags: str) -> Iterator[_Part]:
        return (part for part in self.parts if part.tag in tags)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.outline = _Outline()
        self.open: list[_Part] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        part = _Part(tag, {name: value or "" for name, value in attrs})
        self.outline.parts.append(part)
        self.open.append(part)
        if tag == "th":
            for table in self.open:
                table.has_header = True

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for part in self.open:
            part.text += data


def problems_in(html: str, *, language: str) -> list[Problem]:
    """In the order in which they weigh: what blocks first, then by rule and place."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    outline = reader.outline
    found = [
        *_things(outline, Things.of([html]), language),
        *_links(outline, language),
        *_headings(outline),
        *_tables(outline),
    ]
    found = list(dict.fromkeys(found))
    return sorted(found, key=lambda problem: not problem.blocking)


def _things(outline: _Outline, things: Things, language: str) -> Iterator[Problem]:
    for part in outline.of("figure", "p"):
        kinds = (
            ("data-image", things.images, gettext("A picture in the text has been deleted. Remove it.")),
            ("data-recording", things.recordings, gettext("A recording in the text has been deleted. Remove it.")),
            ("data-document", things.documents, gettext("A document in the text has been deleted. Remove it.")),
        )  # fmt: skip
        for name, found, gone in kinds:
            key = part.attributes.get(name)
            if key and int(key) not in found:
                yield Problem(gone, blocking=True)
        image = things.images.get(int(part.attributes.get("data-image", 0)))
        if image is None:
            continue
        if not image.may_be_shown:
            yield Problem(gettext("The rights to the picture “%(title)s” have ended.") % {"title": image})
        if part.attributes.get("data-alt", "").strip() or image.alt_text.get(language):
            continue
        if any(image.alt_text.values()):
            text = gettext("The picture “%(title)s” has no alternative text in this language.")
            yield Problem(text % {"title": image})
        else:
            text = gettext("The picture “%(title)s” has no alternative text: say what it shows.")
            yield Problem(text % {"title": image}, blocking=True)


def _links(outline: _Outline, language: str) -> Iterator[Problem]:
    links = [(part.attributes.get("href", ""), part.text.strip()) for part in outline.of("a")]
    inside = [href.removeprefix(TARGET) for href, _text in links if href.startswith(TARGET)]
    yield from _dead(dict.fromkeys(inside), language)
    vague = VAGUE.get(language.split("-")[0], set())
    for href, text in links:
        if not text:
            yield Problem(gettext("A link has no text: “%(address)s”.") % {"address": href})
        elif _NOT_WORDS.sub(" ", text).strip().casefold() in vague:
            yield Problem(gettext("The link “%(text)s” does not say where it leads.") % {"text": text})


def _dead(targets: dict[str, None], language: str) -> Iterator[Problem]:
    if not targets:
        return
    public = resolve_targets(targets, language=language)
    missing = [target for target in targets if target not in public]
    elsewhere: set[str] = set()
    for code, _name in language_choices() if missing else ():
        elsewhere |= resolve_targets(missing, language=code).keys()
    for target in missing:
        values = {"item": describe(target), "language": own_name(language)}
        if target in elsewhere:
            # Which it is, the site's settings say, and they are known above this floor only.
            text = gettext(
                "“%(item)s” is not public in this language (%(language)s): readers are led to the original if the site "
                "shows them originals, else they see no link."
            )
            yield Problem(text % values)
        else:
            text = gettext("A link leads to what is not public: “%(item)s”. Publish that first, or remove the link.")
            yield Problem(text % values, blocking=True)


def _headings(outline: _Outline) -> Iterator[Problem]:
    above = 1
    for part in outline.of("h2", "h3", "h4"):
        level, text = int(part.tag[1]), part.text.strip()
        if not text:
            yield Problem(gettext("A heading is empty."))
            continue
        if level > above + 1:
            yield Problem(
                gettext("The heading “%(text)s” skips a level: it should be a heading %(level)d.")
                % {"text": text, "level": above + 1}
            )
        above = level


def _tables(outline: _Outline) -> Iterator[Problem]:
    for number, part in enumerate(outline.of("table"), 1):
        if not part.has_header:
            text = gettext("Table %(number)d has no header cells: readers who hear it cannot tell its columns apart.")
            yield Problem(text % {"number": number})
