"""The calendar's lists and pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.filters import MONTH, RECENT, UPCOMING, EventFilter, month_label, months_around
from events.models import Event
from pages.models import Topic
from publishing import clock
from publishing.models import PublishableQuerySet
from publishing.selection import related_items
from publishing.views import Breadcrumbs, DatedItemView, ItemList, crumb


class EventList(ItemList):
    model = Event
    template_name = "events/event_list.html"
    filter_class = EventFilter
    heading = _("Event calendar")

    def ordered(self, queryset: PublishableQuerySet[Any]) -> Any:
        return queryset.for_cards()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert isinstance(self.filter, EventFilter)
        here, view, month = reverse("events:list"), self.filter.view, self.filter.first_of_month
        tabs = [
            {"label": _("Upcoming"), "url": here, "current": view == UPCOMING},
            {"label": _("Recent"), "url": f"{here}?when={RECENT}", "current": view == RECENT},
        ]
        months = [
            {"label": month_label(first), "url": f"{here}?month={first:%Y-%m}", "current": first == month}
            for first in months_around(month or clock.today())
        ]
        return super().get_context_data(
            view=view,
            tabs=tabs,
            months=months,
            month_label=month_label(month) if view == MONTH and month else "",
            **kwargs,
        )


class EventView(DatedItemView):
    model = Event
    template_name = "events/event_detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("image")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event: Event = self.object
        return super().get_context_data(
            topics=list(Topic.objects.of(event)),
            related=related_items(event, through=Event.topics.through, key="event_id"),
            **kwargs,
        )

    def breadcrumbs(self, item: Event) -> Breadcrumbs:
        return [crumb(_("Event calendar"), reverse("events:list"))]
