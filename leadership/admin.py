from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from leadership.models import AnnualReport, TermOfOffice
from library.picture_forms import PicturesAdminMixin
from publishing.admin import PublishableAdmin
from publishing.admin_lists import STANDING


@admin.register(TermOfOffice)
class TermOfOfficeAdmin(PicturesAdminMixin, PublishableAdmin):
    list_display = ("title", "began_on", "ended_on", *STANDING)
    content_fieldsets = (
        (None, {"fields": ["title", "slug", "country", "teaser", "body", "image"]}),
        (_("Term of office"), {"fields": [("began_on", "ended_on")]}),
        (_("Social networks"), {"fields": ["x_url", "facebook_url", "instagram_url", "linkedin_url"]}),
    )


@admin.register(AnnualReport)
class AnnualReportAdmin(PicturesAdminMixin, PublishableAdmin):
    list_display = ("title", "year", *STANDING)
    autocomplete_fields = ("document",)
    content_fieldsets = (
        (None, {"fields": ["title", "slug", "teaser", "body"]}),
        (_("Report"), {"fields": ["year", "published_on", "image", "document"]}),
    )
