"""Files on the disk: whole or not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from library.storage import WholeFileStorage


class Breaks(ContentFile[Any]):
    """A file whose reading fails half-way, as when its writer is killed."""

    def chunks(self, chunk_size: int | None = None) -> Any:
        yield b"half"
        raise OSError("gone")


@pytest.fixture
def storage(tmp_path: Path) -> WholeFileStorage:
    return WholeFileStorage(location=tmp_path)


def test_a_file_is_kept_as_django_keeps_it(storage: WholeFileStorage, tmp_path: Path) -> None:
    first = storage.save("a/b/c.txt", ContentFile(b"one"))
    second = storage.save("a/b/c.txt", ContentFile(b"two"))
    assert first == "a/b/c.txt"
    assert second != first
    assert storage.open(first).read() == b"one"
    assert storage.open(second).read() == b"two"
    assert oct((tmp_path / first).stat().st_mode)[-3:] == "644"


def test_what_breaks_off_leaves_nothing(storage: WholeFileStorage, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        storage.save("a.txt", Breaks(b""))
    assert not storage.exists("a.txt")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nothing_is_seen_of_a_file_while_it_is_written(storage: WholeFileStorage) -> None:
    seen: list[bool] = []

    class Watched(ContentFile[Any]):
        def chunks(self, chunk_size: int | None = None) -> Any:
            yield b"half"
            seen.append(storage.exists("a.txt"))
            yield b" and half"

    storage.save("a.txt", Watched(b""))
    assert seen == [False]
    assert storage.open("a.txt").read() == b"half and half"
