"""What is kept beside the content: its revisions, what was done to it, the addresses it once had, unsaved work."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A window gives a sign of life every half minute; after three that did not come it counts as closed.
PRESENT = dt.timedelta(seconds=90)


class OfItemQuerySet(models.QuerySet[Any]):
    def of(self, *items: models.Model) -> Self:
        """What belongs to one version of an item, or to several of one model."""
        kind = ContentType.objects.get_for_model(items[0])
        return self.filter(content_type=kind, object_id__in=[item.pk for item in items])


class OfItem(models.Model):
    """Belongs to one version of an item of any kind."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, editable=False)
    object_id = models.PositiveBigIntegerField(editable=False)
    item: Any = GenericForeignKey("content_type", "object_id")

    class Meta:
        abstract = True


def person(verbose_name: Any) -> models.ForeignKey[Any, Any]:
    """A member of staff, whose records outlast them."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=verbose_name,
        related_name="+",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
    )


class Release(models.Model):
    """Revisions of any kinds and languages that go live at one instant, all or none."""

    class State(models.TextChoices):
        OPEN = "open", _("Being put together")
        APPROVED = "approved", _("Approved, waits for its time")
        LIVE = "live", _("Live")

    name = models.CharField(_("name"), max_length=200)
    due_at = models.DateTimeField(
        _("goes live"),
        null=True,
        blank=True,
        help_text=_("When it is meant to. Nothing goes live before the release is approved. Empty: not decided yet."),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    applied_at = models.DateTimeField(_("went live"), null=True, blank=True, editable=False)
    # Why the last attempt to go live failed; empty if there was none.
    failure = models.TextField(_("problem"), blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-created_at"]
        default_permissions = ("view", "add", "change", "delete", "publish")

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> Release.State:
        if self.applied_at is not None:
            return self.State.LIVE
        return self.State.OPEN if self.approved_at is None else self.State.APPROVED

    def members(self) -> RevisionQuerySet:
        """The revisions that it holds, or that went live with it."""
        return self.revisions.open() if self.applied_at is None else self.revisions.all()


class RevisionQuerySet(OfItemQuerySet):
    def open(self) -> Self:
        """Work that has not reached the public."""
        return self.filter(state__in=OPEN)

    def due(self, *, at: dt.datetime) -> Self:
        """Approved, its instant has come, and nothing has gone wrong with it yet."""
        return self.waiting().filter(due_at__lte=at)

    def waiting(self) -> Self:
        """Approved for an instant, and nothing has gone wrong with it."""
        return self.filter(state=Revision.State.APPROVED, failure="")

    def supersede(self) -> None:
        """Something newer stands in their place."""
        self.update(state=Revision.State.SUPERSEDED, due_at=None, release=None, failure="")


class Revision(OfItem):
    """What the editable fields of a version held, or shall hold."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("In review")
        APPROVED = "approved", _("Approved, waits for its time")
        LIVE = "live", _("Approved")
        SUPERSEDED = "superseded", _("Replaced")

    number = models.PositiveIntegerField(_("number"), editable=False)
    content = models.JSONField(_("content"), encoder=DjangoJSONEncoder, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT, editable=False)

    author = person(_("author"))
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    note = models.TextField(_("internal note"), blank=True, editable=False)

    approved_by = person(_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    correction = models.TextField(_("public note"), blank=True, editable=False)
    due_at = models.DateTimeField(_("goes live"), null=True, editable=False)
    release = models.ForeignKey(
        Release, related_name="revisions", on_delete=models.SET_NULL, null=True, blank=True, editable=False
    )
    # Of a translation: the number of the original's revision that it renders.
    renders = models.PositiveIntegerField(null=True, editable=False)
    # Why the last attempt to go live failed; empty if there was none.
    failure = models.TextField(_("problem"), blank=True, editable=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        default_permissions = ()
        ordering = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "number"], name="publishing_revision_one_number"
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=Q(state="live"),
                name="publishing_revision_one_live",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=Q(state="approved"),
                name="publishing_revision_one_waits",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(due_at__isnull=False), name="publishing_revision_waits_for_a_time"
            ),
        ]
        indexes = [
            # Serves the question of every page: is anything due? And the start page's “next to go live”.
            models.Index(fields=["due_at"], condition=Q(state="approved", failure=""), name="publishing_revision_due"),
            # Serves the start page and the filters of the lists: what is in review, what is not published yet.
            models.Index(fields=["state", "content_type", "object_id"], name="publishing_revision_state"),
            # Serves the same: what are my drafts, what have I written.
            models.Index(fields=["author", "content_type", "state"], name="publishing_revision_author"),
        ]

    def __str__(self) -> str:
        return f"{self.item}, {self.number}"


# What an author still writes on. An approved revision stays as it is; what is written after it is a new draft.
DRAFTS = (Revision.State.DRAFT, Revision.State.SUBMITTED)
OPEN = (*DRAFTS, Revision.State.APPROVED)


class AuditEntry(OfItem):
    """One verb, by whom and when, with the values before and after. Written by the verbs, changed by nobody."""

    class Verb(models.TextChoices):
        SAVE = "save", _("Saved a draft")
        SUBMIT = "submit", _("Submitted for review")
        RETURN = "return", _("Returned to the author")
        APPROVE = "approve", _("Approved")
        GO_LIVE = "go live", _("Went live")
        CANCEL = "cancel", _("Cancelled the schedule")
        EXPIRE = "expire", _("Set the end")
        WITHDRAW = "withdraw", _("Withdrew")
        RESTORE = "restore", _("Restored a revision")
        CONFIRM = "confirm", _("Confirmed the translation")
        DELETE = "delete", _("Deleted")
        PLACE = "place", _("Changed the order")
        PLAN = "plan", _("Planned the release")
        JOIN = "join", _("Put into a release")
        LEAVE = "leave", _("Taken out of a release")
        SHARE = "share", _("Made a preview link")
        REVOKE = "revoke", _("Revoked a preview link")

    at = models.DateTimeField(_("time"), default=timezone.now, editable=False)
    by = person(_("by"))
    verb = models.CharField(_("action"), max_length=30, choices=Verb.choices, editable=False)
    # The item's title and the person's name as they were, for both may change or go.
    label = models.CharField(_("item"), max_length=250, editable=False)
    name = models.CharField(_("name"), max_length=250, editable=False)
    changes = models.JSONField(_("before and after"), encoder=DjangoJSONEncoder, default=dict, editable=False)
    note = models.TextField(_("note"), blank=True, editable=False)

    objects = OfItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]
        indexes = [
            # Serves the history of one item.
            models.Index(fields=["content_type", "object_id", "-at"], name="publishing_audit_of_item"),
            # Serves the audit trail, newest first.
            models.Index(fields=["-at", "-id"], name="publishing_audit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.label}"


class FormerAddress(OfItem):
    """A path that a public page once had. It goes on to answer."""

    path = models.CharField(max_length=900, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.path


class WorkingCopyQuerySet(OfItemQuerySet):
    def typed(self) -> Self:
        """With words that are not saved yet."""
        return self.filter(typed_at__isnull=False)

    def open(self) -> Self:
        """Whose form is open in a window now."""
        return self.filter(open_at__gt=timezone.now() - PRESENT)


class WorkingCopy(OfItem):
    """What somebody has typed into a form and not saved yet; it also tells others that the item is open.

    `object_id` 0 stands for an item that is still to be added: each of its forms has a copy of its own.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    # Drawn when a form is opened and handed on when its copy is taken up: it tells the windows of one person apart.
    form_key = models.CharField(max_length=40)
    # Of a translation that is still to be added: the query string of its form, which names original and language.
    query = models.CharField(max_length=100, blank=True)

    # The form's fields as the browser would send them; empty while nothing was changed.
    data = models.TextField(blank=True)
    seen = models.PositiveIntegerField(default=0)
    typed_at = models.DateTimeField(null=True)

    # The last sign of life from the window, and the first. Null: it was closed.
    open_at = models.DateTimeField(null=True)
    open_since = models.DateTimeField(null=True)

    objects = WorkingCopyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Also serves the form: who else has it open?
            models.UniqueConstraint(
                fields=["content_type", "object_id", "user"],
                condition=~Q(object_id=0),
                name="publishing_one_working_copy",
            ),
            models.UniqueConstraint(
                fields=["content_type", "user", "form_key"],
                condition=Q(object_id=0),
                name="publishing_one_working_copy_a_new_form",
            ),
            models.CheckConstraint(
                condition=Q(data="", typed_at__isnull=True) | (~Q(data="") & Q(typed_at__isnull=False)),
                name="publishing_working_copy_typed_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.item}"

    @property
    def is_open(self) -> bool:
        return self.open_at is not None and self.open_at > timezone.now() - PRESENT

    @property
    def fields(self) -> QueryDict:
        return QueryDict(self.data)


class Remit(models.Model):
    """The languages and kinds of content that a member of staff is limited to."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    kinds = models.JSONField(_("kinds of content"), default=list, blank=True)

    class Meta:
        verbose_name = _("remit")
        verbose_name_plural = _("remits")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)


def new_key() -> str:
    return secrets.token_urlsafe(24)


class PreviewLink(OfItem):
    """Lets somebody without an account see one revision of one item, until it expires or is revoked."""

    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, editable=False)
    made_by = person(_("made by"))
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = OfItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        default_permissions = ()
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.item)

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class ChangedFeed(models.Model):
    """A list whose feeds have changed, and the hub does not know yet."""

    path = models.CharField(max_length=900, unique=True)
    changed_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    # Serves the question of whom to tell of next.
    next_try_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.path

    def put_off(self, at: dt.datetime, wait: dt.timedelta) -> bool:
        """False if another has done so already."""
        mine = ChangedFeed.objects.filter(pk=self.pk, next_try_at=self.next_try_at, changed_at=self.changed_at)
        return bool(mine.update(next_try_at=at + wait, tries=self.tries + 1))


class FeedWatch(models.Model):
    """Up to when it has been looked for changes of feeds, and which of the late ones were seen. There is one row."""

    until = models.DateTimeField()
    seen = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.until)
