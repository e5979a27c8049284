from django.urls import path

from pages import views
from pages.feeds import TopicFeed
from publishing.converters import FEED

app_name = "pages"

urlpatterns = [
    # /<language>/topics/
    path("topics/", views.TopicList.as_view(), name="topics"),
    path(f"topics/<text:slug>/{FEED}", TopicFeed.as_view(), name="topic-feed"),
    path("topics/<text:slug>/", views.TopicView.as_view(), name="topic"),
    # /<language>/<path of the page tree>/: last of all, for it takes every path that is left
    path("<treepath:path>/", views.PageView.as_view(), name="page"),
]
