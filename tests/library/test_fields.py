"""The rich-text body: what the allow-list lets through, and what it does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from library.fields import sanitise
from library.markup import ATTRIBUTES, TAGS, allowed, leads_somewhere, targets_in
from news.models import NewsItem
from tests.admin_forms import add_url, errors, send
from tests.conftest import Person
from tests.factories import NewsItemFactory
from tests.html import parse_as_browsers_do
from tests.library.attacks import ATTACKS


def dangers(html: str) -> list[str]:
    """Everything in a fragment that is not on the allow-list, as a browser would see it."""
    found = []
    body = next(parse_as_browsers_do(f"<!doctype html><title>t</title><body>{html}").iter("body"))
    for element in list(body.iter())[1:]:
        if not isinstance(element.tag, str):
            found.append("comment")
        elif element.tag not in TAGS | {"tbody"}:
            found.append(element.tag)
        else:
            found += [
                f"{element.tag} {name}" for name in element.attrib if name not in ATTRIBUTES.get(element.tag, set())
            ]
            address = re.sub(r"[\x00-\x20]", "", element.get("href") or "").lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)
            if (
                scheme
                and scheme[0] not in ("http:", "https:", "mailto:", "tel:")
                and not targets_in(f'<a href="{address}"')
            ):
                found.append(address)
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_taken_out(attack: str) -> None:
    cleaned = sanitise(f"<p>Before</p>{attack}<p>After</p>")
    assert dangers(cleaned) == []
    assert "Before" in cleaned
    # What has become text, or the address of a link, asks no other host for anything.
    assert (
        not re.search(r"""(?:src|srcset|background|poster|data)\s*=\s*["']?[^"'>]*evil\.example""", cleaned)
        or "&lt;" in cleaned
    )


def test_an_element_keeps_only_its_own_attributes() -> None:
    assert sanitise('<p title="x" class="y" id="z" data-x="1">Words</p>') == "<p>Words</p>"
    assert sanitise('<p lang="fr">Mots</p>') == '<p lang="fr">Mots</p>'


@pytest.mark.parametrize(
    ("tag", "name", "good", "bad"),
    [
        ("figure", "data-image", "12", ["", "0", "-1", "1x", "12 ", "9" * 19]),
        ("figure", "data-width", "wide", ["", "wider", "wide full", "WIDE"]),
        ("figure", "data-alt", "A “quoted” & <angled> text", ["", "x" * 501]),
        ("p", "data-speaker", "Jens Stoltenberg", ["", "x" * 121]),
        ("span", "lang", "zh-Hant-TW", ["", "e", "en us", "en_US", "javascript"]),
        ("td", "colspan", "2", ["0", "1", "100", "x"]),
        ("a", "href", "target:news:12", ["target:news:0", "target:news:x", "target:", "Target:news:1", "target://x"]),
    ],
)
def test_a_value_is_kept_if_it_is_one_of_its_kind(tag: str, name: str, good: str, bad: list[str]) -> None:
    assert allowed(tag, name, good) == good
    assert [value for value in bad if allowed(tag, name, value) is not None] == []
    assert allowed("em", name, good) is None or name == "lang"


@given(st.text(max_size=40))
def test_whatever_surrounds_it_a_script_is_no_address(noise: str) -> None:
    bare = re.sub(r"[\x00-\x20\x7f-\xa0]", "", noise)
    if not bare:
        assert not leads_somewhere(f"{noise}javascript:alert(1)")
        assert not leads_somewhere(f"java{noise}script:alert(1)")


@hypothesis_settings(max_examples=200, deadline=None)
@example("<p><button>x</button><p>y</p>")
@example("<p><button><p>x</p></button></p>")
@given(
    st.lists(
        st.sampled_from([*ATTACKS, "<p>", "</p>", "<td>", "<!--", "-->", "'", '"', "<a href=", ">", "é", "&lt;"])
    ).map("".join)
)
def test_no_mixture_of_attacks_gets_through_and_cleaning_twice_changes_nothing(html: str) -> None:
    cleaned = sanitise(html)
    assert dangers(cleaned) == []
    assert sanitise(cleaned) == cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<p>A <strong>bold</strong> and <em>slanted</em> word, H<sub>2</sub>O and m<sup>2</sup>.</p>",
        "<h2>Part</h2><h3>Section</h3><h4>Point</h4>",
        '<ul><li><p>One</p></li></ul><ol start="3"><li><p>Three</p></li></ol>',
        "<blockquote><p>Said.</p></blockquote><hr>",
        '<table><tbody><tr><th scope="row">Year</th><td colspan="2">2024</td></tr></tbody></table>',
        "<p>Line<br>break, “quotation”, é, ß, Ж, ع</p>",
        '<figure data-image="12" data-width="wide" data-alt="What it shows"><figcaption>A <em>caption</em></figcaption></figure>',
        '<figure data-recording="7"></figure><p data-document="5"></p>',
        '<p>See <a href="target:news:12">the news</a>.</p>',
        '<blockquote data-pull=""><p>Said.</p><footer>Jane Doe</footer></blockquote>',
        '<p>A word<span data-footnote="">See <em>there</em>.</span>, and <span lang="fr">un mot</span>.</p>',
        '<p data-speaker="Jane Doe">A turn.</p>',
    ],
)
def test_what_the_editor_makes_is_kept_as_it_is(html: str) -> None:
    assert sanitise(html) == html


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c&amp;d=e", "mailto:press@example.org", "tel:+3227075041", "/en/news/"]
)
def test_links_are_kept(address: str) -> None:
    assert f'href="{address}"' in sanitise(f'<p><a href="{address}">x</a></p>')


@pytest.mark.parametrize("empty", ["", "<p></p>", "<p><br></p>", "  <p></p> "])
def test_a_body_without_content_is_empty(empty: str) -> None:
    assert sanitise(empty) == ""


WORD = (Path(__file__).parent / "pasted" / "word.html").read_text(encoding="utf-8")
DOCS = (Path(__file__).parent / "pasted" / "docs.html").read_text(encoding="utf-8")


def squeezed(html: str) -> str:
    """Without the white space that no reader sees."""
    return re.sub(r"\s*(</?(?:h2|p|ul|ol|li|table|tbody|tr|td)[^>]*>)\s*", r"\1", " ".join(html.split()))


def test_what_word_puts_on_the_clipboard_becomes_clean_text() -> None:
    assert squeezed(sanitise(WORD)) == (
        "<h2>Plans for the autumn</h2>"
        "<p>The <strong>ministers</strong> met in <em>Vilnius</em> &amp; left late.</p>"
        "<ul><li><p>Ammunition</p><ul><li><p>Shells</p></li></ul></li><li><p>Air defence</p></li></ul>"
        "<p>In order:</p><ol><li><p>Decide</p></li><li><p>Act</p></li></ol>"
        "<table><tbody><tr><td><p>Year</p></td><td><p>Share</p></td></tr></tbody></table>"
        '<p>See <a href="https://example.org/plan">the plan</a>.</p>'
    )


def test_what_google_docs_puts_on_the_clipboard_becomes_clean_text() -> None:
    assert squeezed(sanitise(DOCS)).replace("<br>", "") == (
        "<h2>Plans for the autumn</h2>"
        "<p>The <strong>ministers</strong> met in <em>Vilnius</em>, at 10 m<sup>2</sup>.</p>"
        "<ul><li><p>Ammunition</p></li></ul>"
        '<p><a href="https://example.org/plan">the plan</a></p>'
    )


def test_room_made_with_the_enter_key_is_not_stored() -> None:
    assert sanitise("<p>One</p><p></p><p>&nbsp;</p><p><br></p><p>Two</p><p></p>") == "<p>One</p><p>Two</p>"
    speaks = '<p data-document="5"></p>'
    assert sanitise(speaks) == speaks


@pytest.mark.django_db
def test_the_column_is_clean_whichever_way_it_was_written() -> None:
    attack = "<p>Kept</p><script>alert(1)</script>"
    item = NewsItemFactory(body=attack)
    assert NewsItem.objects.get().body == item.body == "<p>Kept</p>"
    item.body = attack
    item.save()
    item.refresh_from_db()
    assert item.body == "<p>Kept</p>"
    NewsItem.objects.update(body=attack)
    assert NewsItem.objects.get().body == "<p>Kept</p>"
    NewsItem.objects.bulk_create([NewsItemFactory.build(slug="bulk", body=attack)])
    assert NewsItem.objects.get(slug="bulk").body == "<p>Kept</p>"


@pytest.mark.parametrize("nested", ["<ul><li>", "<li><h2>", "<blockquote>", "<div>", "<UL\n><li>", "<table><tr><td>"])
def test_a_text_nested_to_keep_the_parser_busy_is_refused(nested: str) -> None:
    with pytest.raises(ValidationError, match="too many lists"):
        sanitise(nested * 100_000)


@pytest.mark.django_db
def test_a_text_nested_too_deeply_is_a_message_in_the_form(writer: Person) -> None:
    page = send(writer, add_url(NewsItem), NewsItem, "_save", title="Deep", slug="deep", body="<ul><li>" * 20_000)
    assert "too many lists" in errors(page)
    assert not NewsItem.objects.exists()


def test_a_long_text_with_thousands_of_paragraphs_is_kept() -> None:
    html = (
        "<p>Words with <strong>weight</strong>, <a>a link</a><br> and more.</p>" * 5_000 + "<ul><li>x</li></ul>" * 1_000
    )
    assert sanitise(html).count("<p>") == 5_000
