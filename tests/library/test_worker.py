"""Huge pictures, many at once, and a worker that is killed again and again."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.utils import timezone
from PIL import Image as Picture

from library import claims, recipe, renditions
from library.models import Image, RenditionClaim
from library.recipe import Rendition, Size
from library.renditions import base_name, file_name
from publishing.work import work_once
from tests.conftest import Person
from tests.library.hostile import plain, saved
from tests.library.test_intake import sent

FORTY_MEGAPIXELS = (7_746, 5_164)
PICTURES = 10
# In seconds: a picture takes its worker about as long, so most are killed in the middle of one.
LONGEST_LIFE = 1.5


def some_of(size: Size, name: str) -> list[Rendition]:
    """A few of the formats and widths of a picture, for speed."""
    return [rendition for rendition in recipe.all_of(size, name) if rendition.width in (320, 640)]


def waiting() -> int:
    return Image.objects.exclude(rendered=F("version")).count()


def killed_worker(after: float) -> None:
    """Let a worker live for some seconds, then a minute pass."""
    connection.close()  # a connection belongs to one process
    worker = os.fork()
    if worker == 0:
        while True:
            work_once()
    time.sleep(after)
    os.kill(worker, signal.SIGKILL)
    assert os.waitpid(worker, 0) == (worker, signal.SIGKILL)
    RenditionClaim.objects.update(claimed_at=timezone.now() - claims.STALE - dt.timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_ten_huge_pictures_are_made_ready_though_their_worker_is_killed(
    writer: Person, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(renditions, "all_of", some_of)
    for number in range(PICTURES):
        photograph = saved(plain(FORTY_MEGAPIXELS, colour=(20 * number, 90, 160)), "JPEG")
        assert sent(writer, SimpleUploadedFile(f"{number}.jpg", photograph))["state"] == "stored"
    assert waiting() == PICTURES
    assert not default_storage.exists(renditions.FOLDER)  # no request has waited for one

    luck, killed = random.Random(4), 0
    while waiting():
        killed_worker(luck.uniform(0.1, LONGEST_LIFE))
        killed += 1
        assert killed < 200, "it gets nowhere"

    assert killed > 3
    assert not Image.objects.exclude(render_failure="").exists()
    for image in Image.objects.all():
        names = [file_name(image, rendition) for rendition in some_of((image.width, image.height), image.file.name)]
        assert len(names) > 5
        for name in [base_name(image), *names]:
            with default_storage.open(name) as file, Picture.open(file) as picture:
                picture.load()  # raises if it is cut off
