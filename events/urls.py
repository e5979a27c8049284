from django.urls import path

from events import feeds, views
from publishing.converters import DATED_ADDRESS, FEED

app_name = "events"

urlpatterns = [
    # /<language>/events/
    path("", views.EventList.as_view(), name="list"),
    path(FEED, feeds.EventFeed.as_view(), name="feed"),
    path("calendar.ics", views.EventCalendar.as_view(), name="calendar"),
    path(DATED_ADDRESS, views.EventView.as_view(), name="event"),
    path(f"{DATED_ADDRESS}event.ics", views.EventCalendarFile.as_view(), name="calendar-file"),
]
