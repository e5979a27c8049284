"""The admin of documents and recordings."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from library.admin_uses import UsedAdmin
from library.models import CaptionTrack, Document, Recording
from library.picture_forms import PicturesAdminMixin
from publishing.admin_pages import under_nonce
from publishing.registry import tell_followers_of


class DownloadAdmin(UsedAdmin):
    list_filter: ClassVar[Any] = ("language",)
    search_fields = ("title",)
    show_full_result_count = False
    view_on_site = False
    list_per_page = 50

    @admin.display(description=_("size"))
    def readable_size(self, row: Any) -> str:
        return filesizeformat(row.size) if row.file else "–"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


@admin.register(Document)
class DocumentAdmin(DownloadAdmin):
    list_display = ("title", "language", "extension", "pages", "readable_size", "created_at")
    fields = ("title", "language", "file", "pages", "public_address")
    readonly_fields = ("pages", "public_address")

    @admin.display(description=_("address for links"))
    def public_address(self, document: Document) -> SafeString | str:
        return format_html('<a href="{0}">{0}</a>', document.get_absolute_url()) if document.pk else "–"


class CaptionTrackInline(admin.TabularInline[CaptionTrack, Recording]):
    model = CaptionTrack
    extra = 0
    view_on_site = False


@admin.register(Recording)
class RecordingAdmin(PicturesAdminMixin, DownloadAdmin):
    list_display = ("title", "kind", "language", "duration", "where", "readable_size", "created_at")
    list_filter = ("kind", "language")
    inlines = (CaptionTrackInline,)
    fieldsets = (
        (None, {"fields": ["title", "kind", "language", "file", "address"]}),
        (_("For readers"), {"fields": ["poster", "duration", "transcript"]}),
    )

    def save_model(self, request: HttpRequest, obj: Recording, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        tell_followers_of(obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["media"] = under_nonce(request, context["media"])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("where"))
    def where(self, recording: Recording) -> str:
        return recording.host or recording.extension
