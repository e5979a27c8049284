"""Visitors get one style sheet, whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.core.management import call_command
from django.test import override_settings

from portal.style_sheet import SHEET, in_one_piece

SOURCES = FileSystemStorage(settings.STATICFILES_DIRS[0])


def sheets(**files: str) -> InMemoryStorage:
    storage = InMemoryStorage()
    for name, text in files.items():
        storage.save(f"css/{name.replace('__', '/')}.css", ContentFile(text.encode()))
    return storage


def test_each_sheet_stands_where_it_was_imported() -> None:
    storage = sheets(site='/* All. */\n@import url("a.css");\n@import url("parts/b.css");\n', a="a {}", parts__b="b {}")
    assert in_one_piece(storage) == "/* All. */\na {}\nb {}\n"


def test_what_is_for_one_medium_stays_for_it() -> None:
    storage = sheets(site='@import url("print.css") print;', print="p {}\n")
    assert in_one_piece(storage) == "@media print {\np {}\n}"


def test_an_address_that_would_lead_elsewhere_is_refused() -> None:
    storage = sheets(site='@import url("parts/b.css");', parts__b='b { background: url("b.png") }')
    with pytest.raises(ValueError, match=r"css/parts/b\.css"):
        in_one_piece(storage)


def test_every_sheet_of_the_site_is_in_it_and_no_import_is_left() -> None:
    whole = in_one_piece(SOURCES)
    for path in Path(settings.STATICFILES_DIRS[0], "css").rglob("*.css"):
        if path.name != "site.css":
            assert path.read_text() in whole, path
    assert "@import" not in whole


def test_what_is_collected_is_one_compressed_file_with_the_names_of_the_fonts(tmp_path: Path) -> None:
    with override_settings(
        STATIC_ROOT=tmp_path,
        STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": "portal.style_sheet.SiteStorage"}},
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
    (sent,) = (path for path in Path(tmp_path, "css").glob("site.*.css") if path.name != Path(SHEET).name)
    text = sent.read_text()
    assert "@import" not in text
    assert "@media print" in text
    assert "fonts/chancery-serif-latin.woff2" not in text, "the fonts have names made from their content"
    assert sent.with_name(sent.name + ".br").exists()
