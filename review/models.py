"""The Review: a magazine of signed articles."""

from __future__ import annotations

import datetime as dt
import math
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from library.fields import RichTextField
from library.models import Image
from pages.models import topics_field
from publishing.fields import TranslatedTextField
from publishing.models import Dated, DatedQuerySet

# Adults read non-fiction silently at about 240 words a minute (Brysbaert 2019, a meta-analysis of 190 studies).
WORDS_A_MINUTE = 240


class Issue(models.Model):
    """A season of the Review under which articles are gathered."""

    class Season(models.IntegerChoices):
        SPRING = 1, _("Spring")
        SUMMER = 2, _("Summer")
        AUTUMN = 3, _("Autumn")
        WINTER = 4, _("Winter")

    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1945), MaxValueValidator(2200)])
    season = models.PositiveSmallIntegerField(_("season"), choices=Season.choices)

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-year", "-season"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["year", "season"],
                name="review_issue_once",
                violation_error_message=_("This issue exists already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_season_display()} {self.year}"

    @property
    def title(self) -> str:
        return str(self)


class Author(models.Model):
    name = models.CharField(_("name"), max_length=150)
    affiliation = TranslatedTextField(_("affiliation"), blank=True)
    biography = TranslatedTextField(_("biography"), blank=True, multiline=True)
    image = models.ForeignKey(
        Image, verbose_name=_("portrait"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(DatedQuerySet["Article"]):
    def for_cards(self) -> Self:
        return self.select_related("image").defer("body")


class Article(Dated):
    shared_fields = ("date", "image", "issue", "authors", "topics")

    standfirst = models.TextField(
        _("standfirst"), blank=True, max_length=600, help_text=_("Two sentences that open the article.")
    )
    body = RichTextField(_("body"), blank=True)

    image = models.ForeignKey(
        Image, verbose_name=_("picture"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )
    issue = models.ForeignKey(
        Issue, verbose_name=_("issue"), related_name="articles", on_delete=models.PROTECT, null=True, blank=True
    )
    authors = models.ManyToManyField(Author, verbose_name=_("authors"), related_name="articles", blank=True)
    topics = topics_field(related_name="+")

    objects = ArticleQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("Review article")
        verbose_name_plural = _("Review articles")
        ordering = ["-date", "-live_from", "-pk"]
        indexes = [
            # Serves the Review's list and the home page.
            models.Index(fields=["language", "-date", "-live_from", "-id"], name="review_latest"),
            # Serves the sitemaps: the versions in a language within a range of keys, and where the next range begins.
            models.Index(fields=["language", "id"], name="review_by_key"),
        ]

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        assert day is not None
        return reverse("review:article", args=[day.year, day.month, day.day, slug])

    @property
    def kicker(self) -> str:
        return str(_("Review"))

    @property
    def teaser(self) -> str:
        return self.standfirst

    @property
    def reading_time(self) -> int:
        """In minutes, at least 1."""
        return max(1, math.ceil(len(strip_tags(self.body).split()) / WORDS_A_MINUTE))
