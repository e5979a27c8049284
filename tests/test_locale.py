"""Every text of the interface is there in every language, whole, and in the form that the program reads."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
SOURCE = {"en"}
OUR_APPS = [Path(config.path).name for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")


def language(catalogue: Path) -> str:
    return catalogue.parts[-3]


every_catalogue = pytest.mark.parametrize("catalogue", CATALOGUES, ids=language)


def test_there_is_a_catalogue_for_every_language_of_the_site() -> None:
    assert {language(catalogue) for catalogue in CATALOGUES} >= {code for code, _ in settings.LANGUAGES} - SOURCE


@every_catalogue
def test_no_text_is_missing_or_guessed(catalogue: Path) -> None:
    entries = polib.pofile(str(catalogue))
    assert [entry.msgid for entry in entries.untranslated_entries()] == []
    assert [entry.msgid for entry in entries if entry.fuzzy] == []


@every_catalogue
def test_what_is_compiled_is_what_is_written(catalogue: Path) -> None:
    def texts(file: polib.POFile | polib.MOFile) -> dict[tuple[str, str], object]:
        return {(e.msgctxt or "", e.msgid): e.msgstr_plural or e.msgstr for e in file if not e.obsolete}

    assert texts(polib.mofile(str(catalogue.with_suffix(".mo")))) == texts(polib.pofile(str(catalogue)))


@every_catalogue
def test_placeholders_survive_translation(catalogue: Path) -> None:
    lost = {}
    for entry in polib.pofile(str(catalogue)):
        wanted = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
            found = set(PLACEHOLDER.findall(text))
            if not found <= wanted or (not entry.msgid_plural and found != wanted):
                lost[entry.msgid] = text
    assert lost == {}


def test_the_french_is_typeset_as_french() -> None:
    """True apostrophes, and spaces that do not break inside guillemets and before high punctuation."""
    wrong = re.compile(r"[^\u00a0\u202f\s!?][;!?»](?:\s|$)|[ ][;!?:»]|«[^\u00a0\u202f]|\w'\w")
    texts = [
        re.sub(r"&\w+;|<[^>]*>|https?://\S*", "", text)
        for entry in polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
        for text in ([entry.msgstr] if entry.msgstr else entry.msgstr_plural.values())
    ]
    assert [text for text in texts if wrong.search(text)] == []


@pytest.mark.skipif(
    not shutil.which("xgettext") and os.environ.get("CHANCERY_REQUIRE") != "all", reason="needs GNU gettext"
)
@every_catalogue
def test_no_text_of_the_program_is_missing_from_the_catalogue(catalogue: Path, tmp_path: Path) -> None:
    for name in (*OUR_APPS, "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("sample", "__pycache__"))
    (tmp_path / "locale").mkdir()
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "makemessages", "--no-location", f"--locale={language(catalogue)}"],
        cwd=tmp_path, check=True,
    )  # fmt: skip
    collected = polib.pofile(str(tmp_path / "locale" / language(catalogue) / "LC_MESSAGES/django.po"))
    assert {entry.msgid for entry in collected} - {entry.msgid for entry in polib.pofile(str(catalogue))} == set()
