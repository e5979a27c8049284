from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from news.views import FeaturedList
from portal import views
from portal.share_views import share_picture
from publishing import converters  # noqa: F401  (registers them)
from search.views import search, suggest
from subscriptions import views as subscriptions

urlpatterns = [
    path("", views.choose_language),
    path("admin/body/", include("library.editor")),
    path("admin/", admin.site.urls),
    re_path(
        r"^media/share/(?P<key>[a-z_]+-[a-z0-9-]{1,18})/(?P<version>[0-9a-f]{12})\.jpg$",
        share_picture,
        name="share-picture",
    ),
    path("media/", include("library.urls")),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("go/", views.go, name="go"),
    path("news/", include("news.urls")),
    path("featured/", FeaturedList.as_view(), name="featured"),
    path("review/", include("review.urls")),
    path("events/", include("events.urls")),
    path("secretary-general/", include("leadership.urls")),
    path("search/", search, name="search"),
    path("search/suggestions/", suggest, name="search-suggestions"),
    # /<language>/subscribe/
    path("subscribe/", subscriptions.subscribe, name="subscribe"),
    path("subscribe/confirm/<str:token>/", subscriptions.confirm, name="subscribe-confirm"),
    path("unsubscribe/<str:token>/", subscriptions.unsubscribe, name="unsubscribe"),
    # topics and the page tree, last because the tree takes every path that is left
    path("", include("pages.urls")),
)
