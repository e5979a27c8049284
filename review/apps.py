from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = _("The Review")

    def ready(self) -> None:
        from publishing.registry import ContentKind, Section, register, register_section
        from publishing.syndication import Syndicated
        from review import feeds  # models are loaded only now
        from review.models import Article

        articles = Syndicated(
            feeds.tell_article,
            shows=("image", "issue"),
            labels=feeds.labels_of_articles,
            lists=feeds.lists_of_article,
        )
        register(
            ContentKind(
                key="article",
                model=Article,
                list_url="review:list",
                teaser_field="standfirst",
                searched=("authors__name", "body"),
                topics_field="topics",
                feed=articles,
            )
        )
        register_section(Section("review", _("The Review"), "review:list"))
