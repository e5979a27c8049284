from django.urls import path

from leadership import views
from publishing import converters  # noqa: F401  (registers them)

app_name = "leadership"

urlpatterns = [
    # /<language>/secretary-general/
    path("", views.CurrentTermView.as_view(), name="current"),
    path("former/", views.FormerTerms.as_view(), name="former"),
    path("annual-reports/", views.ReportList.as_view(), name="reports"),
    path("annual-reports/<text:slug>/", views.ReportView.as_view(), name="report"),
    path("<text:slug>/", views.TermView.as_view(), name="term"),
]
