"""What it means to be publishable.

A row is one language version of one item. It is seen from `live_from` until `live_until`; nothing else decides,
and no job has to run for an item to appear or to come down.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from publishing import clock
from publishing.languages import default_language, language_choices, originals_stand_in_for
from publishing.records import (  # noqa: F401  (Django finds an app's models here)
    AuditEntry,
    ChangedFeed,
    FeedWatch,
    FormerAddress,
    PreviewLink,
    Release,
    Remit,
    Revision,
    RevisionQuerySet,
    WorkingCopy,
)

# Beyond these a date is a slip of the pen, and no address, database or time zone need hold it.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def require_plausible_year(*days: dt.date | None) -> None:
    """Raises ValidationError for a day or an instant that nobody can have meant."""
    if any(day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR for day in days):
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError(_("The year must lie between %(first)d and %(last)d."), params=years)


class State(models.TextChoices):
    """Where a version stands with the public. Derived from the clock and the timestamps, never stored."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Live")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


T = TypeVar("T", bound=models.Model)


class PublishableQuerySet(models.QuerySet[T]):
    """Every way of reading publishable content that is not particular to one kind."""

    def live(self, *, at: dt.datetime | None = None) -> Self:
        """What a visitor sees now, or at another instant (an aware datetime)."""
        return self.in_state(State.LIVE, at=at)

    def in_state(self, state: State, *, at: dt.datetime | None = None) -> Self:
        """The same rule as `Publishable.state_at`, in SQL."""
        at = at or clock.now()
        ended = Q(live_from__lte=at, live_until__isnull=False, live_until__lte=at)
        conditions = {
            State.DRAFT: Q(live_from__isnull=True),
            State.SCHEDULED: Q(live_from__gt=at),
            State.LIVE: Q(live_from__lte=at) & (Q(live_until__isnull=True) | Q(live_until__gt=at)),
            State.EXPIRED: ended & Q(withdrawn_at__isnull=True),
            State.WITHDRAWN: ended & Q(withdrawn_at__isnull=False),
        }
        return self.filter(conditions[state])

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def for_readers_of(self, language: str) -> Self:
        """The versions in a language and, if that is what the site wants, the originals that have none in it yet."""
        if not originals_stand_in_for(language):
            return self.in_language(language)
        translation = self.model._default_manager.live().in_language(language).filter(original=OuterRef("pk"))  # type: ignore[attr-defined]
        return self.filter(Q(language=language) | Q(original__isnull=True) & ~Exists(translation))

    def originals(self) -> Self:
        return self.filter(original__isnull=True)

    def versions_of(self, *originals: int) -> Self:
        """All language versions of the items with these originals' keys."""
        return self.filter(Q(pk__in=originals) | Q(original__in=originals))

    def listed(self) -> Self:
        """Without what search engines are asked not to list."""
        return self.filter(unlisted=False)

    def latest_first(self) -> Self:
        return self.order_by(F("live_from").desc(nulls_last=True), "-pk")

    def for_cards(self) -> Self:
        """With what a card or list row shows, so that a list costs one query; kinds add their relations."""
        return self


class Publishable(models.Model):
    """One language version of one item.

    A subclass names in `shared_fields` what is a fact and not words: those fields are edited on the original and
    copied to the translations by `versions.settle`. A subclass with pages of its own implements `address` and names
    the two columns it is made from, so that links to many kinds resolve in one query.
    """

    shared_fields: ClassVar[tuple[str, ...]] = ()
    address_slug: ClassVar[str] = "slug"
    address_day: ClassVar[str | None] = None

    language = models.CharField(_("language"), max_length=10, choices=language_choices, default=default_language)
    original = models.ForeignKey(
        "self",
        verbose_name=_("original version"),
        related_name="translations",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
    )
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        allow_unicode=True,
        help_text=_("The last part of the page’s address. If it changes, the old address leads to the new one."),
    )

    # What search engines and networks are told; empty: what the page itself says.
    search_title = models.CharField(
        _("search title"),
        max_length=200,
        blank=True,
        help_text=_("Instead of the title in search results and on share cards. Left empty, the title stands there."),
    )
    search_description = models.CharField(
        _("search description"),
        max_length=400,
        blank=True,
        help_text=_("The words under it. Left empty, the page’s own introduction stands there."),
    )
    unlisted = models.BooleanField(
        _("do not list in search engines"),
        default=False,
        help_text=_("The page stays public, and whoever has its address can read it."),
    )

    # Set by the verbs in `workflow` only. Null: never approved. Their indexes serve the newsroom's start page: what has
    # gone live last, what goes live and what comes down next.
    live_from = models.DateTimeField(_("goes live"), null=True, blank=True, editable=False, db_index=True)
    live_until = models.DateTimeField(_("comes down"), null=True, blank=True, editable=False, db_index=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawal_note = models.TextField(_("why it was withdrawn"), blank=True, editable=False)
    # Public notes on substantive changes, newest first, so that a page needs no query for them: at (ISO 8601), note.
    corrections = models.JSONField(default=list, blank=True, editable=False)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    revisions = GenericRelation(Revision)

    class Meta:
        abstract = True
        default_permissions = ("view", "add", "change", "delete", "publish")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["original", "language"],
                name="%(app_label)s_%(class)s_one_version_per_language",
                violation_error_message=_("There is already a version in this language."),
            ),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_from__isnull=False, live_until__gt=F("live_from")),
                name="%(app_label)s_%(class)s_comes_down_after_going_live",
                violation_error_message=_("“Comes down” must be later than “goes live”."),
            ),
        ]

    if TYPE_CHECKING:
        original_id: int | None
        translations: Any

        def get_language_display(self) -> str: ...

    def __str__(self) -> str:
        return self.title

    @classmethod
    def rows(cls) -> PublishableQuerySet[Any]:
        """All versions of all items of this kind, for code that does not know which kind it is."""
        return cast(PublishableQuerySet[Any], cls._default_manager.all())

    def get_absolute_url(self) -> str:
        day = getattr(self, self.address_day) if self.address_day else None
        with override(self.language):
            return self.address(getattr(self, self.address_slug), day)

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        """The path of a page of this kind in the active language."""
        raise NotImplementedError(f"{cls.__name__} has no page of its own")

    @property
    def state(self) -> State:
        return self.state_at(clock.now())

    def state_at(self, at: dt.datetime) -> State:
        if self.live_from is None:
            return State.DRAFT
        if self.live_from > at:
            return State.SCHEDULED
        if self.live_until is not None and self.live_until <= at:
            return State.EXPIRED if self.withdrawn_at is None else State.WITHDRAWN
        return State.LIVE

    @property
    def was_public(self) -> bool:
        """True from the first moment of going live on, so that an address once given out goes on to answer."""
        return self.live_from is not None and self.live_from <= clock.now()

    @property
    def public_corrections(self) -> list[dict[str, Any]]:
        """The notes on substantive changes, newest first: at (an aware datetime) and note."""
        return [{**one, "at": dt.datetime.fromisoformat(one["at"])} for one in self.corrections]

    @property
    def corrected_at(self) -> dt.datetime | None:
        """When the newest correction went live."""
        return next((one["at"] for one in self.public_corrections), None)

    @property
    def published_at(self) -> dt.datetime | dt.date | None:
        """When it was published, as its page says: an aware instant, or a day of which no instant is known."""
        return self.live_from

    @property
    def modified_at(self) -> dt.datetime | dt.date | None:
        """When its content was last put right in substance, else when it was published."""
        return self.corrected_at or self.published_at

    @property
    def name_elsewhere(self) -> str:
        """Its title in search results and on share cards."""
        return self.search_title or self.title

    @property
    def summary_elsewhere(self) -> str:
        """What search results and share cards say of it; "" if it says nothing of itself."""
        return self.search_description or getattr(self, "teaser", "")

    @property
    def original_key(self) -> int:
        """The key that all versions of this item have in common."""
        return self.original_id or self.pk

    @property
    def kicker(self) -> str:
        """The short label over a headline that says what kind of thing this is."""
        return str(self._meta.verbose_name)

    @property
    def display_date(self) -> dt.date | None:
        """The date that a card shows, if any."""
        return getattr(self, self.address_day) if self.address_day else None

    def clean(self) -> None:
        super().clean()
        if self.original is None:
            return
        if self.original.original_id is not None:
            raise ValidationError(_("A translation belongs to the original version, not to another translation."))
        if self.original.language == self.language:
            raise ValidationError({"language": _("The original version is in this language already.")})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Also for the translations, which are about to receive this version's facts."""
        super().validate_constraints(exclude)
        if self.pk is None or self.original_id is not None:
            return
        for translation in self.translations.all():
            for name in self.fact_columns():
                setattr(translation, name, getattr(self, name))
            try:
                translation.validate_constraints()
            except ValidationError as error:
                raise ValidationError(
                    _("In %(language)s: %(problem)s"),
                    params={"language": translation.get_language_display(), "problem": " ".join(error.messages)},
                ) from error

    @classmethod
    def fact_columns(cls) -> list[str]:
        """The shared fields that are columns, without the many-to-many relations."""
        many = {field.name for field in cls._meta.many_to_many}
        return [name for name in cls.shared_fields if name not in many]

    def is_followed_before(self, at: dt.datetime) -> bool:
        """Whether something that is public before an instant changes with this version: translations take its facts.

        Then not even a first publication is a matter of its timestamp alone.
        """
        return type(self).rows().filter(original=self.pk, live_from__lt=at).exists()

    def settled(self) -> None:
        """Called by the verbs in the transaction that stored this version, to bring dependent rows in line."""


class DatedQuerySet(PublishableQuerySet[T]):
    def latest_first(self) -> Self:
        return self.order_by("-date", "-live_from", "-pk")


class Dated(Publishable):
    """A version with a date that is shown to readers and stands in its address."""

    address_day = "date"

    date = models.DateField(
        _("date"),
        null=True,
        blank=True,
        help_text=_("Shown to readers and part of the address. Left empty, it becomes the day the page goes live."),
    )

    class Meta(Publishable.Meta):
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["language", "date", "slug"],
                name="%(app_label)s_%(class)s_one_slug_a_day",
                violation_error_message=_(
                    "Another page on this date in this language already uses this slug. Change the slug."
                ),
            ),
            models.CheckConstraint(
                condition=Q(live_from__isnull=True) | Q(date__isnull=False),
                name="%(app_label)s_%(class)s_dated_when_public",
                violation_error_message=_("A published page needs a date."),
            ),
        ]

    @property
    def published_at(self) -> dt.datetime | dt.date | None:
        """The instant of going live if that was on the day that readers see; an older text has only its day."""
        went_live_that_day = self.live_from is not None and timezone.localdate(self.live_from) == self.date
        return self.live_from if went_live_that_day else self.date

    def clean(self) -> None:
        super().clean()
        if self.date is None and self.pk is not None and self.original_id is None:
            # A translation may have gone live first: the day it got is the item's.
            self.date = self.translations.exclude(date=None).values_list("date", flat=True).first()
        if self.date is None and self.live_from is not None:
            self.date = timezone.localdate(self.live_from)
        require_plausible_year(self.date)


class HandOrderedQuerySet(PublishableQuerySet[T]):
    def in_hand_order(self) -> Self:
        """In the order that staff set; translations stand where their original stands."""
        return self.order_by(Coalesce("original__position", "position"), "pk")


class HandOrdered(models.Model):
    """A place in an order that staff set by dragging."""

    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        abstract = True

    def put_last(self) -> None:
        """Take the place after all others, as a new one does that nobody has placed yet."""
        last = type(self)._default_manager.aggregate(last=Max("position"))["last"]
        self.position = 0 if last is None else last + 1


class Part(ABC):
    """What belongs to the content of a row and is not in its own columns; to be read like one of its fields."""

    name: ClassVar[str]
    verbose_name: ClassVar[Any]

    @abstractmethod
    def value_from_object(self, obj: Any) -> Any:
        """As data, for a snapshot."""

    @abstractmethod
    def write(self, obj: Any, value: Any) -> None:
        """Store it so, below a row that is stored already. Raises ValidationError if it breaks a rule."""

    @abstractmethod
    def readable(self, value: Any) -> str:
        """For people; "" for none."""

    @abstractmethod
    def pieces(self, old: Any, new: Any) -> Iterator[tuple[str, str]]:
        """The two as one: (kept, added, removed or moved; text)."""


class Recorded(models.Model):
    """What is public as soon as it is saved, such as a menu; its verbs, in `publishing.history`, keep every state.

    Its content is what it holds in its editable columns except those named in `outside`, and in its `parts`.
    """

    outside: ClassVar[tuple[str, ...]] = ()
    parts: ClassVar[tuple[Part, ...]] = ()

    class Meta:
        abstract = True

    @property
    def revisions(self) -> RevisionQuerySet:
        """No relation, for what Django knows of it would be deleted with the row, which could not be restored then."""
        return Revision.objects.of(self)
