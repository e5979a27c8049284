"""Subscribers and what is mailed to them: to look, to delete at a reader's request, to try again what failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from publishing.admin_urls import admin_url
from publishing.dates import short_moment
from publishing.languages import listed, own_name
from publishing.records import AuditEntry
from publishing.versions import audit
from subscriptions import service
from subscriptions.ledger import Delivery, Mailing
from subscriptions.matching import kind_choices
from subscriptions.models import Subscriber
from subscriptions.sending import try_again

State = Delivery.State


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """What is written by readers and by the worker."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    """Readers subscribe themselves; staff can look, and delete at a reader's request. No reader's link is shown."""

    list_display = ("email", "state", "often", "their_languages", "created_at", "confirmed_at")
    list_filter = ("state", "often", "language")
    search_fields = ("email",)
    search_help_text = _("A part of an address.")
    list_per_page = 50
    fields = (
        "email", "state", "often", "their_languages", "their_kinds", "their_topics", "language", "created_at",
        "confirmed_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("languages"))
    def their_languages(self, reader: Subscriber) -> str:
        return listed(own_name(code) for code in reader.languages)

    @admin.display(description=_("kinds"))
    def their_kinds(self, reader: Subscriber) -> str:
        labels = dict(kind_choices())
        return listed(labels.get(name, name) for name in reader.kinds) or gettext("All")

    @admin.display(description=_("topics"))
    def their_topics(self, reader: Subscriber) -> str:
        return listed(reader.topics.all()) or gettext("All")

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Subscriber]) -> list[LogEntry]:
        """Kept by number in the audit trail, and nowhere by address: it is what is to be forgotten."""
        for reader in queryset:
            label = gettext("Subscriber %(number)d") % {"number": reader.pk}
            audit(AuditEntry.Verb.DELETE, reader, by=request.user, label=label)
        return []

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        service.leave(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        service.forget(queryset)


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "occasion", "about", "progress", "failed")
    list_filter = ("occasion",)
    list_per_page = 20
    fields = ("occasion", "created_at", "since", "until", "tells_of", "progress", "numbers", "failures")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        return super().get_queryset(request).prefetch_related("announcements__item")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the numbers of all rows of the page, by one query."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        counts = Delivery.objects.counts(rows)
        for mailing in rows:
            mailing.counts = counts[mailing.pk]
        changelist.result_list = rows
        return changelist

    def _counts(self, mailing: Any) -> dict[str, int]:
        if not hasattr(mailing, "counts"):
            mailing.counts = Delivery.objects.counts([mailing])[mailing.pk]
        return mailing.counts  # type: ignore[no-any-return]

    @admin.display(description=_("tells of"))
    def about(self, mailing: Mailing) -> SafeString | str:
        titles = [str(one.item) for one in mailing.announcements.all() if one.item]
        more = len(titles) - 3
        shown = titles[:3] if more <= 0 else [*titles[:3], ngettext("%d more", "%d more", more) % more]
        return format_html_join("", "<div>{}</div>", ((title,) for title in shown)) or "–"

    @admin.display(description=_("tells of"))
    def tells_of(self, mailing: Mailing) -> SafeString | str:
        items = [one.item for one in mailing.announcements.all() if one.item]
        lines = [(admin_url(item, "change"), str(item), own_name(item.language)) for item in items]
        return format_html_join("", '<div><a href="{}">{}</a> ({})</div>', lines) or "–"

    @admin.display(description=_("progress"))
    def progress(self, mailing: Mailing) -> SafeString:
        counts = self._counts(mailing)
        total, waiting = sum(counts.values()), counts.get(State.PENDING, 0) + counts.get(State.SENDING, 0)
        text = gettext("%(done)d of %(total)d") % {"done": total - waiting, "total": total}
        return format_html('<progress max="{}" value="{}"></progress> {}', total or 1, total - waiting, text)

    @admin.display(description=_("failed"))
    def failed(self, mailing: Mailing) -> int | str:
        return self._counts(mailing).get(State.FAILED, 0) or "–"

    @admin.display(description=_("in numbers"))
    def numbers(self, mailing: Mailing) -> str:
        counts = self._counts(mailing)
        return listed(f"{label}: {counts[name]}" for name, label in State.choices if counts.get(name)) or "–"

    @admin.display(description=_("failures"))
    def failures(self, mailing: Mailing) -> SafeString | str:
        """The reasons, by how often they were given, and the way to try again."""
        if not self._counts(mailing).get(State.FAILED):
            return "–"
        url = (
            f"{reverse('admin:subscriptions_delivery_changelist')}?mailing__id__exact={mailing.pk}&state__exact=failed"
        )
        return format_html('<a href="{}">{}</a>', url, gettext("Show them with their reasons, and try again"))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("reader", "how_it_stands", "about", "when")
    list_display_links = None
    list_filter = ("state",)
    list_select_related = ("mailing", "subscriber")
    search_fields = ("subscriber__email",)
    search_help_text = _("A part of an address.")
    list_per_page = 50
    actions = ("send_again",)

    def has_delete_permission(self, request: HttpRequest, obj: Delivery | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "mailing__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("subscriber"))
    def reader(self, delivery: Delivery) -> str:
        return str(delivery.subscriber or gettext("Has left"))

    @admin.display(description=_("state"))
    def how_it_stands(self, delivery: Delivery) -> SafeString:
        """With what the last attempt has met, and how many there were."""
        badge = format_html('<span class="state state--{}">{}</span>', delivery.state, State(delivery.state).label)
        attempts = Delivery._meta.get_field("attempts").verbose_name
        tried = f"{capfirst(attempts)}: {delivery.attempts}" if delivery.attempts else ""
        told = [(line,) for line in (delivery.error, tried) if line]
        return badge + format_html_join("", '<div class="quiet">{}</div>', told)

    @admin.display(description=_("mailing"))
    def about(self, delivery: Delivery) -> SafeString:
        return format_html('<a href="{}">{}</a>', admin_url(delivery.mailing, "change"), delivery.mailing)

    @admin.display(description=_("sent, or next attempt"))
    def when(self, delivery: Delivery) -> str:
        moment = delivery.sent_at or delivery.due_at
        return short_moment(timezone.localtime(moment)) if moment else "–"

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("subscriptions.change_delivery")

    @admin.action(description=_("Try again what failed"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        number = try_again(Delivery.objects.filter(pk__in=queryset.order_by().values("pk")))
        messages.success(request, ngettext("%d mail is tried again.", "%d mails are tried again.", number) % number)
