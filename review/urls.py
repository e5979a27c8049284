from django.urls import path

from publishing.converters import DATED_ADDRESS, FEED
from review import feeds, views

app_name = "review"

urlpatterns = [
    # /<language>/review/
    path("", views.ArticleList.as_view(), name="list"),
    path(FEED, feeds.ArticleFeed.as_view(), name="feed"),
    path(DATED_ADDRESS, views.ArticleView.as_view(), name="article"),
]
