"""`manage.py library_check`: what it tells, what it puts right, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from library import checking
from library.models import CaptionTrack, Document, Image
from news.models import NewsItem
from publishing import workflow
from publishing.records import WorkingCopy
from tests.conftest import Person
from tests.factories import IMPORTER, AuthorFactory, DocumentFactory, ImageFactory, NewsItemFactory, RecordingFactory
from tests.library.files import CAPTIONS, WEBM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_storage(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path)
    yield
    shutil.rmtree(tmp_path)


def check(*options: str) -> tuple[str, bool]:
    """What it says, and whether all is well."""
    out = io.StringIO()
    try:
        call_command("library_check", *options, stdout=out)
    except CommandError as error:
        return out.getvalue() + str(error), False
    return out.getvalue(), True


def put(name: str, *, days: float = 3) -> Path:
    """A file that has lain there for so many days."""
    path = Path(default_storage.path(default_storage.save(name, ContentFile(b"x"))))
    then = (timezone.now() - dt.timedelta(days=days)).timestamp()
    os.utime(path, (then, then))
    return path


def rendition(image: Image, version: str = "") -> Path:
    return put(f"renditions/{image.pk}/{version or image.version}/photo-480.avif")


def used_image(**values: Any) -> Image:
    image: Image = ImageFactory(**values)
    NewsItemFactory(image=image)
    return image


def test_a_library_in_order(capsys: Any) -> None:
    image = used_image()
    DocumentFactory()
    recording = RecordingFactory(file=ContentFile(WEBM, name="a.webm"))
    CaptionTrack.objects.create(recording=recording, file=ContentFile(CAPTIONS, name="a.vtt"))
    Image.objects.update(rendered=image.version)
    rendition(image)
    said, well = check()
    assert well, said
    assert said.count(": 0\n") == 6
    assert "in order" in said


def test_a_missing_file_is_named_with_its_row_and_cannot_be_put_right() -> None:
    document = DocumentFactory()
    default_storage.delete(document.file.name)
    for options in ((), ("--fix",)):
        said, well = check(*options)
        assert not well
        assert f"{document.file.name} of document {document.pk}" in said


def test_files_that_belong_to_nothing_are_deleted_when_asked_to() -> None:
    image = used_image()
    names = ("images/2020/01/orphan.jpg", "documents/orphan.pdf", "captions/a/b/c/orphan.vtt", ".unfinished/half")
    orphans = [put(name) for name in names]
    said, well = check()
    assert not well
    assert "Files that belong to nothing: 4" in said
    assert all(path.exists() for path in orphans)
    said, well = check("--fix")
    assert well, said
    assert not any(path.exists() for path in orphans)
    assert Path(image.file.path).exists()


def test_a_young_file_may_be_an_upload_that_is_going_on() -> None:
    young = put("documents/upload.pdf", days=0.5)
    said, well = check("--fix")
    assert well, said
    assert young.exists()


def test_a_file_that_a_row_came_to_use_meanwhile_stays() -> None:
    path = put("documents/late.pdf")
    files = checking.Files()
    Document.objects.create(title="Late", file="documents/late.pdf")
    assert files.orphaned == ["documents/late.pdf"]
    assert files.remove_orphans() == []
    assert path.exists()


def test_files_elsewhere_in_the_storage_are_none_of_its_business() -> None:
    others = [put("backup/database.sql"), put("notes.txt")]
    assert check("--fix")[1]
    assert all(path.exists() for path in others)


def test_renditions_of_former_versions_and_deleted_images_go() -> None:
    image = used_image()
    current, former = rendition(image), rendition(image, "0" * 12)
    deleted, strange = put("renditions/999999/abc/x.avif"), put("renditions/x/y/z.avif")
    said, well = check()
    assert not well
    assert "Renditions that belong to nothing: 3" in said
    said, well = check("--fix")
    assert well, said
    assert current.exists()
    assert not any(path.exists() for path in (former, deleted, strange))
    assert not deleted.parent.parent.exists()


def test_renditions_that_are_made_meanwhile_stay() -> None:
    image = used_image()
    renditions = checking.Renditions()
    renditions.orphaned = [f"renditions/{image.pk}/{image.version}"]
    path = rendition(image)
    assert renditions.remove_orphans() == []
    assert path.exists()


def test_missing_renditions_are_made_anew() -> None:
    lost, there, never = used_image(), used_image(), used_image()
    for image in (lost, there):
        Image.objects.filter(pk=image.pk).update(rendered=image.version)
    rendition(there)
    said, well = check()
    assert not well
    assert f"Images whose renditions are missing: 1\n  {lost.pk}" in said
    assert check("--fix")[1]
    rendered = dict(Image.objects.values_list("pk", "rendered"))
    assert rendered == {lost.pk: "", there.pk: there.version, never.pk: ""}


def test_a_picture_without_alternative_text_is_wrong() -> None:
    image = used_image(title={"en": "A frigate"})
    Image.objects.update(alt_text={})
    said, well = check("--fix")
    assert not well
    assert f"Images without alternative text: 1\n  {image.pk} A frigate" in said


def test_unused_images_are_told_and_stay_unless_asked() -> None:
    unused = ImageFactory(title={"en": "Nobody's"})
    Image.objects.update(created_at=timezone.now() - dt.timedelta(days=9))
    said, well = check("--fix")
    assert well
    assert f"Images that nothing shows: 1\n  {unused.pk} Nobody's" in said
    assert Image.objects.exists()
    path = Path(unused.file.path)
    os.utime(path, (0, 0))
    check("--delete-unused", "--fix")
    assert not Image.objects.exists()
    assert not path.exists()


def test_an_image_of_today_is_for_tomorrows_article() -> None:
    ImageFactory()
    check("--delete-unused")
    assert Image.objects.count() == 1


def test_whatever_shows_an_image_protects_it(writer: Person) -> None:
    def entry(image: Image) -> dict[str, Any]:
        return {"image": image.pk, "caption": {}}

    used = [ImageFactory() for _number in range(9)]
    NewsItemFactory(image=used[0])
    AuthorFactory(image=used[1])
    item = NewsItemFactory(kind="photo-gallery", gallery=[entry(used[2])])
    item.gallery = [entry(used[3])]
    item.image = used[4]
    workflow.save_draft(item, by=IMPORTER)
    RecordingFactory(poster=used[5])
    copy = {"user": writer.user, "content_type_id": item.revisions.first().content_type_id, "typed_at": timezone.now()}
    WorkingCopy.objects.create(
        **copy, object_id=item.pk, data=f"gallery_image={used[6].pk}&gallery_image=x&image={used[7].pk}"
    )
    NewsItem.objects.filter(pk=item.pk).update(teaser="")
    figure = f'<figure data-image="{used[8].pk}"></figure>'
    with connection.cursor() as cursor:
        cursor.execute("UPDATE news_newsitem SET body = %s WHERE id = %s", [figure, item.pk])
    Image.objects.update(created_at=timezone.now() - dt.timedelta(days=9))
    ImageFactory()
    Image.objects.filter(pk=Image.objects.first().pk).update(created_at=timezone.now() - dt.timedelta(days=9))
    check("--delete-unused")
    assert set(Image.objects.values_list("pk", flat=True)) == {image.pk for image in used}


def test_it_asks_no_more_for_many_files_than_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("exists", "get_modified_time", "size", "open"):
        monkeypatch.setattr(FileSystemStorage, name, lambda *args, name=name: asked.append(name))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            check("--fix")
        return len(captured)

    for count in (2, 30):
        monkeypatch.undo()
        for _number in range(count):
            used_image()
            DocumentFactory()
        for name in ("exists", "get_modified_time", "size", "open"):
            monkeypatch.setattr(FileSystemStorage, name, lambda *args, name=name: asked.append(name))
        counted = queries()
        if count == 2:
            few = counted
    assert counted == few
    assert asked == []


def test_a_storage_without_folders_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Object storage lists a folder that does not exist as empty, and has no folder to delete."""
    image = used_image()
    put(f"renditions/{image.pk}/{'0' * 12}/x.avif")
    deleted = []
    really = FileSystemStorage.delete
    monkeypatch.setattr(
        FileSystemStorage,
        "delete",
        lambda self, name: (deleted.append(name), Path(self.path(name)).is_file() and really(self, name)),
    )
    listdir = FileSystemStorage.listdir
    monkeypatch.setattr(
        FileSystemStorage,
        "listdir",
        lambda self, path: listdir(self, path) if Path(self.path(path)).exists() else ([], []),
    )
    said, well = check("--fix")
    assert well, said
    assert f"renditions/{image.pk}/{'0' * 12}/x.avif" in deleted
