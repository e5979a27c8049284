from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from library.picture_forms import PicturesAdminMixin
from news.models import FeaturedItem, NewsItem
from publishing.admin import HandOrderedAdmin, PublishableAdmin
from publishing.admin_lists import FILTERS, STANDING


@admin.register(NewsItem)
class NewsItemAdmin(PicturesAdminMixin, PublishableAdmin):
    list_display = ("title", "kind", "date", *STANDING)
    list_filter = (*FILTERS, "kind")
    search_fields = ("title", "teaser", "reference")
    autocomplete_fields = ("recording", "topics", "attachments", "secretary_general")
    readonly_fields = ("gallery_shown",)
    content_fieldsets = (
        (None, {"fields": ["kind", "title", "slug", ("date", "dateline", "reference"), "teaser", "body"]}),
        (_("Picture, recording and attachments"), {"fields": ["image", "recording", "attachments"]}),
        (_("People and topics"), {"fields": ["topics", "secretary_general", "speaker", "delivery_status"]}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where the gallery can only be read, it is shown for people."""
        translation = obj.original_id is not None if obj else self._source(request) is not None
        name = "gallery" if self.has_change_permission(request, obj) and not translation else "gallery_shown"
        first, pictures, *rest = super().get_fieldsets(request, obj)
        return [first, pictures, (_("Photo gallery"), {"fields": [name]}), *rest]

    @admin.display(description=_("gallery"))
    def gallery_shown(self, item: NewsItem) -> str:
        field = NewsItem._meta.get_field("gallery")
        return field.readable(item.gallery) if item.gallery else "–"


@admin.register(FeaturedItem)
class FeaturedItemAdmin(PicturesAdminMixin, HandOrderedAdmin):
    list_display = ("position", "title", "date", *STANDING)
    list_display_links = ("title",)
    prepopulated_fields = {}
    content_fieldsets = ((None, {"fields": ["title", "target", "image", "date"]}),)
