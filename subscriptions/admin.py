from django.contrib import admin
from django.http import HttpRequest

from subscriptions.models import Subscriber


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin[Subscriber]):
    """Readers subscribe themselves; staff can look, and delete at a reader's request."""

    list_display = ("email", "language", "created_at", "confirmed_at")
    list_filter = ("language",)
    search_fields = ("email",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False
