from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from news import feeds  # models are loaded only now
        from news.models import FeaturedItem, NewsItem
        from publishing.registry import ContentKind, Section, register, register_section
        from publishing.syndication import Syndicated

        news = Syndicated(
            feeds.tell_news,
            shows=("image", "recording", "secretary_general"),
            labels=feeds.labels_of_news,
            lists=feeds.lists_of_news,
        )
        featured = Syndicated(feeds.tell_featured, shows=("image",), lists=feeds.lists_of_featured)
        register(
            ContentKind(
                key="news",
                model=NewsItem,
                list_url="news:list",
                teaser_field="teaser",
                searched=("reference", "speaker", "dateline", "body", "gallery", "recording__transcript"),
                topics_field="topics",
                form_field="kind",
                feed=news,
            )
        )
        register(ContentKind(key="featured", model=FeaturedItem, list_url="featured", has_page=False, feed=featured))
        register_section(Section("news", _("All news"), "news:list"))
        register_section(Section("featured", _("Featured"), "featured"))
        for kind in NewsItem.Kind:
            register_section(Section(f"news-{kind.value}", kind.label, "news:kind", kind.value))
