from django.urls import path

from publishing.converters import DATED_ADDRESS
from review import views

app_name = "review"

urlpatterns = [
    # /<language>/review/
    path("", views.ArticleList.as_view(), name="list"),
    path(DATED_ADDRESS, views.ArticleView.as_view(), name="article"),
]
