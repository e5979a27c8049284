"""The rules of the house that no linter knows: templates, style sheets, scripts and the folders themselves."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
# Mail programs know no style sheet of a site and no policy: what a mail looks like stands in the mail.
MAILS = sorted((ROOT / "templates/subscriptions/mail").glob("*.*"))
STYLES = sorted((ROOT / "static").rglob("*.css"))
# Visitors' style sheets, without the one that only names them.
OF_THE_SITE = [path for path in STYLES if "admin" not in str(path) and path.name != "site.css"]
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))

NO_INLINE = re.compile(
    r"""<style|\sstyle\s*=|<script(?! type="application/ld\+json">)(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""",
    re.IGNORECASE,
)
OTHER_HOST = re.compile(r"""(?:src|srcset|poster|action|data)\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//""")
PHYSICAL = re.compile(
    r"(?<![\w-])(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\b"
    r"|(?<![\w-])(?:left|right|top|bottom)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", re.IGNORECASE)
ID_SELECTOR = re.compile(r"#[a-z][\w-]*[^{};]*\{", re.IGNORECASE)


SITE = ROOT / "static/css/site.css"


def without_comments(path: Path) -> str:
    text = path.read_text()
    return re.sub(r"/\*.*?\*/|\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", "", text, flags=re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def offences(paths: list[Path], rule: re.Pattern[str]) -> dict[str, list[str]]:
    found = {name(path): [match[0] for match in rule.finditer(without_comments(path))] for path in paths}
    return {path: matches for path, matches in found.items() if matches}


def test_the_rules_have_something_to_look_at() -> None:
    assert len(TEMPLATES) > 40
    assert len(STYLES) > 15
    assert SCRIPTS


def test_templates_hold_nothing_inline_and_nothing_of_another_host() -> None:
    assert offences([path for path in TEMPLATES if path not in MAILS], NO_INLINE) == {}
    assert offences(TEMPLATES, OTHER_HOST) == {}


def test_mails_run_and_fetch_nothing() -> None:
    assert MAILS
    active = re.compile(
        r"<script|<link|<img|<iframe|<form|javascript:|\son[a-z]{3,}\s*=|url\(|@import|@font-face", re.IGNORECASE
    )
    assert offences(MAILS, active) == {}


def test_no_template_calls_html_safe_for_rich_text_has_a_tag_of_its_own() -> None:
    safe = re.compile(r"\{\{\s*([\w.]+)\s*\|[^}]*\bsafe\b[^}]*\}\}|autoescape\s+off|safeseq")
    assert offences([path for path in TEMPLATES if path.suffix == ".html"], safe) == {}


def test_every_translated_block_is_trimmed_and_every_block_closes_by_name() -> None:
    untrimmed = re.compile(r"\{%\s*blocktrans(?:late)?\b(?![^%]*\btrimmed\b)[^%]*%\}")
    unnamed = re.compile(r"\{%\s*endblock\s*%\}")
    pages = [path for path in TEMPLATES if path.suffix == ".html"]
    assert offences(pages, untrimmed) == {}
    assert offences(pages, unnamed) == {}


def test_components_are_given_what_they_show_and_nothing_else() -> None:
    include = re.compile(r"\{%\s*include\s+\"components/[^%]*%\}")
    open_ended = {
        name(path): [match[0] for match in include.finditer(without_comments(path)) if " only " not in match[0]]
        for path in TEMPLATES
    }
    assert {path: found for path, found in open_ended.items() if found} == {}


@pytest.mark.parametrize("rule", [re.compile("!important"), PHYSICAL, ID_SELECTOR, re.compile("@import"), OTHER_HOST])
def test_style_sheets_keep_the_rules(rule: re.Pattern[str]) -> None:
    assert offences(OF_THE_SITE, rule) == {}


def test_every_style_sheet_of_the_site_stands_in_a_layer() -> None:
    assert [name(path) for path in OF_THE_SITE if "@layer" not in path.read_text()] == []


def test_colours_are_named_once_in_the_tokens() -> None:
    sheets = [path for path in OF_THE_SITE if path.name not in ("tokens.css", "print.css")]
    assert offences(sheets, COLOUR) == {}


def test_no_component_or_style_sheet_is_left_over() -> None:
    text = "\n".join(path.read_text() for path in TEMPLATES if path.suffix in (".html", ".txt"))
    text += "\n".join(path.read_text() for path in ROOT.glob("*/*.py"))
    text += "".join(f"css/{sheet}" for sheet in re.findall(r'url\("([^"]+)"\)', SITE.read_text()))
    left_over = [name(path) for path in TEMPLATES if "components/" in name(path) and name(path)[10:] not in text]
    left_over += [name(path) for path in (*STYLES, *SCRIPTS) if name(path)[7:] not in text]
    assert left_over == []


def test_scripts_are_modules_that_write_no_html() -> None:
    assert offences(SCRIPTS, re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(")) == {}


def test_there_is_no_drawer_for_the_rest() -> None:
    drawers = {"utils", "common", "core", "helpers", "misc"}
    ours = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    assert [path for path in ours if drawers & set(re.split(r"[/.]", path))] == []


def test_lock_files_name_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(r"https?://|--(?:extra-)?index-url", lock.read_text()), lock.name
