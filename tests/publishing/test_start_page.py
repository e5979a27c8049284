"""The admin's start page: what waits, what comes next, what is not translated, and what it costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import NewsItem
from pages.models import Topic
from publishing import releases, workflow
from publishing.admin_matrix import LATEST
from publishing.admin_start import LIMIT
from publishing.records import Release, Revision
from tests.admin_forms import add_url, change_url, verb_url
from tests.conftest import Person, member_of
from tests.factories import FACTORIES, IMPORTER, EventFactory, NewsItemFactory, TopicFactory, UserFactory, translated
from tests.html import elements, hrefs, parse, text, texts

pytestmark = pytest.mark.django_db

AN_HOUR, A_DAY, A_MONTH = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=30)


def start(person: Person) -> Any:
    response = person.get("/admin/")
    assert response.status_code == 200
    return parse(response)


def lines(person: Person, key: str) -> list[str]:
    """The titles in one of the lists."""
    found = list(elements(start(person), "section", cls=f"desk__panel--{key}"))
    return [row_title(row) for panel in found for row in panel.iter("li")]


def row_title(row: Any) -> str:
    return text(next(iter(row.iter("a"))))


def written(person: Person, title: str, *, model: type = NewsItem, **values: Any) -> Any:
    """A draft of this person's."""
    item = FACTORIES[model].build(title=title, **values)
    workflow.save_draft(item, by=person.user)
    return item


# ── What waits ───────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_submitted_waits_for_an_editor_and_is_in_review_for_its_writer(writer: Person, editor: Person) -> None:
    item = written(writer, "Please read")
    assert lines(writer, "drafts") == ["Please read"]
    assert lines(editor, "waiting") == lines(editor, "drafts") == []
    workflow.submit(item, by=writer.user)
    assert lines(editor, "waiting") == lines(writer, "review") == ["Please read"]
    assert lines(editor, "review") == lines(writer, "waiting") == lines(writer, "drafts") == []
    assert {change_url(item), verb_url(item, "approve")} <= set(hrefs(start(editor)))
    assert verb_url(item, "approve") not in hrefs(start(writer))


def test_what_was_returned_waits_for_its_author_until_they_write_again(writer: Person, editor: Person) -> None:
    item = written(writer, "Not yet")
    workflow.submit(item, by=writer.user)
    workflow.return_to_author(item, by=editor.user, note="Who said so?")
    assert lines(writer, "waiting") == ["Not yet"]
    assert lines(writer, "drafts") == lines(editor, "waiting") == []
    assert "Who said so?" in text(start(writer))
    item.title = "Better"
    workflow.save_draft(item, by=writer.user)
    assert lines(writer, "waiting") == []
    assert lines(writer, "drafts") == ["Better"]


def test_the_french_desk_decides_on_french_only(writer: Person, french_desk: Person) -> None:
    english, french = written(writer, "English"), written(writer, "Française", language="fr")
    for item in (english, french):
        workflow.submit(item, by=writer.user)
    assert lines(french_desk, "waiting") == ["Française"]
    assert lines(french_desk, "review") == ["English"]


def test_an_editor_of_one_kind_decides_on_that_kind_only(writer: Person) -> None:
    events_desk = member_of("Editors", "events-desk", kinds=["event"])
    news = written(writer, "News")
    event = EventFactory.build(title="Event")
    workflow.save_draft(event, by=writer.user)
    for item in (news, event):
        workflow.submit(item, by=writer.user)
    assert lines(events_desk, "waiting") == ["Event"]
    assert lines(events_desk, "review") == ["News"]


def test_with_four_eyes_ones_own_words_wait_for_somebody_else(editor: Person, settings: Any) -> None:
    item = written(editor, "Mine")
    workflow.submit(item, by=editor.user)
    assert lines(editor, "waiting") == ["Mine"]
    settings.FOUR_EYES = True
    assert lines(editor, "waiting") == []
    assert lines(editor, "review") == ["Mine"]


def test_the_newest_draft_of_a_live_item_is_listed_with_its_own_author(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(title="Live words")
    item.teaser = "New words."
    workflow.save_draft(item, by=writer.user)
    assert lines(writer, "drafts") == ["Live words"]
    assert lines(editor, "drafts") == []


# ── What the clock does ──────────────────────────────────────────────────────────────────────────────────
def test_what_goes_live_within_a_week_is_listed_by_its_time(editor: Person) -> None:
    now = timezone.now()
    NewsItemFactory(title="Later", live_from=now + 2 * A_DAY)
    TopicFactory(title="Sooner", live_from=now + AN_HOUR)
    NewsItemFactory(title="Far away", live_from=now + A_MONTH)
    live = NewsItemFactory(title="Changes")
    live.teaser = "Tomorrow's words."
    workflow.save_draft(live, by=IMPORTER)
    workflow.approve(live, by=IMPORTER, at=now + A_DAY)
    assert lines(editor, "up") == ["Sooner", "Changes", "Later"]


def test_what_comes_down_within_a_week_is_listed(editor: Person) -> None:
    now = timezone.now()
    NewsItemFactory(title="Ends", live_until=now + A_DAY)
    NewsItemFactory(title="Ends much later", live_until=now + A_MONTH)
    NewsItemFactory(title="Has ended", expired=True)
    assert lines(editor, "down") == ["Ends"]


def test_the_last_that_went_live_come_first(editor: Person) -> None:
    now = timezone.now()
    NewsItemFactory(title="Older", live_from=now - 2 * A_DAY)
    TopicFactory(title="Newer", live_from=now - AN_HOUR)
    NewsItemFactory(draft=True)
    NewsItemFactory(scheduled=True)
    NewsItemFactory(live_from=now - A_DAY, withdrawn=True)
    assert lines(editor, "recent") == ["Newer", "Older"]


def test_a_release_is_one_line_among_what_goes_live_next(editor: Person) -> None:
    release = Release.objects.create(name="Summit")
    for title in ("First", "Second"):
        item = NewsItemFactory(title=title)
        item.teaser = "New."
        workflow.save_draft(item, by=IMPORTER)
        releases.add(release, item, by=IMPORTER)
    assert lines(editor, "up") == []
    releases.approve(release, by=IMPORTER, at=timezone.now() + AN_HOUR)
    assert lines(editor, "up") == ["Summit"]


def test_what_could_not_go_live_is_listed_first_with_its_reason(editor: Person, writer: Person) -> None:
    assert not list(elements(start(editor), "section", cls="desk__panel--overdue"))
    item = NewsItemFactory(title="Stuck")
    item.teaser = "New."
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, at=timezone.now() + AN_HOUR)
    Revision.objects.filter(state="approved").update(failure="The slug is taken.")
    Release.objects.create(name="Summit", approved_at=timezone.now(), failure="One of its items is gone.")
    first = next(elements(start(editor), "section"))
    assert texts(first, "h2") == ["Could not go live on time"]
    assert "The slug is taken." in text(first)
    assert "One of its items is gone." in text(first)
    assert verb_url(item, "approve") in hrefs(first)
    shown = next(elements(start(writer), "section"))
    assert "The slug is taken." in text(shown)
    assert verb_url(item, "approve") not in hrefs(shown)
    assert "Summit" not in text(shown)


# ── Translations ─────────────────────────────────────────────────────────────────────────────────────────
def cells(person: Person) -> dict[str, list[tuple[str, str]]]:
    """By title: the words and the link of each language."""
    found = list(elements(start(person), "section", cls="matrix"))
    rows = [row for matrix in found for body in matrix.iter("tbody") for row in body.iter("tr")]
    return {
        row_title(row): [
            (text(cell), next((a.get("href") or "" for a in cell.iter("a")), "")) for cell in row.iter("td")
        ]
        for row in rows
    }


@pytest.fixture
def bilingual(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]


@pytest.mark.usefixtures("bilingual")
def test_a_missing_translation_leads_to_its_form(editor: Person) -> None:
    item = NewsItemFactory(title="Alone")
    assert cells(editor) == {
        "Alone": [
            ("Original", change_url(item)),
            ("Missing", add_url(NewsItem, f"?original={item.pk}&language=fr")),
        ]
    }


def test_a_missing_translation_is_no_link_for_who_may_not_write_it(editor: Person) -> None:
    NewsItemFactory(title="Seul", language="fr")
    french_desk = member_of("Editors", "desk", languages=["fr"])
    assert cells(french_desk)["Seul"][0] == ("Missing", "")
    assert cells(editor)["Seul"][0][1]


@pytest.mark.usefixtures("bilingual")
def test_a_translation_that_its_original_has_left_behind_is_out_of_date_until_confirmed(editor: Person) -> None:
    item = NewsItemFactory(title="Moves on")
    french = translated(item)
    assert cells(editor) == {}
    assert "in all languages" in text(start(editor))
    item.teaser = "Other words."
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER)
    assert cells(editor)["Moves on"][1] == ("Out of date", change_url(french))
    workflow.confirm_translation(french, by=editor.user)
    assert cells(editor) == {}


@pytest.mark.usefixtures("bilingual")
def test_a_draft_of_a_translation_is_neither_missing_nor_out_of_date(editor: Person) -> None:
    translated(NewsItemFactory(title="Being written"), draft=True)
    assert cells(editor) == {}


def test_only_the_newest_originals_are_looked_at(editor: Person) -> None:
    now = timezone.now()
    for number in range(LATEST + 1):
        TopicFactory(title=f"Number {number}", live_from=now - number * AN_HOUR)
    assert len(cells(editor)) == LATEST
    assert f"Number {LATEST}" not in cells(editor)


# ── Rights and cost ──────────────────────────────────────────────────────────────────────────────────────
def test_who_reads_no_content_sees_none_of_it() -> None:
    item = NewsItemFactory(title="Not for you", draft=True)
    workflow.submit(item, by=IMPORTER)
    nobody = Person(UserFactory.create())
    page = nobody.get("/admin/")
    assert page.status_code == 200
    assert "Not for you" not in page.content.decode()


def test_below_stands_the_list_of_all_kinds(writer: Person) -> None:
    assert add_url(Topic) in hrefs(start(writer))


def test_a_list_shows_its_beginning_and_says_so(writer: Person) -> None:
    for number in range(LIMIT + 2):
        written(writer, f"Draft {number}", slug=f"draft-{number}")
    assert len(lines(writer, "drafts")) == LIMIT
    assert "There are more" in text(start(writer))


def one_of_everything(person: Person, kind: Any, number: int) -> None:
    now = timezone.now()
    factory = FACTORIES[kind]
    translated(factory(title=f"Live {number}", live_from=now - AN_HOUR), live_until=now + A_DAY)
    factory(live_from=now + A_DAY)
    changing, late = factory(), factory()
    for item, at in ((changing, now + A_DAY), (late, now + AN_HOUR)):
        item.title = f"Other words {number}"
        workflow.save_draft(item, by=person.user)
        workflow.approve(item, by=IMPORTER, at=at)
    Revision.objects.of(late).filter(state="approved").update(failure="No.")
    for verbs in ((), ("submit",), ("submit", "return")):
        draft = factory(draft=True)
        draft.title = f"Draft {number}"
        workflow.save_draft(draft, by=person.user)
        if "submit" in verbs:
            workflow.submit(draft, by=person.user)
        if "return" in verbs:
            workflow.return_to_author(draft, by=IMPORTER, note="Why?")


def test_it_costs_the_same_queries_at_1_and_30_of_each(
    writer: Person, editor: Person, french_desk: Person, administrator: Person
) -> None:
    def queries() -> list[int]:
        counts = []
        for person in (writer, editor, french_desk, administrator):
            with CaptureQueriesContext(connection) as captured:
                start(person)
            counts.append(len(captured))
        return counts

    author = member_of("Editors", "author")
    one_of_everything(author, NewsItem, 0)
    queries()  # content types and the like are read once a process
    at_one = queries()
    for number in range(1, 30):
        one_of_everything(author, NewsItem, number)
    assert queries() == at_one
    assert max(at_one) <= 45


def test_no_text_of_a_revision_is_read(editor: Person) -> None:
    """Bodies are long; the lists show titles."""
    item = NewsItemFactory(draft=True)
    workflow.submit(item, by=IMPORTER)
    with CaptureQueriesContext(connection) as captured:
        start(editor)
    assert not [query["sql"] for query in captured if '"content"' in query["sql"] or '"body"' in query["sql"]]
