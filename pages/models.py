"""The page tree and the topics."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from tree_queries.query import TreeQuerySet

from library.fields import RichTextField
from library.models import Image
from publishing import former
from publishing.models import HandOrdered, HandOrderedQuerySet, Publishable
from publishing.registry import tell_followers

LONGEST_PATH = 600


class PageQuerySet(TreeQuerySet, HandOrderedQuerySet["Page"]):
    def for_cards(self) -> Self:
        return self.select_related("image")

    def at_paths(self, paths: list[str]) -> Self:
        """From the top of the tree down."""
        return self.filter(path__in=paths).order_by("path")


class Page(HandOrdered, Publishable):  # type: ignore[django-manager-missing]  # tree_queries is untyped
    shared_fields = ("parent", "image")
    address_slug = "path"

    teaser = models.TextField(_("teaser"), blank=True, max_length=400)
    body = RichTextField(_("body"), blank=True)

    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        related_name="children",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"original__isnull": True},
        help_text=_("Empty: a page of the first level. Fixed once the page has been public."),
    )
    image = models.ForeignKey(
        Image, verbose_name=_("picture"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )

    # The slugs from the top page down to this one, so that a menu of fifty links needs no walk up the tree.
    path = models.CharField(_("path"), max_length=LONGEST_PATH, editable=False, blank=True)

    objects: ClassVar[Any] = PageQuerySet.as_manager()  # type: ignore[no-untyped-call]

    class Meta(Publishable.Meta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["language", "path"],
                name="pages_page_one_address",
                violation_error_message=_("Another page in this language is already at this address. Change the slug."),
            ),
        ]

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        return reverse("pages:page", args=[slug])

    def clean(self) -> None:
        super().clean()
        if self.parent is not None and self.pk is not None:
            above = Page.objects.ancestors(self.parent, include_self=True)
            if above.filter(pk=self.original_key).exists():
                raise ValidationError({"parent": _("A page cannot be placed under itself.")})
        if not self.slug:
            return
        self.path = self.computed_path()
        if not self._address_is_free():
            raise ValidationError({"slug": _("This address belongs to a section of the site. Choose another slug.")})

    def _address_is_free(self) -> bool:
        """Whether the path leads to the page tree and not to a section of the site."""
        with override(self.language):
            try:
                return resolve(reverse("pages:page", args=[self.path])).view_name == "pages:page"
            except Resolver404:
                return False

    def computed_path(self) -> str:
        """The slugs of the pages above in this page's language, else in the language they were written in.

        Raises ValidationError if that is longer than an address may be.
        """
        if self.parent is None:
            return self.slug
        versions = {
            page.language: page
            for page in Page.objects.versions_of(self.parent.pk)
            if page.live_from is not None or self.live_from is None  # a draft's slug is no part of a public address
        }
        path = f"{versions.get(self.language, self.parent).path}/{self.slug}"
        if len(path) > LONGEST_PATH:
            raise ValidationError(_("The address becomes too long. Shorten a slug here or in a page above."))
        return path

    def is_followed_before(self, at: dt.datetime) -> bool:
        """The pages below stand at addresses that begin with this one's."""
        below = Page.objects.filter(parent=self.original_key, live_from__lt=at)
        return super().is_followed_before(at) or below.exists()

    def settled(self) -> None:
        """Bring the addresses of this page and of the pages below in line; those that change go on to answer.

        A draft moves nothing that is public.
        """
        for page in (*Page.objects.versions_of(self.original_key), *Page.objects.filter(parent=self.original_key)):
            if page.was_public and self.live_from is None:
                continue
            path = page.computed_path()
            if page.path != path:
                before = former.addresses([page])
                page.path = path
                page.validate_constraints()
                page.save(update_fields=["path"])
                tell_followers(Page, [page.pk])
                former.remember([page], before)
                page.settled()


class TopicQuerySet(HandOrderedQuerySet["Topic"]):
    def for_cards(self) -> Self:
        return self.select_related("image")

    def in_focus(self) -> Self:
        return self.filter(in_focus=True)

    def of(self, item: Publishable, *, field: str = "topics") -> Self:
        """The topics of an item, in the item's language where they are live in it."""
        originals = getattr(item, field).through._default_manager.filter(**{f"{item._meta.model_name}_id": item.pk})
        keys = originals.values("topic_id")
        return (
            self.live()
            .in_language(item.language)
            .filter(models.Q(pk__in=keys) | models.Q(original__in=keys))
            .order_by("title")
        )


class Topic(HandOrdered, Publishable):
    shared_fields = ("image", "in_focus")

    teaser = models.TextField(_("teaser"), blank=True, max_length=400)
    body = RichTextField(_("body"), blank=True)

    image = models.ForeignKey(
        Image, verbose_name=_("picture"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )
    in_focus = models.BooleanField(_("in focus"), default=False, help_text=_("Shown on the home page."))

    objects = TopicQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="pages_topic_one_slug",
                violation_error_message=_("Another topic in this language already uses this slug. Change the slug."),
            ),
        ]

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        return reverse("pages:topic", args=[slug])


def topics_field(**kwargs: Any) -> models.ManyToManyField[Any, Any]:
    """A field for the topics of an item: facts, so they point at the original versions."""
    return models.ManyToManyField(
        Topic,
        verbose_name=_("topics"),
        blank=True,
        limit_choices_to={"original__isnull": True},
        **kwargs,
    )
