"""What is wrong with a body for its readers, and what it keeps from going out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from library.checks import problems_in
from library.models import Image
from news.models import NewsItem
from publishing import releases, workflow
from publishing.fields import Translations
from publishing.models import State
from publishing.records import Release
from publishing.targets import target_of
from tests.admin_forms import verb_url
from tests.conftest import Person
from tests.factories import DocumentFactory, ImageFactory, NewsItemFactory, translated
from tests.html import parse
from tests.html import text as words_of

pytestmark = pytest.mark.django_db


def told(html: str, *, language: str = "en") -> list[str]:
    """The problems as texts; those that block begin with an exclamation mark."""
    return [f"{'!' if problem.blocking else ''}{problem.text}" for problem in problems_in(html, language=language)]


def figure(image: Any, alt: str = "") -> str:
    return f'<figure data-image="{getattr(image, "pk", image)}" data-alt="{alt}"><figcaption>x</figcaption></figure>'


def to(item: Any) -> str:
    return f'<p><a href="target:{target_of(item)}">The item</a></p>'


def without_words() -> Image:
    """As one may come into the database by an importer: the form asks for words."""
    image: Image = ImageFactory()
    Image.objects.filter(pk=image.pk).update(alt_text=Translations())
    return image


# ── The rules ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_sound_text_has_nothing_to_object_to() -> None:
    item = NewsItemFactory()
    html = (
        f"<h2>One</h2><h3>Two</h3><h2>Three</h2>{figure(ImageFactory())}{to(item)}"
        "<table><tbody><tr><th>Year</th></tr><tr><td>2024</td></tr></tbody></table>"
        f'<p data-document="{DocumentFactory().pk}"></p>'
    )
    assert told(html) == []


def test_a_picture_without_alternative_text_blocks_unless_it_is_given_here() -> None:
    silent = without_words()
    assert told(figure(silent)) == [f"!The picture “{silent}” has no alternative text: say what it shows."]
    assert told(figure(silent, "What it shows")) == []


def test_a_picture_with_alternative_text_in_another_language_is_worth_a_look() -> None:
    english = ImageFactory(alt_text=Translations(en="A ship"))
    [problem] = told(figure(english), language="fr")
    assert not problem.startswith("!")


def test_what_the_library_no_longer_has_blocks() -> None:
    html = figure(99) + '<p data-document="98"></p><figure data-recording="97"></figure>'
    assert [problem[0] for problem in told(html)] == ["!", "!", "!"]


def test_a_picture_past_its_rights_is_told_of() -> None:
    old = ImageFactory(rights_end_on=timezone.localdate() - dt.timedelta(days=1))
    assert told(figure(old)) == [f"The rights to the picture “{old}” have ended."]


def test_a_link_to_what_is_not_public_blocks() -> None:
    draft = NewsItemFactory(live_from=None)
    [problem] = told(to(draft))
    assert problem.startswith("!")
    assert draft.title in problem
    gone = NewsItemFactory()
    html = to(gone)
    gone.delete()
    assert told(html)[0].startswith("!")


def test_a_link_to_what_is_public_in_another_language_only_is_worth_a_look() -> None:
    item = NewsItemFactory()
    (said,) = told(to(item), language="fr")
    assert not said.startswith("!")
    assert "led to the original if the site shows them originals" in said
    translated(item)
    assert told(to(item), language="fr") == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Click here"), ("en", "here"), ("en", "Read more …"), ("en", "HERE!"), ("fr", "Cliquez ici"),
     ("fr", "ici"), ("fr", "En savoir plus")],
)  # fmt: skip
def test_a_link_that_does_not_say_where_it_leads_is_worth_a_look(language: str, words: str) -> None:
    html = f'<p><a href="https://example.org">{words}</a></p>'
    assert len(told(html, language=language)) == 1
    other = {"en": "fr", "fr": "en"}[language]
    assert told(html.replace(words, "The plan for 2024"), language=language) == told(html, language=other) == []


def test_headings_skip_no_level_and_are_not_empty() -> None:
    assert told("<h3>Deep</h3>") == ["The heading “Deep” skips a level: it should be a heading 2."]
    assert told("<h2>A</h2><h4>Deep</h4><h2>B</h2><h3>C</h3>") == [
        "The heading “Deep” skips a level: it should be a heading 3."
    ]
    assert told("<h2> </h2>") == ["A heading is empty."]


def test_a_table_needs_header_cells() -> None:
    table = "<table><tbody><tr><td>2024</td></tr></tbody></table>"
    headed = "<table><tbody><tr><th>Year</th></tr></tbody></table>"
    assert [problem[:7] for problem in told(headed + table)] == ["Table 2"]


# ── The workflow ─────────────────────────────────────────────────────────────────────────────────────────
def written(editor: Person, body: str, **values: Any) -> NewsItem:
    item = NewsItem(title="A title", slug="a-title", language="en", body=body, **values)
    workflow.save_draft(item, by=editor.user)
    return item


def test_what_blocks_stops_approval_and_schedule_with_the_reason_and_no_submission(editor: Person) -> None:
    silent = without_words()
    item = written(editor, figure(silent))
    workflow.submit(item, by=editor.user)
    for at in (None, timezone.now() + dt.timedelta(days=1)):
        with pytest.raises(ValidationError, match="no alternative text"):
            workflow.approve(item, by=editor.user, at=at, emergency="It is urgent.")
        stored = NewsItem.objects.get(pk=item.pk)
        assert stored.state is State.DRAFT
        assert stored.live_from is None
    Image.objects.update(alt_text=Translations(en="A ship"))
    workflow.approve(item, by=editor.user)
    assert NewsItem.objects.get(pk=item.pk).state is State.LIVE


def test_what_is_only_worth_a_look_stops_nothing(editor: Person) -> None:
    item = written(editor, '<h4>Deep</h4><p><a href="https://example.org">here</a></p>')
    workflow.approve(item, by=editor.user)
    assert item.state is State.LIVE


def test_a_change_to_a_live_item_is_held_to_the_same_rules(editor: Person) -> None:
    item = written(editor, "<p>Words</p>")
    workflow.approve(item, by=editor.user)
    item.body = figure(4711)
    workflow.save_draft(item, by=editor.user)
    for at in (None, timezone.now() + dt.timedelta(days=1)):
        with pytest.raises(ValidationError, match="has been deleted"):
            workflow.approve(item, by=editor.user, at=at)
    assert NewsItem.objects.get(pk=item.pk).body == "<p>Words</p>"


def test_a_link_is_judged_by_what_is_public_when_its_text_goes_live(editor: Person) -> None:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    later = NewsItemFactory(live_from=tomorrow)
    item = written(editor, to(later))
    with pytest.raises(ValidationError, match="not public"):
        workflow.approve(item, by=editor.user)
    with pytest.raises(ValidationError, match="not public"):
        workflow.approve(item, by=editor.user, at=tomorrow - dt.timedelta(hours=1))
    workflow.approve(item, by=editor.user, at=tomorrow + dt.timedelta(hours=1))
    assert NewsItem.objects.get(pk=item.pk).state is State.SCHEDULED


def test_members_of_a_release_may_lead_to_each_other(editor: Person) -> None:
    first = written(editor, "<p>Words</p>")
    second = written(editor, to(first), date=dt.date(2024, 1, 2))
    first.body = to(second)
    workflow.save_draft(first, by=editor.user)
    release = Release.objects.create(name="Together")
    for item in (first, second):
        releases.add(release, item, by=editor.user)
    releases.approve(release, by=editor.user)
    assert {item.state for item in NewsItem.objects.all()} == {State.LIVE}


def test_a_release_names_the_member_that_blocks(editor: Person) -> None:
    item = written(editor, figure(4711))
    release = Release.objects.create(name="Together")
    releases.add(release, item, by=editor.user)
    with pytest.raises(ValidationError, match=r"“A title”.*deleted"):
        releases.approve(release, by=editor.user)
    item.refresh_from_db()
    assert item.live_from is None


# ── The admin ────────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_of_a_verb_shows_what_is_wrong_and_the_verb_says_why_it_refuses(editor: Person) -> None:
    item = written(editor, figure(4711) + "<h4>Deep</h4>")
    page = words_of(parse(editor.get(verb_url(item, "approve"))))
    assert "To be put right before it can be published: A picture in the text has been deleted." in page
    assert "skips a level" in page
    answer = editor.post(verb_url(item, "approve"), {"seen": 1, "when": "now"})
    assert answer.status_code == 200
    assert answer.content.decode().count("has been deleted") == 2


def ask(person: Person, data: Any) -> Any:
    return person.post(reverse("body-check"), json.dumps(data), content_type="application/json")


def test_the_editor_is_told_while_somebody_writes(writer: Person, visitor: Person) -> None:
    answer = ask(writer, {"html": "<h4>Deep</h4><script>x</script>", "language": "en"})
    assert answer.json() == {
        "problems": [{"text": "The heading “Deep” skips a level: it should be a heading 2.", "blocking": False}]
    }
    assert ask(visitor, {"html": "", "language": "en"}).status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"html": 1, "language": "en"},
        {"html": "", "language": []},
        {"html": "x" * 2_000_001, "language": ""},
    ],
)
def test_what_no_editor_sends_is_a_bad_request(writer: Person, data: Any) -> None:
    assert ask(writer, data).status_code == 400


def test_a_text_in_a_language_that_the_site_does_not_have_is_judged_as_one_in_its_first(writer: Person) -> None:
    html = '<p><a href="https://example.org">Click here</a></p>'
    assert len(ask(writer, {"html": html, "language": "xx"}).json()["problems"]) == 1


def test_the_library_is_searched_by_words_and_by_keys_and_comes_in_pages(writer: Person, visitor: Person) -> None:
    images = [ImageFactory(title=Translations(en=f"Ship {number}")) for number in range(25)]
    address = reverse("body-library")
    first = writer.get(address, {"kind": "picture", "q": "ship"}).json()
    assert (len(first["results"]), first["more"]) == (24, True)
    last = writer.get(address, {"kind": "picture", "q": "ship", "page": 2}).json()
    assert [(one["key"], one["title"]) for one in last["results"]] == [(str(images[0].pk), "Ship 0")]
    by_key = writer.get(address, {"kind": "picture", "keys": f"{images[3].pk},x,{'9' * 30}"}).json()
    assert [one["title"] for one in by_key["results"]] == ["Ship 3"]
    assert writer.get(address, {"kind": "document", "q": "\x00%_"}).json()["results"] == []
    assert writer.get(address, {"kind": "users"}).status_code == 404
    assert visitor.get(address, {"kind": "picture"}).status_code == 302


def test_what_a_link_leads_to_is_told_with_its_kind(writer: Person) -> None:
    item = NewsItemFactory(title="Ministers meet")
    answer = writer.get(reverse("body-targets"), {"target": target_of(item)}).json()
    assert answer["text"].endswith(": Ministers meet")
