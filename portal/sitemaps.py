"""What search engines are told to visit (sitemaps.org, and what was added for languages, pictures and news).

A kind's versions in a language are cut into files by ranges of their keys. So a file is one range of an index, however
many there are, and which of them hold anything is found by leaps from one to the next: nothing is ever counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from library.models import Image
from library.pictures import single_address
from news.models import NewsItem
from publishing import clock
from publishing.languages import current_language, language_choices
from publishing.models import Dated, Publishable, PublishableQuerySet
from publishing.registry import ContentKind, kinds_with_pages, sections
from review.models import Article

# Keys a file. The protocol allows 50,000 addresses and 50 MB; with fewer a file the index of a million would
# be slower than twice that of a thousand, with more a file would be.
WINDOW = 1_800
# sitemaps.org allows an index so many files.
MOST_FILES = 50_000
# Of a gallery; the page leads to the others.
MOST_PICTURES = 10

# What Google takes for news, and for how long it does.
NEWS: tuple[type[Dated], ...] = (NewsItem, Article)
NEWS_LASTS = dt.timedelta(days=2)
MOST_NEWS = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the active language."""

    path: str
    versions: dict[str, str]
    """The paths of all its versions by language."""
    changed_at: dt.datetime | None = None
    pictures: list[str] = field(default_factory=list)
    """Paths."""


# ── Which files there are ────────────────────────────────────────────────────────────────────────────────
def files() -> Iterator[str]:
    """The paths of all sitemaps that hold anything at this instant: two queries."""
    windows, with_news = _windows(), _languages_with_news()
    for language, _name in language_choices():
        with override(language):
            yield reverse("sitemap-sections")
            if language in with_news:
                yield reverse("sitemap-latest")
            for kind in kinds_with_pages():
                # Made once a kind and not once a file: a large site has thousands.
                before, _zero, after = reverse("sitemap", args=[kind.key, 0]).rpartition("0")
                for number in windows.get((kind.key, language), ()):
                    yield f"{before}{number}{after}"


def _windows() -> dict[tuple[str, str], list[int]]:
    """The numbers of the windows that hold anything, by kind and language, in order: one query."""
    chains = [_chain(kind) for kind in kinds_with_pages()]
    results = [
        f"SELECT '{kind.key}', language, number FROM {_chain_name(kind)} WHERE number >= 0"  # noqa: S608
        for kind in kinds_with_pages()
    ]
    params = [param for _sql, its_params in chains for param in its_params]
    found: dict[tuple[str, str], list[int]] = {}
    rows = _for_each_language([sql for sql, _params in chains], " UNION ALL ".join(results), params)
    for key, language, number in rows:
        found.setdefault((key, language), []).append(number)
    return {name: sorted(numbers) for name, numbers in found.items()}


def _chain_name(kind: ContentKind) -> str:
    return f"windows_of_{kind.key}"


def _chain(kind: ContentKind) -> tuple[str, list[Any]]:
    """A table of the windows of a kind that hold anything, by language, as SQL with its parameters.

    From one window it leaps to the first row beyond, in one look at an index. Django's queries cannot lean on their own
    results, hence the SQL; which rows count is told by a query of Django's.
    """
    name, table = _chain_name(kind), kind.model._meta.db_table
    language, key, beyond = f"{table}.language", f"{table}.id", f"({name}.number + 1) * {WINDOW}"
    if connection.vendor == "postgresql":
        # Only the index on both columns is of use to this. By the key alone, to which PostgreSQL would turn otherwise,
        # it goes through all rows in other languages to find one in a rare one.
        bound = f"({language}, {key}) >= ({name}.language, {beyond})"
    else:
        bound = f"{language} = {name}.language AND {key} >= {beyond}"
    number = f"CASE WHEN {language} = {name}.language THEN {key} / {WINDOW} END"
    first = (
        _listed(kind.model)
        .filter(RawSQL(bound, (), BooleanField()))  # noqa: S611  (names of ours)
        .order_by("language", "pk")
        .values_list(RawSQL(number, (), IntegerField()))[:1]  # noqa: S611
    )
    leap, params = first.query.sql_with_params()
    return (
        f"{name} (language, number) AS (SELECT language, CAST(-1 AS bigint) FROM spoken UNION ALL"  # noqa: S608
        f" SELECT language, ({leap}) FROM {name} WHERE number IS NOT NULL)",
        list(params),
    )


def _languages_with_news() -> set[str]:
    """One query."""
    here = RawSQL("spoken.language", ())
    compiled = [_news(model).filter(language=here).values("pk")[:1].query.sql_with_params() for model in NEWS]
    any_of_them = " OR ".join(f"EXISTS ({sql})" for sql, _params in compiled)
    params = [param for _sql, its_params in compiled for param in its_params]
    rows = _for_each_language([], f"SELECT language FROM spoken WHERE {any_of_them}", params)  # noqa: S608
    return {language for (language,) in rows}


def _for_each_language(tables: list[str], select: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement on the table `spoken`, which holds the site's languages, and on further ones."""
    codes = [code for code, _name in language_choices()]
    spoken = f"spoken (language) AS (VALUES {', '.join(['(CAST(%s AS text))'] * len(codes))})"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE {', '.join([spoken, *tables])} {select}", [*codes, *params])
        return list(cursor.fetchall())


# ── What stands in them ──────────────────────────────────────────────────────────────────────────────────
def _listed(model: type[Publishable]) -> PublishableQuerySet[Any]:
    return model.rows().live().listed()


def of_sections() -> list[Entry]:
    """The home page and the lists, which every language has."""
    found: dict[str, list[str]] = {}
    for language, _name in language_choices():
        with override(language):
            found[language] = [reverse("home"), *(section.url() for section in sections() if section.canonical)]
    versions = [dict(zip(found, paths, strict=True)) for paths in zip(*found.values(), strict=True)]
    return [Entry(one[current_language()], one) for one in versions]


def of_window(kind: ContentKind, number: int) -> list[Entry]:
    """The versions in the active language whose keys lie in a window: at most three queries."""
    language = current_language()
    rows = _rows(kind.model, language, number)
    if not rows:
        return []
    versions = _versions(kind.model, {row.item for row in rows})
    addresses = _pictures({key for row in rows for key in row.pictures})
    return [
        Entry(
            versions[row.item][language],
            versions[row.item],
            row.changed_at,
            [addresses[key] for key in row.pictures if key in addresses],
        )
        for row in rows
    ]


class _Row(NamedTuple):
    item: int
    """The key of the original."""
    changed_at: dt.datetime
    """When readers last saw it change: it went live, or an approved change did."""
    pictures: list[int]


def _rows(model: type[Publishable], language: str, number: int) -> list[_Row]:
    """Columns and not models, for there may be two thousand."""
    has_gallery = any(field.name == "gallery" for field in model._meta.fields)
    columns = ["pk", "original_id", "live_from", "updated_at", "image_id", *(["gallery"] if has_gallery else [])]
    window = {"pk__gte": number * WINDOW, "pk__lt": (number + 1) * WINDOW}
    found = []
    for pk, original, live_from, updated_at, image, *gallery in (
        _listed(model).in_language(language).filter(**window).order_by("pk").values_list(*columns)
    ):
        pictures = [image, *(entry["image"] for entry in (gallery[0] if gallery else [])[:MOST_PICTURES])]
        found.append(_Row(original or pk, max(live_from, updated_at), list(dict.fromkeys(filter(None, pictures)))))
    return found


def _versions(model: type[Publishable], items: set[int]) -> dict[int, dict[str, str]]:
    """The paths of all live versions by language, by the items' keys: one query."""
    day = model.address_day
    columns = ["original_id", "pk", "language", model.address_slug, *([day] if day else [])]
    found: dict[int, dict[str, str]] = {item: {} for item in items}
    versions = model.rows().live().versions_of(*items).order_by("language").values_list(*columns)
    for language, of_language in groupby(versions, key=itemgetter(2)):
        if language in dict(language_choices()):
            with override(language):
                for original, key, _language, slug, *days in of_language:
                    found[original or key][language] = model.address(slug, days[0] if days else None)
    return found


def _pictures(keys: set[int]) -> dict[int, str]:
    """The paths of the whole pictures, by key: the picture itself is listed, not a part that fits a place on a page."""
    if not keys:
        return {}
    columns = ("file", "width", "height", "version", "rendered", "render_failure", "rights_end_on")
    images = Image.objects.filter(pk__in=keys).only(*columns)
    return {image.pk: address for image in images if (address := single_address(image, "free"))}


def _news(model: type[Dated]) -> QuerySet[Any]:
    """What has gone live in the last two days and carries a date of those days: archives may arrive late."""
    since = clock.now() - NEWS_LASTS
    return _listed(model).filter(live_from__gte=since, date__range=(timezone.localdate(since), clock.today()))


def latest_news() -> list[Any]:
    """The newest items and articles in the active language."""
    columns = ("original", "language", "title", "slug", "date", "live_from")
    found = [
        item
        for model in NEWS
        for item in _news(model)
        .filter(language=current_language())
        .only(*columns)
        .order_by("-live_from", "-pk")[:MOST_NEWS]
    ]
    return sorted(found, key=lambda item: item.live_from, reverse=True)[:MOST_NEWS]
