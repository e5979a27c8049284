"""The library's files on a disk of this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """A file appears whole or not at all, as in object storage, whatever kills the process that writes it.

    Django's own writes at the place itself: what has begun there looks to everybody like a file, now and for ever.
    """

    # Beside the folders that hold the library, on the same disk, so that a finished file is only given its name.
    UNFINISHED = ".unfinished"

    def _save(self, name: str, content: Any) -> str:
        folder = Path(self.location, self.UNFINISHED)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
            unfinished = Path(target.name)
        try:
            with unfinished.open("wb") as target:
                for piece in content.chunks():
                    target.write(piece)
            return super()._save(name, _Written(unfinished))  # type: ignore[misc,no-any-return]
        finally:
            unfinished.unlink(missing_ok=True)


class _Written(File[bytes]):
    """What Django moves to its place instead of copying it."""

    def __init__(self, path: Path) -> None:
        super().__init__(None, str(path))
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)
