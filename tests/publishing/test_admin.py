"""Writing, publishing, translating and ordering in the admin."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from leadership.models import AnnualReport, TermOfOffice
from news.models import FeaturedItem, NewsItem
from pages.models import Page, Topic
from publishing.admin_verbs import VERBS
from publishing.models import Publishable, State
from review.models import Article
from tests.admin_forms import (
    act,
    add_url,
    change_url,
    confirm,
    errors,
    form_id,
    list_url,
    messages,
    publish,
    send,
    verb_url,
)
from tests.conftest import PUBLISHABLE, Person
from tests.factories import (
    FACTORIES,
    FeaturedItemFactory,
    NewsItemFactory,
    translated,
)
from tests.html import form_data, parse
from tests.publishing.drafts import NOON

pytestmark = pytest.mark.django_db

# What a new item of each kind needs besides a title.
NEEDED: dict[type[Publishable], dict[str, str]] = {
    NewsItem: {"slug": "new", "date": "2024-01-23"},
    FeaturedItem: {"target": "https://example.org/"},
    Article: {"slug": "new", "date": "2024-01-23"},
    Event: {"slug": "new", "start_date": "2024-02-15"},
    Page: {"slug": "new"},
    Topic: {"slug": "new"},
    TermOfOffice: {"slug": "new", "began_on": "2014-10-01"},
    AnnualReport: {"slug": "new", "year": "2023"},
}


# ── Every kind ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("model", PUBLISHABLE)
def test_every_kind_lives_its_life_in_the_admin(model: Any, writer: Person, editor: Person) -> None:
    page = send(writer, add_url(model), model, "submit", title="First", **NEEDED[model])
    assert "Submitted" in messages(confirm(writer, page, note="Please look."))
    item = model.objects.get()
    assert item.state is State.DRAFT
    assert "Please look." in editor.get(change_url(item)).content.decode()
    assert "Returned" in messages(act(editor, item, "return", note="A better title."))
    assert "Approved" in messages(publish(editor, change_url(item), model, title="Second"))
    item.refresh_from_db()
    assert (item.state, item.title) == (State.LIVE, "Second")

    page = send(writer, change_url(item), model, "_continue", title="Third")
    assert form_data(page, form_id(model))["title"] == "Third"
    item.refresh_from_db()
    assert item.title == "Second"
    page = editor.get(verb_url(item, "approve"))
    assert [difference.label for difference in page.context["differences"]] == ["Title"]
    confirm(editor, page, weight="substantive", correction="The title was wrong.")
    item.refresh_from_db()
    assert (item.title, item.corrections[0]["note"]) == ("Third", "The title was wrong.")

    send(writer, change_url(item), model, "_continue", title="Fourth")
    later = timezone.localtime() + dt.timedelta(days=1)
    act(editor, item, "approve", when="later", at_0=f"{later:%Y-%m-%d}", at_1=f"{later:%H:%M:%S}")
    assert item.revisions.get(state="approved").due_at == later.replace(microsecond=0)
    assert "draft again" in editor.get(verb_url(item, "cancel")).content.decode()
    act(editor, item, "cancel")
    act(editor, item, "expire", at_0=f"{later:%Y-%m-%d}", at_1=f"{later:%H:%M:%S}")
    act(editor, item, "withdraw", explanation="It was not true.")
    item.refresh_from_db()
    assert (item.state, item.withdrawal_note) == (State.WITHDRAWN, "It was not true.")

    shown = writer.get(verb_url(item, "restore"), {"revision": "1"}).context
    assert (shown["revision"].number, "Title" in [str(one.label) for one in shown["differences"]]) == (1, True)
    act(writer, item, "restore", revision=item.revisions.get(content__title="Second").number)
    assert form_data(writer.get(change_url(item)), form_id(model))["title"] == "Second"
    act(editor, item, "approve")
    item.refresh_from_db()
    assert (item.state, item.title) == (State.LIVE, "Second")

    history = editor.get(change_url(item).replace("/change/", "/history/"))
    assert history.status_code == 200
    assert "The title was wrong." in history.content.decode()
    compared = editor.get(change_url(item).replace("/change/", "/compare/"), {"from": 1, "to": 2})
    assert compared.status_code == 200
    assert b"<ins>" in compared.content


def test_neither_a_history_nor_a_list_reads_the_texts_that_it_does_not_show(editor: Person) -> None:
    """Two hundred revisions of a long text are more than a process should hold."""
    item = NewsItemFactory(draft=True)
    for page in (change_url(item).replace("/change/", "/history/"), list_url(NewsItem)):
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(page).status_code == 200
        histories = [
            query["sql"] for query in queries if "publishing_revision" in query["sql"] and "IN (" in query["sql"]
        ]
        asked = [query["sql"] for query in queries if "LIMIT 200" in query["sql"]] or histories
        assert asked
        assert not [sql for sql in asked if '."content"' in sql or '."changes"' in sql]


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_a_writer_writes_a_draft_of_every_kind(model: Any, writer: Person) -> None:
    response = send(writer, add_url(model), model, "_continue", title="Fresh", **NEEDED[model])
    assert model.objects.get().state is State.DRAFT
    assert "Nobody outside can see it." in response.content.decode()


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_the_list_costs_the_same_queries_at_1_and_30_items(model: Any, editor: Person) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert editor.get(list_url(model)).status_code == 200
        return len(captured)

    translated(FACTORIES[model]())
    queries()  # content types and the like are read once a process
    with_one = queries()
    for _ in range(29):
        translated(FACTORIES[model]())
    assert queries() == with_one
    assert with_one <= 12


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_a_visitor_is_sent_to_sign_in(model: Any, visitor: Person) -> None:
    assert visitor.get(list_url(model)).status_code == 302
    assert visitor.get(add_url(model)).status_code == 302


# ── What a writer may not ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["draft", "scheduled", "live", "expired", "withdrawn"])
def test_what_a_writer_saves_is_never_seen_outside(state: str, writer: Person, visitor: Person) -> None:
    item = NewsItemFactory(**({} if state == "live" else {state: True}), title="Approved words")
    before = (item.state, item.live_from, item.live_until)
    send(
        writer, change_url(item), NewsItem, "_save", title="Other words", live_from="2024-01-23",
        live_from_0="2024-01-23", live_from_1="12:00:00", live_until_0="", withdrawn_at="", state="live",
    )  # fmt: skip
    item.refresh_from_db()
    assert (item.state, item.live_from, item.live_until) == before
    assert "Other words" not in visitor.get("/en/news/").content.decode()
    assert "Other words" not in visitor.get(item.get_absolute_url()).content.decode()


def test_a_verb_that_does_not_exist_is_not_found(editor: Person) -> None:
    assert editor.get(verb_url(NewsItemFactory(), "explode")).status_code == 404
    assert editor.get(verb_url(NewsItemFactory.build(pk=999_999), "approve")).status_code == 404


def test_a_writer_cannot_reorder_what_is_public(writer: Person) -> None:
    first, second = FeaturedItemFactory(position=10), FeaturedItemFactory(position=20)
    page = writer.get(list_url(FeaturedItem))
    position = "form-0-position" in page.content.decode()
    data = form_data(page, "changelist-form") if position else {}
    writer.post(
        list_url(FeaturedItem),
        {
            "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", **data,
            "form-0-id": first.pk, "form-0-position": "20", "form-1-id": second.pk, "form-1-position": "10",
            "_save": "1",
        },
    )  # fmt: skip
    assert list(FeaturedItem.objects.in_hand_order()) == [first, second]


def test_a_writer_translates_a_live_item_as_a_draft(writer: Person) -> None:
    original = NewsItemFactory()
    url = add_url(NewsItem, f"?original={original.pk}&language=fr")
    send(writer, url, NewsItem, "_save", title="Titre", slug="titre")
    french = NewsItem.objects.get(language="fr")
    assert french.original == original
    assert french.state is State.DRAFT


# ── Buttons and states ───────────────────────────────────────────────────────────────────────────────────
def buttons(page: Any) -> set[str]:
    """The verbs that a form offers, as buttons and as links."""
    root = parse(page)
    pressed = {button.get("value") or "" for button in root.iter("button") if button.get("name") == "_verb"}
    links = {
        (a.get("href") or "").rstrip("/").rpartition("/")[2]
        for a in root.iter("a")
        if "button" in (a.get("class") or "")
    }
    return (pressed | links) & set(VERBS)


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("draft", {"submit", "approve"}),
        ("scheduled", {"submit", "approve", "cancel", "expire"}),
        ("live", {"submit", "approve", "expire", "withdraw"}),
        ("expired", {"submit", "approve"}),
        ("withdrawn", {"submit", "approve"}),
    ],
)
def test_an_editor_is_offered_what_makes_sense(state: str, offered: set[str], editor: Person) -> None:
    item = NewsItemFactory(**({} if state == "live" else {state: True}))
    assert buttons(editor.get(change_url(item))) == offered


def test_a_new_item_can_be_published_from_its_first_form(editor: Person) -> None:
    assert buttons(editor.get(add_url(NewsItem))) == {"submit", "approve"}


def test_scheduling_says_when_it_appears(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    with time_machine.travel(NOON, tick=False):
        editor.force_login(editor.user)
        response = act(editor, item, "approve", when="later", at_0="2024-01-25", at_1="09:30:00")
    assert "25 January 2024, 09:30" in response.content.decode()
    item.refresh_from_db()
    assert item.live_from == dt.datetime(2024, 1, 25, 8, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"when": "later"}, "Enter the date and the time."),
        ({"when": "later", "at_0": "2020-01-01", "at_1": "10:00:00"}, "This time is over."),
        ({"when": "later", "at_0": "tomorrow", "at_1": "noon"}, "Enter a valid date."),
        ({"weight": "substantive", "correction": " "}, "Write what readers should know"),
        ({"weight": ""}, "This field is required."),
        ({"seen": ""}, "required"),
    ],
)
def test_what_a_verb_is_told_wrongly_is_a_message_and_does_nothing(
    values: dict[str, str], message: str, editor: Person
) -> None:
    item = NewsItemFactory(title="Before")
    send(editor, change_url(item), NewsItem, "_save", title="After")
    page = act(editor, item, "approve", **values)
    assert message in page.content.decode()
    item.refresh_from_db()
    assert item.title == "Before"


def test_coming_down_before_going_live_is_a_message(editor: Person) -> None:
    item = NewsItemFactory(live_from=dt.datetime(2100, 1, 24, 12, tzinfo=dt.UTC))
    page = act(editor, item, "expire", at_0="2100-01-24", at_1="09:30:00")
    assert "must be later than" in page.content.decode()
    item.refresh_from_db()
    assert item.live_until is None


def test_a_revision_that_nobody_saw_is_not_published(editor: Person, writer: Person) -> None:
    item = NewsItemFactory(draft=True)
    page = editor.get(verb_url(item, "approve"))
    send(writer, change_url(item), NewsItem, "_save", title="Slipped in")
    answer = confirm(editor, page)
    assert "saved this item meanwhile" in answer.content.decode()
    item.refresh_from_db()
    assert item.state is State.DRAFT
    confirm(editor, answer)
    item.refresh_from_db()
    assert item.state is State.LIVE


def test_a_form_with_an_error_does_not_publish(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    response = publish(editor, change_url(item), NewsItem, kind="speech")
    assert "Say who speaks" in errors(response)
    item.refresh_from_db()
    assert item.state is State.DRAFT


def test_a_slug_twice_on_one_day_is_a_message(editor: Person) -> None:
    NewsItemFactory(slug="summit", date=dt.date(2024, 1, 23))
    response = send(editor, add_url(NewsItem), NewsItem, "_save", title="T", slug="summit", date="2024-01-23")
    assert response.status_code == 200
    assert "already uses this slug" in errors(response)


def test_a_slug_that_another_takes_at_the_same_moment_is_a_message(
    editor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's row is not there yet when the form is checked, and is there when it is stored."""
    NewsItemFactory(slug="summit", date=dt.date(2024, 1, 23))
    checks: list[object] = []

    def blind_at_first(item: NewsItem, exclude: Any = None) -> None:
        checks.append(item)
        if len(checks) > 1:
            Publishable.validate_constraints(item, exclude)

    monkeypatch.setattr(NewsItem, "validate_constraints", blind_at_first)
    response = send(editor, add_url(NewsItem), NewsItem, "_save", title="T", slug="summit", date="2024-01-23")
    assert "already uses this slug" in errors(response)
    assert form_data(response, form_id(NewsItem))["title"] == "T"
    assert NewsItem.objects.count() == 1


def test_a_slug_twice_on_one_day_is_a_message_when_the_date_comes_from_publishing(editor: Person) -> None:
    NewsItemFactory(slug="summit", date=timezone.localdate())
    response = publish(editor, add_url(NewsItem), NewsItem, title="T", slug="summit", date="")
    assert "already uses this slug" in response.content.decode()
    assert NewsItem.objects.get(title="T").state is State.DRAFT


def test_a_draft_can_change_its_address(editor: Person) -> None:
    item = NewsItemFactory(draft=True, slug="first")
    send(editor, change_url(item), NewsItem, "_save", slug="second")
    item.refresh_from_db()
    assert item.slug == "second"


def test_a_live_item_leads_to_its_page_and_a_draft_does_not(editor: Person) -> None:
    live, draft = NewsItemFactory(), NewsItemFactory(draft=True)
    assert live.get_absolute_url() in editor.get(change_url(live)).content.decode()
    assert draft.get_absolute_url() not in editor.get(change_url(draft)).content.decode()


@pytest.mark.parametrize("state", list(State))
def test_the_list_can_be_narrowed_to_a_state(state: State, editor: Person) -> None:
    for name in ("draft", "scheduled", "live", "expired", "withdrawn"):
        NewsItemFactory(title=f"It is {name}", **({} if name == "live" else {name: True}))
    rows = [str(row) for row in editor.get(f"{list_url(NewsItem)}?state={state.value}").context["cl"].result_list]
    assert rows == [f"It is {state.value}"]


def test_a_state_that_does_not_exist_narrows_nothing(editor: Person) -> None:
    NewsItemFactory()
    assert editor.get(f"{list_url(NewsItem)}?state=nonsense", follow=True).status_code == 200


def test_the_list_says_the_state_of_every_language(editor: Person) -> None:
    original = NewsItemFactory()
    translated(original, draft=True)
    content = editor.get(list_url(NewsItem)).content.decode()
    assert "English: Live" in content
    assert "Français: Draft" in content


# ── The admin as a house ─────────────────────────────────────────────────────────────────────────────────
def test_every_admin_page_of_every_model_opens(administrator: Person) -> None:
    from django.contrib import admin

    for model, model_admin in admin.site._registry.items():
        names = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert administrator.get(reverse(f"{names}_changelist"), follow=True).status_code == 200, model
        assert administrator.get(f"{reverse(f'{names}_changelist')}?q=words", follow=True).status_code == 200, model
        if model_admin.has_add_permission(administrator.get("/admin/").wsgi_request):
            assert administrator.get(reverse(f"{names}_add")).status_code == 200, model


def test_the_admin_allows_only_its_own_scripts_and_styles(administrator: Person) -> None:
    policy = administrator.get(add_url(NewsItem)).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'nonce-" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
