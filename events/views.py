"""The calendar's lists and pages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from events.calendars import MEDIA_TYPE, MOST, PAST, calendar_file
from events.filters import MONTH, RECENT, UPCOMING, EventFilter, OccasionFilter
from events.metadata import event
from events.models import Event
from events.months import sheet
from pages.models import Topic
from publishing import clock, former
from publishing.filters import last_of_month
from publishing.metadata import Absolute, Thing
from publishing.models import PublishableQuerySet
from publishing.selection import related_items
from publishing.syndication import absolute, answer_unless_known, refuse_preview
from publishing.views import Breadcrumbs, DatedItemView, ItemList, crumb

MOST_OF_A_MONTH = 500


class EventList(ItemList):
    model = Event
    template_name = "events/event_list.html"
    filter_class = EventFilter
    heading = _("Event calendar")
    by_month = True

    def ordered(self, queryset: PublishableQuerySet[Any]) -> Any:
        return queryset.for_cards()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert isinstance(self.filter, EventFilter)
        view, month = self.filter.view, self.filter.first_of_month
        nearest = self.filter.nearest_month()
        tabs = [
            {"label": _("Upcoming"), "url": self.address(), "current": view == UPCOMING},
            {"label": _("Recent"), "url": self.address(when=RECENT), "current": view == RECENT},
        ]
        if nearest:
            url = self.address(month=f"{nearest:%Y-%m}")
            tabs.append({"label": _("By month"), "url": url, "current": view == MONTH})
        followed = reverse("events:calendar") + self.address().removeprefix(self.request.path)
        context = super().get_context_data(tabs=tabs, calendar=calendar_links(self.request, followed), **kwargs)
        if month:
            months = context["months"]
            here = next((place for place, one in enumerate(months) if one["current"]), 0)
            context |= {
                "sheet": sheet(month, last_of_month(month), context["object_list"]),
                "earlier": months[here - 1] if here > 0 else None,
                "later": months[here + 1] if here + 1 < len(months) else None,
            }
        return context

    def get_paginate_by(self, queryset: Any) -> int:
        """A month is one sheet; what nobody's calendar holds is not drawn."""
        assert isinstance(self.filter, EventFilter)
        return MOST_OF_A_MONTH if self.filter.first_of_month else self.paginate_by


class EventCalendar(ItemList):
    """The calendar to be followed: what was in the last year, and all that is to come, of a kind or about a topic."""

    model = Event
    filter_class = OccasionFilter
    heading = _("Event calendar")

    def ordered(self, queryset: PublishableQuerySet[Any]) -> Any:
        since = clock.now() - PAST
        return queryset.for_cards().filter(ends_at__gt=since).order_by("starts_at", "pk")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_preview(request)
        events = list(self.get_queryset()[:MOST])
        site: Any = request.site_settings  # type: ignore[attr-defined]  # `portal.middleware` puts it there
        address = request.path + (f"?{self.query}" if self.query else "")
        name = f"{self.title} – {site.name}"
        content = calendar_file(events, name=name, address=address)
        disposition = content_disposition_header(False, "calendar.ics") or ""
        return answer_unless_known(request, content, MEDIA_TYPE, {"Content-Disposition": disposition})


def calendar_links(request: HttpRequest, path: str) -> dict[str, str]:
    """Where a program follows the calendar, and where a browser downloads it; nothing in a preview."""
    if hasattr(request, "preview"):
        return {}
    return {"follow": f"webcal:{absolute(path).partition(':')[2]}", "download": path}


class EventView(DatedItemView):
    model = Event
    template_name = "events/event_detail.html"
    shows = ("image",)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item: Event = self.object
        return super().get_context_data(
            topics=list(Topic.objects.of(item)),
            related=related_items(item, through=Event.topics.through, key="event_id"),
            calendar=calendar_links(self.request, reverse("events:calendar")),
            **kwargs,
        )

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        return event(self.object, absolute, topics=context["topics"])

    def breadcrumbs(self, item: Event) -> Breadcrumbs:
        return [crumb(_("Event calendar"), reverse("events:list"))]


class EventCalendarFile(EventView):
    """A live event to be put into a calendar."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_preview(request)
        try:
            event: Event = self.get_object()
        except Http404:
            if moved := former.moved_beside(request):
                return moved
            raise
        content = calendar_file([event])
        name = content_disposition_header(True, f"{event.slug}.ics") or ""
        return answer_unless_known(request, content, MEDIA_TYPE, {"Content-Disposition": name})
