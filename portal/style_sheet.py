"""One style sheet for visitors: what `site.css` imports is sent in its place, so that a page waits for one file.

While developing the browser follows the imports itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) ?([^;]*);')


class SiteStorage(CompressedManifestStaticFilesStorage):
    """Static files under names made from their content, compressed, with the style sheet in one piece."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if SHEET in paths and not dry_run:
            storage, _name = paths[SHEET]
            whole = InMemoryStorage()
            whole.save(SHEET, ContentFile(in_one_piece(storage).encode()))
            paths = {**paths, SHEET: (whole, SHEET)}
        yield from super().post_process(paths, dry_run, **options)  # type: ignore[no-untyped-call]


def in_one_piece(storage: Storage) -> str:
    """The sheet with each import replaced by what it names, for its medium only where it names one.

    Raises ValueError where a sheet of another folder has addresses, which would no longer lead where they did.
    """

    def imported(match: re.Match[str]) -> str:
        name, medium = match[1], match[2]
        text = read(storage, f"css/{name}")
        if "/" in name and "url(" in text:
            raise ValueError(f"css/{name} must hold no url(…): it is sent as a part of {SHEET}.")
        return f"@media {medium} {{\n{text}}}" if medium else text

    return IMPORT.sub(imported, read(storage, SHEET))


def read(storage: Storage, name: str) -> str:
    with storage.open(name) as file:
        return str(file.read().decode())
