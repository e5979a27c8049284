"""What no form sends: it is answered, never with a crash, and changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
from django import forms
from django.contrib.contenttypes.models import ContentType

from news.models import NewsItem
from pages.models import Page
from publishing import workflow
from publishing.admin_verbs import VERBS, Standing
from publishing.models import Publishable
from publishing.records import AuditEntry, PreviewLink, Revision
from publishing.registry import ContentKind, kinds
from tests.admin_forms import act, add_url, change_url, form_id, list_url, verb_url
from tests.conftest import Person
from tests.factories import IMPORTER, NewsItemFactory, PageFactory, factory_of, translated
from tests.html import form_data
from tests.publishing.drafts import edit

pytestmark = pytest.mark.django_db

NUMBERS = ["", "x", "-1", "1\x00", str(10**30), "9" * 5000]
# Date and time as a form sends them; each is no time at all, or one that nobody can have meant.
TIMES = [
    ("0001-01-01", "00:00:00"), ("0000-01-01", "00:00:00"), ("1899-12-31", "10:00:00"), ("9999-12-31", "23:59:59"),
    ("10000-01-01", "00:00:00"), ("2034-02-30", "10:00:00"), ("2034-03-26", "02:30:00"), ("2034-01-01", "25:00:00"),
    ("2034-01-01", ""), ("", "10:00:00"), ("2034-01-01\x00", "10:00:00"), ("x" * 5000, "x"), ("٢٠٣٤-٠١-٠١", "10:00"),
]  # fmt: skip
FINE = {"note": "x", "when": "now", "weight": "minor", "revision": "1"}


def rows(item: Publishable) -> list[Any]:
    """All that could have changed."""
    return [list(model._default_manager.order_by("pk").values()) for model in (type(item), Revision, AuditEntry)]


def draft_over_public() -> NewsItem:
    item = NewsItemFactory(live_from=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    translated(item)
    edit(item, title="A draft")
    return item


# ── Verbs ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("verb", VERBS)
def test_a_number_that_cannot_be_is_a_message(verb: str, editor: Person) -> None:
    item = draft_over_public()
    before = rows(item)
    for number in NUMBERS:
        response = editor.post(verb_url(item, verb), {**FINE, "seen": number})
        assert response.status_code == 200
        assert rows(item) == before
    assert editor.post(verb_url(item, verb), {}).status_code == 200
    assert rows(item) == before


@pytest.mark.parametrize("number", NUMBERS)
def test_a_revision_that_does_not_exist_is_not_restored(number: str, editor: Person) -> None:
    item = draft_over_public()
    before = rows(item)
    response = editor.post(verb_url(item, "restore"), {"seen": "2", "revision": number})
    assert response.status_code == 200
    assert rows(item) == before
    assert editor.get(verb_url(item, "restore"), {"revision": number}).status_code == 200


def test_another_items_revision_is_not_restored(editor: Person) -> None:
    item, other = NewsItemFactory(), NewsItemFactory()
    edit(other, title="Other words")
    response = editor.post(verb_url(item, "restore"), {"seen": "1", "revision": "2"})
    assert response.status_code == 200
    assert not item.revisions.filter(content__title="Other words").exists()


@pytest.mark.parametrize("time", TIMES)
def test_a_time_that_cannot_be_is_a_message(time: tuple[str, str], editor: Person) -> None:
    item = draft_over_public()
    before = rows(item)
    for verb in ("approve", "expire"):
        sent = {**FINE, "seen": "2", "when": "later", "at_0": time[0], "at_1": time[1]}
        response = editor.post(verb_url(item, verb), sent)
        assert response.status_code == 200
        assert "errorlist" in response.content.decode()
        assert rows(item) == before


def test_a_time_that_is_not_asked_for_is_not_judged(editor: Person) -> None:
    item = draft_over_public()
    sent = {**FINE, "seen": "2", "when": "now", "at_0": "2001-01-01", "at_1": "nonsense"}
    assert editor.post(verb_url(item, "approve"), sent).status_code == 302
    item.refresh_from_db()
    assert item.title == "A draft"


@pytest.mark.parametrize(
    ("verb", "field"), [("submit", "note"), ("withdraw", "explanation"), ("approve", "correction")]
)  # fmt: skip
def test_a_nul_in_what_is_said_is_a_message_and_long_texts_are_kept(verb: str, field: str, editor: Person) -> None:
    item = draft_over_public()
    before = rows(item)
    sent = {"seen": "2", "when": "now", "weight": "substantive"}
    response = editor.post(verb_url(item, verb), {**sent, field: "a\x00b"})
    assert response.status_code == 200
    assert rows(item) == before
    words = "\U0001f4f0 \u202e" + "слово " * 20_000
    assert editor.post(verb_url(item, verb), {**sent, field: words}).status_code == 302
    assert words.strip() in AuditEntry.objects.of(item).values_list("note", flat=True)


@pytest.mark.parametrize(
    ("state", "fitting"),
    [
        ("draft", {"submit", "approve", "release", "restore"}),
        ("scheduled", {"approve", "cancel", "expire", "restore"}),
        ("live", {"expire", "withdraw", "restore"}),
        ("expired", {"approve", "restore"}),
        ("withdrawn", {"approve", "restore"}),
    ],
)
def test_a_verb_that_does_not_fit_where_the_item_stands_is_a_message(
    state: str, fitting: set[str], editor: Person
) -> None:
    """As a page that was open for long sends it, or somebody who goes round the buttons."""
    item = NewsItemFactory(**({} if state == "live" else {state: True}))
    before = rows(item)
    for verb in VERBS.keys() - fitting:
        sent = {**FINE, "seen": "1", "when": "later", "at_0": "2100-01-01", "at_1": "10:00:00"}
        response = editor.post(verb_url(item, verb), sent)
        assert response.status_code == 200, verb
        told = "no draft to submit" if verb == "submit" else "does not fit where the item stands"
        assert told in response.content.decode(), verb
        assert f'href="{change_url(item)}">Back</a>' in response.content.decode(), verb
        assert rows(item) == before, verb
    for verb in fitting - {"restore"}:
        assert VERBS[verb].fits(Standing.of(item)), verb


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("key", ["0", "-1", str(10**30), "9" * 5000, "x", "\x00", "1\x00", "1/2", "٣"])
def test_an_item_that_cannot_be_is_not_found(key: str, editor: Person) -> None:
    NewsItemFactory()
    for page in ("compare/?from=1&to=1", "do/approve/", "links/", "history/", "change/", "delete/"):
        address = f"{list_url(NewsItem)}{quote(key, safe='')}/{page}"
        assert editor.get(address).status_code in (302, 404)
        assert editor.post(address, {"seen": "1", "revoke": "x"}).status_code in (302, 404)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_there_is_no_way_round_to_the_address_of_a_draft(kind: ContentKind, editor: Person) -> None:
    draft = factory_of(kind.model)(draft=True)
    number = ContentType.objects.get_for_model(draft).pk
    assert editor.get(f"/admin/r/{number}/{draft.pk}/").status_code == 404


@pytest.mark.parametrize("query", ["title__regex=(", "slug__iregex=(a|a)*b", "original__title__regex=x"])
def test_no_list_is_searched_by_a_regular_expression(query: str, editor: Person) -> None:
    NewsItemFactory(slug="a" * 40)
    assert editor.get(f"{list_url(NewsItem)}?{query}").status_code == 400


def test_nothing_is_saved_as_new(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    data = form_data(editor.get(change_url(item)), form_id(NewsItem))
    assert editor.post(change_url(item), {**data, "slug": "other", "_saveasnew": "1"}).status_code == 400
    assert NewsItem.objects.get() == item


@pytest.mark.parametrize("number", [*NUMBERS, "2147483648"])
def test_revisions_that_do_not_exist_are_not_compared(number: str, editor: Person) -> None:
    address = change_url(NewsItemFactory()).replace("/change/", "/compare/")
    for query in ({"from": number, "to": "1"}, {"from": "1", "to": number}, {"from": number}, {"to": number}):
        assert editor.get(address, query).status_code == 404


@pytest.mark.parametrize("key", ["\x00", "x" * 5000, "", "-1"])
def test_a_preview_link_that_does_not_exist_is_not_revoked(key: str, editor: Person) -> None:
    item = NewsItemFactory()
    PreviewLink.objects.create(
        item=item, revision=item.revisions.first(), expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    )
    address = change_url(item).replace("/change/", "/links/")
    assert editor.post(address, {"revoke": key}).status_code == 302
    assert editor.post(address, {"make": "1", "days": key or str(10**30)}).status_code == 200
    assert PreviewLink.objects.get().is_open


@pytest.mark.parametrize("query", ["original={}&language=fr", "original=1&language={}"])
@pytest.mark.parametrize("rubbish", ["", "٣", "1\x00", str(10**30), "9" * 5000])
def test_a_translation_of_nothing_is_an_ordinary_form(query: str, rubbish: str, editor: Person) -> None:
    assert editor.get(add_url(NewsItem, "?" + query.format(quote(rubbish)))).status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "2034-03-26T02:30", "1\x00", "9" * 5000])
def test_a_moment_that_cannot_be_is_not_previewed(moment: str, editor: Person) -> None:
    assert editor.get("/preview/", {"at": moment}, follow=True).status_code in (200, 404)
    key = moment.replace("-", "").replace(":", "").replace("\x00", "")
    for page in ("en/", "fr/events/"):
        assert editor.get(f"/preview/at-{key}/{page}").status_code == (200 if moment.startswith("2034") else 404)


@pytest.mark.parametrize(
    "query",
    ["state=%00", "state=x", "language=%00", "language=xx", "mine=%00", "q=%00", "p=x", "p=-1", f"p={10**30}", "o=x.y",
     "o=-99", "e=1", "all=", "kind__exact=%00", "kind__exact=x", f"image__id__exact={10**30}", "%00=1"],
)  # fmt: skip
def test_a_list_is_narrowed_by_nothing_that_it_does_not_know(query: str, editor: Person) -> None:
    NewsItemFactory()
    assert editor.get(f"{list_url(NewsItem)}?{query}", follow=True).status_code in (200, 400)


# ── Items ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_a_nul_is_a_message_at_every_field(kind: ContentKind, editor: Person) -> None:
    item = factory_of(kind.model)(draft=True)
    before = rows(item)
    data = form_data(editor.get(change_url(item)), form_id(kind.model))
    response = editor.post(change_url(item), {**dict.fromkeys(data, "a\x00b"), "_continue": "1"})
    form = response.context["adminform"].form
    assert {name for name in form.fields if name in data} - form.errors.keys() == set()
    assert rows(item) == before


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_a_number_that_no_column_can_hold_is_refused(kind: ContentKind, editor: Person) -> None:
    item = factory_of(kind.model)(draft=True)
    before = rows(item)
    page = editor.get(change_url(item))
    data = form_data(page, form_id(kind.model))
    for name, field in page.context["adminform"].form.fields.items():
        if isinstance(field, forms.ModelChoiceField | forms.IntegerField) and name in data:
            response = editor.post(change_url(item), {**data, name: str(10**30), "_continue": "1"})
            assert response.status_code in (200, 302, 400), name
            assert rows(item) == before, name


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_no_date_that_is_let_through_breaks_a_page(kind: ContentKind, editor: Person, visitor: Person) -> None:
    item = factory_of(kind.model)(title="Stays to be seen")
    page = editor.get(change_url(item))
    data = {**form_data(page, form_id(kind.model)), "_continue": "1"}
    dates = (forms.DateField, forms.SplitDateTimeField)
    fields = [name for name, field in page.context["adminform"].form.fields.items() if isinstance(field, dates)]
    for name in fields:
        for day in ("0001-01-01", "0024-01-23", "3024-01-23", "9999-12-31"):
            seen = item.revisions.latest("number").number
            sent = {name: day, f"{name}_0": day, f"{name}_1": "00:00:00", "seen": seen}
            if editor.post(change_url(item), {**data, **sent}).status_code == 302:
                workflow.approve(item, by=IMPORTER)
                address = item.get_absolute_url() or "/en/featured/"
                for response in (visitor.get("/en/"), visitor.get(address), editor.get(change_url(item))):
                    assert response.status_code == 200, (name, day)


def test_an_address_that_becomes_too_long_is_a_message(editor: Person) -> None:
    deep = None
    for _ in range(5):
        deep = PageFactory(slug="x" * 99, parent=deep)
    page = PageFactory(slug="top", title="Top")
    below = PageFactory(slug="y" * 99, parent=page)
    edit(page, parent=deep)
    assert "becomes too long" in act(editor, page, "approve").content.decode()
    below.refresh_from_db()
    assert below.path == f"top/{'y' * 99}"
    data = form_data(editor.get(change_url(below)), form_id(Page))
    sent = {**data, "slug": "z" * 100, "parent": PageFactory(slug="x" * 99, parent=deep).pk}
    assert "becomes too long" in editor.post(change_url(below), sent).content.decode()
