"""Builds the sample content from the TOML files beside it, through the models' own rules and the workflow's verbs.

Every entry is looked for before it is made, so a second run changes nothing and adds only what is missing.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
import zoneinfo
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags
from PIL.Image import Image as PictureFile

from events.models import Event
from leadership.models import AnnualReport, TermOfOffice
from library.markup import TARGET
from library.models import Document, Image, Recording
from news.models import FeaturedItem, NewsItem
from pages.models import Page, Topic
from portal.models import MenuLink, SiteSettings
from portal.sample.media import gallery_of, recording_of
from portal.sample.pictures import STYLES, cover, jpeg, paint, portrait
from publishing import history, workflow
from publishing.fields import Translations
from publishing.models import Publishable
from publishing.targets import target_of
from review.models import Article, Author, Issue

FOLDER = Path(__file__).parent
CREDIT = Translations(en="Chancery")
PLACEHOLDER = re.compile(r"\{(?P<what>image|target):(?P<name>[a-z0-9:_-]+)\}")
BRUSSELS = zoneinfo.ZoneInfo("Europe/Brussels")
# What has no date of its own went live before the oldest news.
BEGINNING = dt.datetime(2022, 1, 1, 9, 0, tzinfo=BRUSSELS)


class SampleLoader:
    """One run. `made` counts what was new, by the plural name of its model."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.items: dict[str, Publishable] = {}
        # Every picture so far, with its style: the galleries are put together from them.
        self.painted: list[tuple[Image, str]] = []
        self.today = timezone.localdate()
        # The verbs ask who acts; the sample acts as an administrator who is not stored.
        self.administrator = User(username="sample", is_active=True, is_superuser=True)
        self.languages = [code for code, _name in settings.LANGUAGES]

    @transaction.atomic
    def run(self) -> Counter[str]:
        self.topics()
        self.pages()
        self.leadership()
        self.news()
        self.review()
        self.events()
        self.featured()
        self.site()
        return self.made

    # ── What the entries have in common ──────────────────────────────────────────────────────────────
    def entries(self, pattern: str, table: str) -> list[dict[str, Any]]:
        """All entries of a table in the files of a pattern, in the order of names and lines."""
        return [
            entry
            for path in sorted(FOLDER.glob(pattern))
            for entry in tomllib.loads(path.read_text(encoding="utf-8")).get(table, [])
        ]

    def publish(
        self,
        key: str,
        entry: dict[str, Any],
        model: type[Publishable],
        *,
        at: dt.datetime,
        facts: dict[str, Any],
        words: dict[str, str],
        relations: dict[str, Any] | None = None,
        found_by: tuple[str, ...] = ("slug",),
        extra: Any = None,
    ) -> None:
        """Make an item in every language of the site, unless it is there. `words` maps fields to the entry's names."""
        original: Publishable | None = None
        for language in self.languages:
            if language not in entry:
                continue
            texts = {field: self.filled(entry[language].get(name, "")) for field, name in words.items()}
            identity = {name: {**facts, **texts}[name] for name in found_by}
            version = model.rows().filter(language=language, **identity).first()
            if version is None:
                values = {**facts, **texts, **(extra(language, entry) if extra else {})}
                version = model(language=language, **values)
                version.original = original
                workflow.save_draft(version, by=self.administrator, relations=relations if original is None else None)
                workflow.approve(version, by=self.administrator, at=at)
                self.made[str(model._meta.verbose_name_plural)] += 1
            original = original or version
        if original is None:
            raise ValueError(f"{key} has no text in any language of this site.")
        self.items[key] = original.original or original

    def filled(self, text: str) -> str:
        """The text with keys in the place of `{image:name}` and `{target:kind:name}`, made before it."""

        def key(match: re.Match[str]) -> str:
            name = match["name"]
            if match["what"] == "target":
                return f"{TARGET}{target_of(self.items[name])}"
            return str(Image.objects.only("pk").get(file=f"images/sample/{name}.jpg").pk)

        return PLACEHOLDER.sub(key, text)

    def texts(self, entry: dict[str, Any], name: str = "title") -> Translations:
        return Translations({code: entry[code][name] for code in self.languages if code in entry})

    def image(self, key: str, entry: dict[str, Any]) -> Image | None:
        style = entry.get("picture")
        if not style:
            return None
        image = self.picture(key, self.texts(entry), STYLES[style].alt, lambda: jpeg(paint(style, key)))
        self.painted.append((image, style))
        return image

    def picture(self, key: str, title: Translations, alt: Mapping[str, str], paint_it: Callable[[], bytes]) -> Image:
        """The picture of an entry, known by its file's name, painted only if it is new."""
        name = f"images/sample/{key}.jpg"
        image = Image.objects.filter(file=name).first()
        if image is None:
            image = Image(file=stored(name, paint_it), title=title, alt_text=Translations(alt), credit=CREDIT)
            image.read_file()
            image.full_clean()
            image.save()
            self.made[str(Image._meta.verbose_name_plural)] += 1
        return image

    def document(self, key: str, title: str, language: str, extension: str, content: Callable[[], bytes]) -> Document:
        name = f"documents/sample/{key}-{language}.{extension}"
        document = Document.objects.filter(file=name).first()
        if document is None:
            document = Document(file=stored(name, content), title=title[:200], language=language)
            document.read_file()
            document.full_clean()
            document.save()
            self.made[str(Document._meta.verbose_name_plural)] += 1
        return document

    def about(self, entry: dict[str, Any]) -> list[Publishable]:
        return [self.items[f"topic:{key}"] for key in entry.get("topics", [])]

    # ── The kinds ────────────────────────────────────────────────────────────────────────────────────
    def topics(self) -> None:
        for place, entry in enumerate(self.entries("topics.toml", "topic")):
            key = entry["key"]
            facts = {
                "image": self.image(f"topic-{key}", entry),
                "in_focus": entry["in_focus"],
                "position": place,
            }
            self.publish(f"topic:{key}", entry, Topic, at=BEGINNING, facts=facts, words=PAGE_WORDS)

    def pages(self) -> None:
        for place, entry in enumerate(self.entries("pages_*.toml", "page")):
            key = entry["key"]
            facts = {
                "image": self.image(f"page-{key}", entry),
                "parent": self.items[f"page:{entry['parent']}"] if "parent" in entry else None,
                "position": place,
            }
            self.publish(
                f"page:{key}", entry, Page, at=BEGINNING, facts=facts, words=PAGE_WORDS, found_by=("slug", "parent")
            )

    def leadership(self) -> None:
        for entry in self.entries("leadership.toml", "term"):
            key, name = entry["key"], entry["en"]["title"]
            alt = {
                "en": f"Abstract portrait in the place of a photograph of {name}",
                "fr": f"Portrait abstrait tenant lieu de photographie de {name}",
                "uk": "Абстрактний портрет замість фотографії",
                "ar": "صورة شخصية تجريدية بدلًا من صورة فوتوغرافية",
            }
            facts = {
                "image": self.picture(f"term-{key}", self.texts(entry), alt, partial(face, entry["portrait"])),
                "began_on": entry["began_on"],
                "ended_on": entry.get("ended_on"),
                **{field: entry.get(field, "") for field in ("x_url", "facebook_url", "instagram_url", "linkedin_url")},
            }
            words = {"title": "title", "slug": "slug", "country": "country", "teaser": "teaser", "body": "biography"}
            self.publish(f"term:{key}", entry, TermOfOffice, at=BEGINNING, facts=facts, words=words)
        for entry in self.entries("leadership.toml", "report"):
            self.report(entry)

    def report(self, entry: dict[str, Any]) -> None:
        key, year = entry["key"], str(entry["year"])
        alt = {
            "en": f"Cover of the annual report for {year}",
            "fr": f"Couverture du rapport annuel {year}",
            "uk": f"Обкладинка річного звіту за {year} рік",
            "ar": f"غلاف التقرير السنوي لعام {year}",
        }
        facts = {
            "image": self.picture(f"report-{key}", self.texts(entry), alt, lambda: jpeg(cover(key, year))),
            "year": entry["year"],
            "published_on": entry["date"],
        }

        def in_this_language(language: str, entry: dict[str, Any]) -> dict[str, Any]:
            name, file = f"report-{key}", lambda: pdf(cover(key, year))
            return {"document": self.document(name, alt[language], language, "pdf", file)}

        at = dt.datetime.combine(entry["date"], dt.time(12), BRUSSELS)
        self.publish(f"report:{key}", entry, AnnualReport, at=at, facts=facts, words=PAGE_WORDS, extra=in_this_language)

    def news(self) -> None:
        words = {**PAGE_WORDS, "dateline": "dateline", "speaker": "speaker"}
        for entry in self.entries("news_*.toml", "item"):
            key = entry["key"]
            term = entry.get("secretary_general")
            facts = {
                "kind": entry["kind"].replace("_", "-"),
                "date": entry["date"],
                "reference": entry.get("reference", ""),
                **self.media(key, entry),
                "delivery_status": entry.get("delivery", "").replace("_", "-"),
                "secretary_general": self.items[f"term:{term}"] if term else None,
            }
            relations: dict[str, Any] = {"topics": self.about(entry)}
            if entry["kind"] == "factsheet":
                relations["attachments"] = [
                    self.document(f"factsheet-{key}", entry[code]["title"], code, "txt", partial(plain, entry[code]))
                    for code in self.languages
                    if code in entry
                ]
            self.publish(
                f"news:{key}", entry, NewsItem, at=went_live(entry), facts=facts, words=words, relations=relations,
                found_by=("slug", "date"),
            )  # fmt: skip

    def media(self, key: str, entry: dict[str, Any]) -> dict[str, Any]:
        """A news item's picture, recording and gallery."""
        name = f"news-{key}"
        image = self.image(name, entry)
        first = next(code for code in self.languages if code in entry)
        recording, new = recording_of(entry, first, image, lambda: paint(entry["picture"], name))
        if new:
            self.made[str(Recording._meta.verbose_name_plural)] += 1
        gallery = gallery_of(key, self.painted[-1], self.painted) if entry["kind"] == "photo_gallery" else []
        return {"image": image, "recording": recording, "gallery": gallery}

    def review(self) -> None:
        issues = {}
        for entry in self.entries("review.toml", "issue"):
            season = Issue.Season[entry["season"].upper()]
            issues[entry["key"]], new = Issue.objects.get_or_create(year=entry["year"], season=season)
            if new:
                self.made[str(Issue._meta.verbose_name_plural)] += 1
        authors = {entry["key"]: self.author(entry) for entry in self.entries("review.toml", "author")}
        words = {"title": "title", "slug": "slug", "standfirst": "standfirst", "body": "body"}
        for entry in self.entries("review.toml", "article"):
            key = entry["key"]
            facts = {
                "date": entry["date"],
                "image": self.image(f"article-{key}", entry),
                "issue": issues.get(entry.get("issue", "")),
            }
            relations = {"topics": self.about(entry), "authors": [authors[name] for name in entry["authors"]]}
            self.publish(
                f"article:{key}", entry, Article, at=went_live(entry), facts=facts, words=words, relations=relations,
                found_by=("slug", "date"),
            )  # fmt: skip

    def author(self, entry: dict[str, Any]) -> Author:
        author = Author.objects.filter(name=entry["name"]).first()
        if author is None:
            alt = {
                "en": "Abstract portrait",
                "fr": "Portrait abstrait",
                "uk": "Абстрактний портрет",
                "ar": "صورة شخصية تجريدية",
            }
            key, name = entry["key"], Translations(en=entry["name"])
            author = Author(
                name=entry["name"],
                affiliation=self.texts(entry, "affiliation"),
                biography=self.texts(entry, "biography"),
                image=self.picture(f"author-{key}", name, alt, partial(face, entry["portrait"])),
            )
            author.full_clean()
            author.save()
            self.made[str(Author._meta.verbose_name_plural)] += 1
        return author

    def events(self) -> None:
        """Their dates lie around the day of loading, so that both tabs of the calendar are filled."""
        words = {
            **PAGE_WORDS, "programme": "programme", "place": "place", "city": "city",
            "accreditation_note": "accreditation_note",
        }  # fmt: skip
        for entry in self.entries("events.toml", "event"):
            key = entry["key"]
            first = self.today + dt.timedelta(days=entry["start"])
            deadline = None
            if "accreditation_days" in entry:
                day = first - dt.timedelta(days=entry["accreditation_days"])
                deadline = dt.datetime.combine(day, dt.time(18), zoneinfo.ZoneInfo(entry["time_zone"]))
            facts = {
                "kind": entry["kind"],
                "status": entry["status"],
                "start_date": first,
                "end_date": first + dt.timedelta(days=entry.get("days", 1) - 1),
                "start_time": clock(entry.get("start_time")),
                "end_time": clock(entry.get("end_time")),
                "time_zone": entry["time_zone"],
                "accreditation_deadline": deadline,
                "live_stream_url": entry.get("live_stream_url", ""),
                "image": self.image(f"event-{key}", entry),
            }
            at = min(timezone.now(), dt.datetime.combine(first, dt.time(9), BRUSSELS) - dt.timedelta(days=30))
            self.publish(
                f"event:{key}", entry, Event, at=at, facts=facts, words=words,
                relations={"topics": self.about(entry)},
            )  # fmt: skip

    def featured(self) -> None:
        for place, entry in enumerate(self.entries("featured.toml", "feature")):
            key = entry["key"]
            facts = {
                "image": self.image(f"featured-{key}", entry),
                "date": entry.get("date"),
                "target": target_of(self.items[entry["target"]]),
                "position": place,
            }
            self.publish(
                f"featured:{key}", entry, FeaturedItem, at=BEGINNING, facts=facts, words={"title": "title"},
                found_by=("title",),
            )  # fmt: skip

    def site(self) -> None:
        if not SiteSettings.objects.exists():
            texts = tomllib.loads((FOLDER / "site.toml").read_text(encoding="utf-8"))
            row = SiteSettings(
                **{name: Translations(text) if isinstance(text, dict) else text for name, text in texts.items()}
            )
            row.full_clean()
            row.save()
            history.record(row, by=self.administrator)
            self.made[str(SiteSettings._meta.verbose_name_plural)] += 1
        for language in self.languages:
            self.menus(language)

    def menus(self, language: str) -> None:
        if MenuLink.objects.filter(language=language).exists():
            return
        sections: dict[str, MenuLink] = {}
        for place, entry in enumerate(self.entries("menus.toml", "link")):
            target = entry["target"]
            link = MenuLink(
                language=language,
                menu=entry["menu"],
                parent=sections.get(entry.get("parent", "")),
                label=entry.get(language, ""),
                target=target_of(self.items[target]) if target in self.items else target,
                position=place,
            )
            link.full_clean()
            link.save()
            if link.parent is None:
                sections[target] = link
            self.made[str(MenuLink._meta.verbose_name_plural)] += 1
        for section in sections.values():
            history.record(section, by=self.administrator)


PAGE_WORDS = {"title": "title", "slug": "slug", "teaser": "teaser", "body": "body"}


def face(seed: str) -> bytes:
    return jpeg(portrait(seed, (640, 800)))


def stored(name: str, content: Callable[[], bytes]) -> str:
    """Write a file under this name; what lies there was left, perhaps in part, by a run that was interrupted."""
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(content()))


def clock(text: str | None) -> dt.time | None:
    return dt.time.fromisoformat(text) if text else None


def went_live(entry: dict[str, Any]) -> dt.datetime:
    return dt.datetime.combine(entry["date"], clock(entry.get("time")) or dt.time(12), BRUSSELS)


def plain(words: dict[str, str]) -> bytes:
    """A factsheet as a text file."""
    body = strip_tags(words["body"].replace("</p>", "\n\n").replace("</li>", "\n").replace("</h2>", "\n\n"))
    return f"{words['title']}\n\n{words['teaser']}\n\n{body.strip()}\n".encode()


def pdf(picture: PictureFile) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "PDF", resolution=100)
    return buffer.getvalue()
