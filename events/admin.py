from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.models import Event
from library.picture_forms import PicturesAdminMixin
from publishing.admin import PublishableAdmin
from publishing.admin_lists import FILTERS, STANDING


@admin.register(Event)
class EventAdmin(PicturesAdminMixin, PublishableAdmin):
    list_display = ("title", "start_date", "city", "status", *STANDING)
    list_filter = (*FILTERS, "kind", "status")
    search_fields = ("title", "teaser", "city")
    autocomplete_fields = ("topics",)
    content_fieldsets = (
        (None, {"fields": ["kind", "status", "title", "slug"]}),
        (
            _("When"),
            {
                "fields": [("start_date", "start_time"), ("end_date", "end_time"), "time_zone"],
                "description": _("In the local time of the place where it happens."),
            },
        ),
        (_("Where"), {"fields": ["place", "city"]}),
        (_("What"), {"fields": ["teaser", "body", "programme", "image", "topics"]}),
        (_("For the media"), {"fields": ["accreditation_note", "accreditation_deadline", "live_stream_url"]}),
    )
