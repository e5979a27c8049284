from django.urls import path

from library import views

app_name = "library"

urlpatterns = [
    # /media/
    path("documents/<int:pk>/<str:name>", views.document, name="document"),
    path("recordings/<int:pk>/<str:name>", views.recording, name="recording"),
    path("captions/<int:pk>-<slug:key>.vtt", views.captions, name="captions"),
    path("images/<treepath:path>", views.images, name="images"),
]
