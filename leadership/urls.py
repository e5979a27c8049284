from django.urls import path

from leadership import feeds, views
from publishing.converters import FEED

app_name = "leadership"

urlpatterns = [
    # /<language>/secretary-general/
    path("", views.CurrentTermView.as_view(), name="current"),
    path(FEED, feeds.CurrentTermFeed.as_view(), name="current-feed"),
    path("former/", views.FormerTerms.as_view(), name="former"),
    path("annual-reports/", views.ReportList.as_view(), name="reports"),
    path(f"annual-reports/{FEED}", feeds.ReportFeed.as_view(), name="reports-feed"),
    path("annual-reports/<text:slug>/", views.ReportView.as_view(), name="report"),
    path(f"<text:slug>/{FEED}", feeds.TermFeed.as_view(), name="term-feed"),
    path("<text:slug>/", views.TermView.as_view(), name="term"),
]
