"""Two people with the same item open: nothing of either is lost."""

from __future__ import annotations

from typing import Any

import pytest

from news.models import NewsItem
from publishing.records import Revision
from tests.admin_forms import change_url, form_id, messages
from tests.conftest import Person
from tests.factories import NewsItemFactory, TopicFactory
from tests.html import form_data


def opened(person: Person, item: NewsItem) -> dict[str, Any]:
    """The form as a browser holds it."""
    return form_data(person.get(change_url(item)), form_id(NewsItem))


def save(person: Person, item: NewsItem, data: dict[str, Any], **values: Any) -> Any:
    return person.post(change_url(item), {**data, **values, "_continue": "1"}, follow=True)


def newest(item: NewsItem) -> dict[str, Any]:
    return dict(item.revisions.first().content)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [{"draft": True}, {}])
def test_different_fields_are_merged(state: dict[str, Any], writer: Person, editor: Person) -> None:
    topic = TopicFactory()
    item = NewsItemFactory(**state)
    mine, theirs = opened(writer, item), opened(editor, item)
    save(editor, item, theirs, teaser="Theirs.", topics=[topic.pk], date="2024-02-02")
    response = save(writer, item, mine, title="Mine")
    assert "Merged with what editor has saved" in messages(response)
    content = newest(item)
    assert (content["title"], content["teaser"], content["topics"]) == ("Mine", "Theirs.", [topic.pk])
    assert content["date"] == "2024-02-02"


@pytest.mark.django_db
def test_the_same_field_is_shown_for_a_choice_and_nothing_typed_is_lost(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(title="Base", teaser="Base.")
    mine, theirs = opened(writer, item), opened(editor, item)
    save(editor, item, theirs, title="Theirs", teaser="Theirs.")
    response = save(writer, item, mine, title="Mine", dateline="Vilnius")
    content = response.content.decode()
    assert "editor has changed the same fields" in content
    again = form_data(response, form_id(NewsItem))
    assert (again["title"], again["dateline"]) == ("Mine", "Vilnius")
    (conflict,) = response.context["adminform"].form.conflicts
    assert conflict.label == "Title"
    assert conflict.mine == [("removed", "Base"), ("added", "Mine")]
    assert conflict.theirs == [("removed", "Base"), ("added", "Theirs")]
    assert item.revisions.count() == 2

    save(writer, item, again)
    assert {name: newest(item)[name] for name in ("title", "teaser", "dateline")} == {
        "title": "Mine", "teaser": "Theirs.", "dateline": "Vilnius",
    }  # fmt: skip


@pytest.mark.django_db
def test_theirs_can_be_taken_field_by_field(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(title="Base", body="<p>Base</p>")
    mine, theirs = opened(writer, item), opened(editor, item)
    save(editor, item, theirs, title="Theirs", body="<p>Theirs</p>")
    again = form_data(save(writer, item, mine, title="Mine", body="<p>Mine</p>"), form_id(NewsItem))
    save(writer, item, again, theirs=["title"])
    assert (newest(item)["title"], newest(item)["body"]) == ("Theirs", "<p>Mine</p>")


@pytest.mark.django_db
def test_a_third_person_who_saves_meanwhile_is_not_overwritten_either(
    writer: Person, editor: Person, administrator: Person
) -> None:
    item = NewsItemFactory(title="Base", teaser="Base.")
    mine, theirs = opened(writer, item), opened(editor, item)
    save(editor, item, theirs, title="Theirs")
    again = form_data(save(writer, item, mine, title="Mine"), form_id(NewsItem))
    save(administrator, item, opened(administrator, item), title="A third", teaser="A third.")
    response = save(writer, item, again)
    assert "administrator has changed the same fields" in response.content.decode()
    save(writer, item, form_data(response, form_id(NewsItem)))
    assert (newest(item)["title"], newest(item)["teaser"]) == ("Mine", "A third.")


@pytest.mark.django_db
def test_two_who_made_the_same_change_agree(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(title="Base")
    mine, theirs = opened(writer, item), opened(editor, item)
    save(editor, item, theirs, title="Same")
    response = save(writer, item, mine, title="Same")
    assert "changed the same fields" not in response.content.decode()
    assert newest(item)["title"] == "Same"


@pytest.mark.django_db
@pytest.mark.parametrize("seen", ["", "0", "999", "-1", "x"])
def test_a_forged_number_overwrites_nothing_by_accident(seen: str, writer: Person) -> None:
    item = NewsItemFactory(title="Base")
    data = opened(writer, item)
    save(writer, item, data, title="Second")
    response = save(writer, item, data, seen=seen, title="Third")
    assert response.status_code == 200
    assert item.revisions.filter(content__title="Second").exists()


@pytest.mark.django_db
def test_a_row_that_came_another_way_is_merged_from_its_first_revision(writer: Person, editor: Person) -> None:
    """It has no revision while both open it; the first to save gives it one of what both began with."""
    item = NewsItemFactory(title="Base", teaser="Base.")
    Revision.objects.all().delete()
    mine, theirs = opened(writer, item), opened(editor, item)
    save(editor, item, theirs, teaser="Theirs.")
    save(writer, item, mine, title="Mine")
    assert (newest(item)["title"], newest(item)["teaser"]) == ("Mine", "Theirs.")


@pytest.mark.django_db
def test_two_changes_that_do_not_go_together_are_a_message(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(kind="opinion", speaker="Maria Rossi")
    mine, theirs = opened(writer, item), opened(editor, item)
    save(editor, item, theirs, speaker="")
    response = save(writer, item, mine, kind="speech")
    assert response.status_code == 200
    assert "Say who speaks" in response.content.decode()
