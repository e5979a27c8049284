"""The audit trail, to be read by those who may, and to be written by nobody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing.dates import moment_in_words
from publishing.diff import readable
from publishing.models import Recorded
from publishing.records import AuditEntry, Revision


class PersonFilter(admin.RelatedFieldListFilter):
    """Under a heading of its own: the field is called “by”, and so would be what stands before it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = gettext("person")


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    list_display = ("at", "verb", "label", "kind", "person", "note")
    list_filter = ("verb", ("at", admin.DateFieldListFilter), ("by", PersonFilter))
    search_fields = ("label",)
    search_help_text = _("Words of a title, as it was then.")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    fields = ("at", "verb", "item_link", "kind", "person", "note", "before_and_after")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).defer("changes")

    @admin.display(description=_("kind"))
    def kind(self, entry: AuditEntry) -> str:
        return capfirst(ContentType.objects.get_for_id(entry.content_type_id).name)

    @admin.display(description=_("by"), empty_value="–")
    def person(self, entry: AuditEntry) -> str | None:
        """The name at that time; none for what the clock has done."""
        return entry.name or None

    @admin.display(description=_("item"))
    def item_link(self, entry: AuditEntry) -> SafeString | str:
        """Its title at that time; a link as long as the item exists, or can be brought back."""
        kind = ContentType.objects.get_for_id(entry.content_type_id)
        if entry.item is not None:
            page = "change"
        elif entry.object_id and issubclass(kind.model_class() or AuditEntry, Recorded):
            page = "history"
        else:
            return entry.label
        try:
            url = reverse(f"admin:{kind.app_label}_{kind.model}_{page}", args=[entry.object_id])
        except NoReverseMatch:
            return entry.label
        return format_html('<a href="{}">{}</a>', url, entry.label)

    @admin.display(description=_("before and after"))
    def before_and_after(self, entry: AuditEntry) -> SafeString | str:
        model = ContentType.objects.get_for_id(entry.content_type_id).model_class()
        rows = [
            {"label": label_of(model, name), "before": shown(model, name, old), "after": shown(model, name, new)}
            for name, (old, new) in entry.changes.items()
        ]
        return render_to_string("admin/publishing/before_and_after.html", {"rows": rows}) if rows else "–"


# What a verb has decided, besides the item's fields.
LABELS = {
    "order": _("Order"),
    "renders": _("Revision of the original"),
    "revision": _("Revision"),
    "expires_at": _("Expires"),
    "emergency": _("Reason for approving one’s own words"),
}


REVISION_FIELDS = {name: Revision._meta.get_field(name) for name in ("state", "due_at")}


def field_of(model: Any, name: str) -> Any:
    """A column, or a part of the model's content beside its columns, or what only its revisions have.

    Raises LookupError.
    """
    parts = {part.name: part for part in getattr(model, "parts", ())}
    if name in parts:
        return parts[name]
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return REVISION_FIELDS[name]


def label_of(model: Any, name: str) -> str:
    """A field's name for people, also of a field that the model no longer has."""
    try:
        return capfirst(str(field_of(model, name).verbose_name))
    except (AttributeError, LookupError):
        return str(LABELS.get(name, name))


def shown(model: Any, name: str, value: Any) -> str:
    """A value as it is read, however old the entry is."""
    try:
        return readable(field_of(model, name), value)
    except (AttributeError, LookupError, ValidationError, TypeError, ValueError):
        moment = _moment(value)
        return moment or ("" if value is None else str(value))


def _moment(value: Any) -> str:
    """A stored instant in the site's time zone; "" for anything else."""
    try:
        found = parse_datetime(value)
    except (TypeError, ValueError):
        return ""
    if found is None:
        return ""
    return moment_in_words(localtime(found) if is_aware(found) else found)
