from django.urls import path

from pages import views

app_name = "pages"

urlpatterns = [
    # /<language>/topics/
    path("topics/", views.TopicList.as_view(), name="topics"),
    path("topics/<str:slug>/", views.TopicView.as_view(), name="topic"),
    # /<language>/<path of the page tree>/: last of all, for it takes every path that is left
    path("<path:path>/", views.PageView.as_view(), name="page"),
]
