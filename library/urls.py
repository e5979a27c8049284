from django.urls import path, re_path

from library import picture_views, views

app_name = "library"

urlpatterns = [
    # /media/
    path("documents/<int:pk>/<str:name>", views.document, name="document"),
    path("recordings/<int:pk>/<str:name>", views.recording, name="recording"),
    path("captions/<int:pk>-<slug:key>.vtt", views.captions, name="captions"),
    re_path(
        r"^pictures/(?P<pk>[1-9]\d{0,17})/(?P<version>[0-9a-f]{12})/(?P<name>[a-z0-9.-]{1,40})$",
        picture_views.picture,
        name="picture",
    ),
]
