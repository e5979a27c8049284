"""Where a picture is used, and that nothing takes it away from there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db.models import Value
from django.utils import timezone

from library import usage
from library.intake import remove
from library.models import CaptionTrack, Image, Recording
from library.usage import uses_of
from news.models import NewsItem
from publishing import workflow
from publishing.records import Revision
from publishing.registry import Mention
from publishing.versions import Refused
from tests.admin_forms import change_url, delete_url
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    AuthorFactory,
    DocumentFactory,
    ImageFactory,
    NewsItemFactory,
    RecordingFactory,
    ReportFactory,
    SiteSettingsFactory,
    TopicFactory,
)
from tests.library.files import CAPTIONS
from tests.publishing.drafts import edit

pytestmark = pytest.mark.django_db


def uses(image: Image) -> list[tuple[str, str]]:
    return [(use.title, use.field) for use in uses_of(image)]


@pytest.fixture
def image() -> Image:
    ImageFactory()  # another one, with a key of its own
    return ImageFactory()


def figure(key: int) -> Value:
    return Value(f'<p>Text</p><figure data-image="{key}" class="wide"></figure>')


def test_a_picture_that_is_used_nowhere_has_no_uses(image: Image) -> None:
    NewsItemFactory(image=ImageFactory())
    assert uses(image) == []


def test_every_row_that_refers_to_it_is_found(image: Image) -> None:
    item, topic = NewsItemFactory(image=image), TopicFactory(image=image)
    author = AuthorFactory(image=image)
    recording = Recording.objects.create(title="Film", address="https://example.org/film", poster=image)
    settings = SiteSettingsFactory(logo=image)
    found = uses_of(image)
    assert {use.title for use in found} == {str(row) for row in (item, topic, author, recording, settings)}
    assert {use.url for use in found} >= {change_url(row) for row in (item, topic, author, settings)}


def test_a_figure_in_a_text_is_found_by_its_whole_key(image: Image) -> None:
    item, other = NewsItemFactory(), NewsItemFactory()
    NewsItem.rows().filter(pk=item.pk).update(body=figure(image.pk))
    NewsItem.rows().filter(pk=other.pk).update(body=figure(image.pk * 10 + 1))
    assert uses(image) == [(item.title, "body")]


def test_a_draft_that_will_show_it_counts(image: Image) -> None:
    item = NewsItemFactory()
    item.image = image
    workflow.save_draft(item, by=IMPORTER)
    assert NewsItem.rows().get(pk=item.pk).image_id is None
    assert uses(image) == [(item.title, "picture, Draft")]


def test_an_approved_change_that_waits_counts(image: Image) -> None:
    item = NewsItemFactory()
    item.image = image
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, at=timezone.now() + dt.timedelta(days=1))
    assert uses(image) == [(item.title, "picture, Approved, waits for its time")]


def test_a_figure_in_a_draft_counts(image: Image) -> None:
    item = NewsItemFactory()
    item.title = "Changed"
    workflow.save_draft(item, by=IMPORTER)
    draft: Any = Revision.objects.get(
        content_type=ContentType.objects.get_for_model(NewsItem), object_id=item.pk, state=Revision.State.DRAFT
    )
    draft.content["body"] = f'<figure data-image="{image.pk}"></figure>'
    draft.save()
    assert uses(image) == [(NewsItem.rows().get(pk=item.pk).title, "body, Draft")]


def test_a_use_is_listed_once_where_draft_and_page_show_it_alike(image: Image) -> None:
    item = NewsItemFactory(image=image)
    item.title = "Other words"
    workflow.save_draft(item, by=IMPORTER)
    assert [field for _title, field in uses(image)] == ["picture"]


def test_what_was_replaced_counts_no_more(image: Image) -> None:
    item = NewsItemFactory(image=image)
    item.image = None
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER)
    assert uses(image) == []


def test_a_picture_of_a_gallery_is_found_and_not_deleted(image: Image, editor: Person) -> None:
    item = NewsItemFactory(gallery=[{"image": image.pk, "caption": {}}])
    assert [title for title, _field in uses(image)] == [item.title]
    assert b"cannot be deleted" in editor.post(delete_url(image), {"post": "yes"}).content


def test_an_app_enters_a_finder_of_its_own(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_finders", [*usage._finders])
    use = Mention(kind="Gallery", field="pictures", title="A gallery", language="en", url="/admin/")
    usage.register_use_finder(lambda asked: [use] if asked == image else [])
    assert uses_of(image) == [use]
    with pytest.raises(Refused):
        remove(image)


def test_the_uses_of_one_cost_as_many_queries_as_of_30(image: Image, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    NewsItemFactory(image=image)
    with CaptureQueriesContext(connection) as at_one:
        uses_of(image)
    NewsItemFactory.create_batch(30, image=image)
    with django_assert_num_queries(len(at_one)):
        assert len(uses_of(image)) == usage.LIMIT


# ── Deleting ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_used_picture_is_not_deleted_and_the_places_are_named(image: Image, editor: Person) -> None:
    item = NewsItemFactory(image=image)
    for answer in (editor.get(delete_url(image)), editor.post(delete_url(image), {"post": "yes"})):
        page = answer.content.decode()
        assert "It is used and cannot be deleted" in page
        assert change_url(item) in page
        assert 'name="post"' not in page
    assert Image.objects.filter(pk=image.pk).exists()


@pytest.mark.parametrize("where", ["body", "draft"])
def test_a_picture_that_no_row_refers_to_but_is_shown_is_not_deleted(where: str, image: Image, editor: Person) -> None:
    item = NewsItemFactory()
    if where == "body":
        NewsItem.rows().filter(pk=item.pk).update(body=figure(image.pk))
    else:
        item.image = image
        workflow.save_draft(item, by=IMPORTER)
    assert b"cannot be deleted" in editor.post(delete_url(image), {"post": "yes"}).content
    assert Image.objects.filter(pk=image.pk).exists()


def test_an_unused_picture_is_deleted_with_its_file(
    image: Image, editor: Person, django_capture_on_commit_callbacks: Any
) -> None:
    path = Path(image.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(delete_url(image), {"post": "yes"})
    assert not Image.objects.filter(pk=image.pk).exists()
    assert not path.exists()


def test_a_writer_deletes_no_picture(image: Image, writer: Person) -> None:
    assert writer.get(delete_url(image)).status_code == 403
    assert writer.post(delete_url(image), {"post": "yes"}).status_code == 403


def test_the_uses_have_a_page(image: Image, writer: Person) -> None:
    item = NewsItemFactory(image=image)
    url = f"/admin/library/image/{image.pk}/uses/"
    assert change_url(item) in writer.get(url).content.decode()
    assert url in writer.get(change_url(image)).content.decode()
    assert writer.get("/admin/library/image/999999/uses/").status_code == 404
    assert Person().get(url).status_code == 302


# ── Documents and recordings ─────────────────────────────────────────────────────────────────────────────
def test_a_document_is_found_where_it_is_attached_shown_or_led_to() -> None:
    document, other = DocumentFactory(), DocumentFactory()
    attached = NewsItemFactory(title="Attached", attachments=[document, other])
    report = ReportFactory(title="Report", document=document)
    shown, linked, apart = NewsItemFactory(title="Shown"), NewsItemFactory(title="Linked"), NewsItemFactory()
    for item, body in (
        (shown, f'<p data-document="{document.pk}"></p>'),
        (linked, f'<p><a href="{document.get_absolute_url()}">it</a></p>'),
        (apart, f'<p data-document="{document.pk}0"></p>'),
    ):
        NewsItem.rows().filter(pk=item.pk).update(body=Value(body))
    assert {use.title for use in uses_of(document)} == {attached.title, report.title, shown.title, linked.title}
    assert {use.title for use in uses_of(other)} == {attached.title}


def test_a_document_that_a_draft_will_attach_is_found() -> None:
    document = DocumentFactory()
    item = NewsItemFactory(title="In a draft", attachments=[DocumentFactory()])
    edit(item, attachments=[document])
    assert [(use.title, use.field) for use in uses_of(document)] == [("In a draft", "attachments, Draft")]


def test_the_captions_of_a_recording_are_no_use_of_it() -> None:
    recording = RecordingFactory()
    CaptionTrack.objects.create(recording=recording, language="en", file=ContentFile(CAPTIONS, name="a.vtt"))
    assert uses_of(recording) == []
    item = NewsItemFactory(recording=recording)
    assert [use.title for use in uses_of(recording)] == [item.title]


@pytest.mark.parametrize("factory", [DocumentFactory, RecordingFactory])
def test_what_is_used_is_not_deleted_and_what_is_not_is(factory: Any, editor: Person) -> None:
    thing = factory()
    item = NewsItemFactory(title="It shows this")
    element = "p" if factory is DocumentFactory else "figure"
    mark = f"<{element} {usage.marks_of(thing)[0]}></{element}>"
    NewsItem.rows().filter(pk=item.pk).update(body=Value(mark))
    page = editor.post(delete_url(thing), {"post": "yes"})
    assert "It shows this" in page.content.decode()
    assert "It shows this" in editor.get(f"{change_url(thing).removesuffix('change/')}uses/").content.decode()
    assert type(thing).objects.filter(pk=thing.pk).exists()
    NewsItem.rows().filter(pk=item.pk).update(body="")
    editor.post(delete_url(thing), {"post": "yes"})
    assert not type(thing).objects.filter(pk=thing.pk).exists()
