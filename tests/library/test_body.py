"""The body on a page: what it names by a key is put in its place, and nothing else gets there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from library.body import Things, render_body, words
from library.fields import sanitise
from library.markup import targets_in
from library.models import CaptionTrack, Recording
from news.models import NewsItem
from publishing import workflow
from publishing.fields import Translations
from publishing.mentions import texts_with
from publishing.targets import resolve_targets, target_of
from tests.conftest import Person
from tests.factories import (
    ArticleFactory,
    DocumentFactory,
    EventFactory,
    ImageFactory,
    NewsItemFactory,
    RecordingFactory,
    SiteSettingsFactory,
    translated,
)
from tests.html import classes, elements, hrefs, one, parse, parse_as_browsers_do, text
from tests.library.attacks import ATTACKS
from tests.library.files import CAPTIONS, WEBM

pytestmark = pytest.mark.django_db


def shown(html: str, *, language: str = "en", stored: bool = True) -> Any:
    """The body as a page's tree; `stored` as the column stores it."""
    html = sanitise(html) if stored else html
    targets = resolve_targets(targets_in(html), language=language)
    rendered = render_body(html, Things.of([html]), targets, language=language, name="body")
    return one(parse_as_browsers_do(f"<!doctype html><title>t</title><body>{rendered}"), "body")


# ── Pictures, documents, recordings ──────────────────────────────────────────────────────────────────────
def test_a_figure_shows_its_picture_with_the_words_given_here() -> None:
    image = ImageFactory(credit=Translations(en="Jane Doe"))
    page = shown(
        f'<figure data-image="{image.pk}" data-width="wide" data-alt="Words of this use &amp; “more”">'
        "<figcaption>A <em>caption</em> of this use</figcaption></figure>"
    )
    figure = one(page, "figure", cls="figure--wide")
    assert one(figure, "img").get("alt") == "Words of this use & “more”"
    assert text(one(figure, "figcaption")) == "A caption of this use © Jane Doe"
    assert text(one(figure, "em")) == "caption"


def test_a_figure_without_words_of_its_own_has_those_of_the_library_in_the_readers_language() -> None:
    image = ImageFactory(caption=Translations(en="Own caption", fr="Légende propre"))
    with override("fr"):
        page = shown(f'<figure data-image="{image.pk}"><figcaption></figcaption></figure>', language="fr")
    assert one(page, "img").get("alt") == image.alt_text["fr"]
    assert text(one(page, "figcaption")).startswith("Légende propre")


def test_words_given_in_one_use_are_not_taken_for_the_next() -> None:
    image = ImageFactory()
    figure = '<figure data-image="{key}" {alt}><figcaption></figcaption></figure>'
    page = shown(figure.format(key=image.pk, alt='data-alt="Here"') + figure.format(key=image.pk, alt=""))
    assert [img.get("alt") for img in elements(page, "img")] == ["Here", image.alt_text["en"]]


def test_a_figure_whose_picture_is_gone_is_left_out_and_the_text_goes_on() -> None:
    page = shown('<p>Before</p><figure data-image="4711"><figcaption>Gone</figcaption></figure><p>After</p>')
    assert text(page) == "BeforeAfter"


def test_a_picture_past_its_rights_gives_its_place_to_a_neutral_one() -> None:
    image = ImageFactory(rights_end_on=timezone.localdate() - dt.timedelta(days=1), caption=Translations(en="Old"))
    page = shown(f'<figure data-image="{image.pk}"><figcaption></figcaption></figure>')
    assert list(elements(page, "img")) == []
    assert "picture--blank" in classes(one(page, "span", cls="picture"))
    assert text(page) == "", "the credit and caption of what is not shown"


def test_documents_and_recordings_are_shown_by_their_titles() -> None:
    document = DocumentFactory(title="Annual figures")
    recording = Recording.objects.create(title="The whole speech", address="https://video.example.org/1")
    page = shown(f'<p data-document="{document.pk}"></p><figure data-recording="{recording.pk}"></figure>')
    assert one(page, "a", cls="attachment").get("href") == document.file.url
    assert "The whole speech" in text(one(page, "figure"))
    assert shown('<p data-document="99"></p><figure data-recording="99"></figure>').text is None


def test_a_recording_that_plays_here_plays_within_a_text() -> None:
    recording = RecordingFactory(title="A film", file=ContentFile(WEBM, name="a.webm"))
    CaptionTrack.objects.create(recording=recording, file=ContentFile(CAPTIONS, name="a.vtt"))
    page = shown(f'<figure data-recording="{recording.pk}"></figure>')
    assert one(page, "video", preload="none").get("aria-label") == "A film"
    assert one(page, "track", srclang="en") is not None


def test_a_transcript_that_names_its_own_recording_leads_to_it_and_does_not_show_it_again() -> None:
    recording = RecordingFactory(title="A film")
    recording.transcript = f'<p>See</p><figure data-recording="{recording.pk}"></figure>'
    recording.save()
    page = shown(f'<figure data-recording="{recording.pk}"></figure><figure data-recording="{recording.pk}"></figure>')
    assert len(list(elements(page, "details"))) == 2
    assert hrefs(page).count(recording.address) == 4


def test_recordings_in_a_text_cost_the_same_whatever_their_number(django_assert_num_queries: Any) -> None:
    recordings = [RecordingFactory(file=ContentFile(WEBM, name="a.webm")) for _number in range(5)]
    figures = [f'<figure data-recording="{one.pk}"></figure>' for one in recordings]
    for count in (1, 5):
        with django_assert_num_queries(2):
            shown("".join(figures[:count]))


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────
def link(target: str) -> str:
    return f'<p>See <a href="target:{target}">the item</a>.</p>'


def test_a_link_follows_its_item_to_a_new_address(editor: Person) -> None:
    item = NewsItemFactory(slug="before")
    html = link(target_of(item))
    assert one(shown(html), "a").get("href") == item.get_absolute_url()
    item.slug = "after"
    workflow.save_draft(item, by=editor.user)
    workflow.approve(item, by=editor.user)
    assert "/after/" in (one(shown(html), "a").get("href") or "")


def test_a_link_leads_to_the_version_in_the_readers_language_and_else_is_plain_text() -> None:
    item = NewsItemFactory()
    html = link(target_of(item))
    assert list(elements(shown(html, language="fr"), "a")) == []
    assert text(shown(html, language="fr")) == "See the item."
    french = translated(item)
    assert one(shown(html, language="fr"), "a").get("href") == french.get_absolute_url()


def test_a_link_to_a_draft_or_to_nothing_is_plain_text() -> None:
    draft = NewsItemFactory(live_from=None)
    for target in (target_of(draft), "news:4711", "nothing:1", "section:nowhere"):
        assert list(elements(shown(link(target)), "a")) == [], target


def test_a_link_to_a_section_and_links_outside_are_kept() -> None:
    assert one(shown(link("section:topics")), "a").get("href") == "/en/topics/"
    outside = one(shown('<p><a href="https://example.org/?a=1&amp;b=2">x</a></p>'), "a")
    assert (outside.get("href"), outside.get("rel")) == ("https://example.org/?a=1&b=2", "noopener")


def test_what_links_to_an_item_by_key_is_found_before_it_is_taken_down() -> None:
    item, other = NewsItemFactory(), NewsItemFactory()
    linking = ArticleFactory(body=link(target_of(item)))
    assert [mention.title for mention in texts_with(item)] == [linking.title]
    assert list(texts_with(other)) == []


# ── Notes, quotes, turns, languages, tables ──────────────────────────────────────────────────────────────
def test_footnotes_are_numbered_and_lead_there_and_back() -> None:
    page = shown('<p>One<span data-footnote="">First, see <a href="https://example.org">it</a>.</span> two'
                 '<span data-footnote="">Second.</span>.</p>')  # fmt: skip
    marks = list(elements(page, "a", role="doc-noteref"))
    notes = list(elements(one(page, "section", cls="notes"), "li"))
    backs = list(elements(page, "a", role="doc-backlink"))
    assert [text(mark) for mark in marks] == ["1", "2"]
    assert [(mark.get("href"), mark.get("id")) for mark in marks] == [
        (f"#{note.get('id')}", (back.get("href") or "")[1:]) for note, back in zip(notes, backs, strict=True)
    ]
    assert [text(note) for note in notes] == ["First, see it. ↩", "Second. ↩"]
    assert text(one(page, "p")) == "One1 two2."


def test_a_note_within_a_note_or_a_link_is_text() -> None:
    page = shown('<p><span data-footnote="">Outer <span data-footnote="">inner</span></span></p>')
    assert [text(note) for note in elements(page, "li")] == ["Outer inner ↩"]
    assert text(shown('<p><a href="https://example.org">x <span data-footnote="">y</span></a></p>')) == "x y"


def test_the_notes_of_two_texts_on_one_page_keep_apart(visitor: Person) -> None:
    note = '<p>Word<span data-footnote="">Note.</span></p>'
    event = EventFactory(body=note, programme=note)
    page = parse(visitor.get(event.get_absolute_url()))
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {"body-note-1", "programme-note-1"} <= set(ids)


def test_quotes_say_who_said_it() -> None:
    page = shown('<blockquote data-pull=""><p>Said.</p><footer>Jane Doe</footer></blockquote>')
    assert text(one(one(page, "blockquote", cls="pull-quote"), "footer")) == "Jane Doe"


def test_a_speaker_is_named_once_for_what_they_say_in_a_row() -> None:
    page = shown('<p data-speaker="Ann &amp; Bo">A</p><p data-speaker="Ann &amp; Bo">B</p><p data-speaker="Cy">C</p>'
                 '<p>Aside</p><p data-speaker="Cy">D</p>')  # fmt: skip
    assert [text(name) for name in elements(page, "b", cls="turn__speaker")] == ["Ann & Bo", "Cy", "Cy"]
    assert [text(turn) for turn in elements(page, "p", cls="turn")] == ["Ann & Bo A", "B", "Cy C", "Cy D"]


def test_a_passage_says_its_language_and_the_way_it_runs() -> None:
    page = shown('<p><span lang="fr">un mot</span> <span lang="ar">كلمة</span></p>')
    assert [(span.get("lang"), span.get("dir")) for span in elements(page, "span")] == [("fr", None), ("ar", "rtl")]


def test_a_table_can_be_scrolled_by_keyboard_and_its_headers_say_what_they_head() -> None:
    row = "<tr><th>Year</th><th>Share</th></tr><tr><th>2023</th><td>2.0</td></tr>"
    page = shown(f"<table><tbody>{row}</tbody></table><table><tbody>{row}</tbody></table>")
    regions = list(elements(page, "div", role="region"))
    assert [(region.get("tabindex"), region.get("aria-label")) for region in regions] == [
        ("0", "Table 1"), ("0", "Table 2"),
    ]  # fmt: skip
    assert [head.get("scope") for head in elements(regions[0], "th")] == ["col", "col", "row"]


# ── For people ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_comparison_names_what_comes_from_the_library() -> None:
    image, document = ImageFactory(title=Translations(en="A ship")), DocumentFactory(title="Figures")
    html = (f'<p>Before</p><figure data-image="{image.pk}"><figcaption>At sea</figcaption></figure>'
            f'<p data-document="{document.pk}"></p><figure data-recording="9"></figure>')  # fmt: skip
    lines = [line for line in words(html).splitlines() if line]
    assert lines == ["Before", "Picture: A ship", "At sea", "Document: Figures", "Recording: (deleted)"]
    assert NewsItem._meta.get_field("body").readable(html) == words(html)  # type: ignore[union-attr]


# ── Cost ─────────────────────────────────────────────────────────────────────────────────────────────────
def full_body(count: int) -> str:
    return "".join(
        f'<figure data-image="{ImageFactory().pk}"><figcaption></figcaption></figure>{link(target_of(NewsItemFactory()))}'
        for _number in range(count)
    )


def test_a_page_with_30_figures_and_links_costs_what_one_with_1_costs(visitor: Person) -> None:
    SiteSettingsFactory()
    counts = {}
    for count in (1, 30):
        item = NewsItemFactory(body=full_body(count))
        with CaptureQueriesContext(connection) as captured:
            page = visitor.get(item.get_absolute_url())
        assert page.content.decode().count("<figure") == count
        counts[count] = len(captured)
    assert counts[1] == counts[30] <= 8


def test_a_body_that_names_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as captured:
        shown("<p>Words</p>", stored=False)
    assert len(captured) == 0


# ── Attacks ──────────────────────────────────────────────────────────────────────────────────────────────
KNOWN = {"body", "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "sub", "sup", "ul", "ol", "li", "blockquote",
         "footer", "a", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "span", "b", "div", "img",
         "section", "svg", "path", "use", "circle", "g", "picture", "source", "rect"}  # fmt: skip


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_gets_onto_a_page_even_had_it_got_into_the_column(attack: str, stored: bool) -> None:
    ImageFactory(pk=1)
    page = shown(f"<p>Before</p>{attack}<p>After</p>", stored=stored)
    assert "Before" in text(page)
    for element in page.iter():
        assert isinstance(element.tag, str)
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in KNOWN
        assert [name for name in element.attrib if name.startswith("on") or name in ("style", "srcdoc", "ping")] == []
        for name in ("href", "src"):
            address = "".join(character for character in (element.get(name) or "") if character > " ").lower()
            assert not address.startswith(("javascript:", "data:", "vbscript:", "blob:", "file:"))
