from django.urls import path

from news import feeds, views
from publishing.converters import DATED_ADDRESS, FEED

app_name = "news"

urlpatterns = [
    # /<language>/news/
    path("", views.NewsList.as_view(), name="list"),
    path(FEED, feeds.NewsFeed.as_view(), name="feed"),
    path(f"<slug:kind>/{FEED}", feeds.KindFeed.as_view(), name="kind-feed"),
    path("<slug:kind>/", views.KindList.as_view(), name="kind"),
    path(DATED_ADDRESS, views.NewsItemView.as_view(), name="item"),
    path(f"{DATED_ADDRESS}gallery.zip", views.GalleryArchive.as_view(), name="gallery"),
]
