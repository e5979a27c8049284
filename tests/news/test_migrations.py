"""What was stored before recordings and galleries came keeps its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from library.models import Recording
from news.models import NewsItem
from publishing.records import Revision
from tests.factories import ImageFactory

BEFORE = [("news", "0002_workflow")]


def migrate_to_the_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The news item as it was; everything else stands as it is now."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps.get_model("news", "NewsItem")
    migrate_to_the_newest()


def test_addresses_become_recordings_and_pictures_galleries_in_columns_and_revisions(before: Any) -> None:
    image = ImageFactory().pk

    def store(**values: Any) -> Any:
        return before.objects.create(
            **{"language": "en", "slug": f"s{values['title']}", "date": "2024-01-01", **values}
        )

    film = store(title="Film", kind="video", media_url="https://example.org/a")
    french = store(title="Le film", kind="video", media_url="https://example.org/a", language="fr", original=film)
    store(title="Sound", kind="audio", media_url="https://example.org/a")
    gallery = store(title="Pictures", kind="photo-gallery", image_id=image)
    store(title="Plain", kind="news")
    kind, _new = ContentType.objects.get_or_create(app_label="news", model="newsitem")
    contents = [
        (film, {"title": "Film", "kind": "video", "media_url": "https://example.org/b", "image": None}),
        (film, {"title": "Film", "kind": "video", "media_url": "https://example.org/a", "image": None}),
        (gallery, {"title": "Pictures", "kind": "photo-gallery", "media_url": "", "image": image}),
        (french, {"title": "Le film"}),
    ]
    for number, (row, content) in enumerate(contents, start=1):
        Revision.objects.create(content_type=kind, object_id=row.pk, number=number, content=content, state="superseded")

    migrate_to_the_newest()
    rows = {row.title: row for row in NewsItem.objects.select_related("recording")}
    recording = rows["Film"].recording
    assert recording is not None
    assert (recording.title, recording.kind, recording.address) == ("Film", "video", "https://example.org/a")
    assert rows["Le film"].recording == recording
    assert rows["Sound"].recording not in (None, recording)
    assert rows["Sound"].recording.kind == "audio"
    assert rows["Plain"].recording is None
    assert rows["Pictures"].gallery == [{"image": image, "caption": {}}]
    assert rows["Plain"].gallery == []
    kept = list(Revision.objects.order_by("number").values_list("content", flat=True))
    assert not any("media_url" in content for content in kept)
    assert Recording.objects.get(pk=kept[0]["recording"]).address == "https://example.org/b"
    assert kept[1]["recording"] == recording.pk
    assert (kept[2]["recording"], kept[2]["gallery"]) == (None, [{"image": image, "caption": {}}])
    assert kept[3] == {"title": "Le film"}
