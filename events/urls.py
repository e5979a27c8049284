from django.urls import path

from events import views
from publishing.converters import DATED_ADDRESS

app_name = "events"

urlpatterns = [
    # /<language>/events/
    path("", views.EventList.as_view(), name="list"),
    path(DATED_ADDRESS, views.EventView.as_view(), name="event"),
    path(f"{DATED_ADDRESS}event.ics", views.EventCalendarFile.as_view(), name="calendar-file"),
]
