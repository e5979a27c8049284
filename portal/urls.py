from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from news.feeds import FeaturedFeed
from news.views import FeaturedList
from portal import machines, sitemap_views, views
from portal.feeds import feeds
from portal.share_views import share_picture
from publishing.converters import FEED
from search.views import search, suggest
from subscriptions import views as subscriptions

urlpatterns = [
    path("", views.choose_language),
    path("robots.txt", machines.robots),
    path("sitemap.xml", sitemap_views.index, name="sitemap-index"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("admin/body/", include("library.editor")),
    path("admin/", admin.site.urls),
    re_path(
        r"^media/share/(?P<key>[a-z_]+-[a-z0-9-]{1,18})/(?P<version>[0-9a-f]{12})\.jpg$",
        share_picture,
        name="share-picture",
    ),
    path("media/", include("library.urls")),
    path("webhooks/mail/", include("subscriptions.webhook_urls")),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("go/", views.go, name="go"),
    path("news/", include("news.urls")),
    path("featured/", FeaturedList.as_view(), name="featured"),
    path(f"featured/{FEED}", FeaturedFeed.as_view(), name="featured-feed"),
    path("review/", include("review.urls")),
    path("events/", include("events.urls")),
    path("secretary-general/", include("leadership.urls")),
    path("feeds/", feeds, name="feeds"),
    path("search/", search, name="search"),
    path("search/suggestions/", suggest, name="search-suggestions"),
    # /<language>/: for programs. A sitemap may only list what lies below it.
    path("sitemap-sections.xml", sitemap_views.of_sections, name="sitemap-sections"),
    path("sitemap-latest-news.xml", sitemap_views.latest, name="sitemap-latest"),
    re_path(
        r"^sitemap-(?P<key>[a-z_]+)-(?P<number>0|[1-9][0-9]{0,14})\.xml\Z", sitemap_views.of_window, name="sitemap"
    ),
    path("site.webmanifest", machines.manifest, name="manifest"),
    path("opensearch.xml", machines.opensearch, name="opensearch"),
    # /<language>/subscribe/
    path("subscribe/", subscriptions.subscribe, name="subscribe"),
    path("subscribe/confirm/<str:token>/", subscriptions.confirm, name="subscribe-confirm"),
    path("subscribe/link/", subscriptions.send_link, name="subscribe-link"),
    path("subscribe/manage/<str:token>/", subscriptions.manage, name="subscribe-manage"),
    path("unsubscribe/<str:token>/", subscriptions.unsubscribe, name="unsubscribe"),
    # topics and the page tree, last because the tree takes every path that is left
    path("", include("pages.urls")),
)
