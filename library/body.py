"""A stored body as readers see it: what it names by a key is put in its place.

The HTML was sanitised when it was stored. It is written anew here element by element, by the same allow-list, so
nothing reaches a page that this module does not know.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from library.markup import DOCUMENT, IMAGE, RECORDING, TAGS, TARGET, VOID, WIDTHS, allowed, keys_in
from library.models import Document, Image, Recording
from publishing.diff import text_of
from publishing.fields import Translations
from publishing.targets import Target

# What share of the window a figure of each width takes (HTML, `sizes`).
SIZES = {
    "text": "(min-width: 48em) 45rem, 92vw",
    "wide": "(min-width: 75em) 50rem, (min-width: 45em) 92vw, 100vw",
    "full": "(min-width: 82em) 66rem, (min-width: 45em) 92vw, 100vw",
}


@dataclass(slots=True)
class Things:
    """What some texts name by key and the library has: one query a kind, and none for a kind that they do not name."""

    images: dict[int, Image] = field(default_factory=dict)
    documents: dict[int, Document] = field(default_factory=dict)
    recordings: dict[int, Recording] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str], *, to_play: bool = True) -> Things:
        """Recordings with what a player needs, unless they are only to be linked."""
        html = "\n".join(texts)
        images, documents, recordings = (keys_in(html, pattern) for pattern in (IMAGE, DOCUMENT, RECORDING))
        rows = Recording.objects.all()
        if to_play:
            rows = rows.select_related("poster").prefetch_related("caption_tracks")
        return cls(
            Image.objects.in_bulk(images) if images else {},
            Document.objects.in_bulk(documents) if documents else {},
            rows.in_bulk(recordings) if recordings else {},
        )


def render_body(html: str, things: Things, targets: dict[str, Target], *, language: str, name: str) -> SafeString:
    """The body for a page. `targets` holds what is public of what its links lead to.

    `name` keeps the footnotes of two texts on one page apart.
    """
    writer = BodyWriter(things, targets, language=language, name=name)
    writer.feed(html)
    writer.close()
    return SafeString(writer.written())


def words(html: str) -> str:
    """The words of a body, a line a block; what comes from the library by its title."""
    if not html:
        return ""
    things = Things.of([html])
    labels: list[tuple[Any, str, dict[int, Any]]] = [
        (IMAGE, gettext("Picture: %(title)s"), things.images),
        (DOCUMENT, gettext("Document: %(title)s"), things.documents),
        (RECORDING, gettext("Recording: %(title)s"), things.recordings),
    ]
    for pattern, label, found in labels:

        def told(match: Any, label: str = label, found: dict[int, Any] = found) -> str:
            title = found.get(int(match[1])) or gettext("(deleted)")
            # Before the element, on a line of its own; a paragraph cannot stand in a figure's tag.
            return f"<p>{escape(label % {'title': title})}</p>{match[0]}"

        html = pattern.sub(told, html)
    return text_of(html)


@dataclass(slots=True)
class Open:
    """An element that is being written: its name in the source, what ends it, and what it needs to know then."""

    tag: str
    end: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    # For what is put together when it ends: its content so far.
    content: list[str] | None = None


class BodyWriter(HTMLParser):
    def __init__(self, things: Things, targets: dict[str, Target], *, language: str, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.things, self.targets = things, targets
        self.language, self.name = language, name
        self.out: list[str] = []
        self.open: list[Open] = []
        self.notes: list[str] = []
        self.tables = self.row = self.cell = 0
        self.speaker = ""

    def written(self) -> str:
        while self.open:
            self._end(self.open.pop())
        return "".join(self.out) + (self.written_notes() if self.notes else "")

    def written_notes(self) -> str:
        return render_to_string(
            "components/notes.html", {"notes": [SafeString(note) for note in self.notes], "name": self.name}
        )

    # ── Read ─────────────────────────────────────────────────────────────────────────────────────────
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            return
        attributes = {
            name: value for name, given in attrs if (value := allowed(tag, name, given or "")) is not None
        }  # fmt: skip
        if tag in VOID:
            self._put(f"<{tag}>")
            return
        start: Any = getattr(self, f"start_{tag}", None)
        opened: Open = start(attributes) if start else self._plain(tag, attributes)
        self.open.append(opened)

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in self.open):
            while True:
                one = self.open.pop()
                self._end(one)
                if one.tag == tag:
                    break

    def handle_data(self, data: str) -> None:
        self._put(escape(data, quote=False))

    # ── Written ──────────────────────────────────────────────────────────────────────────────────────
    def _put(self, html: str) -> None:
        inside = next((one.content for one in reversed(self.open) if one.content is not None), None)
        (self.out if inside is None else inside).append(html)

    def _plain(self, tag: str, attributes: dict[str, str], classes: str = "") -> Open:
        written = {"class": classes} if classes else {}
        written |= {name: value for name, value in attributes.items() if not name.startswith("data-")}
        if (language := attributes.get("lang")) and (self._bidi(language) != self._bidi(self.language)):
            written["dir"] = "rtl" if self._bidi(language) else "ltr"
        listed = "".join(f' {name}="{escape(value)}"' for name, value in written.items())
        self._put(f"<{tag}{listed}>")
        return Open(tag, f"</{tag}>", attributes)

    def _bidi(self, language: str) -> bool:
        return language.lower().split("-")[0] in settings.LANGUAGES_BIDI

    def _end(self, one: Open) -> None:
        finish: Any = getattr(self, f"end_{one.tag}", None)
        if one.content is not None and finish:
            finish(one, "".join(one.content))
        elif one.end:
            self._put(one.end)

    def _among(self, *tags: str) -> bool:
        return any(one.tag in tags for one in self.open)

    # ── Links ────────────────────────────────────────────────────────────────────────────────────────
    def start_a(self, attributes: dict[str, str]) -> Open:
        """A link to what is not public is its text alone."""
        href = attributes.get("href", "")
        if href.startswith(TARGET):
            target = self.targets.get(href.removeprefix(TARGET))
            href = target.url if target else ""
            if target and target.language not in ("", self.language):
                attributes = {**attributes, "hreflang": target.language}
        if not href or self._among("a"):
            return Open("a")
        outside = {"rel": "noopener"} if not href.startswith("/") else {}
        return self._plain("a", {**attributes, "href": href, **outside})

    # ── What comes from the library ──────────────────────────────────────────────────────────────────
    def start_figure(self, attributes: dict[str, str]) -> Open:
        return Open("figure", "", attributes, [])

    def end_figure(self, one: Open, content: str) -> None:
        if key := one.attributes.get("data-image"):
            if image := self.things.images.get(int(key)):
                self._put(self._picture(image, one.attributes, content))
        elif key := one.attributes.get("data-recording"):
            if recording := self.things.recordings.get(int(key)):
                self._put(self._recording(recording))
        else:
            self._put(content)

    def _picture(self, image: Image, attributes: dict[str, str], caption: str) -> str:
        width = attributes.get("data-width", WIDTHS[0])
        if alt := attributes.get("data-alt"):
            image = copy.copy(image)
            image.alt_text = Translations({self.language: alt})
        shown = image.may_be_shown
        context = {
            "image": image if shown else None,
            "width": width,
            "sizes": SIZES[width],
            "caption": SafeString(caption) if caption else image.caption if shown else "",
            "credit": image.credit if shown else "",
        }
        return render_to_string("components/body_figure.html", context)

    def _recording(self, recording: Recording) -> str:
        # In a recording's own transcript only a link: it could hold a player of itself.
        whole = not self.name.startswith("transcript")
        return render_to_string("components/body_recording.html", {"recording": recording, "whole": whole})

    def _document(self, document: Document) -> str:
        return render_to_string("components/body_document.html", {"document": document})

    def start_figcaption(self, attributes: dict[str, str]) -> Open:
        """The figure puts it in its place."""
        return Open("figcaption")

    def start_p(self, attributes: dict[str, str]) -> Open:
        if "data-document" in attributes:
            return Open("p", "", attributes, [])
        speaker = attributes.get("data-speaker", "")
        if not speaker:
            if not self.open:
                self.speaker = ""
            return self._plain("p", attributes)
        opened = self._plain("p", attributes, "turn" if speaker != self.speaker else "turn turn--goes-on")
        if speaker != self.speaker:
            self._put(f'<b class="turn__speaker">{escape(speaker)}</b> ')
        self.speaker = speaker
        return opened

    def end_p(self, one: Open, content: str) -> None:
        if document := self.things.documents.get(int(one.attributes["data-document"])):
            self._put(self._document(document))

    # ── Quotes and notes ─────────────────────────────────────────────────────────────────────────────
    def start_blockquote(self, attributes: dict[str, str]) -> Open:
        return self._plain("blockquote", attributes, "pull-quote" if "data-pull" in attributes else "")

    def start_footer(self, attributes: dict[str, str]) -> Open:
        return self._plain("footer", attributes) if self._among("blockquote") else Open("footer")

    def start_span(self, attributes: dict[str, str]) -> Open:
        if "data-footnote" not in attributes:
            return self._plain("span", attributes) if "lang" in attributes else Open("span")
        if self._among("a") or any(one.tag == "span" and one.content is not None for one in self.open):
            return Open("span")  # neither a link nor a note can hold a link to a note
        return Open("span", "", attributes, [])

    def end_span(self, one: Open, content: str) -> None:
        if not content.strip():
            return
        self.notes.append(content.strip())
        self._put(self._note_mark(len(self.notes)))

    def _note_mark(self, number: int) -> str:
        label = escape(gettext("Footnote %(number)d") % {"number": number})
        return (
            f'<sup class="note-mark"><a href="#{self.name}-note-{number}" id="{self.name}-mark-{number}"'
            f' role="doc-noteref" aria-label="{label}">{number}</a></sup>'
        )

    # ── Tables ───────────────────────────────────────────────────────────────────────────────────────
    def start_table(self, attributes: dict[str, str]) -> Open:
        """In a region that can be scrolled, also by keyboard (WCAG 2.1.1), where the window is narrower."""
        if self._among("table"):
            return Open("table")
        self.tables += 1
        self.row = 0
        label = escape(gettext("Table %(number)d") % {"number": self.tables})
        self._put(f'<div class="table" role="region" tabindex="0" aria-label="{label}"><table>')
        return Open("table", "</table></div>")

    def start_tr(self, attributes: dict[str, str]) -> Open:
        self.row, self.cell = self.row + 1, 0
        return self._plain("tr", attributes)

    def start_td(self, attributes: dict[str, str]) -> Open:
        self.cell += 1
        return self._plain("td", attributes)

    def start_th(self, attributes: dict[str, str]) -> Open:
        """Heads its column in the first row, else its row."""
        self.cell += 1
        scope = "col" if self.row == 1 else "row"
        return self._plain("th", {"scope": scope, **attributes})


def texts_of(item: Any) -> Iterator[str]:
    """Everything in an item's rich-text columns."""
    for column in item._meta.concrete_fields:
        if getattr(column, "holds_html", False) and column.attname in item.__dict__:
            yield getattr(item, column.attname)
