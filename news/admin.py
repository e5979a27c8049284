from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from news.models import FeaturedItem, NewsItem
from publishing.admin import HandOrderedAdmin, PublishableAdmin
from publishing.admin_lists import FILTERS, STANDING


@admin.register(NewsItem)
class NewsItemAdmin(PublishableAdmin):
    list_display = ("title", "kind", "date", *STANDING)
    list_filter = (*FILTERS, "kind")
    search_fields = ("title", "teaser", "reference")
    autocomplete_fields = ("image", "topics", "attachments", "secretary_general")
    content_fieldsets = (
        (None, {"fields": ["kind", "title", "slug", ("date", "dateline", "reference"), "teaser", "body"]}),
        (_("Picture and attachments"), {"fields": ["image", "media_url", "attachments"]}),
        (_("People and topics"), {"fields": ["topics", "secretary_general", "speaker", "delivery_status"]}),
    )


@admin.register(FeaturedItem)
class FeaturedItemAdmin(HandOrderedAdmin):
    list_display = ("position", "title", "date", *STANDING)
    list_display_links = ("title",)
    prepopulated_fields = {}
    autocomplete_fields = ("image",)
    content_fieldsets = ((None, {"fields": ["title", "target", "image", "date"]}),)
