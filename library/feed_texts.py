"""A stored body as the full text in a feed: read far from the site's style, so plain elements and whole addresses."""

from __future__ import annotations

from html import escape
from urllib.parse import urljoin

from django.utils.translation import gettext

from library.body import BodyWriter, Open, Things
from library.models import Document, Image, Recording
from library.pictures import single
from publishing.syndication import absolute
from publishing.targets import Target


def render_for_feed(html: str, things: Things, targets: dict[str, Target], *, language: str, page: str) -> str:
    """The text as HTML that can stand anywhere. `page` is the absolute address of the item's own page."""
    writer = _FeedWriter(things, targets, language=language, name="body")
    writer.page = page
    writer.feed(html)
    writer.close()
    return writer.written()


class _FeedWriter(BodyWriter):
    page: str

    def _plain(self, tag: str, attributes: dict[str, str], classes: str = "") -> Open:
        if "href" in attributes:
            try:
                attributes = {**attributes, "href": urljoin(self.page, attributes["href"])}
            except ValueError:  # such as http://[: no browser follows it either
                return Open(tag)
        return super()._plain(tag, attributes)

    def _picture(self, image: Image, attributes: dict[str, str], caption: str) -> str:
        """Nothing in place of a picture that may not be shown."""
        found = single(image, "free")
        if found is None:
            return ""
        alt = attributes.get("data-alt") or str(image.alt_text)
        words = [caption or escape(str(image.caption)), f"© {escape(str(image.credit))}" if image.credit else ""]
        said = " ".join(filter(None, words))
        return (
            f'<figure><img src="{escape(absolute(found.address))}" alt="{escape(alt)}" width="{found.width}"'
            f' height="{found.height}">{f"<figcaption>{said}</figcaption>" if said else ""}</figure>'
        )

    def _recording(self, recording: Recording) -> str:
        return link_to(recording)

    def _document(self, document: Document) -> str:
        return link_to(document)

    def _note_mark(self, number: int) -> str:
        return f"<sup>{number}</sup>"

    def written_notes(self) -> str:
        notes = "".join(f"<li>{note}</li>" for note in self.notes)
        return f"<h2>{escape(gettext('Notes'))}</h2><ol>{notes}</ol>"

    def start_table(self, attributes: dict[str, str]) -> Open:
        self.row = 0
        return Open("table") if self._among("table") else self._plain("table", {})


def link_to(thing: Recording | Document) -> str:
    """A paragraph that leads to a file or to the website that plays it."""
    where = getattr(thing, "host", "") or thing.extension
    address = escape(absolute(thing.get_absolute_url()))
    return f'<p><a href="{address}">{escape(str(thing.title))}</a> ({escape(where)})</p>'
